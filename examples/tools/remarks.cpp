#include "remarks.hpp"

#include <foreshift/core/diagnostic.hpp>
#include <foreshift/forecast/observation.hpp>

#include <algorithm>
#include <cstdio>

namespace tool {

void remark(std::string_view subcommand, const std::string& what) {
  std::fprintf(stderr, "foreshift: %s: %s\n", std::string{subcommand}.c_str(), what.c_str());
}

void report_failures(std::string_view subcommand, const series_table& table,
                     const std::vector<failed_series>& failed, std::string_view answer) {
  constexpr std::size_t lines_max = 20;
  for (std::size_t i = 0; i < std::min(failed.size(), lines_max); ++i) {
    const auto& [index, why] = failed[i];
    const auto& one = table.series[index];
    const std::size_t seen = foreshift::forecast::count_observed(one.values.values);
    remark(subcommand,
           "series " + foreshift::excerpt(one.name) + ", " + std::to_string(seen) +
               (seen == one.values.size() ? "" : " of " + std::to_string(one.values.size())) +
               " values: " + std::string{explain(why)} +
               (why == foreshift::forecast::errc::too_short ? ", or ask for a shorter --horizon" : ""));
  }
  if (failed.size() > lines_max)
    remark(subcommand, std::to_string(failed.size() - lines_max) + " more series have no " +
                           std::string{answer} + "; --json names them all");
}

}  // namespace tool
