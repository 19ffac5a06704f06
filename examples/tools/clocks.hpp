#pragma once
// The machine's clocks: models of Clock.

#include <foreshift/core/time.hpp>

#include <chrono>

namespace tool {

/// The time of day: what telemetry and other sites go by.
struct wall_clock {
  foreshift::time_point now() {
    return foreshift::time_point{std::chrono::system_clock::now().time_since_epoch()};
  }
};
/// Since some beginning: only its pace counts.
struct steady_clock {
  foreshift::time_point now() {
    return foreshift::time_point{std::chrono::steady_clock::now().time_since_epoch()};
  }
};

}  // namespace tool
