// How good is the probability that load exceeds 80 percent in each of the next twelve five-minute steps? On
// 100 virtual machines of Azure: the first half of each series is history, the other half is streamed, and at
// every 13th step (so that all times of day come up) the forecast is held against what came.
//
//     FORESHIFT_DATA_DIR=... exceedance_quality [--validate]
//
// --validate looks at the first half only, as choices have to be made: its first half is the history then.
// Nothing is fitted on what is judged. Beside the default stand the same forecast with all past errors
// counting alike; Gaussian errors of the same mean curve, with the running deviation of its errors at each
// lead; and climatology, the share of all earlier steps of that machine which were over the limit.
//
// Brier score: mean (p - o)^2. Skill against x: 1 - score / score of x. Calibration error: probabilities in
// ten equal bins, mean over the forecasts of |mean probability - share of events| of their bin.

#include "series_rows.hpp"

#include <foreshift/forecast/auto_forecaster.hpp>
#include <foreshift/forecast/error_blocks.hpp>
#include <foreshift/forecast/observation.hpp>
#include <foreshift/forecast/prediction.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

using namespace foreshift;

namespace {

constexpr double limit = 80;
constexpr std::size_t horizon = 12, day = 288, stride = 13;

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
constexpr std::array<const char*, contenders> names{"default", "all errors alike", "Gaussian errors",
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

void judge(const std::vector<double>& y, scores& all) {
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

void report(const std::string& title, const scores& all, std::size_t series, double seconds) {
  std::array<score, contenders> pooled;
  for (std::size_t c = 0; c < contenders; ++c)
    for (const auto& s : all[c]) pooled[c].add(s);
  std::printf("%s: %zu series, %.0f forecasts, %.0f events, %.1f CPU s\n", title.c_str(), series,
              pooled[standard].count(), pooled[standard].events(), seconds);
  std::printf("%-6s %-18s %8s %14s %12s %12s\n", "lead", "", "Brier", "on climatology", "on Gaussian",
              "calibration");
  const auto row = [](const char* lead, const char* name, const score& s, const score& past,
                      const score& normal) {
    std::printf("%-6s %-18s %8.5f %+14.4f %+12.4f %12.4f\n", lead, name, s.brier(),
                1 - s.brier() / past.brier(), 1 - s.brier() / normal.brier(), s.calibration_error());
  };
  for (const std::size_t lead : {1U, 3U, 6U, 12U})
    for (std::size_t c = 0; c < contenders; ++c)
      row(std::to_string(lead).c_str(), names[c], all[c][lead - 1], all[climatology][lead - 1],
          all[gaussian][lead - 1]);
  for (std::size_t c = 0; c < contenders; ++c)
    row("1-12", names[c], pooled[c], pooled[climatology], pooled[gaussian]);
  std::printf("reliability of the default, all leads\n%-10s %9s %12s %9s\n", "bin", "forecasts",
              "probability", "events");
  for (std::size_t i = 0; i < 10; ++i)
    if (const auto& b = pooled[standard].bins()[i]; b.count > 0)
      std::printf("%.1f to %.1f %9.0f %12.4f %9.4f\n", 0.1 * static_cast<double>(i),
                  0.1 * static_cast<double>(i + 1), b.count, b.probability / b.count, b.events / b.count);
  std::printf("\n");
}

}  // namespace

int main(int argc, char** argv) {
  const char* folder = std::getenv("FORESHIFT_DATA_DIR");
  if (folder == nullptr) {
    std::printf("exceedance_quality: FORESHIFT_DATA_DIR is not set: nothing measured\n");
    return 0;
  }
  const bool validate = argc > 1 && std::string_view{argv[1]} == "--validate";
  for (const std::string set : {"max", "avg"}) {
    auto data = read_series(std::string{folder} + "/server-load/azure_v1_100vm_5min_" + set + ".csv");
    if (data.empty()) continue;
    scores all;
    const auto begin = std::clock();
    for (auto& y : data) {
      if (validate) y.resize(y.size() / 2);
      judge(y, all);
    }
    report("Azure, 5 minutes, " + set, all, data.size(),
           static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC);
  }
}
