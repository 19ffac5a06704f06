#include <foreshift/anomaly/phi_accrual.hpp>

#include <doctest/doctest.h>
#include <support/nasty_streams.hpp>

#include <cmath>

using namespace foreshift;
using anomaly::phi_accrual;

namespace {

time_point second(double s) {
  return time_point{std::chrono::duration_cast<duration>(std::chrono::duration<double>(s))};
}

}  // namespace

TEST_CASE("phi is -log10 of the normal tail of the silence so far") {
  phi_accrual d{{.deviation_share_min = 1e-6}};
  double t = 0;
  d.arrive(second(t));
  for (int i = 0; i < 200; ++i) d.arrive(second(t += i % 2 == 0 ? 0.9 : 1.1));  // mean 1, deviation 0.1
  CHECK(d.phi(second(t + 1)) == doctest::Approx(-std::log10(0.5)).epsilon(0.01));
  CHECK(d.phi(second(t + 1.3)) == doctest::Approx(-std::log10(0.00135)).epsilon(0.01));
}

TEST_CASE("phi rises for ever and stays finite") {
  phi_accrual d;
  for (int i = 0; i < 50; ++i) d.arrive(second(i));
  double before = 0;
  for (double silence = 0.1; silence < 1e6; silence *= 1.05) {
    const double now = d.phi(second(49 + silence));
    CHECK(std::isfinite(now));
    CHECK(now >= before);
    before = now;
  }
  CHECK(before > 1000);
}

TEST_CASE("before the second arrival, and at the last one, nothing is suspected") {
  phi_accrual d;
  CHECK(d.phi(second(100)) == 0);
  d.arrive(second(1));
  CHECK(d.phi(second(100)) == 0);
  d.arrive(second(2));
  CHECK(d.phi(second(2)) == 0);
  d.arrive(second(1.5));  // late: teaches nothing
  d.arrive(second(2));
  const auto back = test_support::through_archive(d, phi_accrual{});
  CHECK(back.phi(second(3.2)) == d.phi(second(3.2)));
}
