#include "smc_notes.hpp"

#include "text.hpp"

#include <nlohmann/json.hpp>

#include <charconv>
#include <cstdint>
#include <cstdio>
#include <optional>
#include <string_view>
#include <system_error>
#include <utility>
#include <variant>

namespace tool {

namespace placement = foreshift::placement;
namespace ports = foreshift::ports;
using foreshift::duration;

namespace {

constexpr std::size_t recent_max = 200;

template <class Id>
std::string name_in(const fleet_file& fleet, Id id) {
  const auto* found = fleet.known.find(id);
  return found != nullptr ? found->name : "number " + std::to_string(id.value);
}
std::string percent(double p) { return format_number(100 * p, p < 0.1 ? 1 : 0) + " %"; }
std::string time_of(duration d) {
  const double seconds = foreshift::to_seconds(d);
  return seconds < 120 ? format_number(seconds, 0) + " s" : format_number(seconds / 60, 0) + " min";
}

/// The name of what `word` and a number stand for, where the fleet has it.
std::optional<std::string> name_behind(std::string_view word, std::uint64_t number, const fleet_file& fleet) {
  const auto named = [&](auto id) {
    return fleet.known.find(id) != nullptr ? std::optional{name_of(fleet, id)} : std::nullopt;
  };
  if (word == "host ") return named(foreshift::host_id{number});
  if (word == "workload ") return named(foreshift::workload_id{number});
  return number >= 1 && number <= fleet.sites.size() ? std::optional{fleet.sites[number - 1].name}
                                                     : std::nullopt;
}
/// Sentences of the library call hosts, sites and workloads by number: here they have names.
std::string with_names(const std::string& text, const fleet_file& fleet) {
  std::string out;
  for (std::size_t i = 0; i < text.size();) {
    std::optional<std::string> name;
    std::size_t end = i;
    for (const std::string_view word : {"host ", "site ", "workload "}) {
      if ((i > 0 && text[i - 1] != ' ') || !std::string_view{text}.substr(i).starts_with(word)) continue;
      std::uint64_t number = 0;
      const auto read = std::from_chars(text.data() + i + word.size(), text.data() + text.size(), number);
      if (read.ec == std::errc{}) name = name_behind(word, number, fleet);
      end = static_cast<std::size_t>(read.ptr - text.data());
    }
    if (name)
      out += *name, i = end;
    else
      out += text[i++];
  }
  return out;
}

struct teller {
  const fleet_file& fleet;
  smc_line operator()(const ports::risk_raised& e) const {
    return say("risk", name_of(fleet, e.what.host) + ": over its limit of " + format_number(e.what.limit, 2) +
                           " cores within " + horizon() + " with probability " + percent(e.what.probability));
  }
  smc_line operator()(const ports::risk_warned& e) const {
    return say("risk", name_of(fleet, e.what.host) + ": over its limit soon with probability " +
                           percent(e.fast) + ", within " + horizon() + " with " + percent(e.slow) +
                           "; nothing is proposed: " + e.why);
  }
  smc_line operator()(const ports::failure_suspected& e) const {
    return say("failure", (e.host ? name_of(fleet, *e.host) + ": may fail"
                                  : name_of(fleet, e.site) + ": the site is silent") +
                              ", probability " + percent(e.what.probability));
  }
  smc_line operator()(const ports::anomaly_alerted& e) const {
    const bool host = e.of.what == foreshift::telemetry::entity::kind::host;
    return say("anomaly", (host ? name_of(fleet, foreshift::host_id{e.of.number})
                                : name_of(fleet, foreshift::workload_id{e.of.number})) +
                              (e.why.measure.empty()
                                   ? std::string{": strange"}
                                   : ": " + spaced(e.why.measure) + ", " + format_number(e.why.observed, 2) +
                                         " where " + format_number(e.why.expected, 2) + " was expected"));
  }
  smc_line operator()(const ports::proposed& e) const {
    return say("proposal", id(e.what.id) + ": " + what(e.what));
  }
  smc_line operator()(const ports::voted& e) const {
    return say("vote", id(e.proposal) + (e.accepted ? ": yes. " : ": no. ") + e.reason);
  }
  smc_line operator()(const ports::agreed& e) const {
    const std::string by = std::to_string(e.accepted_weight) + " of " + std::to_string(e.total_weight);
    return say("verdict", id(e.proposal) + (e.approved ? ": approved by " + by
                                                       : ": refused, " + by + ": " + spaced(e.reason)));
  }
  smc_line operator()(const ports::authority_passed& e) const {
    return say("authority", name_of(fleet, foreshift::workload_id{e.what.value}) + ": held by " +
                                name_of(fleet, e.owner) + " under token " + std::to_string(e.token.at.value) +
                                "." + std::to_string(e.token.index));
  }
  smc_line operator()(const ports::migration_advanced& e) const {
    return say("migration", id(e.proposal) + ": " + spaced(e.phase) + (e.why.empty() ? "" : ": " + e.why));
  }
  smc_line operator()(const ports::outcome_judged& e) const {
    return say("check", id(e.what.proposal) + ": " + spaced(name_of(e.what.what)) +
                            (e.advice.empty() ? "" : "; " + e.advice));
  }
  smc_line operator()(const ports::credits_updated&) const { return {}; }
  smc_line operator()(const ports::alarm& e) const { return say("alarm", e.text); }

