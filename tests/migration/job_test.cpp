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
