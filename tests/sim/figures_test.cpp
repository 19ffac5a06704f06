#include <foreshift/core/random.hpp>
#include <foreshift/sim/figures.hpp>

#include <doctest/doctest.h>

#include <algorithm>

using namespace foreshift;
using namespace foreshift::sim;
using namespace std::chrono_literals;

namespace {

/// Half-hour steps: the warm-up is steps 0 to 3, a move answers for 4 steps, an hour is 2 steps. A host has
/// 10 cores and is overloaded above 8. All workloads start on host 0. Values in whole cores.
struct play {
  explicit play(std::vector<std::vector<double>> rows, std::size_t hosts = 3) {
    rules = {.sites = 1, .hosts = hosts, .host_capacity = 10, .start_fill = 10, .moves_per_hour = 1};
    trace.step = 30min;
    for (auto& row : rows) {
      for (double& v : row) v *= 100;
      trace.workloads.push_back({"w", 1, std::move(row), {}});
    }
    demand.emplace(trace);
  }
  struct order {
    std::size_t step;
    std::uint64_t workload;
    std::uint64_t to;
    move_purpose purpose = move_purpose::relief;
  };
  run_record run(const std::vector<order>& orders) const {
    world w{*demand, rules};
    while (!w.done()) {
      for (const auto& o : orders)
        if (o.step == w.now()) REQUIRE(w.request_move(workload_id{o.workload}, host_id{o.to}, o.purpose));
      w.advance();
    }
    return w.record();
  }
  run_figures figures(const std::vector<order>& orders) const { return judge(run(orders), *demand, rules); }

  scenario rules;
  fleet_trace trace;
  std::optional<demand_table> demand;
};

}  // namespace

TEST_CASE("overload counts minutes and maximal runs, from the end of the warm-up") {
  //            warm-up     |
  const play p{{{9, 9, 9, 9, 9, 9, 8, 9, 8, 8}}};
  const auto f = p.figures({});
  CHECK(f.overload_minutes == 90);
  CHECK(f.episodes == 2);
  CHECK(f.moves == 0);
  CHECK(f.false_moves == 0);
  CHECK_FALSE(f.lead_minutes_median);
  CHECK_FALSE(f.avoided_share);
}

TEST_CASE("a move before the overload prevents it and has its lead") {
  const play p{{{5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5}, {1, 1, 1, 1, 1, 1, 1, 4, 4, 1, 1, 1}}};
  const auto without = p.figures({});
  CHECK(without.overload_minutes == 60);
  const auto run = p.run({{4, 1, 1}});
  const auto f = judge(run, *p.demand, p.rules, &without);
  CHECK(f.overload_minutes == 0);
  CHECK(f.avoided_share == 1.0);
  CHECK(f.prevented_episodes == 1);
  CHECK(f.lead_minutes_median == 90);
  CHECK(f.false_moves == 0);
  CHECK(prevented_episodes(run, *p.demand, p.rules) == std::vector<host_episode>{{host_id{0}, 7, 9, 4}});
}

TEST_CASE("an episode that is only made shorter is not prevented") {
  const play p{{{5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5}, {1, 1, 1, 1, 1, 1, 4, 4, 4, 4, 1, 1}}};
  const auto f = p.figures({{6, 1, 1}});
  CHECK(f.overload_minutes == 60);
  CHECK(f.episodes == 1);
  CHECK(f.prevented_episodes == 0);
  CHECK(f.false_moves == 0);  // it shortened something
}

