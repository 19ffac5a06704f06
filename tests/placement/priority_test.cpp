#include "fleet.hpp"

#include <foreshift/placement/priority.hpp>
#include <foreshift/placement/propose.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <vector>

using namespace foreshift;
using namespace foreshift::placement;
using namespace std::chrono_literals;

TEST_CASE("priority grows with risk, impact and criticality, and shrinks with the time left") {
  const urgency base{.risk = 0.5, .impact = 20min, .criticality = 2, .time_left = 0min};
  CHECK(priority_of(base) == doctest::Approx(20));
  CHECK(priority_of({1, 20min, 2, 0min}) == doctest::Approx(40));
  CHECK(priority_of({0.5, 40min, 2, 0min}) == doctest::Approx(40));
  CHECK(priority_of({0.5, 20min, 3, 0min}) == doctest::Approx(30));
  CHECK(priority_of({0.5, 20min, 2, 60min}) == doctest::Approx(10));
  CHECK(priority_of({0.5, 20min, 2, -5min}) == doctest::Approx(20));
  CHECK(priority_of({0.5, -20min, 2, 0min}) == 0);
  CHECK(priority_of({0, 20min, 2, 0min}) == 0);
}

namespace {

/// Hosts 1 and 2 are in danger, 3 and 4 may take what leaves them. Each has four steps of 5 minutes.
struct two_dangers {
  fleet::world w{4, 4};
  two_dangers() { w.host(1, 1), w.host(2, 1), w.host(3, 1), w.host(4, 1); }
  /// Workload 10 x host may leave, and workload 10 x host + 1 stays.
  void endanger(std::uint64_t host, std::uint32_t criticality, int paths_over, int first_step) {
    auto peak = fleet::flat_paths(1, 4);
    for (int p = 0; p < paths_over; ++p)
      for (auto s = static_cast<std::size_t>(first_step); s < 4; ++s)
        peak.flat()[static_cast<std::size_t>(p) * 4 + s] = 4;
    w.workload(10 * host, host, peak);
    w.workload_records.back().criticality = criticality;
    w.workload(10 * host + 1, host, fleet::flat_paths(5, 4));
    w.workload_records.back().pinned = true;
  }
  [[nodiscard]] proposal propose_for(std::uint64_t host, duration breach_in) {
    w.build();
    risk::overload_risk danger;
    danger.host = {host}, danger.limit = 8, danger.from = noon, danger.step = 5min;
    danger.per_step = {1, 1, 1, 1}, danger.time_to_limit = breach_in;
    return propose({danger, w.view(), {{1}, host}, noon}, best_fit<>{}).value();
  }
  /// Minutes of overload x criticality that are avoided when the first `budget` are carried out, by the
  /// paths.
  [[nodiscard]] double avoided(const std::vector<proposal>& order, std::size_t budget) const {
    double sum = 0;
    for (std::size_t i = 0; i < budget; ++i) {
      const auto view = w.view();
      const auto& from = *view.find(std::get<migrate>(order[i].what).from.host);
      const auto left = if_left(from, *view.find(order[i].workload), view.moves);
      sum += view.minutes(as_it_is(from).steps - left.steps) * order[i].criticality;
    }
    return sum;
  }
  static constexpr time_point noon{12h};
};

}  // namespace

TEST_CASE("under a short budget the order of priority avoids more than any of its parts would") {
  struct danger {
    std::uint32_t criticality;
    int paths_over, first_step;
  };
  const auto outcome = [](danger a, danger b, auto&& before) {
    two_dangers fleet;
    fleet.endanger(1, a.criticality, a.paths_over, a.first_step);
    fleet.endanger(2, b.criticality, b.paths_over, b.first_step);
    std::vector all{fleet.propose_for(1, 5min * a.first_step), fleet.propose_for(2, 5min * b.first_step)};
    std::ranges::sort(all, before);
    return fleet.avoided(all, 1);
  };
  const auto by_criticality = [](const auto& a, const auto& b) { return a.criticality > b.criticality; };
  const auto soonest = [](const auto& a, const auto& b) { return a.why.breach_at < b.why.breach_at; };
  // A certain overload of what hardly matters, and a likely one of what does.
  const danger sure{1, 4, 1}, critical{4, 3, 1};
  CHECK(outcome(sure, critical, goes_before) >
        1.5 * outcome(critical, sure,
                      [](const auto& a, const auto& b) { return a.criticality < b.criticality; }));
  // A long one, and a short one that is a little more critical.
  const danger lasting{2, 4, 1}, brief{3, 4, 3};
  CHECK(outcome(lasting, brief, goes_before) > outcome(lasting, brief, by_criticality));
  // One that is there at once and small, and one a little later and large.
  const danger now{1, 1, 1}, later{3, 4, 2};
  CHECK(outcome(now, later, goes_before) > outcome(now, later, soonest));
}

TEST_CASE("of two equal losses the one that comes sooner goes first, as the other may wait for a budget") {
  CHECK(priority_of({0.5, 20min, 2, 5min}) > priority_of({0.5, 20min, 2, 55min}));
}

TEST_CASE("the order is total: priority, then the sooner breach, then the id") {
  std::vector<proposal> all;
  for (const double priority : {1.0, 2.0})
    for (const auto breach : {10min, 20min})
      for (const std::uint64_t sponsor : {1U, 2U})
        for (const std::uint64_t sequence : {1U, 2U}) {
          proposal p;
          p.priority = priority, p.why.breach_at = time_point{} + breach, p.id = {{sponsor}, sequence};
          all.push_back(p);
        }
  for (const auto& a : all)
    for (const auto& b : all) {
      CHECK((goes_before(a, b) ? 1 : 0) + (goes_before(b, a) ? 1 : 0) == (a == b ? 0 : 1));
      for (const auto& c : all)
        if (goes_before(a, b) && goes_before(b, c)) CHECK(goes_before(a, c));
    }
  std::ranges::sort(all, goes_before);
  CHECK(all.front().priority == 2);
  CHECK(all.front().why.breach_at == time_point{} + 10min);
  CHECK(all.front().id == proposal_id{{1}, 1});
}
