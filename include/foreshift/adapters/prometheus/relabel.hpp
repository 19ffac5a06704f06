#pragma once
/// @file
/// A declared table from Prometheus's labels to sites, hosts, workloads and metrics.
///
///     # cores used, by host
///     [cpu]
///     query = sum by (instance) (rate(node_cpu_seconds_total{mode!~"idle|iowait|steal"}[$window]))
///     host  = {instance|host}
///
/// Every `[metric]` begins a rule: what to ask, and what the answer's labels say. Keys:
///
///     query     an expression of PromQL; `$window` is a range that rates can be taken over
///     site      a name made of labels, as are host and workload; at least one of those two is there
///     host
///     workload  whose series it is; without it they are the host's own
///     kind      gauge: as it is (the default); counter: becomes a rate per second, resets left out
///     factor    brings it to the metric's unit: cores, bytes, bytes per second, milliseconds; 1 by default
///     combine   what several series of one name come to: sum (the default) or max
///
/// A value goes on in lines that begin with a blank. Lines that begin with # say nothing.

#include <foreshift/adapters/prometheus/label_template.hpp>
#include <foreshift/core/diagnostic.hpp>
#include <foreshift/core/result.hpp>
#include <foreshift/core/time.hpp>
#include <foreshift/telemetry/metric.hpp>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

namespace foreshift::inline FORESHIFT_ABI::prometheus {

enum class sample_kind : std::uint8_t { gauge, counter };
enum class combine_rule : std::uint8_t { sum, max };

struct relabel_rule {
  telemetry::metric what = telemetry::metric::cpu;
  std::string query{};
  label_template site{}, host{}, workload{};
  sample_kind kind = sample_kind::gauge;
  double factor = 1;
  combine_rule combine = combine_rule::sum;
  std::size_t line = 0;  ///< where it begins, from 1
};

struct relabel_table {
  std::string source;  ///< names the text in diagnostics
  std::vector<relabel_rule> rules;
};

/// Whose series it is. Without a workload it is the host's own.
struct subject {
  std::string site{}, host{}, workload{};
  friend auto operator<=>(const subject&, const subject&) = default;
};

/// The first thing wrong ends the reading. At least one rule. O(length).
[[nodiscard]] result<relabel_table, diagnostic> parse_relabel_table(std::string_view text,
                                                                    std::string source);

/// Whose a series is; nothing where a label that the rule names is missing.
[[nodiscard]] inline std::optional<subject> subject_of(const relabel_rule& rule,
                                                       const series_labels& labels) {
  auto site = rule.site.expand(labels), host = rule.host.expand(labels),
       workload = rule.workload.expand(labels);
  if (!site || !host || !workload) return std::nullopt;
  return subject{*std::move(site), *std::move(host), *std::move(workload)};
}

/// The query as it is asked: `$window` stands for the step, or for four times between two scrapes where that
/// is longer, so that every window holds samples to take a rate from.
[[nodiscard]] inline std::string expand_query(const relabel_rule& rule, duration step, duration scrape) {
  constexpr std::string_view name = "$window";
  const auto window = std::chrono::ceil<std::chrono::milliseconds>(std::max(step, 4 * scrape)).count();
  const std::string text =
      window % 1000 == 0 ? std::to_string(window / 1000) + "s" : std::to_string(window) + "ms";
  std::string out;
  std::string_view left = rule.query;
  for (auto at = left.find(name); at != std::string_view::npos; at = left.find(name)) {
    out += left.substr(0, at);
    out += text;
    left.remove_prefix(at + name.size());
  }
  return out.append(left);
}

namespace detail {

class relabel_parser {
 public:
  relabel_parser(std::string_view text, std::string source) : left_(text) {
    table_.source = std::move(source);
  }

  result<relabel_table, diagnostic> read() {
    if (left_.starts_with("\xEF\xBB\xBF")) left_.remove_prefix(3);
    while (!left_.empty() && !error_) read_line(next_line());
    finish_rule();
    if (!error_ && table_.rules.empty()) line_ = 0, complain("", "no rule in it: a rule begins with [cpu]");
    if (error_) return failure{*std::move(error_)};
    return std::move(table_);
  }

 private:
  static constexpr std::size_t rules_max = 1000, query_bytes_max = 100'000;
  static std::string_view trimmed(std::string_view text) {
    const auto first = text.find_first_not_of(" \t");
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(" \t") - first + 1);
  }

  std::string_view next_line() {
    const auto end = std::min(left_.find('\n'), left_.size());
    auto line = left_.substr(0, end);
    left_.remove_prefix(std::min(end + 1, left_.size()));
    if (line.ends_with('\r')) line.remove_suffix(1);
    ++line_;
    return line;
  }

