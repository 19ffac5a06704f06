#pragma once
/// @file
/// How uncertain a forecast of exponential smoothing is: variances and sample paths.
///
/// The variance has a formula where errors and states are linear (class 1), where only the error multiplies
/// (class 2), and where error and season multiply (class 3). For an additive error with a multiplicative
/// season there is none, and it is estimated from seeded sample paths. Normal innovations throughout.
///
/// Source: R. J. Hyndman et al., "Forecasting with Exponential Smoothing", 2008, sections 6.2 to 6.4. In
/// class 3 the book's matrices have a block for each pair of season entries; the variance of a step needs
/// only the blocks on the diagonal, which evolve on their own, so a step costs m small products and not (2
/// m)^3.

#include <foreshift/core/random.hpp>
#include <foreshift/forecast/ets_model.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <span>
#include <vector>

namespace foreshift::inline FORESHIFT_ABI::forecast {

/// Draws one future of the model, out.size() steps. Forecasts that have to be positive are kept so.
inline void simulate(const ets_model& model, random_stream& random, std::span<double> out) {
  ets_model m = model;
  const bool relative = m.form().error == ets_error::multiplicative;
  for (double& y : out) {
    double f = 0;
    predict_mean(m, {}, {&f, 1});
    const double e = m.summary().sigma * random.normal();
    y = relative ? f * (1.0 + e) : f + e;
    update(m, y, {});
  }
}

namespace detail {

/// What an innovation j steps ago has become, for class 1 and 2: c_j = alpha + beta (phi + ... + phi^j), and
/// gamma more once a season.
[[nodiscard]] inline std::vector<double> innovation_weights(const ets_model& m, std::size_t count) {
  const auto& p = m.parameters();
  const std::size_t season = m.state().season.size();
  std::vector<double> c(count);
  double damped = 0, power = 1;
  for (std::size_t j = 1; j <= count; ++j) {
    power *= p.phi;
    damped += power;
    c[j - 1] = p.alpha + p.beta * damped + (season > 0 && j % season == 0 ? p.gamma : 0.0);
  }
  return c;
}

inline void linear_variance(const ets_model& m, std::span<double> out) {
  const auto c = innovation_weights(m, out.size());
  double sum = 1;
  for (std::size_t h = 0; h < out.size(); ++h) {
    out[h] = m.summary().sigma * m.summary().sigma * sum;
    sum += c[h] * c[h];
  }
}

inline void relative_variance(const ets_model& m, std::span<double> out) {
  const auto c = innovation_weights(m, out.size());
  const double s2 = m.summary().sigma * m.summary().sigma;
  std::vector<double> mean(out.size()), theta(out.size());
  predict_mean(m, {}, mean);
  for (std::size_t h = 0; h < out.size(); ++h) {
    theta[h] = mean[h] * mean[h];
    for (std::size_t j = 0; j < h; ++j) theta[h] += s2 * c[j] * c[j] * theta[h - 1 - j];
    out[h] = (1 + s2) * theta[h] - mean[h] * mean[h];
  }
}

/// First and second moments of (level, slope) x one season entry.
struct season_moments {
  double level = 0, slope = 0;          ///< mean
  double v_ll = 0, v_ls = 0, v_ss = 0;  ///< covariance

