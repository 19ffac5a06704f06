#include <foreshift/adapters/prometheus/forecast_record.hpp>

#include <foreshift/core/random.hpp>

#include <adapters/prometheus/page_text.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <cmath>
#include <limits>
#include <vector>

using namespace prometheus_test;
using std::chrono::minutes;

namespace {

constexpr duration step = minutes{5};
constexpr host_id host{1};
time_point at(int k) { return time_point{k * step}; }

/// Paths that are one value each, for the whole horizon.
forecast::sample_paths spread(const std::vector<double>& values, std::size_t horizon) {
  forecast::sample_paths p{values.size(), horizon};
  for (std::size_t i = 0; i < values.size(); ++i)
    for (double& x : p[i]) x = values[i];
  return p;
}

}  // namespace

TEST_CASE("a forecast is scored when its time has come, by lead") {
  forecast_record record{{.leads = {1, 3}, .levels = {0.25, 0.5}}};
  const std::vector<workload_id> residents = {{1}, {2}};
  record.observe(host, residents, at(0), 4);
  record.expect(host, 10, spread({2, 4, 6, 8, 10}, 3), at(1), step);  // quartile 4, median 6
  record.observe(host, residents, at(1), 5);
  CHECK(record.scores()[0].scored == 1);
  CHECK(record.scores()[0].absolute_error == doctest::Approx(0.1));
  // Pinball: 0.25 x 1 at the quartile, 0.5 x 1 at the median; the mean of the two, over 10.
  CHECK(record.scores()[0].pinball_loss == doctest::Approx(0.0375));
  CHECK(record.scores()[0].at_or_below == std::vector<std::uint64_t>{0, 1});
  CHECK(record.scores()[1].scored == 0);
  record.observe(host, residents, at(2), 5);
  record.observe(host, residents, at(3), 4);
  CHECK(record.scores()[1].scored == 1);
  CHECK(record.scores()[1].at_or_below == std::vector<std::uint64_t>{1, 1});
  CHECK(record.dropped() == 0);
}

TEST_CASE("what was said of other residents, or not observed, is dropped and counted") {
  forecast_record record{{.leads = {1, 2}, .levels = {0.5}}};
  const std::vector<workload_id> before = {{1}}, after = {{1}, {2}};
  record.observe(host, before, at(0), 1);
  record.expect(host, 10, spread({1}, 2), at(1), step);
  record.observe(host, after, at(1), 1);
  CHECK(record.dropped() == 2);
  record.expect(host, 10, spread({1}, 2), at(2), step);
  record.observe(host, after, at(2), std::numeric_limits<double>::quiet_NaN());
  record.observe(host, after, at(4), 1);  // step 3 was never told
  CHECK(record.dropped() == 4);
  CHECK(record.scores()[0].scored + record.scores()[1].scored == 0);
}

TEST_CASE("leads beyond the horizon and paths of nothing are left out") {
  forecast_record record{{.leads = {1, 3}, .levels = {0.5}}};
  const std::vector<workload_id> residents = {{1}};
  record.observe(host, residents, at(0), 1);
  record.expect(host, 10, spread({1}, 2), at(1), step);
  record.expect(host, 10, {}, at(1), step);
  for (int k = 1; k < 5; ++k) record.observe(host, residents, at(k), 1);
  CHECK(record.scores()[0].scored == 1);
  CHECK(record.scores()[1].scored == 0);
  record.expect(host, 10, spread({1}, 2), at(5), step);
  record.keep([](host_id) { return false; });
  record.observe(host, residents, at(5), 1);
  CHECK(record.scores()[0].scored == 1);
}

TEST_CASE("of an honest forecast as many observations lie below a quantile as its level says") {
  forecast_record record{{.leads = {1}, .levels = {0.1, 0.5, 0.9}}};
  const std::vector<workload_id> residents = {{1}};
  random_stream random{6};
  constexpr int rounds = 2000;
  for (int k = 0; k < rounds; ++k) {
    record.observe(host, residents, at(k), 50 + random.normal());
    std::vector<double> values;
    for (int i = 0; i < 200; ++i) values.push_back(50 + random.normal());
    record.expect(host, 100, spread(values, 1), at(k + 1), step);
  }
  const auto& s = record.scores()[0];
  for (std::size_t i = 0; i < 3; ++i) {
    const double level = record.options().levels[i];
    // Four standard errors of a share, and as much again for the paths being 200 draws.
    CHECK(std::abs(static_cast<double>(s.at_or_below[i]) / static_cast<double>(s.scored) - level) < 0.06);
  }
  exposition_writer out;
  write(out, record, step);
  const page_text page{out.take()};
  CHECK(page["foreshift_forecast_absolute_error_ratio_count{lead_seconds=\"300\"}"] == rounds - 1);
  CHECK(page["foreshift_forecast_absolute_error_ratio_sum{lead_seconds=\"300\"}"] ==
        doctest::Approx(s.absolute_error));
  CHECK(page["foreshift_forecast_pinball_loss_ratio_count{lead_seconds=\"300\"}"] == rounds - 1);
  CHECK(page["foreshift_forecast_at_or_below_total{lead_seconds=\"300\",level=\"0.9\"}"] ==
        static_cast<double>(s.at_or_below[2]));
  CHECK(page["foreshift_forecasts_dropped_total"] == 0);
}
