#pragma once
// How good is a model with its distribution on M4 hourly: the odd half of the test, 48 steps?

#include "cpu_time.hpp"
#include "series_rows.hpp"

#include <foreshift/forecast/accuracy.hpp>
#include <foreshift/forecast/backtested.hpp>

#include <chrono>
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

struct m4_case {
  std::string name;
  std::vector<double> past, next;
};

/// Empty without the data.
inline std::vector<m4_case> read_m4(const std::string& folder) {
  const auto train = read_wide(folder + "/m4-hourly/train.csv", true);
  std::vector<m4_case> out;
  for (auto& test : read_wide(folder + "/m4-hourly/test-odd.csv", true))
    for (const auto& s : train)
      if (s.name == test.name) out.push_back({s.name, s.values, std::move(test.values)});
  return out;
}

struct m4_score {
  std::size_t series = 0;
  double owa = 0, msis = 0, coverage = 0;  ///< the last two of the 95 % intervals
  double seconds = 0;                      ///< of CPU, fit and intervals; the median of the series
};

/// A series without a fit is left out.
template <class Spec>
m4_score score_m4(const foreshift::forecast::backtested<Spec>& spec, const std::vector<m4_case>& cases) {
  using namespace foreshift;
  const std::vector<double> levels{0.025, 0.975};
  m4_score out;
  double smape = 0, mase = 0, n = 0;
  std::vector<double> seconds;
  for (const auto& c : cases) {
    const auto made = timed([&]() -> result<forecast::prediction, forecast::errc> {
      const auto model = fit(spec, telemetry::series_view{{}, std::chrono::hours{1}, c.past}, {});
      if (!model) return failure{model.error()};
      return predict(*model, {.horizon = 48, .levels = levels});
    });
    if (!made.value) continue;
    const auto& p = *made.value;
    const double scale = forecast::seasonal_naive_scale(c.past, 24);
    const forecast::outcome mean{c.next, p.mean};
    const forecast::interval_outcome interval{c.next, p.quantile_curve(0), p.quantile_curve(1)};
    smape += forecast::smape(mean), mase += forecast::mase(mean, scale);
    out.msis += forecast::msis(interval, {0.95, scale}), out.coverage += forecast::coverage(interval);
    seconds.push_back(made.seconds);
    ++out.series, ++n;
  }
  if (n == 0) return out;
  out.owa = forecast::owa({smape / n, mase / n}, forecast::m4_hourly_naive2);
  out.msis /= n, out.coverage /= n, out.seconds = median(std::move(seconds));
  return out;
}
