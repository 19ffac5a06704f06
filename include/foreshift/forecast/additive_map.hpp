#pragma once
/// @file
/// The most probable parameters of an additive model.
///
/// With linear growth and additive effects the model is linear in all its parameters, and one solution of the
/// normal equations under their priors is the answer. Logistic growth and multiplicative effects are
/// linearised, solved, and linearised again, with a step halved until the loss falls. The normal equations
/// are cheap because a change point's column is a hinge: its products with any other column are sums over the
/// observations behind it, so they come from running sums and no hinge is ever written out. sigma is taken at
/// its best value for the residuals throughout.
///
/// There can be more than one minimum: bends that much noise hides, little noise brings out. The search
/// starts from much noise, and looks once more from little noise when it has settled. With a linear model the
/// two enclose every minimum, because more noise always allows fewer bends and so leaves greater residuals.
///
/// Source: C. T. Kelley, "Iterative Methods for Optimization", SIAM 1999, section 2.4 (damped Gauss-Newton).

#include <foreshift/forecast/additive_problem.hpp>
#include <foreshift/forecast/laplace_equations.hpp>
#include <foreshift/numeric/linalg.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <span>
#include <utility>
#include <vector>

namespace foreshift::inline FORESHIFT_ABI::forecast::detail {

struct additive_estimate {
  additive_parameters at{};
  double sigma = 1;                  ///< scale of the noise
  double loss = 0;                   ///< penalised, at `at` and sigma
  std::size_t iterations = 0;        ///< linearisations
  bool converged = false;            ///< false: the best found when the iterations ran out
  std::vector<double> covariance{};  ///< (2 + q)^2 of line and rate at `covariance_time`, then beta
};

/// Coefficients in the order m, k, beta, delta.
class additive_search {
 public:
  explicit additive_search(const additive_problem& p)
      : p_(p),
        n_(p.observations()),
        smooth_(2 + p.features()),
        linear_(p.growth != trend_growth::logistic &&
                std::ranges::none_of(p.multiplies, [](unsigned char m) { return m != 0; })),
        columns_(n_ * smooth_),
        slope_of_line_(n_),
        equations_(scales(p), p.changepoints.size(), p.tau) {}

  static constexpr std::size_t iterations_max = 50;
  /// Where the second look begins: less noise than any series has that needs a model.
  static constexpr double least_sigma = 1e-4;

  /// O(n q^2 + (q + change points)^3) an iteration: one or two if the model is linear, J'J being formed once;
  /// else some ten.
  /// @param covariance_time for which time the trend's covariance is wanted
  [[nodiscard]] additive_estimate run(double covariance_time) {
    additive_estimate best;
    best.at = start();
    evaluate(p_, best.at, now_);
    price(best, now_);
    for (double from = best.sigma; best.iterations < iterations_max;) {
      linearise(best.at);
      ++best.iterations;
      if (improve(best, from) && !(linear_ && exact_)) {
        from = best.sigma;
      } else if (from != least_sigma && bends_may_hide(best.sigma)) {
        from = least_sigma;
      } else {
        best.converged = true;
        break;
      }
    }
    best.covariance = equations_.covariance(end_of_trend(best.at, covariance_time), best.sigma);
    return best;
  }
  /// The same for a series that is constant: no effects, and no noise.
  [[nodiscard]] additive_estimate constant(double covariance_time) {
    additive_estimate out;
    out.at = start();
    out.sigma = 1e-6;
    out.converged = true;
    evaluate(p_, out.at, now_);
    linearise(out.at);
    out.covariance = equations_.covariance(end_of_trend(out.at, covariance_time), out.sigma);
    return out;
  }

