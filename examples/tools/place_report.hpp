#pragma once
// What a rearranged fleet costs, and why each workload goes where it goes.

#include <foreshift/placement/annealing.hpp>
#include <foreshift/placement/reassignment.hpp>

#include <optional>
#include <string>

namespace tool {

/// What does not hold of what was found, looked at with nothing but the problem: a rule that it breaks, or
/// another cost than it says. O((workloads + hosts) x resources).
std::optional<std::string> untrue_of(const foreshift::placement::reassignment& fleet,
                                     const foreshift::placement::annealing_outcome& found);
/// A table of the costs before and after, and the gap to the bound.
std::string describe_placement(const foreshift::placement::reassignment& fleet,
                               const foreshift::placement::annealing_outcome& found);
/// CSV, a row for each moved workload. O(moves x hosts x resources).
std::string explain_moves(const foreshift::placement::reassignment& fleet,
                          const foreshift::placement::assignment& where);

}  // namespace tool
