#include <foreshift/adapters/prometheus/series_metrics.hpp>

#include <adapters/prometheus/page_text.hpp>
#include <driver/fleet.hpp>

#include <foreshift/adapters/prometheus/subject_book.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <string>

using namespace prometheus_test;
using namespace std::chrono_literals;
using driver_test::noon;
using driver_test::step;
using telemetry::metric;

namespace {

/// Finds everything above ten cores strange.
struct above_ten {
  anomaly::score observe(const telemetry::sample& s) { return {s.value > 10 ? 1.0 : 0.0, s.value > 10}; }
};
static_assert(anomaly::Detector<above_ten>);
using metrics = series_metrics<driver_test::last_value, above_ten>;
series_metrics_options options() { return {.book = driver_test::book_options()}; }

struct bench {
  explicit bench(series_metrics_options o = options())
      : it(driver_test::forecaster(), above_ten{}, std::move(o)) {}
  /// Steps of a little noise around a value, a step after the other.
  void run(telemetry::entity of, metric what, double value, std::size_t steps) {
    for (std::size_t k = 0; k < steps; ++k)
      it.push({{of, what},
               {noon + static_cast<int>(k) * step, value * (1 + 0.01 * std::sin(static_cast<double>(k)))}});
  }
  [[nodiscard]] page_text page() {
    it.settle();
    exposition_writer out;
    it.write(out, [&](telemetry::entity of) { return names.find(of); });
    return page_text{out.take()};
  }
  subject_book names;
  metrics it;
};

}  // namespace

TEST_CASE("hosts and workloads have predictions by lead and level, in base units, under their names") {
  auto o = options();
  o.limits[static_cast<std::size_t>(metric::cpu)] = 1.0;
  bench b{o};
  const auto host = *b.names({"eu", "db-1", ""}), workload = *b.names({"", "db-1", "web"});
  b.run(host, metric::cpu, 4, 40);
  b.run(host, metric::latency, 20, 40);
  b.run(workload, metric::memory, 1e9, 40);
  const auto page = b.page();
  CHECK(page["foreshift_series"] == 3);
  CHECK(page["foreshift_step_seconds"] == 300);
  CHECK(page["foreshift_horizon_seconds"] == 1800);
  CHECK(page["foreshift_host_demand_cores{site=\"eu\",host=\"db-1\",resource=\"cpu\"}"] ==
        doctest::Approx(4).epsilon(0.02));
  CHECK(page["foreshift_host_demand_seconds{site=\"eu\",host=\"db-1\",resource=\"latency\"}"] ==
        doctest::Approx(0.02).epsilon(0.02));
  CHECK(page["foreshift_workload_demand_bytes{host=\"db-1\",workload=\"web\",resource=\"memory\"}"] ==
        doctest::Approx(1e9).epsilon(0.02));
  CHECK(page.count("foreshift_predicted_demand_cores{") == 9);
  CHECK(page.count("foreshift_predicted_workload_demand_bytes{") == 9);
  const std::string of =
      "foreshift_predicted_demand_cores{site=\"eu\",host=\"db-1\",resource=\"cpu\",lead_seconds=\"900\","
      "level=";
  const double low = page[of + "\"0.05\"}"], middle = page[of + "\"0.5\"}"], high = page[of + "\"0.95\"}"];
  CHECK(3.8 < low);
  CHECK(low <= middle);
  CHECK(middle <= high);
  CHECK(high < 4.2);
  CHECK(page["foreshift_overload_probability_ratio{site=\"eu\",host=\"db-1\",resource=\"cpu\",horizon="
             "\"near\"}"] == 1);
  CHECK(page["foreshift_overload_probability_ratio{site=\"eu\",host=\"db-1\",resource=\"cpu\",horizon="
             "\"far\"}"] == 1);
  CHECK(page["foreshift_expected_overload_seconds{site=\"eu\",host=\"db-1\",resource=\"cpu\"}"] == 1800);
  CHECK(page.count("foreshift_overload_probability_ratio") == 2);  // where there is a limit
  CHECK(page.count("foreshift_anomaly_score_ratio{") == 2);
  CHECK(page.count("foreshift_workload_anomaly_score_ratio{") == 1);
}
TEST_CASE("a value that is strange is seen on the page, and what follows is predicted from it") {
  bench b;
  const auto host = *b.names({"", "a", ""});
  b.run(host, metric::cpu, 4, 60);
  const auto usual = b.page();
  b.it.push({{host, metric::cpu}, {noon + 60 * step, 40}});
  const auto strange = b.page();
  CHECK(usual["foreshift_anomaly_score_ratio{host=\"a\",resource=\"cpu\"}"] < 0.5);
  CHECK(strange["foreshift_anomaly_score_ratio{host=\"a\",resource=\"cpu\"}"] > 0.5);
  const std::string median =
      "foreshift_predicted_demand_cores{host=\"a\",resource=\"cpu\",lead_seconds=\"300\",level=\"0.5\"}";
  CHECK(strange[median] > 10 * usual[median] * 0.9);
}
TEST_CASE("one step at a time or many at once, with gaps: the predictions are the same") {
  bench whole, apart;
  const auto host = *whole.names({"", "a", ""});
  CHECK(*apart.names({"", "a", ""}) == host);
  for (int k = 0; k < 64; ++k) {
    if (k % 7 == 3) continue;
    const telemetry::reading r{{host, metric::io}, {noon + k * step, 100.0 + k % 5}};
    whole.it.push(r);
    apart.it.push(r);
    apart.it.settle();
  }
  const auto a = whole.page(), b = apart.page();
  for (const auto* lead : {"300", "900", "1800"}) {
    const std::string name =
        "foreshift_predicted_demand_bytes_per_second{host=\"a\",resource=\"io\",lead_seconds=\"" +
        std::string{lead} + "\",level=\"0.5\"}";
    CHECK(a[name] == doctest::Approx(b[name]).epsilon(0.02));  // errors are told apart from the fit on
  }
}
TEST_CASE("counters are left out, and one series too many is counted") {
  auto o = options();
  o.series_max = 1;
  bench b{o};
  b.run(host_id{7}, metric::errors, 4, 3);
  b.run(host_id{7}, metric::cpu, 4, 3);
  b.run(host_id{8}, metric::cpu, 4, 3);
  const auto page = b.page();
  CHECK(page["foreshift_series"] == 1);
  CHECK(page["foreshift_readings_not_followed_total"] == 3);
  CHECK(page["foreshift_host_demand_cores{host=\"#7\",resource=\"cpu\"}"] ==
        doctest::Approx(4).epsilon(0.02));
}
