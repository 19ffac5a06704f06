#pragma once
/// @file
/// The rules that every move keeps unless told otherwise.

#include <foreshift/placement/capacity_rules.hpp>
#include <foreshift/placement/constraint.hpp>
#include <foreshift/placement/disruption_rules.hpp>
#include <foreshift/placement/group_rules.hpp>
#include <foreshift/placement/place_rules.hpp>

#include <tuple>

namespace foreshift::inline FORESHIFT_ABI::placement {

/// Whatever the inventory asks for and the view knows of, and the risk of the destination; cheap ones first.
/// `quantile_fits` and `copy_fits` are left to whoever wants them: the first is another measure of the same
/// risk.
using usual_rules = std::tuple<not_busy, not_pinned, not_refusing, cleared, licensed, taints_tolerated,
                               other_resources_fit, latency_bound, disruption_budget, apart_domains,
                               stays_together, keeps_dependencies, stays_spread, bounded_risk>;

/// Those that a voter can ask of its own inventory, whatever the forecasts say.
using standing_rules =
    std::tuple<not_pinned, cleared, licensed, taints_tolerated, other_resources_fit, latency_bound,
               disruption_budget, apart_domains, stays_together, keeps_dependencies, stays_spread>;

}  // namespace foreshift::inline FORESHIFT_ABI::placement
