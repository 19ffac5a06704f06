#pragma once
// How good is the probability that load exceeds 80 percent in each of the next twelve five-minute steps? The
// first half of a series is history, the other half is streamed, and at every 13th step (so that all times of
// day come up) the forecast is held against what came.
//
// Nothing is fitted on what is judged. Beside the default stand the same forecast with all past errors
// counting alike; Gaussian errors of the same mean curve, with the running deviation of its errors at each
// lead; and climatology, the share of all earlier steps of that machine which were over the limit.
//
// Brier score: mean (p - o)^2. Skill against x: 1 - score / score of x. Calibration error: probabilities in
// ten equal bins, mean over the forecasts of |mean probability - share of events| of their bin.

#include <foreshift/forecast/auto_forecaster.hpp>
#include <foreshift/forecast/error_blocks.hpp>
#include <foreshift/forecast/observation.hpp>
#include <foreshift/forecast/prediction.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <vector>

namespace exceedance {

using namespace foreshift;

inline constexpr double limit = 80;
inline constexpr std::size_t horizon = 12, day = 288, stride = 13;

class score {
 public:
  void add(double p, bool over) {
    const double o = over ? 1 : 0;
    squares_ += (p - o) * (p - o);
    auto& b = bins_[std::min<std::size_t>(9, static_cast<std::size_t>(10 * p))];
    b.count += 1, b.probability += p, b.events += o;
  }
  void add(const score& other) {
    squares_ += other.squares_;
    for (std::size_t i = 0; i < 10; ++i) {
      bins_[i].count += other.bins_[i].count;
      bins_[i].probability += other.bins_[i].probability;
      bins_[i].events += other.bins_[i].events;
    }
  }
  struct bin {
    double count = 0, probability = 0, events = 0;
  };
  [[nodiscard]] const std::array<bin, 10>& bins() const { return bins_; }
  [[nodiscard]] double count() const {
    double n = 0;
    for (const auto& b : bins_) n += b.count;
    return n;
  }
  [[nodiscard]] double events() const {
    double n = 0;
    for (const auto& b : bins_) n += b.events;
    return n;
  }
  [[nodiscard]] double brier() const { return squares_ / count(); }
  [[nodiscard]] double calibration_error() const {
    double sum = 0;
    for (const auto& b : bins_) sum += std::abs(b.probability - b.events);
    return sum / count();
  }

 private:
  double squares_ = 0;
  std::array<bin, 10> bins_{};
};

enum contender { standard, alike, gaussian, climatology, contenders };
inline constexpr std::array<const char*, contenders> names{"default", "all errors alike", "Gaussian errors",
                                                           "climatology"};
using scores = std::array<std::array<score, horizon>, contenders>;

// Sums of squared errors of each lead, from what the model remembers of the history and then of the stream.
class deviations {
 public:
  explicit deviations(const forecast::error_blocks& known) {
    for (std::size_t h = 0; h < horizon; ++h)
      for (std::size_t age = 0; age < known.known(h); ++age) add(h, known.error(h, age));
  }
  void add(std::size_t h, double e) { squares_[h] += e * e, count_[h] += 1; }
  [[nodiscard]] double probability_above(std::size_t h, double e) const {
    const double deviation = std::sqrt(std::max(squares_[h] / count_[h], 1e-12));
    return 0.5 * std::erfc(e / (deviation * 1.4142135623730951));
  }

 private:
  std::array<double, horizon> squares_{}, count_{};
};

/// Adds what the forecasts for one series are worth.
inline void judge(const std::vector<double>& y, scores& all) {
  const auto spec = calibrated(forecast::auto_forecaster{.season_length = day, .horizon = horizon});
  auto plain = spec;
  plain.bandwidth = 0;
  const std::size_t from = y.size() / 2;
  const telemetry::series_view whole{{}, std::chrono::minutes{5}, y};
  auto model = fit(spec, whole.first(from), {}), other = fit(plain, whole.first(from), {});
  if (!model || !other) return;
  deviations spread{model->errors()};
  double over = 0, seen = 0;
  const auto count = [&](double v) {
    if (forecast::is_observed(v)) over += v > limit, seen += 1;
  };
  for (std::size_t t = 0; t < from; ++t) count(y[t]);
  std::vector<double> mean(horizon);
  for (std::size_t t = from; t + horizon <= y.size(); ++t) {
    if ((t - from) % stride == 0) {
      predict_mean(*model, {}, mean);
      const auto p = probability_exceeds(*model, mean, limit), q = probability_exceeds(*other, mean, limit);
      for (std::size_t h = 0; h < horizon; ++h) {
        if (!forecast::is_observed(y[t + h])) continue;
        const bool event = y[t + h] > limit;
        all[standard][h].add(p[h], event);
        all[alike][h].add(q[h], event);
        all[gaussian][h].add(spread.probability_above(h, limit - mean[h]), event);
        all[climatology][h].add(over / seen, event);
      }
    }
    if (forecast::is_observed(y[t]))
      model->errors().visit_next([&](std::size_t lead, double m) { spread.add(lead, y[t] - m); });
    count(y[t]);
    update(*model, y[t], {});
    update(*other, y[t], {});
  }
}

/// A contender's scores of all leads together.
inline score pooled(const scores& all, contender c) {
  score out;
  for (const auto& s : all[c]) out.add(s);
  return out;
}

}  // namespace exceedance
