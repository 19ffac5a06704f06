#include "smc_status.hpp"

#include "text.hpp"

#include <nlohmann/json.hpp>

#include <cmath>
#include <cstdint>

namespace tool {

using json = nlohmann::ordered_json;

std::string status_of(smc_agent& site, const smc_host& host, const fleet_file& fleet, foreshift::site_id self,
                      const std::deque<smc_line>& recent) {
  const auto& view = site.outlook();
  const auto& replica = site.replica().replica();
  json out{{"site", name_of(fleet, self)},
           {"leads", replica.leads()},
           {"votes", !replica.abstains().holds()},
           {"applied", site.log().applied().value},
           {"telemetry", host.telemetry.trouble()}};
  out["sites"] = json::array();
  for (std::size_t s = 1; s <= fleet.sites.size(); ++s)
    out["sites"].push_back({{"name", fleet.sites[s - 1].name},
                            {"connected", foreshift::site_id{s} == self || host.transport.connected({s})}});
  out["hosts"] = json::array();
  for (const auto& h : view.known().hosts()) {
    json one{{"name", h.name},
             {"site", name_of(fleet, h.site)},
             {"limit", view.known().limit(h.id, foreshift::resource::cpu)}};
    const double last = view.book().knows(h.id) ? view.book().last(h.id) : std::nan("");
    double sum = 0;
    bool known = view.is_mine(h.id);
    one["workloads"] = json::array();
    for (const auto w : view.known().workloads_on(h.id)) {
      one["workloads"].push_back(name_of(fleet, w));
      known = known && view.book().knows(w);
      if (known) sum += view.book().last(w);
    }
    const double demand = known ? sum : last;
    one["demand"] = std::isfinite(demand) ? json(demand) : json(nullptr);
    if (view.is_mine(h.id) && view.paths(h.id) != nullptr) {
      const auto odds = view.odds_of(h.id);
      one["overload_soon"] = odds.fast, one["overload_within_horizon"] = odds.slow;
    }
    out["hosts"].push_back(std::move(one));
  }
  out["moves"] = json::array();
  for (const auto& [id, one] : site.flights())
    out["moves"].push_back({{"workload", name_of(fleet, one.intent.workload)},
                            {"from", name_of(fleet, one.from.host)},
                            {"to", name_of(fleet, one.to.host)},
                            {"phase", spaced(name_of(one.run.at()))},
                            {"why", one.run.why()}});
  out["recent"] = json::array();
  for (const auto& line : recent)
    out["recent"].push_back({{"time", format_time(line.at)}, {"what", line.what}, {"text", line.text}});
  return out.dump(-1, ' ', false, json::error_handler_t::replace) + "\n";
}

}  // namespace tool
