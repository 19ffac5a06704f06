#include "trace_writer.hpp"

#include "text.hpp"

#include <foreshift/telemetry/csv.hpp>

#include <cmath>
#include <cstddef>
#include <span>
#include <string_view>

namespace tool {

namespace {

void append_row(std::string& out, const std::string& name, foreshift::telemetry::metric what,
                std::span<const double> values) {
  constexpr int decimals = 4;  // of a percent of a core: a millionth of a core
  out += foreshift::telemetry::csv_field(name);
  out += ',';
  out += foreshift::telemetry::name_of(what);
  for (const double value : values) {
    out += ',';
    if (!std::isnan(value)) out += format_number(value, decimals);
  }
  out += '\n';
}

}  // namespace

std::string trace_text(const foreshift::sim::fleet_trace& fleet) {
  std::string out = "name,metric";
  for (std::size_t t = 0; t < fleet.steps(); ++t) out += ",v" + std::to_string(t);
  out += '\n';
  for (const auto& w : fleet.workloads) {
    append_row(out, w.name, foreshift::telemetry::metric::cpu, w.cpu);
    for (const auto& [what, values] : w.others) append_row(out, w.name, what, values);
  }
  return out;
}

}  // namespace tool
