#include <foreshift/core/random.hpp>
#include <foreshift/risk/calibration.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstddef>

using namespace foreshift;
using risk::calibration_map, risk::reliability_bin, risk::reliability_bins, risk::reliability_table;

namespace {

// Isotonic regression by its min-max formula: max over starts, min over ends, of the mean between.
double slow_rate(const reliability_table& seen, const calibration_map& map, double pseudo, std::size_t i) {
  double best = -1;
  for (std::size_t a = 0; a <= i; ++a) {
    double least = 2;
    for (std::size_t b = i; b < reliability_bins; ++b) {
      double weight = 0, sum = 0;
      for (std::size_t k = a; k <= b; ++k) {
        weight += seen.bins()[k].claims + pseudo;
        sum += seen.bins()[k].happened + pseudo * map.knots()[k].claimed;
      }
      least = std::min(least, sum / weight);
    }
    best = std::max(best, least);
  }
  return best;
}

}  // namespace

TEST_CASE("bins cover all probabilities in order and are narrow at the ends") {
  CHECK(reliability_bin(0) == 0);
  CHECK(reliability_bin(1) == reliability_bins - 1);
  std::size_t last = 0;
  for (int i = 0; i <= 1000; ++i) {
    const auto bin = reliability_bin(i / 1000.0);
    CHECK(bin >= last);
    last = bin;
  }
  CHECK(reliability_bin(0.01) > reliability_bin(0.001));
}

TEST_CASE("the calibration error is 0 for honest claims and their distance for others") {
  reliability_table honest, bold;
  for (int i = 0; i < 10; ++i) honest.record(0.3, i < 3), bold.record(0.9, i < 3);
  CHECK(honest.calibration_error() == doctest::Approx(0));
  CHECK(bold.calibration_error() == doctest::Approx(0.6));
  CHECK(reliability_table{}.calibration_error() == 0);
  bold.fade(0.5);
  CHECK(bold.claims() == doctest::Approx(5));
  CHECK(bold.calibration_error() == doctest::Approx(0.6));
}

TEST_CASE("without evidence a claim stays what it is") {
  const calibration_map nothing;
  // The ends are flat beyond the outermost knots, which lie sin^2(pi / 80) from 0 and 1.
  for (int i = 0; i <= 100; ++i) CHECK(std::abs(nothing(i / 100.0) - i / 100.0) < 0.002);
}

TEST_CASE("the map is the isotonic regression, agrees with its min-max formula, and never turns back") {
  random_stream random{21};
  for (int round = 0; round < 100; ++round) {
    reliability_table seen;
    for (std::size_t n = random.below(400); n > 0; --n)
      seen.record(random.uniform(), random.chance(random.uniform()));
    const double pseudo = round % 2 == 0 ? 0.5 : 10;
    const calibration_map map{seen, pseudo};
    for (std::size_t i = 0; i < reliability_bins; ++i)
      // Sums in another order: a few roundings apart.
      CHECK(map.knots()[i].rate == doctest::Approx(slow_rate(seen, map, pseudo, i)).epsilon(1e-12));
    double last = 0;
    for (int i = 0; i <= 200; ++i) {
      const double p = map(i / 200.0);
      CHECK(p >= last - 1e-15);
      CHECK(p <= 1);
      last = p;
    }
  }
}

TEST_CASE("claims that are twice too high are corrected once enough has been seen") {
  random_stream random{9};
  reliability_table seen;
  double before = 0, after = 0;
  for (int i = 0; i < 20'000; ++i) {
    const double truth = 0.5 * random.uniform();
    seen.record(2 * truth, random.chance(truth));
  }
  const calibration_map map{seen};
  for (int i = 1; i < 100; ++i) {
    before += std::abs(i / 100.0 - i / 200.0);
    after += std::abs(map(i / 100.0) - i / 200.0);
  }
  // About 1,000 outcomes a bin: a standard error of at most 0.016; the mean claim was off by 0.25.
  CHECK(before / 99 == doctest::Approx(0.25));
  CHECK(after / 99 < 0.016);
}
