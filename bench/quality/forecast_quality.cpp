// How accurate are the forecasts? One table per data set: M4 hourly (odd test half, horizon 48) and the load
// of virtual machines (three rolling origins of 48 hours each at the end), with CPU time per series.
//
//     FORESHIFT_DATA_DIR=... forecast_quality [--history HOURS] [model...]
//
// --history keeps only the end of the server series. Those of Bitbrains are three months long, and the old
// part decides how errors are scaled: compare figures only with the same history.
//
// Needs the public data sets; without them it says so and measures nothing.

#include <foreshift/forecast/accuracy.hpp>
#include <foreshift/forecast/any_forecaster.hpp>
#include <foreshift/forecast/auto_forecaster.hpp>
#include <foreshift/forecast/cross_validation.hpp>
#include <foreshift/forecast/naive.hpp>

#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <limits>
#include <span>
#include <string>
#include <utility>
#include <vector>

using namespace foreshift;

namespace {

struct named_series {
  std::string name;
  std::vector<double> values;
};

// Rows of `name,v0,v1,...`; quotes are dropped; an empty cell or NaN inside a row is a gap, at its end it is
// no value.
std::vector<named_series> read_wide(const std::string& file, bool header) {
  std::vector<named_series> rows;
  std::ifstream in{file};
  std::string line;
  if (header) std::getline(in, line);
  while (std::getline(in, line)) {
    std::erase(line, '"');
    if (line.ends_with('\r')) line.pop_back();
    named_series row;
    row.name = line.substr(0, line.find(','));
    for (std::size_t at = line.find(','); at != std::string::npos;) {
      const std::size_t next = line.find(',', at + 1);
      const std::string cell = line.substr(at + 1, next == std::string::npos ? next : next - at - 1);
      char* end = nullptr;
      const double v = std::strtod(cell.c_str(), &end);
      row.values.push_back(end == cell.c_str() ? std::numeric_limits<double>::quiet_NaN() : v);
      at = next;
    }
    while (!row.values.empty() && std::isnan(row.values.back())) row.values.pop_back();
    rows.push_back(std::move(row));
  }
  return rows;
}

double cpu_seconds() { return static_cast<double>(std::clock()) / CLOCKS_PER_SEC; }

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
  const auto train = read_wide(folder + "/m4-hourly/train.csv", true);
  const auto test = read_wide(folder + "/m4-hourly/test-odd.csv", true);
  if (train.empty() || test.empty()) return;
  std::printf("M4 hourly, %zu series, 48 steps\n%-28s %8s %7s %7s %10s\n", test.size(), "model", "sMAPE",
              "MASE", "OWA", "ms/series");
  for (const auto& c : all) {
    double smape = 0, mase = 0;
    std::vector<double> curve(48);
    const double begin = cpu_seconds();
    std::size_t n = 0;
    for (const auto& t : test)
      for (const auto& s : train) {
        if (s.name != t.name) continue;
        const auto model = fit(c.spec, telemetry::series_view{{}, std::chrono::hours{1}, s.values}, {});
        if (!model) {
          std::printf("%s: %s: %.*s\n", c.name.c_str(), s.name.c_str(), 60, explain(model.error()).data());
          continue;
        }
        predict_mean(*model, {}, curve);
        const forecast::outcome o{t.values, curve};
        smape += forecast::smape(o);
        mase += forecast::mase(o, forecast::seasonal_naive_scale(s.values, 24));
        ++n;
      }
    const double count = static_cast<double>(n);
    const forecast::owa_reference score{smape / count, mase / count};
    std::printf("%-28s %8.3f %7.3f %7.4f %10.3f\n", c.name.c_str(), score.smape, score.mase,
                forecast::owa(score, forecast::m4_hourly_naive2), 1e3 * (cpu_seconds() - begin) / count);
  }
}

