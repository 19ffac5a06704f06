#pragma once
/// @file
/// The posterior of an additive model: its parameters, its trend, and the penalised loss.
///
/// Everything is scaled as in Prophet: time runs from 0 at the first observation to 1 at the last, the series
/// is divided by its largest absolute value. The loss is the negative logarithm of the posterior density up
/// to a constant, with Prophet's priors: k, m ~ N(0, 5), delta ~ Laplace(0, tau), beta ~ N(0, prior scale),
/// sigma ~ half-normal(0.5).
///
/// Source: S. J. Taylor, B. Letham, "Forecasting at scale", 2018, sections 3.1 to 3.3. Written differently:
/// the trend as hinges, z(t) = k t + m + sum delta_j max(t - s_j, 0), and k (t - m) for k t + m when it is
/// logistic, which is the same function as theirs with its offsets that make it continuous.

#include <foreshift/core/contract.hpp>
#include <foreshift/forecast/additive_options.hpp>
#include <foreshift/forecast/laplace_equations.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <span>
#include <vector>

namespace foreshift::inline FORESHIFT_ABI::forecast::detail {

/// Prior scale of growth rate and offset.
inline constexpr double trend_prior_scale = 5;

/// What is to be explained: n observations with their q features, in scaled units.
struct additive_problem {
  trend_growth growth = trend_growth::linear;
  double cap = 1;                           ///< scaled, for logistic growth
  double tau = 0.05;                        ///< Laplace scale of the deltas
  std::vector<double> t{}, y{};             ///< n, t ascending
  std::vector<double> x{};                  ///< n x q, row by row
  std::vector<double> prior_scale{};        ///< q
  std::vector<unsigned char> multiplies{};  ///< q: 1 where the feature multiplies the trend
  std::vector<double> changepoints{};       ///< ascending, in the same time as t

  [[nodiscard]] std::size_t observations() const { return y.size(); }
  [[nodiscard]] std::size_t features() const { return prior_scale.size(); }
  [[nodiscard]] std::span<const double> row(std::size_t i) const {
    return std::span{x}.subspan(i * features(), features());
  }
};

struct additive_parameters {
  double k = 0;                 ///< growth rate at t = 0
  double m = 0;                 ///< offset: the trend at t = 0, or the instant of half the cap when logistic
  std::vector<double> delta{};  ///< changes of the rate, one for each change point
  std::vector<double> beta{};   ///< one for each feature
};

/// Share of the cap at z. Without overflow for any z.
[[nodiscard]] inline double logistic(double z) { return 1.0 / (1.0 + std::exp(-z)); }

/// A straight line through change points, walked in order of time.
class hinge_walk {
 public:
  hinge_walk(trend_growth growth, const additive_parameters& a, std::span<const double> changepoints)
      : delta_(a.delta),
        changepoints_(changepoints),
        value_(growth == trend_growth::logistic ? -a.k * a.m : a.m),
        rate_(growth == trend_growth::flat ? 0.0 : a.k) {}

  /// z(t). @pre t does not go back
  [[nodiscard]] double at(double t) {
    while (next_ < changepoints_.size() && changepoints_[next_] < t) {
      value_ += rate_ * (changepoints_[next_] - from_);
      from_ = changepoints_[next_];
      rate_ += delta_[next_++];
    }
    return value_ + rate_ * (t - from_);
  }
  /// The rate in force at the last t asked for.
  [[nodiscard]] double rate() const { return rate_; }

 private:
  std::span<const double> delta_, changepoints_;
  double value_, rate_, from_ = 0;
  std::size_t next_ = 0;
};

/// What the features of one instant add up to.
struct feature_effect {
  double share = 0;  ///< of the trend
  double added = 0;
};
[[nodiscard]] inline feature_effect effect_of(std::span<const double> row, std::span<const double> beta,
                                              std::span<const unsigned char> multiplies) {
  feature_effect out;
  for (std::size_t j = 0; j < row.size(); ++j)
    (multiplies[j] != 0 ? out.share : out.added) += row[j] * beta[j];
  return out;
}

/// The curves of a parameter set over the observations, kept for the next linearisation.
struct additive_residuals {
  std::vector<double> trend{};     ///< n: g
  std::vector<double> share{};     ///< n: 1 + what multiplies
  std::vector<double> residual{};  ///< n: y - yhat
  double squares = 0;
};

inline void evaluate(const additive_problem& p, const additive_parameters& a, additive_residuals& out) {
  const std::size_t n = p.observations();
  out.trend.resize(n);
  out.share.resize(n);
  out.residual.resize(n);
  hinge_walk walk{p.growth, a, p.changepoints};
  out.squares = 0;
  for (std::size_t i = 0; i < n; ++i) {
    const double z = walk.at(p.t[i]);
    const auto effect = effect_of(p.row(i), a.beta, p.multiplies);
    out.trend[i] = p.growth == trend_growth::logistic ? p.cap * logistic(z) : z;
    out.share[i] = 1 + effect.share;
    out.residual[i] = p.y[i] - out.trend[i] * out.share[i] - effect.added;
    out.squares += out.residual[i] * out.residual[i];
  }
}

/// The part of the loss that is prior on trend and effects.
[[nodiscard]] inline double penalty(const additive_problem& p, const additive_parameters& a) {
  const auto gaussian = [](double v, double scale) { return v * v / (2 * scale * scale); };
  double sum = gaussian(a.k, trend_prior_scale) + gaussian(a.m, trend_prior_scale);
  for (std::size_t j = 0; j < a.beta.size(); ++j) sum += gaussian(a.beta[j], p.prior_scale[j]);
  for (const double d : a.delta) sum += std::abs(d) / p.tau;
  return sum;
}

/// Negative log posterior at a given sigma, without constants.
[[nodiscard]] inline double penalised_loss(const additive_problem& p, const additive_parameters& a,
                                           double sigma) {
  additive_residuals r;
  evaluate(p, a, r);
  return static_cast<double>(p.observations()) * std::log(sigma) + r.squares / (2 * sigma * sigma) +
         2 * sigma * sigma + penalty(p, a);
}

}  // namespace foreshift::inline FORESHIFT_ABI::forecast::detail
