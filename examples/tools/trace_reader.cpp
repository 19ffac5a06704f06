#include "trace_reader.hpp"

#include <foreshift/telemetry/csv.hpp>
#include <foreshift/telemetry/metric.hpp>

#include <cstddef>
#include <limits>
#include <map>
#include <optional>
#include <span>
#include <utility>
#include <vector>

namespace tool {

using foreshift::diagnostic;
using foreshift::excerpt;
using foreshift::failure;
using foreshift::result;
using foreshift::sim::fleet_trace;
using foreshift::sim::traced_workload;
using foreshift::telemetry::csv_reader;
using foreshift::telemetry::metric;
using foreshift::telemetry::parse_csv_number;

namespace {

constexpr double percent_max = 1000;

/// A row's values, or what is wrong with the first bad one.
result<std::vector<double>, diagnostic> parse_values(const csv_reader& row,
                                                     std::span<const std::string_view> fields, metric what) {
  std::vector<double> values;
  values.reserve(fields.size());
  const auto column = [&] { return std::string{"v"}.append(std::to_string(values.size())); };
  for (const auto field : fields) {
    if (foreshift::telemetry::is_blank(field)) {
      values.push_back(std::numeric_limits<double>::quiet_NaN());
      continue;
    }
    const auto value = parse_csv_number(field);
    if (!value) return failure{row.complain(column(), "not a number: " + excerpt(field))};
    if (*value < 0) return failure{row.complain(column(), "negative: " + excerpt(field))};
    if (what == metric::cpu && *value > percent_max)
      return failure{row.complain(column(), "more than 1000 percent: " + excerpt(field))};
    values.push_back(*value);
  }
  return values;
}

/// The workloads read so far, by name.
class fleet_builder {
 public:
  explicit fleet_builder(std::string source) : source_(std::move(source)) {}

  std::optional<diagnostic> add(const csv_reader& row) {
    const auto fields = row.fields();
    if (fields.front().empty()) return row.complain("name", "empty");
    if (fields.size() < 2) return row.complain("", "a name without values");
    if (!has_metric_) {
      has_metric_ = foreshift::telemetry::parse_metric(fields[1]).has_value();
      if (!*has_metric_ && !fields[1].empty() && !parse_csv_number(fields[1]))
        return row.complain(
            "field 2", "neither a number nor cpu, memory, network, io or latency: " + excerpt(fields[1]));
    }
    metric what = metric::cpu;
    if (*has_metric_) {
      const auto named = foreshift::telemetry::parse_metric(fields[1]);
      if (!named)
        return row.complain("metric", "not cpu, memory, network, io or latency: " + excerpt(fields[1]));
      what = *named;
    }
    auto values = parse_values(row, fields.subspan(*has_metric_ ? 2 : 1), what);
    if (!values) return values.error();
    if (!length_) length_ = values->size();
    if (values->size() != *length_ || values->empty())
      return row.complain(
          "", std::to_string(values->size()) + " values, the first row has " + std::to_string(*length_));
    return keep(row, std::string{fields[0]}, what, *std::move(values));
  }

  result<fleet_trace, diagnostic> finish() && {
    if (fleet_.workloads.empty()) return failure{diagnostic{source_, 0, "", "no workloads in it"}};
    for (const auto& w : fleet_.workloads)
      if (w.cpu.empty())
        return failure{
            diagnostic{source_, lines_[w.name], "", "workload " + excerpt(w.name) + " has no cpu row"}};
    return std::move(fleet_);
  }

 private:
  std::optional<diagnostic> keep(const csv_reader& row, std::string name, metric what,
                                 std::vector<double> values) {
    const auto [known, fresh] = index_.try_emplace(name, fleet_.workloads.size());
    if (fresh) {
      fleet_.workloads.push_back({name, 1, {}, {}});
      lines_[name] = row.line();
    }
    traced_workload& w = fleet_.workloads[known->second];
    bool twice = what == metric::cpu && !w.cpu.empty();
    for (const auto& [other, ignored] : w.others) twice |= other == what;
    if (twice)
      return row.complain("", "a second " + std::string{name_of(what)} + " row of workload " + excerpt(name));
    if (what == metric::cpu)
      w.cpu = std::move(values);
    else
      w.others.emplace_back(what, std::move(values));
    return std::nullopt;
  }

  std::string source_;
  fleet_trace fleet_;
  std::map<std::string, std::size_t> index_;
  std::map<std::string, std::size_t> lines_;  // where each workload was first named
  std::optional<bool> has_metric_;
  std::optional<std::size_t> length_;
};

}  // namespace

result<fleet_trace, diagnostic> parse_trace(std::string_view text, std::string source) {
  csv_reader rows{text, source};
  fleet_builder fleet{std::move(source)};
  for (bool first = true; rows.next(); first = false) {
    if (first && rows.fields().front() == "name") continue;
    if (const auto wrong = fleet.add(rows)) return failure{*wrong};
  }
  if (rows.error()) return failure{*rows.error()};
  return std::move(fleet).finish();
}

}  // namespace tool