  struct linear {  ///< x -> ((a b), (c d)) x
    double a, b, c, d;
  };
  /// this += weight x A (V + extra mean mean') A', with V and mean of `from`.
  void add(double weight, const linear& m, const season_moments& from, double v, double extra) {
    const double ll = v * from.v_ll + extra * from.level * from.level;
    const double ls = v * from.v_ls + extra * from.level * from.slope;
    const double ss = v * from.v_ss + extra * from.slope * from.slope;
    v_ll += weight * (m.a * m.a * ll + 2 * m.a * m.b * ls + m.b * m.b * ss);
    v_ls += weight * (m.a * m.c * ll + (m.a * m.d + m.b * m.c) * ls + m.b * m.d * ss);
    v_ss += weight * (m.c * m.c * ll + 2 * m.c * m.d * ls + m.d * m.d * ss);
  }
};

/// One step of an entry's moments; `used`: the step was the entry's own.
[[nodiscard]] inline season_moments advanced(const season_moments& x, const ets_parameters& p, double s2,
                                             bool used) {
  const season_moments::linear f{1, p.phi, 0, p.phi};
  const season_moments::linear g{p.alpha, p.alpha * p.phi, p.beta, p.beta * p.phi};
  const double gamma = used ? p.gamma : 0.0;
  const double q = x.level + p.phi * x.slope;
  season_moments out;
  out.level = x.level + p.phi * x.slope + s2 * gamma * p.alpha * q;
  out.slope = p.phi * x.slope + s2 * gamma * p.beta * q;
  out.add(1, f, x, 1, 0);
  const season_moments::linear k{gamma * f.a + g.a, gamma * f.b + g.b, gamma * f.c + g.c, gamma * f.d + g.d};
  out.add(s2, k, x, 1, 1);
  if (used) {
    // F V (gamma G)' + (gamma G) V F' = ((F + gamma G) V (F + gamma G)' - (F - gamma G) V (F - gamma G)') / 2
    const season_moments::linear plus{f.a + gamma * g.a, f.b + gamma * g.b, f.c + gamma * g.c,
                                      f.d + gamma * g.d};
    const season_moments::linear minus{f.a - gamma * g.a, f.b - gamma * g.b, f.c - gamma * g.c,
                                       f.d - gamma * g.d};
    out.add(0.5 * s2, plus, x, 1, 0);
    out.add(-0.5 * s2, minus, x, 1, 0);
    out.add(s2 * s2 * gamma * gamma, g, x, 3, 2);
  }
  return out;
}

inline void product_variance(const ets_model& m, std::span<double> out) {
  const auto& p = m.parameters();
  const double s2 = m.summary().sigma * m.summary().sigma;
  const std::size_t season = m.state().season.size();
  for (std::size_t first = 0; first < std::min(season, out.size()); ++first) {  // entry by entry
    const double s = m.state().season_ahead(first);
    season_moments x{m.state().level * s, m.state().slope * s};
    for (std::size_t h = 0; h < out.size(); ++h) {
      const bool used = h % season == first;
      if (used) {
        const double mean = x.level + p.phi * x.slope;
        out[h] = (1 + s2) * (x.v_ll + 2 * p.phi * x.v_ls + p.phi * p.phi * x.v_ss) + s2 * mean * mean;
      }
      x = advanced(x, p, s2, used);
    }
  }
}

inline void simulated_variance(const ets_model& m, std::span<double> out) {
  constexpr std::size_t paths = 4000;
  random_stream random{0x65747376};
  std::vector<double> mean(out.size(), 0.0), path(out.size());
  std::ranges::fill(out, 0.0);
  for (std::size_t i = 0; i < paths; ++i) {
    simulate(m, random, path);
    for (std::size_t h = 0; h < out.size(); ++h) {
      const double away = path[h] - mean[h];
      mean[h] += away / static_cast<double>(i + 1);
      out[h] += away * (path[h] - mean[h]) / paths;
    }
  }
}

}  // namespace detail

/// Writes the variance of the next out.size() steps. Exact for all forms but ANM, AAM and AAdM, where it
/// comes from 4000 sample paths of a fixed seed (about 2 % off). O(h), with an error M O(h^2), with a season
/// M too O(h m). Parameters and states count as known, so a short history understates it.
inline void predict_variance(const ets_model& m, std::span<double> out) {
  const bool relative = m.form().error == ets_error::multiplicative;
  const bool multiplies = m.form().season == ets_season::multiplicative;
  if (!relative && !multiplies)
    detail::linear_variance(m, out);
  else if (!multiplies)
    detail::relative_variance(m, out);
  else if (relative)
    detail::product_variance(m, out);
  else
    detail::simulated_variance(m, out);
  for (double& v : out) v = std::clamp(v, 0.0, 1e300);  // of huge data the square would not be finite
}

}  // namespace foreshift::inline FORESHIFT_ABI::forecast
