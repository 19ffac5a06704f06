#pragma once
// R's fits of exponential smoothing: forms, parameters, initial states, likelihoods.

#include <foreshift/forecast/ets_form.hpp>
#include <foreshift/forecast/ets_state.hpp>

#include <algorithm>
#include <cstddef>
#include <string>
#include <vector>

#include "data_folder.hpp"
#include "reference_table.hpp"

namespace forecast_test {

struct ets_reference {
  std::string series;
  std::string label;
  foreshift::forecast::ets_form form{};
  foreshift::forecast::ets_parameters parameters{};
  foreshift::forecast::ets_state start{};
  double log_likelihood = 0;
  double variance = 0;
  double aicc = 0;
  std::size_t season_length = 1;
  std::vector<double> y{};
};

/// Letters with or without R's bars: "MAdM", "M|Ad|M".
inline foreshift::forecast::ets_form form_named(std::string letters) {
  using namespace foreshift::forecast;
  std::erase(letters, '|');
  ets_form f;
  f.error = letters.front() == 'A' ? ets_error::additive : ets_error::multiplicative;
  f.trend = letters.find("Ad", 1) == 1 ? ets_trend::damped
            : letters[1] == 'A'        ? ets_trend::additive
                                       : ets_trend::none;
  f.season = letters.back() == 'N'   ? ets_season::none
             : letters.back() == 'A' ? ets_season::additive
                                     : ets_season::multiplicative;
  return f;
}

/// R's "alpha=...;l=...;s0=...": s0 belongs to the step before the first, s1 to the one before that, and the
/// oldest entry, which is left out, brings the sum to 0 or the mean to 1.
inline void read_parameters(const std::string& text, ets_reference& r) {
  r.start = {};
  std::vector<double> s;
  for (std::size_t at = 0; at < text.size();) {
    const auto end = std::min(text.find(';', at), text.size()), equals = text.find('=', at);
    const std::string name = text.substr(at, equals - at);
    const double v = number(text.substr(equals + 1, end - equals - 1));
    if (name == "alpha") r.parameters.alpha = v;
    if (name == "beta") r.parameters.beta = v;
    if (name == "gamma") r.parameters.gamma = v;
    if (name == "phi") r.parameters.phi = v;
    if (name == "l") r.start.level = v;
    if (name == "b") r.start.slope = v;
    if (name[0] == 's') s.push_back(v);
    at = end + 1;
  }
  if (s.empty()) return;
  const bool multiplies = r.form.season == foreshift::forecast::ets_season::multiplicative;
  double last = multiplies ? static_cast<double>(s.size() + 1) : 0.0;
  for (const double v : s) last -= v;
  s.push_back(last);
  r.start.season.assign(s.rbegin(), s.rend());
}

/// R's fits of its small classic series.
inline std::vector<ets_reference> ets_references() {
  const auto table = reference_text("r_ets_models.csv");
  std::vector<ets_reference> out;
  for (std::size_t i = 0; i < table.at("dataset").size(); ++i) {
    ets_reference r{.series = table.at("dataset")[i], .label = table.at("label")[i]};
    r.form = form_named(table.at("form")[i]);
    r.log_likelihood = number(table.at("loglik")[i]);
    r.variance = number(table.at("sigma2")[i]);
    r.aicc = number(table.at("aicc")[i]);
    read_parameters(table.at("par")[i], r);
    const auto series = reference_table("series_" + r.series + ".csv");
    r.y = series.at("y");
    r.season_length = static_cast<std::size_t>(series.at("period").front());
    out.push_back(std::move(r));
  }
  return out;
}

/// R's fits of series of the M4 competition, or nothing and a line that says so.
inline std::vector<ets_reference> ets_references_m4(const char* what, const std::string& file) {
  const auto series = data_or_skip(what, "m4-hourly/train.csv", true);
  if (series.empty()) return {};
  std::ifstream in{std::string{std::getenv("FORESHIFT_DATA_DIR")} + "/r-parity/" + file};
  std::vector<ets_reference> out;
  std::string line;
  std::getline(in, line);  // index,id,n,method,components,loglik,mse,sigma2,aic,aicc,bic,par,cpu_s
  while (std::getline(in, line)) {
    std::erase(line, '"');
    std::vector<std::string> cell{""};
    for (const char c : line) c == ',' ? cell.emplace_back() : cell.back() += c;
    ets_reference r{.series = cell[1], .label = file, .season_length = 24};
    r.form = form_named(cell[3].substr(4, cell[3].size() - 5));
    r.log_likelihood = number(cell[5]);
    r.variance = number(cell[7]);
    r.aicc = number(cell[9]);
    read_parameters(cell[11], r);
    for (const auto& s : series)
      if (s.name == r.series) r.y = s.values;
    out.push_back(std::move(r));
  }
  if (out.empty()) std::printf("skipped: %s: no r-parity/%s in FORESHIFT_DATA_DIR\n", what, file.c_str());
  return out;
}

}  // namespace forecast_test
