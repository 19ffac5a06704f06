// How do fits of exponential smoothing compare with R's? For each of R's fits to M4 hourly series the same
// form and the automatic choice, by the corrected Akaike criterion, with CPU time per series beside R's.
//
//     FORESHIFT_DATA_DIR=... quality_ets_parity
//
// Needs the folders m4-hourly and r-parity of the data sets; without them it says so and measures nothing.

#include <foreshift/forecast/auto_ets.hpp>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <map>
#include <string>
#include <vector>

using namespace foreshift;
using namespace foreshift::forecast;

namespace {

std::vector<std::string> cells(std::string line) {
  std::erase(line, '"');
  std::vector<std::string> out{""};
  for (const char c : line)
    if (c == ',')
      out.emplace_back();
    else if (c != '\r')
      out.back() += c;
  return out;
}

std::vector<std::vector<std::string>> rows(const std::string& file) {
  std::ifstream in{file};
  std::vector<std::vector<std::string>> out;
  std::string line;
  std::getline(in, line);  // the header
  while (std::getline(in, line)) out.push_back(cells(line));
  return out;
}

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

double cpu_ms() { return 1e3 * static_cast<double>(std::clock()) / CLOCKS_PER_SEC; }

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
  std::map<std::string, std::vector<double>> series;
  for (const auto& row : rows(folder + "/m4-hourly/train.csv")) {
    auto& y = series[row[0]];
    for (std::size_t i = 1; i < row.size() && !row[i].empty() && row[i] != "NA"; ++i)
      y.push_back(std::atof(row[i].c_str()));
  }
  const auto automatic = rows(folder + "/r-parity/m4h_ets_models.csv");
  const auto damped = rows(folder + "/r-parity/m4h_ets_AAdA_models.csv");
  if (series.empty() || automatic.empty()) {
    std::printf("skipped: FORESHIFT_DATA_DIR does not name a folder with m4-hourly and r-parity in it\n");
    return 77;
  }
  const auto view = [&](const std::string& id) {
    return telemetry::series_view{{}, std::chrono::hours{1}, series.at(id)};
  };
  const auto fit_form = [&](const std::vector<std::string>& row, tally& sum) {
    const auto form = form_of(row[3]);
    const ets spec{.error = form.error, .trend = form.trend, .season = form.season};
    const double start = cpu_ms();
    const auto m = fit(spec, view(row[1]), {});
    const double took = cpu_ms() - start;
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
    const double start = cpu_ms();
    const auto m = fit(auto_ets{}, view(row[1]), {});
    const double took = cpu_ms() - start;
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
