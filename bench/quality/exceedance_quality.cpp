// How good is the probability that load exceeds 80 percent in each of the next twelve five-minute steps, on
// 100 virtual machines of Azure? exceedance_scores.hpp says how it is judged, and beside what.
//
//     FORESHIFT_DATA_DIR=... exceedance_quality [--validate]
//
// --validate looks at the first half only, as choices have to be made: its first half is the history then.

#include "exceedance_scores.hpp"
#include "series_rows.hpp"

#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <string>
#include <string_view>

using namespace exceedance;

namespace {

void report(const std::string& title, const scores& all, std::size_t series, double seconds) {
  std::array<score, contenders> total;
  for (std::size_t c = 0; c < contenders; ++c) total[c] = pooled(all, static_cast<contender>(c));
  std::printf("%s: %zu series, %.0f forecasts, %.0f events, %.1f CPU s\n", title.c_str(), series,
              total[standard].count(), total[standard].events(), seconds);
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
    row("1-12", names[c], total[c], total[climatology], total[gaussian]);
  std::printf("reliability of the default, all leads\n%-10s %9s %12s %9s\n", "bin", "forecasts",
              "probability", "events");
  for (std::size_t i = 0; i < 10; ++i)
    if (const auto& b = total[standard].bins()[i]; b.count > 0)
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
