// How do automatic ARIMA fits compare with those of R's forecast::auto.arima? A row for each case of the data
// folder (FORESHIFT_DATA_DIR): both orders, both criteria, CPU time. The criterion should be R's plus a half,
// or less, in nine cases of ten.

#include "r_cases.hpp"

#include <foreshift/forecast/auto_arima.hpp>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

using namespace foreshift;
using namespace foreshift::forecast;

namespace {

struct total {
  int good = 0, all = 0, same_order = 0;
  std::vector<double> seconds;
};

struct peer {
  std::string order;  // as ours is written
  double aicc = 0;
  double seconds = 0;
};

std::string text(const arima_order& o, const std::string& constant) {
  char buffer[64];
  std::snprintf(buffer, sizeof buffer, "(%zu,%zu,%zu)(%zu,%zu,%zu)", o.p, o.d, o.q, o.P, o.D, o.Q);
  return buffer + (constant.empty() ? "" : " " + constant);
}

void compare(const std::string& name, const std::vector<double>& y, std::size_t season_length, const peer& r,
             total& t) {
  const auto [m, seconds] = timed_fit(auto_arima{.season_length = season_length}, y);
  if (!m) {
    std::printf("%-22s no fit\n", name.c_str());
    ++t.all;
    return;
  }
  const std::string constant = m->constant() == arima_constant::mean    ? "intercept"
                               : m->constant() == arima_constant::drift ? "drift"
                                                                        : "";
  const std::string ours = text(m->order(), constant);
  const bool good = m->aicc() <= r.aicc + 0.5;
  ++t.all;
  t.good += good ? 1 : 0;
  t.same_order += ours == r.order ? 1 : 0;
  t.seconds.push_back(seconds);
  std::printf("%-22s %-24s %-24s %11.2f %11.2f %9.2f %s %8.1f ms  R %6.2f s\n", name.c_str(), ours.c_str(),
              r.order.c_str(), m->aicc(), r.aicc, m->aicc() - r.aicc, good ? "    " : "more", 1e3 * seconds,
              r.seconds);
}

void conclude(const char* what, total& t) {
  if (t.seconds.empty()) return;
  std::ranges::sort(t.seconds);
  std::printf("%s: %d of %d at most R's + 0.5, %d of the same order; CPU median %.1f ms, most %.1f ms\n\n",
              what, t.good, t.all, t.same_order, 1e3 * t.seconds[t.seconds.size() / 2],
              1e3 * t.seconds.back());
}

std::size_t number(const std::string& cell) { return static_cast<std::size_t>(std::stoul(cell)); }

}  // namespace

int main() {
  const char* folder = std::getenv("FORESHIFT_DATA_DIR");
  if (folder == nullptr) {
    std::puts("skipped: set FORESHIFT_DATA_DIR to the folder of the data sets");
    return 77;
  }
  const std::string data = folder, parity = data + "/r-parity/";
  std::printf("%-22s %-24s %-24s %11s %11s %9s\n", "series", "foreshift", "R", "AICc", "R", "difference");

  const auto m4 = series_by_name(data + "/m4-hourly/train.csv", true);
  total seasonal, plain, classic;
  for (const auto& c : rows_of(parity + "m4h_autoarima_models.csv")) {
    const arima_order o{
        number(c[3]), number(c[4]), number(c[5]), number(c[6]), number(c[7]), number(c[8]), 24};
    const bool mean = c[17].find("intercept") != std::string::npos;
    compare(c[1], m4.at(c[1]), 24, {text(o, mean ? "intercept" : c[10]), std::stod(c[14]), std::stod(c[18])},
            seasonal);
  }
  conclude("M4 hourly, m = 24", seasonal);

  const auto adjusted = series_by_name(parity + "m4h_stl_seasadj_inputs.csv", false);
  for (const auto& c : rows_of(parity + "m4h_autoarima_nonseasonal_models.csv")) {
    const auto& y = c[1] == "stl_seasadj" ? adjusted.at(c[0]) : m4.at(c[0]);
    const arima_order o{number(c[3]), number(c[4]), number(c[5])};
    compare(c[0] + " " + c[1], y, 1, {text(o, c[6]), std::stod(c[10]), std::stod(c[13])}, plain);
  }
  conclude("M4 hourly, without seasons", plain);

  for (const auto& c : rows_of(parity + "models.csv")) {
    if (c[1] != "auto.arima") continue;
    std::vector<double> y;
    std::size_t season_length = 1;
    for (const auto& cells : rows_of(parity + "data_" + c[0] + ".csv")) {
      y.push_back(std::stod(cells[1]));
      season_length = number(cells[2]);
    }
    const auto digit = [&](std::size_t at) { return static_cast<std::size_t>(c[2][at] - '0'); };
    const arima_order o{digit(6), digit(8), digit(10), digit(13), digit(15), digit(17), season_length};
    compare(c[0], y, season_length, {text(o, c[3]), std::stod(c[7]), std::stod(c[10])}, classic);
  }
  conclude("R's own series", classic);
  const int good = seasonal.good + plain.good + classic.good, all = seasonal.all + plain.all + classic.all;
  std::printf("all: %d of %d at most R's + 0.5; 9 of 10 are asked for\n", good, all);
  return 10 * good >= 9 * all && all > 0 ? 0 : 1;
}
