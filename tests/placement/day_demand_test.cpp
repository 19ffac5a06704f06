#include <foreshift/core/random.hpp>
#include <foreshift/placement/day_demand.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <vector>

using namespace foreshift;
using namespace foreshift::placement;
using namespace std::chrono_literals;

namespace {

const time_point monday{std::chrono::sys_days{std::chrono::year{2025} / 3 / 3}.time_since_epoch()};

telemetry::series made(std::size_t days, auto demand, time_point start = monday) {
  telemetry::series s{start, 5min, {}};
  for (std::size_t i = 0; i < days * 288; ++i)
    s.values.push_back(
        demand(std::fmod(to_seconds(start - monday) / 3600 + static_cast<double>(i) / 12, 24.0)));
  return s;
}

}  // namespace

TEST_CASE("opposite phases correlate by -1 and need together far less than each at its worst") {
  random_stream random{1};
  const auto noise = [&] { return 0.2 * random.normal(); };
  const auto by_day =
      expected_day(made(7, [&](double h) { return (h >= 12 ? 5.0 : 1.0) + noise(); }), workload_kind::daily);
  const auto by_night =
      expected_day(made(7, [&](double h) { return (h < 12 ? 5.0 : 1.0) + noise(); }), workload_kind::daily);
  CHECK(phase_correlation(by_day, by_night) < -0.99);
  CHECK(phase_correlation(by_day, by_day) == doctest::Approx(1));
  auto together = by_day;
  together += by_night;
  const double z = 2.326;
  CHECK(joint_quantile(by_day, z) == doctest::Approx(5 + z * 0.2).epsilon(0.02));
  CHECK(joint_quantile(together, z) == doctest::Approx(6 + z * 0.2 * std::sqrt(2.0)).epsilon(0.02));
  CHECK(expected_overload_hours(together, 7.5) < 0.01);
  auto twice = by_day;
  twice += by_day;
  CHECK(expected_overload_hours(twice, 7.5) == doctest::Approx(12).epsilon(0.01));
  twice -= by_day;
  CHECK(joint_quantile(twice, z) == doctest::Approx(joint_quantile(by_day, z)));
  const auto flat = expected_day(made(7, [](double) { return 1.0; }), workload_kind::steady);
  CHECK(phase_correlation(by_day, flat) == 0);
}

TEST_CASE("a pattern made of noise is not believed where the class has none") {
  random_stream random{2};
  const auto history = made(3, [&](double) { return 10 + 3 * random.exponential(); });
  const auto spread = [](const day_demand& d) {
    return *std::ranges::max_element(d.mean) - *std::ranges::min_element(d.mean);
  };
  CHECK(spread(expected_day(history, workload_kind::bursty)) <
        0.5 * spread(expected_day(history, workload_kind::daily)));
}

TEST_CASE("quantiles and expected overload are those of the samples, skewed ones too") {
  random_stream random{3};
  constexpr std::size_t n = 16;  // bursts of this many workloads
  std::vector<telemetry::series> all;
  day_demand sum;
  for (std::size_t k = 0; k < n; ++k) {
    all.push_back(made(20, [&](double) { return random.exponential(); }));
    sum += expected_day(all.back(), workload_kind::bursty);
  }
  std::vector<double> total(all[0].size());
  for (const auto& s : all)
    for (std::size_t i = 0; i < total.size(); ++i) total[i] += s.values[i];
  const double q99 = numeric::quantile(total, 0.99);
  CHECK(joint_quantile(sum, 2.326) == doctest::Approx(q99).epsilon(0.04));
  CHECK(joint_quantile(sum, 2.326) > 16 + 2.326 * 4 * 1.02);  // a normal sum would have this or less
  CHECK(expected_overload_hours(sum, q99) == doctest::Approx(0.24).epsilon(0.15));
}

TEST_CASE("what grows is expected to go on growing, what shrinks is not counted on to") {
  telemetry::series history{monday, 1h, {}};
  for (int i = 0; i < 7 * 24; ++i) history.values.push_back(10 + i / 24.0);
  CHECK(expected_day(history, workload_kind::growing, 2).mean[12] == doctest::Approx(19).epsilon(0.02));
  CHECK(expected_day(history, workload_kind::steady, 2).mean[12] == doctest::Approx(13.5).epsilon(0.04));
  for (double& x : history.values) x = 27 - x;
  CHECK(expected_day(history, workload_kind::shrinking, 2).mean[12] == doctest::Approx(13.5).epsilon(0.04));
}

TEST_CASE("hours are hours of the day whenever the history begins") {
  const auto shape = [](double h) { return h >= 6 && h < 9 ? 8.0 : 2.0; };
  const auto a = expected_day(made(5, shape), workload_kind::daily);
  const auto b = expected_day(made(5, shape, monday + 7h), workload_kind::daily);
  CHECK(phase_correlation(a, b) > 0.99);
  CHECK(b.mean[7] == doctest::Approx(8));
}

TEST_CASE("without readings there is no demand, and gaps are no demand either way") {
  CHECK(expected_day({}, workload_kind::unknown).mean.empty());
  auto holed = made(5, [](double h) { return h < 12 ? 4.0 : 2.0; });
  for (std::size_t i = 0; i < holed.values.size(); i += 3) holed.values[i] = numeric::missing;
  const auto day = expected_day(holed, workload_kind::daily);
  CHECK(day.mean[3] == doctest::Approx(4));
  CHECK(day.mean[20] == doctest::Approx(2));
  const auto short_one =
      expected_day(made(5, [](double) { return 3.0; }).view().first(40), workload_kind::unknown);
  CHECK(short_one.mean[12] == 3);
  CHECK(expected_overload_hours(short_one, 2.9) == 24);
  CHECK(expected_overload_hours(short_one, 3.1) == 0);
}
