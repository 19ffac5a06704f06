#include <adapters/kubernetes/fake_api.hpp>
#include <adapters/kubernetes/lease_contest.hpp>
#include <foreshift/adapters/kubernetes/lease_holder.hpp>
#include <foreshift/core/random.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

using namespace foreshift;
using namespace foreshift::kubernetes;
using namespace std::chrono_literals;
using standing = lease_standing;

namespace {

const object_name which{kind::lease, "foreshift", "site"};
constexpr lease_rules rules{.valid = 15s, .ask_every = 2s};
constexpr time_point start{10h};

struct stage {
  fake::api api;
  time_point now = start;

  /// Makes requests as they are due, and nothing else happens, until then.
  void run(lease_holder& h, time_point until) {
    for (std::size_t n = 0; h.due() <= until && h.standing(now) != standing::released; ++n) {
      REQUIRE(n < 1000);
      now = std::max(now, h.due());
      h.step(api, now);
    }
    now = until;
  }
  [[nodiscard]] std::string text(const char* member) const {
    const auto* object = api.get(kind::lease, "foreshift", "site");
    return object == nullptr ? "" : fields{*object}.text(std::string{"spec."} + member);
  }
};

}  // namespace

TEST_CASE(
    "a lease that is not there is made, renewed at a third, believed in for two thirds, and given back") {
  stage s;
  lease_holder a{which, "a", rules};
  CHECK(a.standing(s.now) == standing::seeking);
  s.run(a, s.now);
  CHECK(a.standing(s.now) == standing::held);
  CHECK(a.held_until() == start + 10s);
  CHECK(a.due() == start + 5s);
  CHECK(s.text("acquireTime") == "1970-01-01T10:00:00.000000Z");
  s.run(a, start + 5s + 250us);
  CHECK(s.text("renewTime") == "1970-01-01T10:00:05.000000Z");
  CHECK(a.held_until() == start + 15s);
  CHECK(s.api.log.size() == 3);
  a.release(s.now);
  CHECK(a.standing(s.now) == standing::leaving);
  s.run(a, s.now);
  CHECK(a.standing(s.now) == standing::released);
  CHECK(s.text("renewTime") == "1970-01-01T10:00:05.000250Z");
  CHECK(s.text("holderIdentity").empty());
  CHECK(!a.next(s.now + 1h));
  lease_holder b{which, "b", rules};
  s.run(b, s.now);
  CHECK(b.standing(s.now) == standing::held);
  CHECK(s.api.get(kind::lease, "foreshift", "site")->at("spec").at("leaseTransitions") == 1);
}

TEST_CASE("another's lease is taken when it has not changed for its duration, by our clock alone") {
  stage s;
  for (const char* renewed : {"1999-01-01T00:00:00.000000Z", "2199-01-01T00:00:00.000000Z"}) {
    s.api.put(kind::lease, "foreshift", "site",
              {{"spec", {{"holderIdentity", "z"}, {"leaseDurationSeconds", 30}, {"renewTime", renewed}}}});
    lease_holder a{which, "a", rules};
    const auto begun = s.now;
    s.run(a, begun + 30s - 1ns);
    CHECK(a.standing(s.now) == standing::waiting);
    CHECK(a.holder() == "z");
    s.run(a, begun + 30s);
    CHECK(a.standing(s.now) == standing::held);
  }
}

TEST_CASE("what others write beside the holder stays, and does not cost the lease") {
  stage s;
  lease_holder a{which, "a", rules};
  s.run(a, s.now);
  s.api.change(kind::lease, "foreshift", "site",
               [](json& o) { o["metadata"]["labels"]["team"] = "x", o["spec"]["strategy"] = "y"; });
  s.run(a, start + 5s);  // a conflict, which is read again
  CHECK(a.held_until() == start + 15s);
  CHECK(s.text("strategy") == "y");
  CHECK(s.api.get(kind::lease, "foreshift", "site")->at("metadata").at("labels").at("team") == "x");
}

