// The data of the report, and the page around it.
//
// Demand is written as one byte a host and cell: code x unit = share of the capacity, 255 where there is
// none. A cell is one step, or the highest of several steps in a long trace. The codes up to `limit_code` are
// not overload, those above are, whatever the rounding.

#include "replay_run.hpp"
#include "report_page.hpp"
#include "text.hpp"

#include <foreshift/core/config.hpp>
#include <foreshift/core/time.hpp>

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <map>
#include <optional>
#include <vector>

namespace tool {

namespace {

using json = nlohmann::ordered_json;
using foreshift::host_id;
using foreshift::workload_id;

constexpr std::size_t cells_max = 780'000;  // over all policies: 1 MB of the page
constexpr std::size_t stories_max = 60;
constexpr std::size_t adjustments_listed_max = 400;
constexpr std::size_t moves_listed_max = 8'000;  // a policy

std::string base64(const std::vector<std::uint8_t>& bytes) {
  constexpr char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  out.reserve((bytes.size() + 2) / 3 * 4);
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    const auto byte = [&](std::size_t k) {
      return k < bytes.size() ? static_cast<std::uint32_t>(bytes[k]) : 0U;
    };
    const std::uint32_t word = byte(i) << 16 | byte(i + 1) << 8 | byte(i + 2);
    for (std::size_t k = 0; k < 4; ++k)
      out += i + k > bytes.size() ? '=' : digits[word >> (18 - 6 * k) & 63U];
  }
  return out;
}

/// How demand becomes bytes, the same for the whole page.
class coding {
 public:
  coding(const replay_input& input, std::size_t policies)
      : capacity_(input.rules.host_capacity),
        unit_(std::max(1.0, 1.6 * input.rules.limit) / 240.0),
        limit_code_(std::floor(input.rules.limit / unit_ + 1e-9)) {
    const std::size_t all = input.trace.steps() * input.rules.hosts * std::max<std::size_t>(policies, 1);
    block_ = (all + cells_max - 1) / cells_max;
  }
  [[nodiscard]] double unit() const { return unit_; }
  [[nodiscard]] double limit_code() const { return limit_code_; }
  [[nodiscard]] std::size_t block() const { return block_; }
  [[nodiscard]] std::size_t cells(std::size_t steps) const { return (steps + block_ - 1) / block_; }

  /// One code for each cell; `value(step)` is in cores, `over(step)` says whether the code must be above the
  /// limit's.
  template <class Value, class Over>
  [[nodiscard]] std::string encode(std::size_t steps, Value value, Over over) const {
    std::vector<std::uint8_t> bytes(cells(steps), none);
    for (std::size_t t = 0; t < steps; ++t) {
      const double cores = value(t);
      if (std::isnan(cores)) continue;
      double code = std::clamp(std::round(cores / capacity_ / unit_), 0.0, 254.0);
      if (const std::optional<bool> is = over(t))
        code = *is ? std::max(code, limit_code_ + 1) : std::min(code, limit_code_);
      auto& cell = bytes[t / block_];
      cell = cell == none ? static_cast<std::uint8_t>(code) : std::max(cell, static_cast<std::uint8_t>(code));
    }
    return base64(bytes);
  }

