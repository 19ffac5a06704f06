#include "fleet.hpp"

#include <foreshift/driver/site_senses.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <cstdint>
#include <utility>
#include <variant>
#include <vector>

using namespace driver_test;

namespace {

struct high_alerts {
  anomaly::score observe(const telemetry::sample& s) { return {.value = s.value, .alert = s.value > 10}; }
};
using senses = driver::site_senses<high_alerts>;

senses make(duration collect = duration::zero(), std::uint32_t life = 1) {
  driver::agent_options o;
  o.book = book_options(), o.collect = collect;
  return {o.belong_to({1}), high_alerts{}, life};
}
struct source {
  std::vector<telemetry::reading> pending;
  void poll(auto&& sink) {
    for (const auto& r : std::exchange(pending, {})) sink(r);
  }
};
telemetry::reading cpu(telemetry::entity of, double value, time_point at = noon) {
  return {{of, telemetry::metric::cpu}, {at, value}};
}
constexpr consensus::elector members[] = {{{1}, {1}}, {{2}, {1}}};
const auto deaf = [](const auto&) {};

}  // namespace

TEST_CASE("the first step is the one that is open, and it is due when its readings have had time to come") {
  auto fleet = make_outlook({1});
  auto sees = make(1min);
  source s{{cpu(workload_id{0}, 2)}};
  sees.read(s, fleet, noon + 2min);
  CHECK(s.pending.empty());
  CHECK(sees.step_end() == noon);
  CHECK(sees.due(noon + 2min));
  static_cast<void>(sees.close(fleet, {}, members, noon + 2min, deaf));
  CHECK(sees.step_end() == noon + step);
  CHECK_FALSE(sees.due(noon + step));
  CHECK(sees.due(noon + step + 1min));
}

TEST_CASE("a closed step feeds the forecasts and the detectors, and makes the report") {
  auto fleet = make_outlook({1});
  auto sees = make();
  source s{{cpu(host_id{0}, 14), cpu(workload_id{0}, 12), cpu(workload_id{1}, 2)}};
  sees.read(s, fleet, noon);
  std::vector<decltype(ports::note::what)> notes;
  const auto say = [&](decltype(ports::note::what) what) { notes.push_back(std::move(what)); };
  static_cast<void>(sees.close(fleet, {}, members, noon, deaf));
  const workload_id watched[] = {{1}};
  const auto report = sees.close(fleet, watched, members, noon + step, say);
  CHECK(report.step_start == noon);
  REQUIRE(report.hosts.size() == 2);
  CHECK(report.hosts[0].demand == 14);
  CHECK(report.workloads == std::vector{driver::workload_status{{1}, 2}});
  CHECK(fleet.book().last(workload_id{0}) == 12);
  CHECK(sees.table().of(host_id{0}) == 14);
  REQUIRE(notes.size() == 1);
  CHECK(std::get<ports::anomaly_alerted>(notes[0]).of == telemetry::entity{workload_id{0}});
  CHECK(sees.watch().score_of(workload_id{0})->value == 12);
  CHECK_FALSE(sees.watch().score_of(workload_id{7}));
}

TEST_CASE("another site's report is taken in, and what is none is not") {
  auto fleet = make_outlook({1});
  auto sees = make();
  const driver::status_report report{noon, {{host_id{2}, 4, 0, {}, 0.5}}, {}};
  CHECK(sees.hear({2}, encode(report), fleet, noon));
  CHECK(fleet.book().last(host_id{2}) == 4);
  CHECK_FALSE(sees.hear({2}, byte_span{encode(report)}.subspan(1), fleet, noon));
  CHECK_FALSE(sees.hear({2}, {}, fleet, noon));
}

TEST_CASE("histories of own hosts go out with the next reports when they are to be shared") {
  auto fleet = make_outlook({1});
  for (std::uint64_t w = 0; w < 6; ++w) fleet.book().learn(workload_id{w}, ramp(1, 0, 20));
  auto sees = make();
  source none;
  sees.read(none, fleet, noon);
  CHECK(sees.close(fleet, {}, members, noon, deaf).hosts[0].rebased.empty());
  sees.share_histories(fleet);
  CHECK(sees.close(fleet, {}, members, noon + step, deaf).hosts[0].rebased.size() == 20);
}

TEST_CASE("histories of a later life are newer than those of any before") {
  auto fleet = make_outlook({1});
  const auto version_in = [&](std::uint32_t life, int changes) {
    auto sees = make(duration::zero(), life);
    source s;
    sees.read(s, fleet, noon);
    for (int i = 0; i < changes; ++i) sees.residents_changed({0});
    sees.share_histories(fleet);
    return sees.close(fleet, {}, members, noon, deaf).hosts.at(0).residents;
  };
  CHECK(version_in(2, 0) > version_in(1, 1000));
}
