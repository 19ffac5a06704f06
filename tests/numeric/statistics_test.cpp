#include <foreshift/core/random.hpp>
#include <foreshift/numeric/statistics.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <vector>

using namespace foreshift;
using doctest::Approx;

namespace {

/// Definition 7 of Hyndman and Fan, written as they write it: j = floor(m + (n - 1) p) with m = 1 - p,
/// from 1.
double slow_quantile(std::vector<double> v, double p) {
  std::erase_if(v, [](double x) { return std::isnan(x); });
  if (v.empty()) return numeric::missing;
  std::sort(v.begin(), v.end());
  const double h = static_cast<double>(v.size() - 1) * p + 1;
  const auto j = static_cast<std::size_t>(std::floor(h));
  if (j >= v.size()) return v.back();
  return v[j - 1] + (h - std::floor(h)) * (v[j] - v[j - 1]);
}

/// n values with ties and, in one of four places, nothing.
std::vector<double> some_values(std::size_t n, random_stream& random) {
  std::vector<double> v(n);
  for (double& x : v) x = random.below(4) == 0 ? numeric::missing : static_cast<double>(random.below(10));
  return v;
}

}  // namespace

TEST_CASE("quantiles are those of R's default, type 7") {
  // quantile(1:10, c(.1, .25, .5, .9)) and quantile(c(2, 7, 1, 8), .4)
  const std::vector<double> ten = {10, 9, 8, 7, 6, 5, 4, 3, 2, 1};
  CHECK(numeric::quantile(ten, 0.1) == Approx(1.9));
  CHECK(numeric::quantile(ten, 0.25) == Approx(3.25));
  CHECK(numeric::quantile(ten, 0.5) == Approx(5.5));
  CHECK(numeric::quantile(ten, 0.9) == Approx(9.1));
  CHECK(numeric::quantile(std::vector<double>{2, 7, 1, 8}, 0.4) == Approx(3.0));
}

TEST_CASE("the fast quantile agrees with the definition at every size, with ties and with gaps") {
  random_stream random{7};
  const std::vector<double> levels = {0, 0.01, 0.25, 1.0 / 3, 0.5, 0.9, 0.99, 1};
  for (std::size_t n = 0; n <= 40; ++n) {
    const auto v = some_values(n, random);
    auto sorted = v;
    std::vector<double> several(levels.size());
    numeric::quantiles_in_place(sorted, levels, several);
    for (std::size_t i = 0; i < levels.size(); ++i) {
      const double slow = slow_quantile(v, levels[i]);
      const double fast = numeric::quantile(v, levels[i]);
      if (std::isnan(slow)) {
        CHECK(std::isnan(fast));
        CHECK(std::isnan(several[i]));
        continue;
      }
      CHECK(fast == Approx(slow).epsilon(1e-13));
      CHECK(several[i] == fast);  // both interpolate the same two values alike
    }
  }
}

TEST_CASE("a quantile between infinities is not NaN") {
  constexpr double inf = std::numeric_limits<double>::infinity();
  CHECK(numeric::quantile(std::vector<double>{inf, inf, inf}, 0.3) == inf);
  CHECK(numeric::median(std::vector<double>{-inf, -inf}) == -inf);
}

TEST_CASE("mean and deviation keep NIST's digits where naive formulas lose them") {
  // NIST StRD, univariate, NumAcc1 (n = 3), NumAcc3 and NumAcc4 (n = 1001), certified mean and deviation.
  CHECK(numeric::mean(std::vector<double>{10000001, 10000003, 10000002}) == 10000002);
  CHECK(numeric::standard_deviation(std::vector<double>{10000001, 10000003, 10000002}) == 1);
  for (const double base : {1000000.0, 10000000.0}) {
    std::vector<double> v = {base + 0.2};
    for (int i = 0; i < 500; ++i) v.push_back(base + 0.1), v.push_back(base + 0.3);
    CHECK(numeric::mean(v) == Approx(base + 0.2).epsilon(1e-15));
    // The data themselves are only exact to 1e-9 of a tenth.
    CHECK(numeric::standard_deviation(v) == Approx(0.1).epsilon(2e-8));
  }
}

TEST_CASE("missing readings are skipped, and nothing is left of nothing") {
  const std::vector<double> gaps = {numeric::missing, 3, numeric::missing, 1, 2};
  CHECK(numeric::count_present(gaps) == 3);
  CHECK(numeric::mean(gaps) == 2);
  CHECK(numeric::variance(gaps) == 1);
  CHECK(numeric::median(gaps) == 2);
  const std::vector<double> none = {numeric::missing, numeric::missing};
  CHECK(std::isnan(numeric::mean(none)));
  CHECK(std::isnan(numeric::median(none)));
  CHECK(std::isnan(numeric::median_absolute_deviation(none)));
  CHECK(std::isnan(numeric::variance(std::vector<double>{4, numeric::missing})));
}

TEST_CASE("dropping missing readings keeps the order of the others") {
  std::vector<double> v = {3, numeric::missing, 1, numeric::missing, 2};
  const auto kept = numeric::drop_missing_in_place(v);
  CHECK(std::vector<double>(kept.begin(), kept.end()) == std::vector<double>{3, 1, 2});
}

TEST_CASE("the median absolute deviation ignores one wild value and matches sigma for normal data") {
  // The distances from 2 are 1 1 0 0 2 4 7, and their median is 1.
  CHECK(numeric::median_absolute_deviation(std::vector<double>{1, 1, 2, 2, 4, 6, 9}) == 1);
  random_stream random{3};
  std::vector<double> v(20000);
  for (double& x : v) x = 50 + 2 * random.normal();
  v[0] = 1e9;
  // The estimator's own standard error here is 1.17 x 2 / sqrt(20000) = 0.017; four of them are allowed.
  CHECK(std::abs(numeric::mad_to_sigma * numeric::median_absolute_deviation(v) - 2) < 0.07);
}