 private:
  static constexpr std::uint8_t none = 255;
  double capacity_;
  double unit_;
  double limit_code_;
  std::size_t block_ = 1;
};

json or_null(std::optional<double> x) { return x ? json(*x) : json(nullptr); }

json figures_of(const foreshift::sim::run_figures& f) {
  return {{"overload", f.overload_minutes},
          {"avoided", or_null(f.avoided_share)},
          {"episodes", f.episodes},
          {"prevented", f.prevented_episodes},
          {"lead", or_null(f.lead_minutes_median)},
          {"moves", f.moves},
          {"false_moves", f.false_moves},
          {"ping_pong", f.ping_pong},
          {"rollbacks", f.rollbacks},
          {"destination", f.destination_overload_minutes}};
}

/// Values rounded to what a chart can show.
json curve(const std::vector<double>& values) {
  json out = json::array();
  for (const double v : values)
    out.push_back(std::isfinite(v) ? json(std::round(v * 1000) / 1000) : json(nullptr));
  return out;
}

json band_of(const band_curve& c) {
  if (c.mean.empty()) return nullptr;
  return {{"first", c.first_step},
          {"mean", curve(c.mean)},
          {"low", curve(c.low)},
          {"high", curve(c.high)},
          {"coverage", c.coverage}};
}

json stories_of(const policy_notes& notes, const replay_input& input) {
  // The most telling agreed and refused ones first, then the rest as they came.
  std::vector<const proposal_story*> order;
  for (const bool refused : {false, true})
    if (const auto* story = most_telling(notes, refused)) order.push_back(story);
  const std::size_t telling = order.size();
  for (const auto& p : notes.proposals)
    if (order.size() < stories_max &&
        std::find(order.begin(), order.begin() + static_cast<std::ptrdiff_t>(telling), &p) ==
            order.begin() + static_cast<std::ptrdiff_t>(telling))
      order.push_back(&p);
  json out = json::array();
  for (const auto* p : order) {
    const auto lines = tell(*p, input);
    out.push_back({{"title", p->id},
                   {"refused", p->fate == proposal_fate::refused},
                   {"step", p->step},
                   {"host", p->from.value},
                   {"lines", lines},
                   {"forecast", band_of(p->forecast)},
                   {"after", band_of(p->forecast_after)}});
  }
  return out;
}

json adjustments_of(const policy_notes& notes, const replay_input& input) {
  json rows = json::array();
  for (const auto* a : agreed_adjustments(notes.adjustments)) {
    if (rows.size() == adjustments_listed_max) break;
    rows.push_back({{"step", a->step},
                    {"workload", input.trace.workloads[a->workload.value].name},
                    {"class", a->of_class},
                    {"what", a->what},
                    {"before", a->risk_before},
                    {"after", a->risk_after},
                    {"votes", {a->in_favour, a->against}}});
  }
  return rows;
}

json curves_of(const policy_notes& notes, const coding& code, double capacity) {
  if (notes.curves.empty()) return nullptr;
  json hosts = json::object();
  for (const auto& c : notes.curves) {
    const auto coded = [&](const std::vector<double>& values, double scale) {
      return json(code.encode(
          values.size(), [&](std::size_t t) { return values[t] * scale; },
          [](std::size_t) { return std::optional<bool>{}; }));
    };
    // Risks are coded as shares of the capacity: 1 is a full host.
    hosts[std::to_string(c.host.value)] = {{"mean", coded(c.mean, 1)},
                                           {"low", coded(c.low, 1)},
                                           {"high", coded(c.high, 1)},
                                           {"risk", coded(c.risk, capacity)}};
  }
  return {{"lead", notes.lead}, {"horizon", notes.horizon}, {"coverage", notes.coverage}, {"hosts", hosts}};
}

json policy_of(const policy_run& run, const replay_input& input, const coding& code,
               std::map<std::uint64_t, std::size_t>& named) {
  json demand = json::array();
  for (std::size_t h = 0; h < run.record.hosts; ++h)
    demand.push_back(code.encode(
        run.record.steps(),
        [&](std::size_t t) { return foreshift::sim::to_cores(run.record.demand(t, host_id{h})); },
        [&](std::size_t t) { return std::optional{run.record.demand(t, host_id{h}) > run.record.limit}; }));
  json moves = json::array();
  for (const auto& m : run.record.moves) {
    if (moves.size() == moves_listed_max) break;
    const auto name = named.try_emplace(m.workload.value, named.size()).first->second;
    moves.push_back(
        {m.decided, name, m.from.value, m.to.value, m.purpose == foreshift::sim::move_purpose::rollback});
  }
  return {{"name", run.name},
          {"figures", figures_of(run.figures)},
          {"demand", demand},
          {"moves", moves},
          {"curves", curves_of(run.notes, code, input.rules.host_capacity)},
          {"adjustments", adjustments_of(run.notes, input)},
          {"stories", stories_of(run.notes, input)}};
}

json data_of(const replay_input& input, std::span<const policy_run> runs) {
  std::size_t rows = 0;
  for (const auto& run : runs) rows += run.notes.curves.empty() ? 1 : 5;
  const coding code(input, rows);
  const auto& rules = input.rules;
  const double step_seconds = foreshift::to_seconds(input.trace.step);
  const auto step_at = [&](foreshift::time_point t) {
    return std::round(foreshift::to_seconds(t - input.trace.start) / step_seconds * 100) / 100;
  };

  json events = json::array();
  for (const auto& e : input.calendar.events)
    if (e.end > input.trace.start && step_at(e.start) < static_cast<double>(input.trace.steps()))
      events.push_back({{"begin", step_at(e.start)},
                        {"end", step_at(e.end)},
                        {"kind", name_of(e.kind)},
                        {"label", e.label}});
  std::map<std::uint64_t, std::size_t> named;
  json policies = json::array();
  for (const auto& run : runs) policies.push_back(policy_of(run, input, code, named));
  json names = json::array();
  for (std::size_t i = 0; i < named.size(); ++i) names.push_back("");
  for (const auto& [workload, at] : named) names[at] = input.trace.workloads[workload].name;

  return {{"version", FORESHIFT_VERSION},
          {"source", input.source},
          {"seed", input.seed},
          {"start", foreshift::format_time(input.trace.start)},
          {"step_seconds", step_seconds},
          {"steps", input.trace.steps()},
          {"workloads", input.trace.workloads.size()},
          {"sites", rules.sites},
          {"hosts", rules.hosts},
          {"capacity", rules.host_capacity},
          {"limit", rules.limit},
          {"warm", foreshift::sim::steps_covering(rules.warm_up, input.trace.step)},
          {"judged", format_duration(rules.judged_within)},
          {"block", code.block()},
          {"unit", code.unit()},
          {"limit_code", code.limit_code()},
          {"events", events},
          {"names", names},
          {"policies", policies}};
}

/// JSON that cannot end the script element it stands in.
std::string embedded(const json& data) {
  std::string out;
  for (const char c : data.dump(-1, ' ', true, json::error_handler_t::replace))
    if (c == '<')
      out += "\\u003c";
    else
      out += c;
  return out;
}

}  // namespace

std::string replay_report(const replay_input& input, std::span<const policy_run> runs) {
  std::string page;
  const auto add = [&](std::string_view text) { page += text; };
  add("<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
      "<title>foreshift replay</title>\n<style>");
  add(report_page::style);
  add("</style>\n</head>\n<body>");
  add(report_page::body);
  add("<script type=\"application/json\" id=\"data\">");
  add(embedded(data_of(input, runs)));
  add("</script>\n<script>\n(() => {\n\"use strict\";\n");
  for (const auto part : {report_page::script_frame, report_page::script_figures, report_page::script_strips,
                          report_page::script_host, report_page::script_story})
    add(part);
  add("})();\n</script>\n</body>\n</html>\n");
  return page;
}

}  // namespace tool