TEST_CASE("a move after which nothing would have happened is false") {
  const std::vector<double> base(14, 5);
  SUBCASE("the overload is over when the move takes effect") {
    const play p{{base, {1, 1, 1, 1, 1, 4, 1, 1, 1, 1, 1, 1, 1, 1}}};
    CHECK(p.figures({{5, 1, 1}}).false_moves == 1);
  }
  SUBCASE("the overload comes one step after the two hours") {
    const play p{{base, {1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 4, 1, 1, 1}}};
    CHECK(p.figures({{4, 1, 1}}).false_moves == 1);
    CHECK(p.figures({{4, 1, 1}}).prevented_episodes == 0);
  }
  SUBCASE("the overload comes in the last step of the two hours") {
    const play p{{base, {1, 1, 1, 1, 1, 1, 1, 1, 1, 4, 1, 1, 1, 1}}};
    CHECK(p.figures({{4, 1, 1}}).false_moves == 0);
    CHECK(p.figures({{4, 1, 1}}).prevented_episodes == 1);
  }
}

TEST_CASE("moves of one decision are judged together, those of two decisions each by itself") {
  // Three workloads of 3 cores: with one of them back there are 6, with two there are 9.
  const std::vector<double> three(12, 3);
  const play p{{std::vector<double>(12, 3), three, three}};
  CHECK(p.figures({{3, 1, 1}, {3, 2, 2}}).false_moves == 0);
  const auto f = p.figures({{3, 1, 1}, {4, 2, 2}});
  CHECK(f.false_moves == 1);  // the first brought the host under the limit, the second was not needed
  CHECK(f.moves == 2);
}

TEST_CASE("several moves that prevent one episode count once, with the lead of the last") {
  const std::vector<double> base(14, 4);
  const std::vector<double> rise{1, 1, 1, 1, 1, 1, 1, 1, 3, 3, 1, 1, 1, 1};
  const play p{{base, rise, rise}};
  const auto f = p.figures({{4, 1, 1}, {5, 2, 2}});
  CHECK(f.overload_minutes == 0);
  CHECK(f.prevented_episodes == 1);
  CHECK(f.lead_minutes_median == 90);
}

TEST_CASE("the median of two lead times is their mean") {
  const std::vector<double> base(16, 5);
  const play p{{base, {1, 1, 1, 1, 1, 1, 4, 1, 4, 1, 1, 1, 1, 1, 1, 1}}};
  const auto f = p.figures({{4, 1, 1}});
  CHECK(f.prevented_episodes == 2);
  CHECK(f.lead_minutes_median == 90);  // 60 and 120
}

TEST_CASE("overload at a destination is what it would not have without what it took") {
  const std::vector<double> big(14, 7);
  const play p{{big, {2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2}, {1, 1, 1, 1, 1, 1, 1, 1, 9, 9, 1, 1, 1, 1}}};
  // Workload 2 settles on host 1 long before; at 8 and 9 it overloads host 1 by itself, with or without
  // workload 1.
  SUBCASE("not when the host is overloaded anyway") {
    const auto f = p.figures({{3, 2, 1}, {7, 1, 1}});
    CHECK(f.destination_overload_minutes ==
          30);  // step 8 is the fourth step of what was taken at 3; 9 is not
  }
  SUBCASE("when it is what was taken that is too much") {
    const play q{{{7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7},
                  {2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2},
                  {7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7}}};
    const auto f = q.figures({{3, 2, 1}, {7, 1, 1}});
    // Taking 7 alone is no overload. Taking 2 more makes 9: from step 9 on, three steps are left.
    CHECK(f.destination_overload_minutes == 90);
  }
}

TEST_CASE("the cost of taking a workload can overload a destination") {
  const play p{{{7.9, 7.9, 7.9, 7.9, 7.9, 7.9, 7.9}, {2, 2, 2, 2, 2, 2, 2}}};
  // Both ends are charged 0.2 in step 4; host 0 has 9.9 + 0.2 there anyway.
  const auto f = p.figures({{3, 1, 1}});
  CHECK(f.overload_minutes == 30);
  const play q{{{1, 1, 1, 1, 1, 1, 1, 1, 1}, {7.95, 7.95, 7.95, 7.95, 7.95, 7.95, 7.95, 7.95, 7.95}}};
  const auto g = q.figures({{3, 1, 1}, {6, 0, 1}});
  // 7.95 + 0.1 in step 7, 8.95 in step 8; what came at 3 answers for steps 5 to 8 too.
  CHECK(g.destination_overload_minutes == 60);
}

