// What was found, for programs.
//
//   version, threshold        of the program and of an alert
//   files                     a list, one for each input:
//     source, rows            its name, and how many rows it has
//     missing, duplicate, backwards, gaps   rows without a value; with the stamp before; earlier than a row
//                             before them; after a gap of more than twice the usual step
//     alerts                  a list: line, timestamp, value, score; and the cause: measure, surprise (-log10
//                             of its probability), observed, expected (in the measure's terms), since

#include "detect_json.hpp"

#include <foreshift/core/config.hpp>
#include <foreshift/core/time.hpp>

#include <nlohmann/json.hpp>

namespace tool {

std::string detect_json(const std::vector<detect_report>& reports, double threshold) {
  using json = nlohmann::ordered_json;
  json out{{"version", FORESHIFT_VERSION}, {"threshold", threshold}, {"files", json::array()}};
  for (const auto& r : reports) {
    json one{{"source", r.source},       {"rows", r.rows},           {"missing", r.missing},
             {"duplicate", r.duplicate}, {"backwards", r.backwards}, {"gaps", r.gaps},
             {"alerts", json::array()}};
    for (const auto& a : r.alerts)
      one["alerts"].push_back({{"line", a.line},
                               {"timestamp", a.timestamp},
                               {"value", a.value},
                               {"score", a.score},
                               {"measure", a.why.measure},
                               {"surprise", a.why.surprise},
                               {"observed", a.why.observed},
                               {"expected", a.why.expected},
                               {"since", foreshift::format_time(a.why.since)}});
    out["files"].push_back(std::move(one));
  }
  return out.dump(2, ' ', false, json::error_handler_t::replace) + '\n';
}

}  // namespace tool
