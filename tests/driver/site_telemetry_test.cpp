#include "fleet.hpp"

#include <foreshift/driver/site_telemetry.hpp>

#include <doctest/doctest.h>

#include <cmath>

using namespace driver_test;

namespace {

driver::site_telemetry make() { return {{.rebase_steps = 8, .rebase_reports = 2}, resource::cpu, step, 0}; }
telemetry::reading cpu(telemetry::entity of, double value) {
  return {{of, telemetry::metric::cpu}, {noon, value}};
}

}  // namespace

TEST_CASE("own readings go to the forecasts and into the report") {
  auto fleet = make_outlook({1});
  auto seen = make();
  seen.push(cpu(host_id{0}, 6)), seen.push(cpu(workload_id{0}, 2)), seen.push(cpu(workload_id{7}, 3));
  const auto values = seen.close(noon + step, fleet);
  CHECK(values.size() == 2);
  CHECK(fleet.book().last(workload_id{0}) == 2);
  CHECK_FALSE(fleet.book().knows(workload_id{7}));  // runs elsewhere
  const workload_id watched[] = {{0}, {1}};
  const auto report = seen.report(noon, fleet, watched);
  REQUIRE(report.hosts.size() == 2);
  CHECK(report.hosts[0].host == host_id{0});
  CHECK(report.hosts[0].demand == 6);
  CHECK(std::isnan(report.hosts[1].demand));
  CHECK(report.workloads == std::vector{driver::workload_status{{0}, 2}});
}

TEST_CASE("a report feeds the forecasts of its sender's hosts, and of nobody else's") {
  auto fleet = make_outlook({1});
  auto seen = make();
  seen.hear({2},
            {noon, {{host_id{2}, 4, 0, {}, 0}, {host_id{4}, 9, 0, {}, 0}, {host_id{0}, 9, 0, {}, 0}}, {}},
            fleet);
  CHECK(fleet.book().last(host_id{2}) == 4);
  CHECK_FALSE(fleet.book().knows(host_id{4}));
  CHECK_FALSE(fleet.book().knows(host_id{0}));
  CHECK(seen.table().of(host_id{2}) == 4);
  CHECK(std::isnan(seen.table().of(host_id{0})));
}

TEST_CASE("after a change of residents two reports carry the history as if it had always been so") {
  auto here = make_outlook({1}), there = make_outlook({2});
  for (std::uint64_t w = 0; w < 3; ++w) here.book().learn(workload_id{w}, ramp(2, 0.1));
  here.settle({0}, {2});
  auto sender = make(), receiver = make();
  sender.residents_changed({0});
  there.book().learn(host_id{0}, ramp(6, 0.3));
  for (int k = 0; k < 3; ++k) {
    const auto report = sender.report(noon - step, here, {});
    CHECK(report.hosts[0].rebased.size() == (k < 2 ? 8U : 0U));
    CHECK(report.hosts[0].residents == 1);
    CHECK(report.hosts[1].rebased.empty());
    receiver.hear({1}, report, there);
    const auto past = there.book().recent(host_id{0}, 100);
    CHECK(past.size() == 8);
    CHECK(past.end() == noon);
    CHECK(past.values.back() == doctest::Approx(4));
  }
}

TEST_CASE("a site that begins anew has its histories taken in by one that has heard its former life") {
  auto here = make_outlook({1}), there = make_outlook({2});
  for (std::uint64_t w = 0; w < 6; ++w) here.book().learn(workload_id{w}, ramp(2, 0.1));
  auto receiver = make();
  there.book().learn(host_id{0}, ramp(6, 0.3));
  driver::site_telemetry former{{}, resource::cpu, step, 1}, newer{{}, resource::cpu, step, 2};
  for (int k = 0; k < 9; ++k) former.residents_changed({0});
  receiver.hear({1}, former.report(noon - step, here, {}), there);
  CHECK(there.book().recent(host_id{0}, 100).values.back() == doctest::Approx(here.history({0}, 1).back()));
  here.book().learn(workload_id{0}, ramp(5, 0.1));
  newer.share_histories(here);
  const auto report = newer.report(noon - step, here, {});
  for (const auto& h : report.hosts) CHECK_FALSE(h.rebased.empty());
  receiver.hear({1}, report, there);
  CHECK(there.book().recent(host_id{0}, 100).values.back() == doctest::Approx(here.history({0}, 1).back()));
}

TEST_CASE("readings of a watched workload reach a site that follows it from elsewhere") {
  auto fleet = make_outlook({2});
  auto seen = make();
  fleet.book().learn(workload_id{0}, ramp(2, 0));
  seen.hear({1}, {noon, {}, {{workload_id{0}, 3}, {workload_id{1}, 4}}}, fleet);
  CHECK(fleet.book().last(workload_id{0}) == 3);
  CHECK_FALSE(fleet.book().knows(workload_id{1}));
  CHECK(seen.table().of(workload_id{1}) == 4);
}
