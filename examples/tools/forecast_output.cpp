// Forecasts as CSV, and scores for people at a terminal.

#include "forecast_evaluate.hpp"
#include "forecast_run.hpp"
#include "text.hpp"

#include <foreshift/forecast/accuracy.hpp>
#include <foreshift/telemetry/csv.hpp>

#include <charconv>
#include <cmath>
#include <cstdio>

namespace tool {

namespace {

/// Ten digits: more than any forecast deserves, the same on every machine.
void append_number(std::string& out, double value) {
  char text[40];
  const auto end = std::to_chars(text, text + sizeof text, value + 0.0, std::chars_format::general, 10).ptr;
  out.append(text, end);
}

std::string fixed(double value, int decimals) {
  if (!std::isfinite(value)) return "-";
  char text[64];
  std::snprintf(text, sizeof text, value < 1e9 ? "%.*f" : "%.*g", decimals, value);
  return text;
}

std::string milliseconds(double seconds) { return fixed(1e3 * seconds, 3); }

}  // namespace

std::string forecast_csv(const forecast_input& input, const std::vector<series_outcome>& outcomes) {
  std::string out = "series,step,mean";
  for (const auto& l : input.levels) out += ",lo" + l.name + ",hi" + l.name;
  out += input.limit ? ",p_exceed\n" : "\n";
  for (std::size_t i = 0; i < outcomes.size(); ++i) {
    if (!outcomes[i].asked || !outcomes[i].forecast) continue;
    const auto& made = *outcomes[i].forecast;
    const std::string name = foreshift::telemetry::csv_field(input.table.series[i].name);
    std::vector<std::span<const double>> columns{made.curve.mean};
    for (const auto& l : input.levels) {
      const auto ends = interval_of(made.curve, l);
      columns.push_back(ends.lower);
      columns.push_back(ends.upper);
    }
    for (std::size_t h = 0; h < made.curve.horizon(); ++h) {
      out += name + ',' + std::to_string(h + 1);
      for (const auto& column : columns) append_number(out += ',', column[h]);
      if (input.limit) out += ',' + format_number(made.exceeds[h], 6);
      out += '\n';
    }
  }
  return out;
}

std::string evaluation_table(const forecast_input& input, const evaluation& scores) {
  std::string out = input.source + " against " + input.test_source + ": " + std::to_string(scores.scored) +
                    " of " + std::to_string(input.table.series.size()) + " series, " +
                    std::to_string(scores.mean.steps) + " values\n" + "model " +
                    std::string{input.model->name} + ", season " + std::to_string(input.choice.season_length);
  if (input.choice.seasons_in_cycle > 1)
    out += " in " + std::to_string(input.choice.season_length * input.choice.seasons_in_cycle);
  out += ", horizon " + std::to_string(input.choice.horizon) + "\n\n";
  const auto line = [&](std::string label, const std::string& value, const std::string& remark = "") {
    label.resize(std::max<std::size_t>(label.size(), 27), ' ');
    out += label + value + (remark.empty() ? "" : "   " + remark) + '\n';
  };
  const auto& naive2 = foreshift::forecast::m4_hourly_naive2;
  line("sMAPE, %", fixed(scores.mean.smape, 3));
  line("MASE", fixed(scores.mean.mase, 4),
       scores.without_scale > 0
           ? std::to_string(scores.without_scale) + " series left out: their history gives no scale"
           : "");
  if (scores.owa)
    line("OWA", fixed(*scores.owa, 4),
         "against Naive2 on M4 hourly, 48 steps: sMAPE " + fixed(naive2.smape, 3) + ", MASE " +
             fixed(naive2.mase, 3));
  line("MSIS, " + scored_level(input.levels).name + " %", fixed(scores.mean.msis, 3));
  for (std::size_t l = 0; l < input.levels.size(); ++l)
    line("coverage of " + input.levels[l].name + " %", fixed(100 * scores.mean.coverage[l], 2) + " %");
  if (input.limit) line("Brier score, above limit", fixed(scores.mean.brier, 4));
  line("CPU per series, ms", "min " + milliseconds(scores.cpu.min) + ", median " +
                                 milliseconds(scores.cpu.median) + ", mean " + milliseconds(scores.cpu.mean) +
                                 ", max " + milliseconds(scores.cpu.max));
  return out;
}

}  // namespace tool
