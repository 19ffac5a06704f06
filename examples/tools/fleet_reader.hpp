#pragma once
// The files of the machine reassignment challenge: a fleet, and who runs where in it.

#include <foreshift/core/diagnostic.hpp>
#include <foreshift/core/result.hpp>
#include <foreshift/placement/reassignment.hpp>

#include <string>
#include <string_view>

namespace tool {

/// Whole numbers between white space, in the challenge's order: resources; hosts with neighbourhood,
/// location, capacities, safety capacities and distances; services; workloads; balances; weights.
/// Neighbourhoods and locations are numbered anew where they leave numbers out, and a service that depends on
/// another several times does so once. Memory: in proportion to the text.
foreshift::result<foreshift::placement::reassignment, foreshift::diagnostic> parse_fleet(
    std::string_view text, const std::string& source);
/// The host of each workload, in order.
foreshift::result<foreshift::placement::assignment, foreshift::diagnostic> parse_assignment(
    std::string_view text, const std::string& source, std::size_t workloads, std::size_t hosts);

/// Both files, checked: the start breaks no rule.
foreshift::result<foreshift::placement::reassignment, foreshift::diagnostic> read_fleet(
    const std::string& model, const std::string& start);

/// `host 3 has 12 of resource 0 and needs 15`: a broken rule as a sentence.
std::string explain(const foreshift::placement::placement_violation& broken);

}  // namespace tool