 private:
  static std::vector<double> scales(const additive_problem& p) {
    std::vector<double> out{trend_prior_scale, trend_prior_scale};
    out.insert(out.end(), p.prior_scale.begin(), p.prior_scale.end());
    return out;
  }
  /// A straight line through the observations, or through their logits.
  [[nodiscard]] additive_parameters start() const {
    additive_parameters a{.delta = std::vector<double>(p_.changepoints.size()),
                          .beta = std::vector<double>(p_.features())};
    const bool curved = p_.growth == trend_growth::logistic;
    const auto height = [&](std::size_t i) {
      if (!curved) return p_.y[i];
      const double u = std::clamp(p_.y[i] / p_.cap, 0.05, 0.95);
      return std::log(u / (1 - u));
    };
    const double n = static_cast<double>(n_);
    double mean_t = 0, mean_z = 0, tz = 0, tt = 0;
    for (std::size_t i = 0; i < n_; ++i) mean_t += p_.t[i] / n, mean_z += (height(i) - height(0)) / n;
    mean_z += height(0);  // so that a constant is met exactly
    for (std::size_t i = 0; i < n_; ++i) {
      tz += (p_.t[i] - mean_t) * (height(i) - mean_z);
      tt += (p_.t[i] - mean_t) * (p_.t[i] - mean_t);
    }
    a.k = p_.growth == trend_growth::flat || !(tt > 0) ? 0.0 : tz / tt;
    a.m = mean_z - a.k * mean_t;
    if (curved) {
      if (std::abs(a.k) < 0.01) a.k = a.k < 0 ? -0.01 : 0.01;
      a.m = std::clamp(mean_t - mean_z / a.k, -20.0, 20.0);
    }
    return a;
  }
  void price(additive_estimate& e, const additive_residuals& r) const {
    const double n = static_cast<double>(n_);
    e.sigma = best_sigma(r.squares, n);
    const double variance = e.sigma * e.sigma;
    e.loss = n * std::log(e.sigma) + r.squares / (2 * variance) + 2 * variance + penalty(p_, e.at);
  }

  /// Whether the likelihood could gain more by bends than as many columns of chance would bring it, which is
  /// half of their number on average.
  [[nodiscard]] bool bends_may_hide(double sigma) {
    const double n = static_cast<double>(n_), bends = static_cast<double>(p_.changepoints.size());
    return bends > 0 && n * std::log(sigma / best_sigma(equations_.least_squares(squares_), n)) > 2 * bends;
  }

  /// Goes towards the solution of the linearised problem as far as the loss falls. False when it does not, or
  /// hardly.
  bool improve(additive_estimate& best, double from_sigma) {
    const std::size_t q = p_.features();
    const auto found = equations_.solve({flat(best.at), now_.squares, static_cast<double>(n_), from_sigma});
    additive_estimate trial = best;
    const double least_share = from_sigma == least_sigma ? 0.2 : 1e-6;
    for (double share = 1; share > least_share; share /= 2) {
      const auto mix = [&](double from, std::size_t j) {
        return from + share * (found.coefficients[j] - from);
      };
      trial.at.m = mix(best.at.m, 0);
      trial.at.k = mix(best.at.k, 1);
      for (std::size_t j = 0; j < q; ++j) trial.at.beta[j] = mix(best.at.beta[j], smooth_ + j - q);
      for (std::size_t j = 0; j < trial.at.delta.size(); ++j)
        trial.at.delta[j] = mix(best.at.delta[j], smooth_ + j);
      evaluate(p_, trial.at, trial_);
      price(trial, trial_);
      // Where the model is linear the first full step is the minimum, up to the rounding that a large step
      // leaves in small residuals.
      exact_ = share == 1 && std::abs(found.squares - trial_.squares) <= 1e-7 * trial_.squares;
      if (!(trial.loss < best.loss)) continue;
      const double gain = best.loss - trial.loss;
      std::swap(best, trial);
      std::swap(now_, trial_);
      return gain > 1e-9 * (1 + std::abs(best.loss));
    }
    return false;
  }
  [[nodiscard]] std::vector<double> flat(const additive_parameters& a) const {
    std::vector<double> out{a.m, a.k};
    out.insert(out.end(), a.beta.begin(), a.beta.end());
    out.insert(out.end(), a.delta.begin(), a.delta.end());
    return out;
  }

