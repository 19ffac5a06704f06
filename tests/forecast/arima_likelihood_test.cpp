#include "arima_slow_filter.hpp"

#include <foreshift/core/random.hpp>
#include <foreshift/forecast/arima_likelihood.hpp>
#include <foreshift/forecast/arima_vague_start.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <vector>

using namespace foreshift;
using namespace foreshift::forecast;

namespace {

constexpr double gap = std::numeric_limits<double>::quiet_NaN();

struct example {
  arima_order order;
  std::vector<double> coefficients, y;
};

// Orders and coefficients at random; a walk with a season, so that differences make sense.
example draw(random_stream& random, std::size_t differences_max) {
  example e;
  const auto below = [&](std::size_t n) { return static_cast<std::size_t>(random.below(n)); };
  e.order = {.p = below(4),
             .d = below(differences_max + 1),
             .q = below(4),
             .P = below(2),
             .D = differences_max > 0 ? below(2) : 0,
             .Q = below(3),
             .season_length = 2 + below(4)};
  e.coefficients.resize(e.order.coefficients());
  const arma_parts<double> part{e.order, e.coefficients};
  for (const auto p : {part.ar, part.ma, part.seasonal_ar, part.seasonal_ma}) {
    for (double& c : p) c = std::tanh(random.normal());
    partials_to_coefficients(p);
  }
  for (const auto p : {part.ma, part.seasonal_ma})
    for (double& c : p) c = -c;
  const std::size_t n = 25 + below(30);
  double level = 0;
  for (std::size_t t = 0; t < n; ++t) {
    level += 0.3 * random.normal();
    e.y.push_back(level + static_cast<double>(t % e.order.season_length) + random.normal());
  }
  return e;
}

// The multivariate normal density of what is observed of a stationary process, from its autocovariances.
double dense(const example& e) {
  using numeric::to_index;
  const auto process = multiply_out(e.order, e.coefficients);
  std::vector<double> psi(6000);
  for (std::size_t k = 0; k < psi.size(); ++k) {
    psi[k] = k == 0 ? 1 : 0;
    for (const auto& [lag, value] : process.ma) psi[k] += lag == k ? value : 0;
    for (const auto& [lag, value] : process.ar) psi[k] += lag <= k ? value * psi[k - lag] : 0;
  }
  std::vector<std::size_t> at;
  for (std::size_t t = 0; t < e.y.size(); ++t)
    if (!std::isnan(e.y[t])) at.push_back(t);
  std::vector<double> gamma(e.y.size());
  for (std::size_t l = 0; l < gamma.size(); ++l)
    for (std::size_t k = l; k < psi.size(); ++k) gamma[l] += psi[k] * psi[k - l];
  numeric::matrix covariance(to_index(at.size()), to_index(at.size()));
  numeric::vector y(to_index(at.size()));
  for (std::size_t i = 0; i < at.size(); ++i) {
    y[to_index(i)] = e.y[at[i]];
    for (std::size_t j = 0; j < at.size(); ++j)
      covariance(to_index(i), to_index(j)) = gamma[at[i] > at[j] ? at[i] - at[j] : at[j] - at[i]];
  }
  const Eigen::LLT<numeric::matrix> solver{covariance};
  const double determinant = 2 * solver.matrixLLT().diagonal().array().log().sum();
  const auto n = static_cast<double>(at.size());
  return -0.5 * (n * (std::log(2 * std::numbers::pi * y.dot(solver.solve(y)) / n) + 1) + determinant);
}

// A start of variance 1e6 and 1e4 of it dropped: R's. Coefficients near a unit root make its cut ambiguous.
bool far_from_unit_roots(const example& e) { return roots_beyond(e.order, e.coefficients, 1.02); }

}  // namespace

TEST_CASE("the likelihood is the density of a multivariate normal") {
  random_stream random{11};
  for (int i = 0; i < 150; ++i) {
    const auto e = draw(random, 0);
    if (!far_from_unit_roots(e)) continue;  // or 6000 weights would not do for the slow one
    const auto fast = log_likelihood(e.order, e.coefficients, e.y);
    REQUIRE(fast);
    CHECK(fast->log_likelihood == doctest::Approx(dense(e)).epsilon(1e-9));
  }
}

TEST_CASE("gaps of a stationary process are integrated out exactly") {
  random_stream random{12};
  for (int i = 0; i < 150; ++i) {
    auto e = draw(random, 0);
    if (!far_from_unit_roots(e)) continue;
    for (double& v : e.y)
      if (random.uniform() < 0.2) v = gap;
    if (count_observed(e.y) < 5) continue;
    const auto fast = log_likelihood(e.order, e.coefficients, e.y);
    REQUIRE(fast);
    CHECK(fast->used == count_observed(e.y));
    CHECK(fast->log_likelihood == doctest::Approx(dense(e)).epsilon(1e-8));
  }
}

TEST_CASE("with differences and gaps the likelihood is that of a diffuse Kalman filter") {
  random_stream random{13};
  int compared = 0;
  for (int i = 0; i < 200; ++i) {
    auto e = draw(random, 1);
    if (!far_from_unit_roots(e)) continue;
    for (std::size_t t = e.order.lost() + 1; t < e.y.size(); ++t)  // its start is told by what comes first
      if (random.uniform() < 0.1) e.y[t] = gap;
    const auto fast = log_likelihood(e.order, e.coefficients, e.y);
    const auto slow = slow::kalman(e.order, e.coefficients, e.y, 1e9);
    REQUIRE(fast);
    if (fast->used != slow.used) continue;
    ++compared;
    CHECK(fast->log_likelihood == doctest::Approx(slow.log_likelihood).epsilon(1e-5));  // 1e9 is not infinity
  }
  CHECK(compared > 100);
}

TEST_CASE("with a vague start the likelihood is that of R's filter") {
  random_stream random{14};
  for (int i = 0; i < 100; ++i) {
    const auto e = draw(random, 2);
    if (!far_from_unit_roots(e)) continue;
    const auto fast = log_likelihood_vague_start(e.order, e.coefficients, e.y);
    const auto slow = slow::kalman(e.order, e.coefficients, e.y, 1e6);
    REQUIRE(fast);
    if (fast->used != slow.used) continue;  // d = 2: a later observation may still be above 1e4
    CHECK(fast->log_likelihood == doctest::Approx(slow.log_likelihood).epsilon(1e-7));
    CHECK(fast->variance == doctest::Approx(slow.variance).epsilon(1e-7));
  }
}

TEST_CASE("a unit of another size changes the likelihood by its logarithm only") {
  random_stream random{15};
  const auto e = draw(random, 1);
  const auto one = *log_likelihood(e.order, e.coefficients, e.y);
  for (const double unit : {1e-200, 1e-9, 1e7, 1e99}) {
    auto y = e.y;
    for (double& v : y) v *= unit;
    const auto other = *log_likelihood(e.order, e.coefficients, y);
    CHECK(
        other.log_likelihood ==
        doctest::Approx(one.log_likelihood - static_cast<double>(one.used) * std::log(unit)).epsilon(1e-10));
  }
}

TEST_CASE("there is no likelihood outside the stationary region or without observations") {
  const std::vector<double> y{1, 2, 1, 3, 2}, c{1.1}, fine{0.5};
  CHECK_FALSE(log_likelihood({.p = 1}, c, y));
  CHECK_FALSE(log_likelihood({.p = 1}, fine, std::vector<double>(5, gap)));
  CHECK_FALSE(log_likelihood_vague_start({.p = 1}, fine, std::vector<double>{1, gap, 2}));
}
