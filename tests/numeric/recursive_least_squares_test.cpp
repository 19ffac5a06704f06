#include <foreshift/core/random.hpp>
#include <foreshift/numeric/recursive_least_squares.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

using namespace foreshift;
using doctest::Approx;
using numeric::recursive_least_squares;

namespace {

constexpr double no_huber = std::numeric_limits<double>::infinity();

struct rows {
  std::size_t columns;
  std::vector<double> x, y;
  std::span<const double> row(std::size_t i) const { return std::span{x}.subspan(i * columns, columns); }
};

/// 1, two autocorrelated columns and one that is rarely on.
rows some_rows(std::size_t n, std::uint64_t seed) {
  random_stream random{seed};
  rows r{4, {}, {}};
  double a = 0, b = 0;
  for (std::size_t i = 0; i < n; ++i) {
    a = 0.9 * a + random.normal();
    b = 0.5 * b + random.normal();
    const double event = i % 50 < 3 ? 1 : 0;
    r.x.insert(r.x.end(), {1, a, b, event});
    r.y.push_back(10 + a - 2 * b + 5 * event + random.normal());
  }
  return r;
}

}  // namespace

TEST_CASE("with forgetting it is batch regression with fading weights, after every row") {
  const auto data = some_rows(300, 1);
  const double forgetting = 0.97;
  recursive_least_squares rls(4, 1e8, {.forgetting = forgetting, .variance_growth_max = 1e12});
  for (std::size_t i = 0; i < 300; ++i) {
    rls.update({data.row(i), data.y[i]});
    if (i < 60) continue;  // while few rows are seen, the prior still counts
    std::vector<double> w(i + 1);
    for (std::size_t j = 0; j <= i; ++j) w[j] = std::pow(forgetting, static_cast<double>(i - j));
    const auto batch = numeric::ridge_huber_fit(
        {std::span{data.x}.first(4 * (i + 1)), 4, std::span{data.y}.first(i + 1), w}, {.huber_k = no_huber});
    REQUIRE(batch);
    // The prior, 1e-8 against a smallest information of about 0.1, explains the tolerance.
    for (std::size_t j = 0; j < 4; ++j) {
      REQUIRE(rls.coefficients()[j] == Approx(batch->coefficients[j]).epsilon(1e-5));
      REQUIRE(rls.variance(j) == Approx(batch->covariance[5 * j]).epsilon(1e-5));
    }
  }
}

TEST_CASE("going on from a batch fit is as good as a batch over everything") {
  const auto data = some_rows(400, 2);
  const auto half = numeric::ridge_huber_fit(
      {std::span{data.x}.first(4 * 200), 4, std::span{data.y}.first(200), {}}, {.huber_k = no_huber});
  const auto all = numeric::ridge_huber_fit({data.x, 4, data.y, {}}, {.huber_k = no_huber});
  REQUIRE(half);
  REQUIRE(all);
  recursive_least_squares rls(*half, {.forgetting = 1});
  for (std::size_t i = 200; i < 400; ++i) rls.update({data.row(i), data.y[i]});
  for (std::size_t j = 0; j < 4; ++j) {
    CHECK(rls.coefficients()[j] == Approx(all->coefficients[j]).epsilon(1e-10));
    CHECK(rls.variance(j) == Approx(all->covariance[5 * j]).epsilon(1e-10));
  }
}

TEST_CASE("a weight counts as so many rows") {
  const auto data = some_rows(30, 3);
  recursive_least_squares once(4, 100, {.forgetting = 1}), thrice(4, 100, {.forgetting = 1});
  for (std::size_t i = 0; i < 30; ++i) {
    once.update({data.row(i), data.y[i], 3});
    for (int k = 0; k < 3; ++k) thrice.update({data.row(i), data.y[i]});
  }
  for (std::size_t j = 0; j < 4; ++j)
    CHECK(once.coefficients()[j] == Approx(thrice.coefficients()[j]).epsilon(1e-10));
}

TEST_CASE("a column silent for years does not wind up, and its first new row does no harm") {
  recursive_least_squares rls(2, 10, {.forgetting = 0.99, .variance_growth_max = 5});
  const double quiet[] = {1, 0}, event[] = {1, 1};
  random_stream random{4};
  for (int i = 0; i < 300; ++i)
    rls.update({i % 10 == 0 ? event : quiet, 20 + random.normal() + (i % 10 == 0 ? 5 : 0)});
  const double known = rls.coefficients()[1];
  CHECK(std::abs(known - 5) < 1.5);
  for (int i = 0; i < 100000; ++i) rls.update({quiet, 20 + random.normal()});
  CHECK(rls.variance(1) <= 50.0 * (1 + 1e-9));  // the cap: 5 x 10
  // It moves a little, because what is learned of the constant says something about it too.
  CHECK(std::abs(rls.coefficients()[1] - known) < 0.1);
  CHECK(std::abs(rls.coefficients()[0] - 20) < 1);
  rls.update({event, 26.0});
  CHECK(std::abs(rls.coefficients()[1] - 6) < 1.5);
  CHECK(std::abs(rls.coefficients()[0] - 20) < 1);
}