  /// J'J and J'r about `a`; J'J only once when it does not depend on a.
  void linearise(const additive_parameters& a) {
    const bool again = linear_ && linearised_;
    if (!again) write_columns(a);
    const auto u = numeric::as_matrix(std::span<const double>{columns_}, smooth_);
    const auto r = numeric::as_vector(std::span<const double>{now_.residual});
    auto gram = numeric::as_matrix(equations_.gram(), equations_.size());
    auto slope = numeric::as_vector(equations_.slope());
    const auto q = numeric::to_index(smooth_);
    slope.head(q).noalias() = u.transpose() * r;
    if (!again) {
      numeric::matrix products = numeric::matrix::Zero(q, q);
      products.selfadjointView<Eigen::Lower>().rankUpdate(u.transpose());
      gram.topLeftCorner(q, q) = products.selfadjointView<Eigen::Lower>();
    }
    add_hinges(again);
    linearised_ = true;
    squares_ = now_.squares;
  }
  /// The columns of m, k and the features, and what the line at each instant is multiplied by.
  void write_columns(const additive_parameters& a) {
    const bool curved = p_.growth == trend_growth::logistic;
    for (std::size_t i = 0; i < n_; ++i) {
      const double g = now_.trend[i];
      const double w = now_.share[i] * (curved ? g * (1 - g / p_.cap) : 1.0);
      double* out = columns_.data() + i * smooth_;
      slope_of_line_[i] = w;
      out[0] = curved ? -a.k * w : w;
      out[1] = p_.growth == trend_growth::flat ? 0.0 : curved ? (p_.t[i] - a.m) * w : p_.t[i] * w;
      const auto row = p_.row(i);
      for (std::size_t j = 0; j < row.size(); ++j) out[2 + j] = p_.multiplies[j] != 0 ? g * row[j] : row[j];
    }
  }
  /// What the hinges bring, from the last change point to the first: sums over all observations behind it.
  void add_hinges(bool slope_only) {
    const std::size_t size = equations_.size();
    const auto q = numeric::to_index(smooth_);
    numeric::vector plain = numeric::vector::Zero(q), timed = numeric::vector::Zero(q);
    double w0 = 0, w1 = 0, w2 = 0, r0 = 0, r1 = 0;
    std::size_t i = n_;
    for (std::size_t j = p_.changepoints.size(); j-- > 0;) {
      const double s = p_.changepoints[j];
      for (; i > 0 && p_.t[i - 1] > s; --i) {
        const double w = slope_of_line_[i - 1], t = p_.t[i - 1];
        r0 += w * now_.residual[i - 1];
        r1 += w * t * now_.residual[i - 1];
        if (slope_only) continue;
        const auto row =
            numeric::as_vector(std::span<const double>{columns_}.subspan((i - 1) * smooth_, smooth_));
        plain += w * row;
        timed += (w * t) * row;
        w0 += w * w;
        w1 += w * w * t;
        w2 += w * w * t * t;
      }
      const std::size_t at = smooth_ + j;
      equations_.slope()[at] = r1 - s * r0;
      if (slope_only) continue;
      for (std::size_t c = 0; c < smooth_; ++c) {
        const auto k = numeric::to_index(c);
        equations_.gram()[at * size + c] = equations_.gram()[c * size + at] = timed[k] - s * plain[k];
      }
      for (std::size_t l = 0; l <= j; ++l) {  // behind s_j both hinges are open
        const double other = p_.changepoints[l];
        equations_.gram()[at * size + smooth_ + l] = equations_.gram()[(smooth_ + l) * size + at] =
            w2 - (s + other) * w1 + s * other * w0;
      }
    }
  }
  /// d(z, rate, beta) / d(coefficients) at a time behind the history.
  [[nodiscard]] std::vector<double> end_of_trend(const additive_parameters& a, double t) const {
    const std::size_t size = equations_.size();
    std::vector<double> m(smooth_ * size);
    const bool curved = p_.growth == trend_growth::logistic, flat = p_.growth == trend_growth::flat;
    m[0] = curved ? -a.k : 1.0;
    m[1] = flat ? 0.0 : curved ? t - a.m : t;
    m[size + 1] = flat ? 0.0 : 1.0;
    for (std::size_t j = 0; j < p_.changepoints.size(); ++j) {
      m[smooth_ + j] = std::max(t - p_.changepoints[j], 0.0);
      m[size + smooth_ + j] = t > p_.changepoints[j] ? 1.0 : 0.0;
    }
    for (std::size_t j = 2; j < smooth_; ++j) m[j * size + j] = 1.0;
    return m;
  }

  const additive_problem& p_;
  std::size_t n_, smooth_;
  bool linear_, linearised_ = false;
  double squares_ = 0;                 ///< of the residuals at the last linearisation
  bool exact_ = false;                 ///< the last step was foretold by the linear model
  std::vector<double> columns_;        ///< n x smooth
  std::vector<double> slope_of_line_;  ///< n: d yhat / d z
  additive_residuals now_, trial_;
  laplace_equations equations_;
};

}  // namespace foreshift::inline FORESHIFT_ABI::forecast::detail
