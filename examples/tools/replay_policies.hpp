#pragma once
// Who decides in a replay. A policy is a struct with a name and `decide(world&)`, called once a step.

#include <foreshift/core/time.hpp>
#include <foreshift/sim/world.hpp>

#include <chrono>
#include <string_view>

namespace tool {

/// Nobody moves anything: what all others are measured against.
struct none {
  static constexpr std::string_view name = "none";
  void decide(foreshift::sim::world&) {}
};

/// After the fact: when a host was seen over the limit, takes the smallest workload off it that brings it
/// back under, or the largest ones where no single one does, to the host with the most room. It knows what it
/// has already set in motion, leaves a margin under the limit on both ends, and takes a destination for as
/// full as it is or lately was. Margin and memory are the best of a few tried on five PlanetLab days.
struct reactive {
  static constexpr std::string_view name = "reactive";
  double margin = 0.05;  ///< share of the limit
  foreshift::duration memory = std::chrono::minutes{30};
  void decide(foreshift::sim::world& world);
};

}  // namespace tool
