// How do fits of exponential smoothing compare with R's? For each of R's fits to M4 hourly series the same
// form and the automatic choice, by the corrected Akaike criterion, with CPU time per series beside R's.
//
//     FORESHIFT_DATA_DIR=... quality_ets_parity
//
// Needs the folders m4-hourly and r-parity of the data sets; without them it says so and measures nothing.

#include "r_cases.hpp"

#include <foreshift/forecast/auto_ets.hpp>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

using namespace foreshift;
using namespace foreshift::forecast;

namespace {

// "ETS(M|Ad|M)" -> MAdM
ets_form form_of(const std::string& method) {
  std::string letters = method.substr(4, method.size() - 5);
  std::erase(letters, '|');
  for (const auto e : {ets_error::additive, ets_error::multiplicative})
    for (const auto t : {ets_trend::none, ets_trend::additive, ets_trend::damped})
      for (const auto s : {ets_season::none, ets_season::additive, ets_season::multiplicative})
        if (const ets_form form{e, t, s}; to_string(form) == letters) return form;
  return {};
}

struct tally {
  std::size_t cases = 0, as_good = 0;
  double ms = 0, r_ms = 0, slowest = 0;

  void add(bool good, double took, double r_took) {
    ++cases;
    as_good += good ? 1 : 0;
    ms += took;
    r_ms += r_took;
    slowest = std::max(slowest, took);
  }
  void print(const char* what) const {
    if (cases == 0) return;
    const double n = static_cast<double>(cases);
    std::printf("%-28s AICc <= R's + 0.5 in %zu of %zu; CPU ms a series: mean %.2f, slowest %.2f, R %.0f\n",
                what, as_good, cases, ms / n, slowest, r_ms / n);
  }
};

}  // namespace

int main() {
  const char* given = std::getenv("FORESHIFT_DATA_DIR");
  const std::string folder = given == nullptr ? "" : given;
  const auto series = series_by_name(folder + "/m4-hourly/train.csv", true);
  const auto automatic = rows_of(folder + "/r-parity/m4h_ets_models.csv");
  const auto damped = rows_of(folder + "/r-parity/m4h_ets_AAdA_models.csv");
  if (series.empty() || automatic.empty()) {
    std::printf("skipped: FORESHIFT_DATA_DIR does not name a folder with m4-hourly and r-parity in it\n");
    return 77;
  }
  const auto fit_form = [&](const std::vector<std::string>& row, tally& sum) {
    const auto form = form_of(row[3]);
    const ets spec{.error = form.error, .trend = form.trend, .season = form.season};
    const auto [m, seconds] = timed_fit(spec, series.at(row[1]));
    const double took = 1e3 * seconds;
    const double aicc = m ? m->summary().aicc : 1e9, theirs = std::atof(row[9].c_str());
    sum.add(aicc <= theirs + 0.5, took, 1e3 * std::atof(row[12].c_str()));
    return aicc - theirs;
  };

  std::printf("%-6s %-5s %10s %10s   %-5s %10s %9s\n", "series", "R", "AICc", "same form", "auto", "auto",
              "CPU ms");
  tally same, chosen, aada;
  std::size_t other_form = 0;
  for (const auto& row : automatic) {
    const double gain = fit_form(row, same), theirs = std::atof(row[9].c_str());
    const auto [m, seconds] = timed_fit(auto_ets{}, series.at(row[1]));
    const double took = 1e3 * seconds;
    if (!m) continue;
    const double aicc = m->summary().aicc;
    chosen.add(aicc <= theirs + 0.5, took, 1e3 * std::atof(row[12].c_str()));
    const bool differs = !(m->form() == form_of(row[3]));
    other_form += differs ? 1 : 0;
    std::printf("%-6s %-5s %10.2f %+10.2f   %-5s %+10.2f %9.2f%s\n", row[1].c_str(),
                to_string(form_of(row[3])).c_str(), theirs, gain, to_string(m->form()).c_str(), aicc - theirs,
                took, differs ? "  another form" : "");
  }
  for (const auto& row : damped) fit_form(row, aada);
  std::printf("\n");
  same.print("R's form:");
  aada.print("AAdA:");
  chosen.print("automatic:");
  std::printf("%-28s another form than R's in %zu of %zu\n", "", other_form, chosen.cases);
  const auto holds = [](const tally& t) { return t.cases > 0 && 10 * t.as_good >= 9 * t.cases; };
  if (holds(same) && holds(aada) && holds(chosen)) return 0;
  std::printf("fewer than the 9 of 10 that are asked for\n");
  return 1;
}
