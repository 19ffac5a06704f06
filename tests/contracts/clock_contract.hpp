#pragma once
/// @file
/// What any model of Clock must do, for hosts to run on their own.
///
///     struct harness {
///       auto& clock();           // a Clock
///       void pass(duration);     // optional: lets at least so much time go by
///       time_point reference();  // with pass: what another clock says, which is known to be right
///     };
/// `pass` is for clocks that are meant to keep time: one that stands still for a while goes without. Call
/// `clock_contract<harness>()` inside a TEST_CASE.

#include <foreshift/core/time.hpp>
#include <foreshift/ports/clock.hpp>

#include <doctest/doctest.h>

#include <chrono>

namespace foreshift::contracts {

template <class Harness>
void clock_contract() {
  Harness host;

  SUBCASE("it never goes backwards between two calls") {
    auto before = host.clock().now();
    for (int i = 0; i < 1000; ++i) {
      const time_point now = host.clock().now();
      REQUIRE(before <= now);
      before = now;
    }
  }
  if constexpr (requires { host.reference(); }) {
    SUBCASE("it counts in the unit of its type: time that goes by goes by on the clock, within a tenth") {
      for (const duration asked :
           {duration{std::chrono::milliseconds{5}}, duration{std::chrono::milliseconds{20}}}) {
        const time_point begin = host.reference(), before = host.clock().now();
        host.pass(asked);
        const duration seen = host.clock().now() - before, passed = host.reference() - begin;
        CHECK(10 * seen >= 9 * asked);
        CHECK(10 * seen <= 11 * passed);
      }
    }
    SUBCASE("it does not go backwards while time goes by either") {
      auto before = host.clock().now();
      for (int i = 0; i < 20; ++i) {
        host.pass(std::chrono::microseconds{100});
        const time_point now = host.clock().now();
        REQUIRE(before <= now);
        before = now;
      }
    }
  }
}

}  // namespace foreshift::contracts
