#pragma once
// The slow, obvious likelihood: a Kalman filter with dense matrices whose state holds the ARMA process and
// the values that differencing looks back to, as R's arima has it. The prior variance of those values is
// `vague`, and observations whose variance is above 1e4 are not counted, both in units of the innovations'
// variance.

#include <foreshift/forecast/lag_polynomial.hpp>
#include <foreshift/numeric/linalg.hpp>

#include <cmath>
#include <cstddef>
#include <numbers>
#include <vector>

namespace slow {

struct likelihood {
  double log_likelihood = 0, variance = 0;
  std::size_t used = 0;
};

inline likelihood kalman(const foreshift::forecast::arima_order& order,
                         const std::vector<double>& coefficients, const std::vector<double>& y,
                         double vague) {
  using namespace foreshift;
  using numeric::to_index;
  const auto process = forecast::multiply_out(order, coefficients);
  const auto terms = forecast::difference_terms(order);
  const std::size_t r = std::max(longest_lag(process.ar), longest_lag(process.ma) + 1), lost = order.lost();
  const auto size = to_index(r + lost);
  numeric::matrix t = numeric::matrix::Zero(size, size);
  numeric::vector noise = numeric::vector::Zero(size), z = noise, a = noise;
  for (const auto& [lag, value] : process.ar) t(to_index(lag) - 1, 0) = value;
  for (std::size_t i = 0; i + 1 < r; ++i) t(to_index(i), to_index(i + 1)) = 1;
  noise[0] = z[0] = 1;
  for (const auto& [lag, value] : process.ma) noise[to_index(lag)] = value;
  for (const auto& [lag, value] : terms) z[to_index(r + lag - 1)] = value;
  if (lost > 0) t.row(to_index(r)) = z.transpose();
  for (std::size_t i = 1; i < lost; ++i) t(to_index(r + i), to_index(r + i - 1)) = 1;

  numeric::matrix p = numeric::matrix::Zero(size, size), power = t;  // P = sum of T^k R R' T'^k, by doubling
  const auto arma = to_index(r);
  p.topLeftCorner(arma, arma) = (noise * noise.transpose()).topLeftCorner(arma, arma);
  for (int i = 0; i < 30; ++i) {
    const numeric::matrix block = power.topLeftCorner(arma, arma);
    p.topLeftCorner(arma, arma) += block * p.topLeftCorner(arma, arma) * block.transpose();
    power.topLeftCorner(arma, arma) = block * block;
  }
  p.bottomRightCorner(to_index(lost), to_index(lost)).diagonal().setConstant(vague);
  numeric::matrix before = p;  // the state's variance just before the first observation

  double squares = 0, determinant = 0;
  likelihood out;
  for (const double v : y) {
    if (!std::isnan(v)) {
      const numeric::vector gain = before * z;
      const double f = z.dot(gain), e = v - z.dot(a);
      if (f < 1e4) {
        squares += e * e / f;
        determinant += std::log(f);
        ++out.used;
      }
      a += gain * (e / f);
      before -= gain * gain.transpose() / f;
    }
    a = t * a;
    before = t * before * t.transpose() + noise * noise.transpose();
  }
  const auto n = static_cast<double>(out.used);
  out.variance = squares / n;
  out.log_likelihood = -0.5 * (n * (std::log(2 * std::numbers::pi * out.variance) + 1) + determinant);
  return out;
}

}  // namespace slow
