#include <foreshift/migration/job.hpp>

#include <doctest/doctest.h>

using namespace foreshift;
using namespace foreshift::migration;

TEST_CASE("duties are empty until something is asked for") {
  duties d;
  CHECK(d.empty());
  d.requests.push_back({want::commit, {1}, {}});
  CHECK_FALSE(d.empty());
}

TEST_CASE("wishes have the names of the log's steps") {
  CHECK(name_of(want::start) == "start");
  CHECK(name_of(want::commit) == "commit");
  CHECK(name_of(want::abort) == "abort");
  CHECK(name_of(want::settled) == "settled");
}

TEST_CASE("a granted wish is the fact of its step, under its token") {
  const fence_token token{slot{7}, 1};
  CHECK(granted({want::start, {3}, token}) == input{start_decided{{3}, token}});
  CHECK(granted({want::commit, {3}, token}) == input{commit_decided{{3}, token}});
  CHECK(granted({want::abort, {3}, token}) == input{abort_decided{{3}, token}});
  CHECK(granted({want::settled, {3}, token}) == input{settled_decided{{3}, token}});
}
