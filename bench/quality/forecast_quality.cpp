// How accurate and how fast are the forecasts? A table of bars with what is measured; or, with --models, one
// table for each data set: M4 hourly (odd test half, horizon 48) and the load of virtual machines (three
// rolling origins of 48 hours each at the end), with CPU time per series.
//
//     FORESHIFT_DATA_DIR=... forecast_quality [--slow]
//     FORESHIFT_DATA_DIR=... forecast_quality --models [--history HOURS] [model...]
//
// --slow adds the rows that take minutes. --history keeps only the end of the server series. Those of
// Bitbrains are three months long, and the old part decides how errors are scaled: compare figures only with
// the same history.
//
// Needs the public data sets; without them it says so and measures nothing.

#include "forecast_bars.hpp"

#include <foreshift/forecast/accuracy.hpp>
#include <foreshift/forecast/any_forecaster.hpp>
#include <foreshift/forecast/auto_forecaster.hpp>
#include <foreshift/forecast/naive.hpp>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <utility>
#include <vector>

using namespace foreshift;

namespace {

struct contender {
  std::string name;
  forecast::any_forecaster spec;
};

std::vector<contender> contenders() {
  using namespace forecast;
  return {{"naive", naive{}},
          {"seasonal_naive 24", seasonal_naive{24}},
          {"seasonal_naive 168", seasonal_naive{168}},
          {"level_median 24", level_median{24}},
          {"seasonal_median 24x7", seasonal_median{.season_length = 24, .seasons_max = 7}},
          {"seasonal_median 168x4", seasonal_median{.season_length = 168, .seasons_max = 4}},
          {"smoothing", exponential_smoothing{}},
          {"local_reversion", local_reversion{}},
          {"seasonal_ar", seasonal_ar{}},
          {"seasonal_ar, least squares", seasonal_ar{.huber = 0}},
          {"seasonal_ar, local level", seasonal_ar{.level_steps = 8}},
          {"selection, load pool", streaming_selection{.pool = load_pool(24), .horizon = 48}},
          {"auto", auto_forecaster{}}};
}

void m4(const std::string& folder, const std::vector<contender>& all) {
  const auto cases = read_m4(folder);
  if (cases.empty()) return;
  std::printf("M4 hourly, %zu series, 48 steps\n%-28s %8s %7s %7s %10s\n", cases.size(), "model", "sMAPE",
              "MASE", "OWA", "ms/series");
  for (const auto& c : all) {
    double smape = 0, mase = 0;
    std::vector<double> curve(48);
    const double begin = cpu_seconds();
    std::size_t n = 0;
    for (const auto& s : cases) {
      const auto model = fit(c.spec, telemetry::series_view{{}, std::chrono::hours{1}, s.past}, {});
      if (!model) {
        std::printf("%s: %s: %.*s\n", c.name.c_str(), s.name.c_str(), 60, explain(model.error()).data());
        continue;
      }
      predict_mean(*model, {}, curve);
      const forecast::outcome o{s.next, curve};
      smape += forecast::smape(o);
      mase += forecast::mase(o, forecast::seasonal_naive_scale(s.past, 24));
      ++n;
    }
    const double count = static_cast<double>(n);
    const forecast::owa_reference score{smape / count, mase / count};
    std::printf("%-28s %8.3f %7.3f %7.4f %10.3f\n", c.name.c_str(), score.smape, score.mase,
                forecast::owa(score, forecast::m4_hourly_naive2), 1e3 * (cpu_seconds() - begin) / count);
  }
}

void server_load(const std::string& folder, const std::vector<contender>& all, std::size_t history) {
  const auto sets = read_server_load(folder, history);
  std::printf("\nServer load, hourly, mean MASE (m = 24), 3 rolling origins of 48 h\n%-28s", "model");
  for (const auto& set : sets) std::printf(" %14s", set.title.c_str());
  std::printf(" %10s\n", "ms/fit");
  for (const auto& c : all) {
    std::printf("%-28s", c.name.c_str());
    const double begin = cpu_seconds();
    std::size_t fits = 0;
    for (const auto& set : sets) {
      const auto score = score_load(c.spec, set);
      fits += score.fits;
      std::printf(" %14.3f", score.mase);
    }
    std::printf(" %10.3f\n", 1e3 * (cpu_seconds() - begin) / static_cast<double>(fits));
  }
}

constexpr const char* usage =
    "forecast_quality [--slow]\n"
    "    the bars and what is measured; --slow: also auto-thorough and the probabilities, which take "
    "minutes\n"
    "forecast_quality --models [--history HOURS] [model...]\n"
    "    a table of models for each data set; --history keeps only the end of the server series\n"
    "FORESHIFT_DATA_DIR names the folder of the public data sets.\n";

}  // namespace

int main(int argc, char** argv) {
  std::vector<std::string> words(argv + 1, argv + argc);
  const auto take = [&](const char* word) {
    if (words.empty() || words.front() != word) return false;
    words.erase(words.begin());
    return true;
  };
  const bool models = take("--models"), slow = !models && take("--slow");
  std::size_t history = whole_history;
  if (models && take("--history")) {
    history = words.empty() ? 0 : std::strtoul(words.front().c_str(), nullptr, 10);
    if (!words.empty()) words.erase(words.begin());
  }
  const bool stray = !words.empty() && (!models || words.front().starts_with("-"));
  if (stray || history == 0) {
    std::fputs(usage, words.empty() || words.front() != "--help" ? stderr : stdout);
    return words.empty() || words.front() != "--help" ? 2 : 0;
  }
  const char* folder = std::getenv("FORESHIFT_DATA_DIR");
  if (folder == nullptr) {
    std::printf("forecast_quality: FORESHIFT_DATA_DIR is not set: nothing measured\n");
    return 0;
  }
  if (!models) return print_bars(folder, slow), 0;
  std::vector<contender> all;
  for (auto& c : contenders()) {
    bool wanted = words.empty();
    for (const auto& name : words) wanted = wanted || c.name.starts_with(name);
    if (wanted) all.push_back(std::move(c));
  }
  m4(folder, all);
  server_load(folder, all, history);
}
