#pragma once
/// @file
/// Where the parameters of exponential smoothing may lie.
///
/// The usual region makes every update a weighted mean: 0 < alpha < 1, 0 < beta < alpha,
/// 0 < gamma < 1 - alpha. The admissible region makes the influence of the distant past die out: all roots of
/// the moving-average polynomial of the reduced form lie inside the unit circle. R's `ets` asks for both by
/// default, with the same margins. With a calm season the admissible region often ends at a small beta, and
/// the best parameters lie at that end; so both regions are opened up into a box, and an optimiser meets
/// plain bounds.
///
/// Source: R. J. Hyndman et al., "Forecasting with Exponential Smoothing", 2008, sections 2.7 and 10.2;
/// the test of roots is the Schur-Cohn recursion. Departure: where the trend is damped, R 8.20
/// tests a polynomial in which beta lacks its factor phi, so its region ends a little earlier.

#include <foreshift/core/contract.hpp>
#include <foreshift/forecast/ets_form.hpp>
#include <foreshift/forecast/ets_state.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <vector>

namespace foreshift::inline FORESHIFT_ABI::forecast {

namespace detail {

/// True when every root of z^k + a[1] z^(k-1) + ... + a[k] lies in the open unit disc; a[0] = 1. Destroys a.
/// O(k^2).
[[nodiscard]] inline bool roots_inside(std::vector<double>& a) {
  std::vector<double> lower(a.size());
  for (std::size_t k = a.size() - 1; k > 0; --k) {
    const double reflection = a[k];
    const double rest = 1.0 - reflection * reflection;
    if (!(rest > 0)) return false;
    if (reflection != 0) {
      const double scale = 1.0 / rest;
      for (std::size_t i = 0; i < k; ++i) lower[i] = scale * (a[i] - reflection * a[k - i]);
      std::copy_n(lower.begin(), k, a.begin());
    }
    a.resize(k);
  }
  return true;
}

}  // namespace detail

/// True in the admissible region. Without a season the usual region lies inside it. O(m^2).
/// @pre season_length > 0 where the form has a season; p in the usual region
[[nodiscard]] inline bool is_admissible(const ets_form& form, const ets_parameters& p,
                                        std::size_t season_length) {
  if (form.season == ets_season::none) return true;
  const std::size_t m = season_length;
  // The reduced form multiplied by (1 - phi B)(1 - B^m), or by (1 - B^m) without a trend.
  const bool trend = form.trend != ets_trend::none;
  const double phi = trend ? p.phi : 0.0;
  std::vector<double> theta(m + (trend ? 2 : 1));
  theta[0] = 1;
  theta[m] += p.gamma - 1;
  if (trend) {
    theta[1] -= phi;
    theta[m + 1] -= phi * (p.gamma - 1);
  }
  for (std::size_t j = 0; j < m; ++j) {
    theta[j + 1] += p.alpha + phi * p.beta;
    if (trend) theta[j + 2] -= p.alpha * phi;
  }
  return detail::roots_inside(theta);
}

struct ets_bounds {
  double margin = 1e-4;  ///< alpha, beta and gamma keep this distance from the ends of their ranges
  double phi_min = 0.8;
  double phi_max = 0.98;
};

/// A point of the region by coordinates in a box: alpha and phi themselves, beta and gamma as shares in
/// [0, 1] of the range that the others leave them.
struct ets_coordinates {
  double alpha = 0.1;
  double beta_share = 0;
  double gamma_share = 0;
  double phi = 1;
  /// Beta's range ends where the admissible region does; false: where the usual region does. The usual end
  /// is a cheaper one to find, and often the nearer.
  bool tight = false;
};

/// The region of one form as a box.
class ets_region {
 public:
  ets_region(const ets_form& form, std::size_t season_length, const ets_bounds& bounds = {})
      : form_(form), season_length_(season_length), bounds_(bounds) {}

  [[nodiscard]] const ets_bounds& bounds() const { return bounds_; }