TEST_CASE("it agrees with a dense covariance that is scaled and corrected entry by entry, also at the caps") {
  const double forgetting = 0.95, growth = 1;  // the event column reaches its cap between events
  const auto data = some_rows(400, 7);
  recursive_least_squares rls(4, 2, {.forgetting = forgetting, .variance_growth_max = growth});
  double p[4][4] = {{2, 0, 0, 0}, {0, 2, 0, 0}, {0, 0, 2, 0}, {0, 0, 0, 2}}, b[4] = {};
  for (std::size_t i = 0; i < 400; ++i) {
    double rise[4], gain[4] = {}, noise = 1, error = data.y[i];
    for (int j = 0; j < 4; ++j)
      rise[j] = std::sqrt(std::min(1 / forgetting, std::max(1.0, growth * 2 / p[j][j])));
    for (int j = 0; j < 4; ++j)
      for (int m = 0; m < 4; ++m) p[j][m] *= rise[j] * rise[m];
    for (std::size_t j = 0; j < 4; ++j) {
      for (std::size_t m = 0; m < 4; ++m) gain[j] += p[j][m] * data.row(i)[m];
      noise += gain[j] * data.row(i)[j];
      error -= b[j] * data.row(i)[j];
    }
    for (int j = 0; j < 4; ++j) {
      b[j] += gain[j] / noise * error;
      for (int m = 0; m < 4; ++m) p[j][m] -= gain[j] * gain[m] / noise;
    }
    rls.update({data.row(i), data.y[i]});
    for (std::size_t j = 0; j < 4; ++j) {
      REQUIRE(rls.coefficients()[j] == Approx(b[j]).epsilon(1e-9));
      REQUIRE(rls.variance(j) == Approx(p[j][j]).epsilon(1e-9));
    }
  }
}

TEST_CASE("variances stay positive and bounded through a hundred thousand badly scaled rows") {
  recursive_least_squares rls(3, 1e6, {.forgetting = 0.999});
  random_stream random{5};
  for (int i = 0; i < 100000; ++i) {
    const double a = 1e5 + random.normal();  // all but collinear with the constant
    const double x[] = {1, a, 1e-4 * random.normal()};
    rls.update({x, 2 * a + random.normal()});
  }
  for (std::size_t j = 0; j < 3; ++j) {
    CHECK(rls.variance(j) > 0);
    CHECK(rls.variance(j) <= 1e8 * (1 + 1e-9));
    CHECK(std::isfinite(rls.coefficients()[j]));
  }
  const double x[] = {1, 1e5, 0};
  CHECK(rls.predict(x) == Approx(2e5).epsilon(1e-4));
}

TEST_CASE("it follows a change within its memory") {
  recursive_least_squares rls(1, 1, {.forgetting = 0.95});
  const double one[] = {1};
  for (int i = 0; i < 200; ++i) rls.update({one, 10.0});
  for (int i = 0; i < 200; ++i) rls.update({one, 30.0});
  CHECK(rls.predict(one) == Approx(30).epsilon(1e-3));
}

TEST_CASE("a gap teaches nothing") {
  const auto data = some_rows(50, 6);
  recursive_least_squares rls(4, 100);
  for (std::size_t i = 0; i < 50; ++i) rls.update({data.row(i), data.y[i]});
  const auto before = rls;
  const double broken[] = {1, std::nan(""), 0, 0};
  CHECK(std::isnan(rls.update({data.row(0), std::nan("")})));
  CHECK(std::isnan(rls.update({broken, 1.0})));
  rls.update({data.row(0), 1e9, 0.0});
  for (std::size_t j = 0; j < 4; ++j) {
    CHECK(rls.coefficients()[j] == before.coefficients()[j]);
    CHECK(rls.variance(j) == before.variance(j));
  }
}

TEST_CASE("the innovation is the error of the forecast made before learning") {
  recursive_least_squares rls(1, 1);
  const double one[] = {1};
  CHECK(rls.update({one, 4.0}) == 4.0);
  const double forecast = rls.predict(one);
  CHECK(rls.update({one, 5.0}) == 5.0 - forecast);
}
