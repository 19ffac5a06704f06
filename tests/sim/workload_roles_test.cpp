#include <foreshift/sim/workload_roles.hpp>

#include <doctest/doctest.h>

#include <cmath>

using namespace foreshift;
using namespace foreshift::sim::detail;

namespace {

workload_traits plain(fleet_role role) {
  workload_traits w;
  w.role = role;
  return w;
}

}  // namespace

TEST_CASE("the roles make up two hundred workloads") {
  std::size_t all = 0;
  for (const auto& r : fleet_roles) all += r.of_200;
  CHECK(all == 200);
}

TEST_CASE("demand passes through the hourly values and does not jump, not even around the weekend") {
  for (std::size_t r = 0; r < fleet_roles.size(); ++r) {
    const auto w = plain(static_cast<fleet_role>(r));
    if (w.role == fleet_role::leaking) continue;
    CHECK(regular_factor(w, 24.0 + 14.0) == fleet_roles[r].hour[14]);
    double before = regular_factor(w, 0);
    for (double hour = 1.0 / 12; hour < 336; hour += 1.0 / 12) {
      const double now = regular_factor(w, hour);
      REQUIRE(std::abs(now - before) < 0.05);
      before = now;
    }
  }
}

TEST_CASE("a week repeats itself, and a weekend is not a working day") {
  const auto w = plain(fleet_role::office);
  for (double hour = 0; hour < 168; hour += 0.5)
    CHECK(regular_factor(w, hour) == doctest::Approx(regular_factor(w, hour + 168)));
  CHECK(regular_factor(w, 5 * 24 + 10) < 0.5 * regular_factor(w, 4 * 24 + 10));
}

TEST_CASE("a region lives by its own clock") {
  auto east = plain(fleet_role::web);
  east.region = 2;
  CHECK(regular_factor(east, 30) == regular_factor(plain(fleet_role::web), 38));
}

TEST_CASE("a workload without swing is steady") {
  auto w = plain(fleet_role::shop);
  w.swing = 0;
  for (double hour = 0; hour < 168; hour += 1) CHECK(regular_factor(w, hour) == 1);
}

TEST_CASE("a leak grows and starts again") {
  auto w = plain(fleet_role::leaking);
  w.leak_lasts = 50;
  w.leak_by = 1.5;
  CHECK(regular_factor(w, 0) == 1);
  CHECK(regular_factor(w, 25) == 1.75);
  CHECK(regular_factor(w, 50) == 1);
}

TEST_CASE("a plateau has ramps inside its ends") {
  CHECK(plateau(0, 1, 5, 1) == 0);
  CHECK(plateau(1, 1, 5, 1) == 0);
  CHECK(plateau(1.5, 1, 5, 1) == 0.5);
  CHECK(plateau(3, 1, 5, 1) == 1);
  CHECK(plateau(4.75, 1, 5, 1) == 0.25);
  CHECK(plateau(5, 1, 5, 1) == 0);
}
