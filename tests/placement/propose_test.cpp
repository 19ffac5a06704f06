#include "fleet.hpp"

#include <foreshift/placement/propose.hpp>

#include <doctest/doctest.h>

using namespace fleet;
using namespace std::chrono_literals;

namespace {
constexpr time_point noon{12h};

world hot() {
  world w;
  w.host(1, 1), w.host(2, 2);
  w.workload(10, 1, flat_paths(5)), w.workload(11, 1, flat_paths(4));
  w.workload_records[1].criticality = 3;
  w.build();
  return w;
}
risk::overload_risk danger() {
  risk::overload_risk r;
  r.host = {1}, r.limit = 8, r.from = noon, r.step = 5min, r.per_step = {1, 1, 1, 1};
  r.probability = 0.9, r.expected_overload = 18min, r.time_to_limit = 10min, r.paths = 2;
  return r;
}
}  // namespace

TEST_CASE("a proposal carries the evidence, the promise and what else was looked at") {
  auto w = hot();
  const std::vector<double> seen{3.5, 4, 4.5};
  w.workloads[1].recent = {noon - 15min, 5min, seen};
  const auto made = propose({danger(), w.view(), {{1}, 7}, noon}, best_fit<>{});
  REQUIRE(made.has_value());
  CHECK(made->id == proposal_id{{1}, 7});
  CHECK(made->workload == workload_id{11});
  CHECK(made->workload_class == class_id{11 % 3});
  CHECK(made->subset == subset_id{1});
  CHECK(made->criticality == 3);
  CHECK(std::get<migrate>(made->what) == migrate{{{1}, {1}}, {{2}, {2}}});
  CHECK(made->why.probability == 0.9);
  CHECK(made->why.breach_at == noon + 10min);
  CHECK(made->why.probability_after == 0.9);  // the step in which it is copied, as far as paths are believed
  CHECK(made->why.destination_probability_after == 0);
  CHECK(made->why.recent == telemetry::series{noon - 15min, 5min, seen});
  CHECK(made->expected.overload_avoided == 15min);  // four steps before, one after
  CHECK(made->expected.check_at == noon + 20min);
  CHECK(made->priority == doctest::Approx(0.9 * 15 * 3 / (1 + 10.0 / 60)));  // by the risk that is learned
  CHECK(made->gap == 0);
}

TEST_CASE("a promise says what a tenth of the paths save at most and at least") {
  // Eleven futures of the host over a limit of 8: the first k steps at 10, then 6. Without the workload of 4
  // it is never over it, but for the step in which that is copied.
  world w{11, 6};
  w.host(1, 1), w.host(2, 2);
  forecast::sample_paths host{11, 6}, part{11, 6};
  for (std::size_t p = 0; p < 11; ++p)
    for (std::size_t s = 0; s < 6; ++s) {
      const bool over = s < (p + 1) / 2;
      host.flat()[p * 6 + s] = over ? 6 : 2, part.flat()[p * 6 + s] = 4;
    }
  w.workload(10, 1, host), w.workload(11, 1, part);
  w.workload_records[0].pinned = true;
  w.build();
  auto r = danger();
  const auto made = propose({r, w.view(), {{1}, 1}, noon}, best_fit<>{});
  REQUIRE(made.has_value());
  CHECK(made->workload == workload_id{11});
  // Steps over: 0 1 1 2 2 3 3 4 4 5 5, one less saved where there are any, and 0 added elsewhere.
  CHECK(made->expected.avoided_low == 0min);
  CHECK(made->expected.avoided_high == 20min);
  CHECK(made->expected.overload_avoided > 0min);
}

TEST_CASE("without a breach on any path the end of the horizon stands for it") {
  const auto w = hot();
  auto r = danger();
  r.time_to_limit.reset();
  CHECK(propose({r, w.view(), {{1}, 1}, noon}, best_fit<>{})->why.breach_at == noon + 20min);
}

TEST_CASE("no move, no proposal, and the selector's reason") {
  auto w = hot();
  w.hosts[1].busy = true;
  const auto made = propose({danger(), w.view(), {{1}, 1}, noon}, best_fit<>{});
  CHECK(made.error() == why_none::no_destination);
}