TEST_CASE("a lease is lost by time, by another holder and by being deleted, and each is said") {
  stage s;
  lease_holder a{which, "a", rules};
  s.run(a, s.now);
  s.api.scripted = [](const ports::http_request&) { return fake::api::status(500, "InternalError", "etcd"); };
  s.run(a, start + 10s - 1ns);
  CHECK(a.standing(s.now) == standing::held);
  CHECK(a.reason() == "GET /apis/coordination.k8s.io/v1/namespaces/foreshift/leases/site: 500 etcd");
  CHECK(a.standing(start + 10s) == standing::lost);
  s.api.scripted = {};
  s.run(a, start + 14s);  // nobody has taken it
  CHECK(a.standing(s.now) == standing::held);

  s.api.change(kind::lease, "foreshift", "site", [](json& o) {
    o["spec"]["holderIdentity"] = "b", o["spec"]["renewTime"] = "2026-01-01T00:00:00.000000Z";
  });
  s.run(a, a.due());
  CHECK(a.standing(s.now) == standing::lost);
  CHECK(a.reason().ends_with("/leases/site: lost: the holder is \"b\""));
  s.run(a, s.now + 15s);
  CHECK(a.standing(s.now) == standing::held);
  CHECK(a.reason().empty());

  s.api.remove(kind::lease, "foreshift", "site");
  const auto until = a.held_until();
  s.now = a.due();
  a.step(s.api, s.now), a.step(s.api, s.now);  // the renewal, and what is there instead
  CHECK(a.standing(s.now) == standing::lost);
  CHECK(s.now < until);
  CHECK(a.reason().ends_with("lost: it has been deleted"));
  s.run(a, s.now);
  CHECK(a.standing(s.now) == standing::held);
}

TEST_CASE("a write whose answer is lost counts from when it was sent, once it is seen to have come through") {
  stage s;
  lease_holder a{which, "a", rules};
  a.step(s.api, s.now);
  const auto create = a.next(s.now);
  REQUIRE(create.has_value());
  CHECK(!a.next(s.now));  // one at a time
  REQUIRE(s.api.answer(*create).status == 201);
  a.take(failure{ports::http_error{true, "cut off"}}, s.now + 3s);
  CHECK(a.standing(s.now + 3s) == standing::seeking);
  s.run(a, s.now + 5s);
  CHECK(a.standing(s.now) == standing::held);
  CHECK(a.held_until() == start + 15s);  // renewed at once, for a third had passed
  const auto sent = a.due();
  const auto renewal = a.next(sent);
  REQUIRE(renewal.has_value());
  a.take(s.api.exchange(*renewal), sent + 3s);
  CHECK(a.held_until() == sent + 10s);
  CHECK(a.due() == sent + 5s);
}

TEST_CASE("to release what is another's, or not there, or being written, ends well") {
  stage s;
  lease_holder early{which, "e", rules};
  s.api.remove(kind::lease, "foreshift", "site");
  early.release(s.now);
  s.run(early, s.now);
  CHECK(early.standing(s.now) == standing::released);
  CHECK(s.api.get(kind::lease, "foreshift", "site") == nullptr);

  lease_holder a{which, "a", rules}, b{which, "b", rules};
  a.step(s.api, s.now);
  const auto create = a.next(s.now);
  a.release(s.now);
  a.take(s.api.exchange(*create), s.now);
  CHECK(a.standing(s.now) == standing::leaving);
  s.run(a, s.now);
  CHECK(a.standing(s.now) == standing::released);
  CHECK(s.text("holderIdentity").empty());

  lease_holder c{which, "c", rules};
  s.run(c, s.now);
  b.step(s.api, s.now);
  b.release(s.now);
  s.run(b, s.now);
  CHECK(b.standing(s.now) == standing::released);
  CHECK(s.text("holderIdentity") == "c");

  // About to take it over, and thinks better of it.
  lease_holder d{which, "d", rules};
  s.api.change(kind::lease, "foreshift", "site", [](json& o) { o["spec"]["holderIdentity"] = ""; });
  d.step(s.api, s.now);
  d.release(s.now);
  s.run(d, s.now);
  CHECK(d.standing(s.now) == standing::released);
  CHECK(s.text("renewTime").starts_with("1970"));
}

TEST_CASE("no two believe that they hold it while their clocks' paces differ by less than 3 : 2") {
  std::size_t acquired = 0, lost = 0;
  for (std::uint64_t seed = 0; seed < 40; ++seed) {
    random_stream random{seed};
    std::vector<double> paces{1.0, 1.49};  // the extremes, and any between
    if (seed % 3 == 0) paces.push_back(1.0 + 0.49 * random.uniform());
    if (seed % 2 == 0) std::swap(paces[0], paces[1]);
    fake::lease_contest c{seed, paces};
    c.run(80s, 60s);
    CHECK(c.found.overlaps == 0);
    CHECK(c.holders() == 1);  // twenty calm seconds are enough
    acquired += c.found.acquired, lost += c.found.lost;
  }
  CHECK(acquired > 100);
  CHECK(lost > 100);
}

TEST_CASE("the contest would see two holders: at paces of 2 : 1 there are") {
  std::size_t overlaps = 0;
  for (std::uint64_t seed = 0; seed < 50 && overlaps == 0; ++seed) {
    fake::lease_contest c{seed, {1.0, 2.0}};
    c.run(2min, 2min);
    overlaps += c.found.overlaps;
  }
  CHECK(overlaps > 0);
}
