#include <foreshift/core/random.hpp>
#include <foreshift/forecast/loess.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <span>
#include <vector>

using namespace foreshift;
using namespace foreshift::forecast;

namespace {

// The definition, word by word: the nearest `window` values, tricube weights, weighted least squares.
double obvious(const std::vector<double>& y, const std::vector<double>& weights, const loess_options& o,
               double x) {
  const auto n = static_cast<double>(y.size());
  const std::size_t count = std::min(o.window, y.size());
  std::size_t left = 0;
  const auto reach_of = [&](std::size_t first) {
    return std::max(x - static_cast<double>(first), static_cast<double>(first + count - 1) - x);
  };
  for (std::size_t i = 1; i + count <= y.size(); ++i)
    if (reach_of(i) < reach_of(left)) left = i;
  double reach = reach_of(left);
  if (o.window > y.size()) reach += static_cast<double>((o.window - y.size()) / 2);
  double s0 = 0, s1 = 0, s2 = 0, t0 = 0, t1 = 0;
  for (std::size_t i = left; i < left + count; ++i) {
    const double d = static_cast<double>(i) - x;
    const double u = std::abs(d) / reach;
    double w = u > 0.999 ? 0.0 : u <= 0.001 ? 1.0 : std::pow(1 - u * u * u, 3);
    if (!weights.empty()) w *= weights[i];
    s0 += w, s1 += w * d, s2 += w * d * d, t0 += w * y[i], t1 += w * d * y[i];
  }
  if (!(s0 > 0)) return y[static_cast<std::size_t>(x)];
  const double spread = std::sqrt(std::max(0.0, s2 / s0 - s1 / s0 * s1 / s0));
  if (o.degree == 0 || spread <= 0.001 * (n - 1)) return t0 / s0;
  return (s2 * t0 - s1 * t1) / (s0 * s2 - s1 * s1);  // the line at distance 0
}

std::vector<double> noise(std::size_t n, std::uint64_t seed) {
  random_stream random{seed};
  std::vector<double> y;
  for (std::size_t i = 0; i < n; ++i) y.push_back(10 * random.normal());
  return y;
}

}  // namespace

TEST_CASE("every position has the weighted fit of its nearest values") {
  for (const std::size_t n : {2U, 3U, 7U, 12U, 40U})
    for (const std::size_t window : {3U, 7U, 11U, 41U, 95U})
      for (const int degree : {0, 1})
        for (const bool weighted : {false, true}) {
          const auto y = noise(n, n + window);
          auto w = noise(n, 99);
          for (double& v : w) v = v > 5 ? 0.0 : std::min(1.0, std::abs(v) / 5);
          if (!weighted) w.clear();
          std::vector<double> out(n);
          const loess_options options{window, degree, 1};
          loess(y, w, options, out);
          for (std::size_t i = 0; i < n; ++i)  // values of 10, condition up to 1e4
            CHECK(out[i] ==
                  doctest::Approx(obvious(y, w, options, static_cast<double>(i))).epsilon(1e-9).scale(10));
        }
}

TEST_CASE("a straight line comes back as it is, at any window, jump and weights") {
  std::vector<double> y, w;
  for (int i = 0; i < 50; ++i) y.push_back(3 + 0.5 * i), w.push_back(i % 4 == 0 ? 0.0 : 1.0);
  for (const std::size_t window : {5U, 21U, 101U})
    for (const std::size_t jump : {1U, 4U, 49U, 1000U}) {
      std::vector<double> out(50);
      loess(y, w, {window, 1, jump}, out);
      for (std::size_t i = 0; i < 50; ++i) CHECK(out[i] == doctest::Approx(y[i]).epsilon(1e-12));
    }
}

TEST_CASE("between jumps the smooth lies on lines between fitted positions") {
  const auto y = noise(30, 1);
  std::vector<double> all(30), some(30);
  loess(y, {}, {9, 1, 1}, all);
  loess(y, {}, {9, 1, 4}, some);
  for (const std::size_t i : {0U, 4U, 8U, 28U, 29U}) CHECK(some[i] == doctest::Approx(all[i]).epsilon(1e-12));
  CHECK(some[5] == doctest::Approx(0.75 * all[4] + 0.25 * all[8]).epsilon(1e-12));
  CHECK(some[27] == doctest::Approx(0.25 * all[24] + 0.75 * all[28]).epsilon(1e-12));
}

TEST_CASE("interleaved columns are smoothed as if each stood alone, and extended by their own lines") {
  constexpr std::size_t rows = 13, columns = 11, stride = 12;
  const auto y = noise(rows * stride, 5);
  auto w = noise(rows * stride, 6);
  for (double& v : w) v = std::min(1.0, std::abs(v) / 5);
  for (const bool weighted : {false, true}) {
    std::vector<double> out(rows * stride, -1), before(columns), after(columns);
    loess_smoother smoother;
    const interleaved_view in{y.data(), weighted ? w.data() : nullptr, rows, columns, stride};
    const loess_options options{7, 1, 2};
    smoother.smooth(in, options, out.data());
    smoother.extend(in, options, out.data(), before.data(), after.data());
    for (std::size_t c = 0; c < columns; ++c) {
      std::vector<double> one, its, alone(rows);
      for (std::size_t i = 0; i < rows; ++i)
        one.push_back(y[i * stride + c]), its.push_back(w[i * stride + c]);
      if (!weighted) its.clear();
      loess(one, its, options, alone);
      for (std::size_t i = 0; i < rows; ++i)
        CHECK(out[i * stride + c] == doctest::Approx(alone[i]).epsilon(1e-12).scale(10));
      CHECK(before[c] == doctest::Approx(obvious(one, its, options, -1)).epsilon(1e-9).scale(10));
      CHECK(after[c] == doctest::Approx(obvious(one, its, options, rows)).epsilon(1e-9).scale(10));
    }
    for (std::size_t i = 0; i < rows; ++i) CHECK(out[i * stride + columns] == -1);  // not a column of theirs
  }
}

TEST_CASE("where nothing has weight the value stays") {
  const auto y = noise(20, 2);
  std::vector<double> w(20, 0.0), out(20);
  w[0] = 1;
  loess(y, w, {5, 1, 1}, out);
  CHECK(out[10] == y[10]);
  CHECK(out[1] == y[0]);
}