TEST_CASE("moved again within the hour is ping-pong, later is not") {
  const play p{{std::vector<double>(16, 1)}};
  CHECK(p.figures({{4, 0, 1}, {6, 0, 2}}).ping_pong == 1);
  CHECK(p.figures({{4, 0, 1}, {7, 0, 2}}).ping_pong == 0);
}

TEST_CASE("a rollback is a move, is counted as one taken back, and is never a false move") {
  const play p{{std::vector<double>(16, 1)}};
  const auto f = p.figures({{4, 0, 1}, {8, 0, 0, move_purpose::rollback}});
  CHECK(f.moves == 2);
  CHECK(f.rollbacks == 1);
  CHECK(f.false_moves == 1);
}

TEST_CASE("counterfactuals agree with an obvious recount by positions") {
  constexpr std::size_t hosts = 3, workloads = 7, steps = 60, window = 4;
  std::size_t prevented_seen = 0, destination_seen = 0;
  for (std::uint64_t seed = 0; seed < 40; ++seed) {
    random_stream random{seed};
    std::vector<std::vector<double>> rows(workloads, std::vector<double>(steps));
    for (auto& row : rows)
      for (double& v : row) v = static_cast<double>(random.below(50)) / 10;
    const play p{rows, hosts};
    world w{*p.demand, p.rules};
    while (!w.done()) {
      if (random.chance(0.5))
        (void)w.request_move(workload_id{random.below(workloads)}, host_id{random.below(hosts)});
      w.advance();
    }
    const run_record& run = w.record();

    std::vector<std::vector<std::uint64_t>> where(steps, std::vector<std::uint64_t>(workloads));
    for (std::size_t k = 0; k < steps; ++k)
      for (std::size_t i = 0; i < workloads; ++i) {
        where[k][i] = run.start[i].value;
        for (const move& m : run.moves)
          if (m.workload.value == i && m.effective() <= k) where[k][i] = m.to.value;
      }
    std::vector<host_episode> expected;
    std::size_t destination = 0;
    for (std::size_t h = 0; h < hosts; ++h) {
      std::vector<bool> over(steps);
      std::vector<std::size_t> decided(steps);
      for (std::size_t k = run.scored_from; k < steps; ++k) {
        millionths unmoved = 0, without_taken = 0;
        for (std::size_t i = 0; i < workloads; ++i) {
          const millionths d = p.demand->at(workload_id{i}, k);
          const move* left = nullptr;
          const move* came = nullptr;
          for (const move& m : run.moves) {
            if (m.workload.value != i || m.effective() > k || k >= m.effective() + window) continue;
            if (m.from.value == h) left = &m;
            if (m.to.value == h) came = &m;
          }
          const bool here = where[k][i] == h;
          if (here || left != nullptr) unmoved += d;
          if (!here && left != nullptr) decided[k] = std::max(decided[k], left->decided);
          if (here && came == nullptr) without_taken += d;
        }
        for (const move& m : run.moves)
          if (m.decided + 1 == k && m.from.value == h) without_taken += p.demand->at(m.workload, k) / 10;
        over[k] = unmoved > run.limit;
        destination += run.demand(k, host_id{h}) > run.limit && without_taken <= run.limit;
      }
      for (std::size_t k = 0; k < steps;) {
        std::size_t end = k;
        bool happened = false;
        for (; end < steps && over[end]; ++end) happened |= run.demand(end, host_id{h}) > run.limit;
        if (end > k && !happened) expected.push_back({host_id{h}, k, end, decided[k]});
        k = std::max(end, k + 1);
      }
    }
    REQUIRE(prevented_episodes(run, *p.demand, p.rules) == expected);
    REQUIRE(destination_overload_steps(run, *p.demand, p.rules) == destination);
    prevented_seen += expected.size();
    destination_seen += destination;
  }
  CHECK(prevented_seen > 50);
  CHECK(destination_seen > 50);
}
