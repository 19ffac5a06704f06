#include <foreshift/core/random.hpp>
#include <foreshift/forecast/seasonal_equations.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

using namespace foreshift;
using forecast::seasonal_equations;

namespace {

struct row {
  std::array<double, 3> x;
  std::size_t place;
  double y;
  double weight;
};

std::vector<row> some_rows(std::size_t n) {
  random_stream random{11};
  std::vector<row> rows;
  for (std::size_t t = 0; t < n; ++t)
    rows.push_back(
        {{1.0, random.normal(), random.normal()}, t % 4, random.normal() + 2.0, 0.5 + random.uniform()});
  return rows;
}

constexpr std::array<double, 3> ridge{1e-3, 0.5, 2.0};
constexpr std::array<double, 3> prior{0.0, 0.3, -0.2};
constexpr double ridge_place = 0.7;

// The obvious way: all seven columns at once, weights by hand, Gauss elimination with pivots.
std::vector<double> dense_solution(const std::vector<row>& rows, double fade) {
  constexpr std::size_t p = 7;
  std::vector<std::vector<double>> a(p, std::vector<double>(p + 1, 0.0));
  for (std::size_t t = 0; t < rows.size(); ++t) {
    std::array<double, p> full{rows[t].x[0], rows[t].x[1], rows[t].x[2]};
    full[3 + rows[t].place] = 1.0;
    const double w = rows[t].weight * std::pow(fade, static_cast<double>(rows.size() - 1 - t));
    for (std::size_t i = 0; i < p; ++i) {
      for (std::size_t j = 0; j < p; ++j) a[i][j] += w * full[i] * full[j];
      a[i][p] += w * full[i] * rows[t].y;
    }
  }
  for (std::size_t i = 0; i < p; ++i) {
    a[i][i] += i < 3 ? ridge[i] : ridge_place;
    if (i < 3) a[i][p] += ridge[i] * prior[i];
  }
  for (std::size_t i = 0; i < p; ++i)
    for (std::size_t k = 0; k < p; ++k) {
      if (k == i) continue;
      const double f = a[k][i] / a[i][i];  // positive definite: no pivoting needed
      for (std::size_t j = 0; j <= p; ++j) a[k][j] -= f * a[i][j];
    }
  std::vector<double> b;
  for (std::size_t i = 0; i < p; ++i) b.push_back(a[i][p] / a[i][i]);
  return b;
}

}  // namespace

TEST_CASE("eliminating the dummies gives the ridge solution of all columns, also when rows fade") {
  for (const double fade : {1.0, 0.9, 0.5}) {
    const auto rows = some_rows(60);
    seasonal_equations e{{.columns = 3, .places = 4, .fade = fade, .ridge_place = ridge_place}, ridge, prior};
    for (const auto& r : rows) {
      e.age();
      e.add(r.x, r.place, r.y, r.weight);
    }
    std::array<double, 3> b{};
    std::array<double, 4> g{};
    e.solve(b, g);
    const auto slow = dense_solution(rows, fade);
    for (std::size_t i = 0; i < 3; ++i) CHECK(b[i] == doctest::Approx(slow[i]).epsilon(1e-9));
    for (std::size_t i = 0; i < 4; ++i) CHECK(g[i] == doctest::Approx(slow[3 + i]).epsilon(1e-9));
  }
}

TEST_CASE("columns of zeros change no bit, however many there are") {
  const auto rows = some_rows(200);
  std::vector<double> first;
  for (std::size_t k = 3; k <= 10; ++k) {
    std::vector<double> wide_ridge(k, 1.0), wide_prior(k, 0.0), b(k), g(4);
    std::ranges::copy(ridge, wide_ridge.begin());
    std::ranges::copy(prior, wide_prior.begin());
    seasonal_equations e{
        {.columns = k, .places = 4, .fade = 0.99, .ridge_place = ridge_place}, wide_ridge, wide_prior};
    for (const auto& r : rows) {
      std::vector<double> x(k);
      std::ranges::copy(r.x, x.begin());
      e.age();
      e.add(x, r.place, r.y, r.weight);
    }
    e.solve(b, g);
    for (std::size_t i = 3; i < k; ++i) CHECK(b[i] == 0);
    std::vector<double> now(b.begin(), b.begin() + 3);
    now.insert(now.end(), g.begin(), g.end());
    if (k == 3) first = now;
    CHECK(now == first);
  }
}

TEST_CASE("fading for ever loses neither precision nor the ridge") {
  seasonal_equations e{{.columns = 3, .places = 4, .fade = 0.8, .ridge_place = ridge_place}, ridge, prior};
  const auto rows = some_rows(1000);
  for (const auto& r : rows) {
    e.age();
    e.add(r.x, r.place, r.y, r.weight);
  }
  std::array<double, 3> b{};
  std::array<double, 4> g{};
  e.solve(b, g);
  const auto slow = dense_solution(rows, 0.8);
  for (std::size_t i = 0; i < 3; ++i) CHECK(b[i] == doctest::Approx(slow[i]).epsilon(1e-8));
  for (int i = 0; i < 10000; ++i) e.age();  // all forgotten: only the ridge is left
  e.solve(b, g);
  for (std::size_t i = 0; i < 3; ++i) CHECK(b[i] == doctest::Approx(prior[i]).epsilon(1e-9));
  for (const double place : g) CHECK(std::abs(place) < 1e-9);
}

TEST_CASE("a column that repeats another gets a finite share") {
  constexpr std::array<double, 2> tiny{1e-30, 1e-30}, none{0, 0};
  seasonal_equations e{{.columns = 2, .places = 0, .fade = 1.0, .ridge_place = 1.0}, tiny, none};
  for (int t = 0; t < 20; ++t) e.add(std::array<double, 2>{1.0 * t, 1.0 * t}, 0, 3.0 * t, 1.0);
  std::array<double, 2> b{};
  e.solve(b, {});
  CHECK(b[0] + b[1] == doctest::Approx(3.0));
  CHECK(std::isfinite(b[0]));
}