 private:
  static smc_line say(const char* what, std::string text) { return {{}, what, std::move(text)}; }
  [[nodiscard]] std::string horizon() const {
    return format_duration(static_cast<duration::rep>(fleet.horizon) * fleet.step);
  }
  [[nodiscard]] std::string id(foreshift::proposal_id p) const {
    return name_of(fleet, p.sponsor) + "/" + std::to_string(p.sequence >> 32) + "." +
           std::to_string(p.sequence & 0xFFFFFFFFU);
  }
  [[nodiscard]] std::string what(const placement::proposal& p) const {
    const std::string who = name_of(fleet, p.workload);
    if (const auto* move = std::get_if<placement::migrate>(&p.what))
      return who + " from " + name_of(fleet, move->from.host) + " to " + name_of(fleet, move->to.host) +
             ", to avoid " + time_of(p.expected.overload_avoided) + " of overload";
    if (const auto* size = std::get_if<placement::resize>(&p.what))
      return who + " to " + format_number(size->limits[p.why.what], 2) + " cores";
    return who + " to " + std::to_string(std::get<placement::scale>(p.what).replicas) + " copies";
  }
};

}  // namespace

std::string name_of(const fleet_file& fleet, foreshift::site_id s) {
  return s.value >= 1 && s.value <= fleet.sites.size() ? fleet.at(s).name : "site " + std::to_string(s.value);
}
std::string name_of(const fleet_file& fleet, foreshift::host_id h) { return name_in(fleet, h); }
std::string name_of(const fleet_file& fleet, foreshift::workload_id w) { return name_in(fleet, w); }

smc_line line_of(const ports::note& n, const fleet_file& fleet) {
  auto out = std::visit(teller{fleet}, n.what);
  out.at = n.at, out.text = with_names(out.text, fleet);
  return out;
}

void smc_notes::hear(const ports::note& n) { print(line_of(n, *fleet_)); }
void smc_notes::say(foreshift::time_point at, std::string what, std::string text) {
  print({at, std::move(what), std::move(text)});
}
void smc_notes::print(smc_line line) {
  if (line.what.empty()) return;
  if (json_) {
    const nlohmann::ordered_json one{
        {"time", format_time(line.at)}, {"what", line.what}, {"text", line.text}};
    std::printf("%s\n", one.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace).c_str());
  } else {
    std::printf("%s  %-9s  %s\n", format_time(line.at).c_str(), line.what.c_str(), line.text.c_str());
  }
  std::fflush(stdout);
  recent_.push_back(std::move(line));
  if (recent_.size() > recent_max) recent_.pop_front();
}

}  // namespace tool
