#include "fleet_of_panel.hpp"

#include "text.hpp"

#include <foreshift/core/time.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <map>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace tool {

namespace prometheus = foreshift::prometheus;
using foreshift::diagnostic;
using foreshift::excerpt;
using foreshift::failure;
using foreshift::result;
using foreshift::telemetry::entity;
using foreshift::telemetry::metric;

namespace {

constexpr double percent_max = 1000;  // what a trace holds

struct named_workload {
  std::map<metric, std::vector<double>> rows;
};

/// Values of one name on two hosts add up.
void add_to(std::vector<double>& sum, std::span<const double> values) {
  if (sum.empty()) return sum.assign(values.begin(), values.end());
  for (std::size_t t = 0; t < sum.size(); ++t)
    if (!std::isnan(values[t])) sum[t] = std::isnan(sum[t]) ? values[t] : sum[t] + values[t];
}

bool has_value(const std::vector<double>& values) {
  return std::ranges::any_of(values, [](double x) { return !std::isnan(x); });
}

/// What of a row a trace cannot hold.
std::string fault_of(const std::string& name, metric what, const std::vector<double>& values,
                     const foreshift::telemetry::panel& panel) {
  constexpr double value_max = 1e18;
  for (std::size_t t = 0; t < values.size(); ++t)
    if (values[t] < 0 || values[t] > value_max)
      return std::string{name_of(what)} + " of " + excerpt(name) + " at " +
             foreshift::format_time(panel.time_at(t)) + (values[t] < 0 ? " is negative" : " is above 1e18") +
             ": mend the query or the factor";
  return {};
}

/// Where a metric's first rule stands.
std::size_t line_of(const prometheus::relabel_table& map, metric what) {
  const auto rule = std::ranges::find(map.rules, what, &prometheus::relabel_rule::what);
  return rule == map.rules.end() ? 0 : rule->line;
}

}  // namespace

result<pulled_fleet, diagnostic> fleet_of_panel(const prometheus::relabelled& all, double size,
                                                const prometheus::relabel_table& map) {
  pulled_fleet out;
  const auto& panel = all.values;
  const auto keys = panel.keys();
  const bool workloads = std::ranges::any_of(
      keys, [](const auto& key) { return key.of.what == entity::kind::workload && key.what == metric::cpu; });
  std::map<std::string, named_workload> fleet;
  for (std::size_t s = 0; s < keys.size(); ++s) {
    if ((keys[s].of.what == entity::kind::workload) != workloads) continue;
    const auto& whose = all.subjects[keys[s].of.number];
    const auto& name = workloads ? whose.workload : whose.host;
    add_to(fleet[whose.site.empty() ? name : whose.site + '/' + name].rows[keys[s].what], panel.of(s));
  }

  std::size_t without_cpu = 0, values = 0, missing = 0;
  double most = 0;  // cores
  std::string busiest;
  out.trace.start = panel.shape().start;
  out.trace.step = panel.shape().step;
  for (auto& [name, workload] : fleet) {
    auto& cpu = workload.rows[metric::cpu];
    if (!has_value(cpu)) {
      ++without_cpu;
      continue;
    }
    for (const auto& [what, row] : workload.rows)
      if (auto fault = fault_of(name, what, row, panel); !fault.empty())
        return failure{diagnostic{map.source, line_of(map, what), "", std::move(fault)}};
    for (double& x : cpu) {
      if (std::isnan(x)) ++missing;
      if (x > most) most = x, busiest = name;
      x = x * 100 / size;
    }
    values += cpu.size();
    foreshift::sim::traced_workload traced{name, size, std::move(cpu), {}};
    workload.rows.erase(metric::cpu);
    for (auto& [what, row] : workload.rows)
      if (has_value(row)) traced.others.emplace_back(what, std::move(row));
    out.trace.workloads.push_back(std::move(traced));
  }

  if (out.trace.workloads.empty())
    return failure{diagnostic{
        map.source, 0, "",
        all.unnamed > 0
            ? "no cpu of anybody: the labels that the map names are missing, as in " + all.unnamed_example
            : "no cpu of anybody: is it being scraped, and was it from --from to --to?"}};
  if (most * 100 / size > percent_max)
    return failure{diagnostic{map.source, line_of(map, metric::cpu), "",
                              excerpt(busiest) + " uses up to " + format_number(most, 3) +
                                  " cores, more than a trace's 1000 % of --size " + format_number(size, 3) +
                                  ": say --size " + format_number(std::ceil(most / 10), 0) +
                                  " or more, or mend the query"}};
  const auto say = [&](std::size_t n, const std::string& what) {
    if (n > 0) out.remarks.push_back(std::to_string(n) + ' ' + what);
  };
  if (!workloads)
    out.remarks.push_back("the map names hosts only: each host's load is taken for one workload");
  say(all.unnamed, "series left out: a label of the map is missing, as in " + all.unnamed_example);
  say(without_cpu, std::string{workloads ? "workloads" : "hosts"} + " left out: no cpu");
  say(all.not_finite, "infinite values left out");
  say(missing, "of " + std::to_string(values) + " values of cpu are missing");
  return out;
}

}  // namespace tool