// The whole prediction of the default: its 95 % interval on M4 hourly.
void m4_intervals(const std::string& folder) {
  const auto train = read_wide(folder + "/m4-hourly/train.csv", true);
  const auto test = read_wide(folder + "/m4-hourly/test-odd.csv", true);
  const std::vector<double> levels{0.025, 0.975};
  double msis = 0, inside = 0, n = 0;
  const double begin = cpu_seconds();
  for (const auto& t : test)
    for (const auto& s : train) {
      if (s.name != t.name) continue;
      const auto model = fit(calibrated(forecast::auto_forecaster{}),
                             telemetry::series_view{{}, std::chrono::hours{1}, s.values}, {});
      if (!model) continue;
      const auto p = predict(*model, {.horizon = 48, .levels = levels});
      const forecast::interval_outcome o{t.values, p.quantile_curve(0), p.quantile_curve(1)};
      msis += forecast::msis(o, {0.95, forecast::seasonal_naive_scale(s.values, 24)});
      inside += forecast::coverage(o);
      ++n;
    }
  if (n > 0)
    std::printf("auto with 95 %% intervals: MSIS %.3f, coverage %.4f, %.3f ms/series\n", msis / n, inside / n,
                1e3 * (cpu_seconds() - begin) / n);
}

void server_load(const std::string& folder, const std::vector<contender>& all, std::size_t history) {
  const std::pair<const char*, const char*> sets[] = {{"Azure mean", "azure_v1_100vm_hourly_mean"},
                                                      {"Azure max", "azure_v1_100vm_hourly_max"},
                                                      {"Bitbrains CPU", "rnd_hourly_cpu_mean"},
                                                      {"Bitbrains net", "rnd_hourly_net_mean"}};
  std::vector<std::vector<named_series>> data;
  for (const auto& set : sets)
    data.push_back(read_wide(folder + "/server-load/" + set.second + ".csv", false));
  for (auto& rows : data)
    for (auto& s : rows)
      if (s.values.size() > history)
        s.values.erase(s.values.begin(), s.values.end() - static_cast<std::ptrdiff_t>(history));
  std::printf("\nServer load, hourly, mean MASE (m = 24), 3 rolling origins of 48 h\n%-28s", "model");
  for (const auto& set : sets) std::printf(" %14s", set.first);
  std::printf(" %10s\n", "ms/fit");
  for (const auto& c : all) {
    std::printf("%-28s", c.name.c_str());
    const double begin = cpu_seconds();
    std::size_t fits = 0;
    for (const auto& rows : data) {
      double sum = 0;
      std::size_t n = 0;
      for (const auto& s : rows) {
        const auto plan =
            forecast::rolling_origin_at_end(s.values.size(), {.origins = 3, .horizon = 48, .stride = 48});
        const auto e =
            evaluate(c.spec, telemetry::series_view{{}, std::chrono::hours{1}, s.values}, {}, plan);
        if (!e) continue;
        for (std::size_t i = 0; i < e->origins.size(); ++i) {
          const double scale = forecast::seasonal_naive_scale(std::span{s.values}.first(e->origins[i]), 24);
          const double score = forecast::mase(e->at(i), scale);
          if (std::isfinite(score)) sum += score, ++n;  // a constant history has no scale
        }
        fits += e->origins.size();
      }
      std::printf(" %14.3f", sum / static_cast<double>(n));
    }
    std::printf(" %10.3f\n", 1e3 * (cpu_seconds() - begin) / static_cast<double>(fits));
  }
}

}  // namespace

int main(int argc, char** argv) {
  const char* folder = std::getenv("FORESHIFT_DATA_DIR");
  if (folder == nullptr) {
    std::printf("forecast_quality: FORESHIFT_DATA_DIR is not set: nothing measured\n");
    return 0;
  }
  std::vector<std::string> names(argv + 1, argv + argc);
  std::size_t history = std::numeric_limits<std::size_t>::max();
  if (names.size() >= 2 && names[0] == "--history") {
    history = std::stoul(names[1]);
    names.erase(names.begin(), names.begin() + 2);
  }
  std::vector<contender> all;
  for (auto& c : contenders()) {
    bool wanted = names.empty();
    for (const auto& name : names) wanted = wanted || c.name.starts_with(name);
    if (wanted) all.push_back(std::move(c));
  }
  m4(folder, all);
  if (names.empty()) m4_intervals(folder);
  server_load(folder, all, history);
}