  [[nodiscard]] ets_parameters at(const ets_coordinates& c) const {
    ets_parameters p = without_beta(c);
    if (form_.trend != ets_trend::none) p.beta = bounds_.margin + c.beta_share * beta_range(p, c.tight);
    return p;
  }
  /// The inverse, clamped into the box.
  [[nodiscard]] ets_coordinates of(const ets_parameters& p, bool tight) const {
    const auto share = [&](double x, double range) {
      return range > 0 ? std::clamp((x - bounds_.margin) / range, 0.0, 1.0) : 0.0;
    };
    ets_coordinates c{.tight = tight};
    c.alpha = std::clamp(p.alpha, bounds_.margin, 1.0 - bounds_.margin);
    if (form_.season != ets_season::none) c.gamma_share = share(p.gamma, gamma_range(c.alpha));
    if (form_.trend == ets_trend::damped) c.phi = std::clamp(p.phi, bounds_.phi_min, bounds_.phi_max);
    if (form_.trend != ets_trend::none) c.beta_share = share(p.beta, beta_range(without_beta(c), tight));
    return c;
  }

  /// How far beta and gamma move with each coordinate, in the order alpha, beta's share, gamma's share, phi.
  struct slopes {
    std::array<double, 4> beta{};
    std::array<double, 4> gamma{};
  };
  [[nodiscard]] slopes slopes_at(const ets_coordinates& c) const {
    slopes out;
    if (form_.season != ets_season::none) {
      out.gamma[0] = gamma_range(c.alpha) > 0 ? -c.gamma_share : 0.0;
      out.gamma[2] = gamma_range(c.alpha);
    }
    if (form_.trend == ets_trend::none) return out;
    const double range = beta_range(without_beta(c), c.tight);
    out.beta[1] = range;
    if (!c.tight) {
      out.beta[0] = range > 0 ? c.beta_share : 0.0;
      return out;
    }
    // The end of the admissible region has no formula worth writing: by differences, inwards.
    const auto differ = [&](double ets_coordinates::*which, double centre) {
      constexpr double step = 1e-3;
      auto moved = c;
      const double h = c.*which > centre ? -step : step;
      moved.*which += h;
      return c.beta_share * (beta_range(without_beta(moved), true) - range) / h;
    };
    out.beta[0] = differ(&ets_coordinates::alpha, 0.5);
    if (form_.season != ets_season::none) out.beta[2] = differ(&ets_coordinates::gamma_share, 0.5);
    if (form_.trend == ets_trend::damped) out.beta[3] = differ(&ets_coordinates::phi, bounds_.phi_min + 0.1);
    return out;
  }

 private:
  [[nodiscard]] double gamma_range(double alpha) const { return std::max(1.0 - alpha - bounds_.margin, 0.0); }
  [[nodiscard]] ets_parameters without_beta(const ets_coordinates& c) const {
    ets_parameters p{.alpha = c.alpha};
    if (form_.season != ets_season::none) p.gamma = bounds_.margin + c.gamma_share * gamma_range(c.alpha);
    if (form_.trend == ets_trend::damped) p.phi = c.phi;
    return p;
  }
  /// The length of beta's range above its lower end.
  [[nodiscard]] double beta_range(ets_parameters p, bool tight) const {
    const double usual = std::max(p.alpha - bounds_.margin, 0.0);
    if (!tight || form_.season == ets_season::none) return usual;
    p.beta = bounds_.margin + usual;
    if (is_admissible(form_, p, season_length_)) return usual;
    double inside = 0, outside = usual;
    for (int halvings = 0; halvings < 26; ++halvings) {
      const double middle = 0.5 * (inside + outside);
      p.beta = bounds_.margin + middle;
      (is_admissible(form_, p, season_length_) ? inside : outside) = middle;
    }
    return inside;
  }

  ets_form form_;
  std::size_t season_length_;
  ets_bounds bounds_;
};

}  // namespace foreshift::inline FORESHIFT_ABI::forecast
