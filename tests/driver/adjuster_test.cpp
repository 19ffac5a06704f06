#include "fleet.hpp"

#include <foreshift/core/random.hpp>
#include <foreshift/driver/adjuster.hpp>

#include <doctest/doctest.h>

#include <variant>

using namespace driver_test;

namespace {

using adjuster = driver::adjuster<last_value>;

driver::adjuster_options hourly() {
  driver::adjuster_options o;
  o.every = 1h;
  o.less_after = duration::zero();
  return o;
}
/// As site 1 sees it: its six workloads need about 2, and may use `limit`.
driver::fleet_outlook<last_value> noisy(double limit, std::size_t per_host = 3) {
  auto fleet = make_outlook({1}, {.per_host = per_host, .limit = limit});
  random_stream random{1};
  for (std::uint64_t w = 0; w < 6; ++w) {
    auto history = ramp(2, 0, 60);
    for (double& x : history.values) x += 0.2 * random.normal();
    fleet.book().learn(workload_id{w}, history);
  }
  fleet.refresh({});
  return fleet;
}
const auto any = [](workload_id) { return true; };

std::vector<placement::proposal> all_of(adjuster& a, driver::fleet_outlook<last_value>& fleet,
                                        time_point now) {
  std::vector<placement::proposal> out;
  for (std::uint64_t n = 1;; ++n) {
    auto one = a.next(fleet, {site_id{1}, n}, now, any);
    if (!one) return out;
    out.push_back(std::move(*one));
  }
}

}  // namespace

TEST_CASE("the first look is at the next multiple of its period, and it looks at own workloads only") {
  auto fleet = noisy(8);
  adjuster a{hourly()};
  a.review(fleet, noon + 10min);
  CHECK(all_of(a, fleet, noon + 10min).empty());
  a.review(fleet, noon + 50min);
  CHECK(all_of(a, fleet, noon + 50min).empty());
  a.review(fleet, noon + 61min);
  const auto made = all_of(a, fleet, noon + 61min);
  CHECK(made.size() == 6);
  for (const auto& p : made) {
    CHECK(p.workload.value < 6);
    CHECK(std::get<placement::resize>(p.what).limits[resource::cpu] <= 3.25);
    CHECK(p.workload_class == fleet.known().find(p.workload)->workload_class);
    CHECK(p.workload_class != class_id{});
  }
  CHECK(all_of(a, fleet, noon + 62min).empty());  // each once
}

TEST_CASE("what was agreed on is the size from then on, what was refused is proposed again") {
  auto fleet = noisy(8);
  adjuster a{hourly()};
  a.review(fleet, noon), a.review(fleet, noon + 1h);
  const auto first = all_of(a, fleet, noon + 1h);
  for (const auto& p : first) a.decided(p, p.workload.value != 3);
  a.review(fleet, noon + 2h);
  const auto second = all_of(a, fleet, noon + 2h);
  REQUIRE(second.size() == 1);
  CHECK(second[0].workload == workload_id{3});
}

TEST_CASE("room that was agreed on for one workload is not promised to the next") {
  auto fleet = noisy(1, 6);  // six on the first host, which has 10
  adjuster a{hourly()};
  a.review(fleet, noon), a.review(fleet, noon + 1h);
  double promised = 0;
  std::size_t resized = 0;
  for (std::uint64_t n = 1; const auto one = a.next(fleet, {site_id{1}, n}, noon + 1h, any); ++n) {
    CHECK(a.judge(*one, fleet).opinion == placement::stance::accept);
    a.decided(*one, true);
    const auto* size = std::get_if<placement::resize>(&one->what);
    if (size == nullptr) continue;  // what does not fit any more is split into copies
    promised += size->requests[resource::cpu], ++resized;
  }
  CHECK(promised <= 10);
  CHECK(promised > 8);
  CHECK(resized < 6);
}

TEST_CASE("less is proposed only of what has been watched long enough since it was adjusted, more at once") {
  auto options = hourly();
  options.less_after = 3h;
  auto fleet = noisy(8), small = noisy(1);
  adjuster a{options}, b{options};
  const auto found = [&](adjuster& one, auto& of, duration later) {
    one.review(of, noon + later);
    return all_of(one, of, noon + later);
  };
  CHECK(found(a, fleet, 0h).empty());
  CHECK(found(a, fleet, 1h).empty());
  CHECK(found(a, fleet, 2h).empty());
  CHECK(found(a, fleet, 3h).size() == 6);
  CHECK(found(b, small, 0h).empty());
  const auto more = found(b, small, 1h);
  CHECK(more.size() == 6);
  auto first = more[0];
  std::get<placement::resize>(first.what).limits[resource::cpu] = 8;
  b.decided(first, true);
  CHECK(found(b, small, 3h).size() == 5);  // that one was made larger than it needs to be two hours ago
  CHECK(found(b, small, 4h).size() == 6);
}

TEST_CASE("workloads that are under way wait, and without a size or a period there is nothing to say") {
  auto fleet = noisy(8);
  adjuster a{hourly()};
  a.review(fleet, noon), a.review(fleet, noon + 1h);
  CHECK_FALSE(a.next(fleet, {site_id{1}, 1}, noon + 1h, [](workload_id) { return false; }));
  auto unsized = noisy(0);
  adjuster b{hourly()};
  b.review(unsized, noon), b.review(unsized, noon + 1h);
  CHECK(all_of(b, unsized, noon + 1h).empty());
  CHECK(unsized.known().find(workload_id{0})->workload_class !=
        class_id{});  // classes there are all the same
  adjuster never{driver::adjuster_options{}};
  never.review(fleet, noon), never.review(fleet, noon + 24h);
  CHECK(all_of(never, fleet, noon + 24h).empty());
}

TEST_CASE("a voter of another site judges by the evidence, the sponsor by what it knows") {
  auto fleet = noisy(8);
  adjuster a{hourly()};
  a.review(fleet, noon), a.review(fleet, noon + 1h);
  auto what = *a.next(fleet, {site_id{1}, 1}, noon + 1h, any);
  CHECK(a.judge(what, fleet).opinion == placement::stance::accept);
  auto there = make_outlook({2}, {.limit = 8});
  const adjuster voter{hourly()};
  CHECK(voter.judge(what, there).opinion == placement::stance::accept);
  std::get<placement::resize>(what.what).limits[resource::cpu] = 2;
  std::get<placement::resize>(what.what).requests[resource::cpu] = 1;
  CHECK(voter.judge(what, there).reason == placement::vote_reason::size_too_small);
  CHECK(a.judge(what, fleet).reason == placement::vote_reason::size_too_small);
  what.why.recent.values.clear();
  CHECK(voter.judge(what, there).opinion == placement::stance::abstain);
  CHECK(a.judge(what, fleet).reason == placement::vote_reason::size_too_small);
}

TEST_CASE("a vote is told of once") {
  adjuster a{hourly()};
  CHECK(a.voted({site_id{1}, 1}));
  CHECK_FALSE(a.voted({site_id{1}, 1}));
}