  void read_line(std::string_view line) {
    const auto text = trimmed(line);
    if (text.empty() || text[0] == '#') return;
    if (line[0] == ' ' || line[0] == '\t') return continue_value(text);
    finish_value();
    if (error_) return;
    if (text[0] == '[') return begin_rule(text);
    const auto equals = text.find('=');
    if (equals == std::string_view::npos)
      return complain("", "neither [metric] nor key = value: " + excerpt(text));
    if (table_.rules.empty()) return complain("", "a key before the first rule: a rule begins with [cpu]");
    key_ = trimmed(text.substr(0, equals));
    value_ = trimmed(text.substr(equals + 1));
    key_line_ = line_;
    for (const auto& [key, at] : seen_)
      if (key == key_) return complain(key_, "stands on line " + std::to_string(at) + " already");
    seen_.emplace_back(key_, line_);
  }

  void continue_value(std::string_view text) {
    if (key_.empty()) return complain("", "goes on with nothing: " + excerpt(text));
    if (value_.size() + text.size() > query_bytes_max) return complain(key_, "longer than 100000 bytes");
    if (!value_.empty()) value_ += ' ';
    value_ += text;
  }

  void begin_rule(std::string_view text) {
    finish_rule();
    if (error_) return;
    if (!text.ends_with(']')) return complain("", "a bracket stays open: " + excerpt(text));
    const auto name = trimmed(text.substr(1, text.size() - 2));
    const auto what = telemetry::parse_metric(name);
    if (!what) {
      std::string all;
      for (std::size_t i = 0; i < telemetry::metric_count; ++i)
        all += (i == 0 ? "" : ", ") + std::string{name_of(static_cast<telemetry::metric>(i))};
      return complain("", "not a metric: " + excerpt(name) + ": there is " + all);
    }
    if (table_.rules.size() == rules_max) return complain("", "more than 1000 rules");
    table_.rules.push_back({.what = *what, .line = line_});
    seen_.clear();
  }

  void finish_value() {
    if (key_.empty() || error_) return;
    auto& rule = table_.rules.back();
    const std::string key = std::exchange(key_, {}), value = std::exchange(value_, {});
    const auto wrong = [&](std::string reason) { complain_at(key_line_, key, std::move(reason)); };
    if (value.empty()) return wrong("empty");
    if (key == "query") {
      rule.query = value;
    } else if (key == "kind") {
      if (value != "gauge" && value != "counter")
        return wrong("neither gauge nor counter: " + excerpt(value));
      rule.kind = value == "gauge" ? sample_kind::gauge : sample_kind::counter;
      if (rule.kind == sample_kind::counter && is_counter(rule.what))
        return wrong(std::string{name_of(rule.what)} + " is a count and wants no rate: leave it out");
    } else if (key == "combine") {
      if (value != "sum" && value != "max") return wrong("neither sum nor max: " + excerpt(value));
      rule.combine = value == "sum" ? combine_rule::sum : combine_rule::max;
    } else if (key == "factor") {
      const auto [end, bad] = std::from_chars(value.data(), value.data() + value.size(), rule.factor);
      if (bad != std::errc{} || end != value.data() + value.size() || !std::isfinite(rule.factor) ||
          rule.factor <= 0)
        return wrong("not a number above 0: " + excerpt(value));
    } else if (key == "site" || key == "host" || key == "workload") {
      auto parsed = label_template::parse(value);
      if (!parsed) return wrong(parsed.error());
      (key == "site" ? rule.site : key == "host" ? rule.host : rule.workload) = *std::move(parsed);
    } else {
      wrong("no such key: there is query, site, host, workload, kind, factor and combine");
    }
  }

  void finish_rule() {
    finish_value();
    if (error_ || table_.rules.empty()) return;
    const auto& rule = table_.rules.back();
    const std::string name = '[' + std::string{name_of(rule.what)} + ']';
    if (rule.query.empty()) return complain_at(rule.line, name, "has no query");
    if (rule.host.empty() && rule.workload.empty())
      return complain_at(rule.line, name, "has neither host nor workload: whose series are these?");
  }

  void complain(std::string field, std::string reason) {
    complain_at(line_, std::move(field), std::move(reason));
  }
  void complain_at(std::size_t line, std::string field, std::string reason) {
    if (!error_) error_ = diagnostic{table_.source, line, std::move(field), std::move(reason)};
  }

  std::string_view left_;
  relabel_table table_;
  std::size_t line_ = 0, key_line_ = 0;
  std::string key_, value_;                                // of the line that may still go on
  std::vector<std::pair<std::string, std::size_t>> seen_;  // keys of the current rule, and their lines
  std::optional<diagnostic> error_;
};

}  // namespace detail

inline result<relabel_table, diagnostic> parse_relabel_table(std::string_view text, std::string source) {
  return detail::relabel_parser{text, std::move(source)}.read();
}

}  // namespace foreshift::inline FORESHIFT_ABI::prometheus
