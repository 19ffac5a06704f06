#pragma once
/// @file
/// Least squares in which some coefficients have a Laplace prior, and the noise a scale of its own.
///
/// With the scale sigma fixed this is a lasso over the normal equations: the coefficients that are not zero
/// solve a linear system, so the question is only which ones these are, and with what sign. An active set
/// answers it exactly: coefficients enter where the gradient is steeper than the prior, and leave where they
/// would change sign. The Cholesky factor of the coefficients with Gaussian priors is made once a sigma, and
/// the others are rows added to it. sigma and the coefficients are then found in turn.
///
/// Source: H. Lee, A. Battle, R. Raina, A. Y. Ng, "Efficient sparse coding algorithms", NIPS 2006 (the
/// feature-sign search).

#include <foreshift/core/contract.hpp>
#include <foreshift/numeric/linalg.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <span>
#include <utility>
#include <vector>

namespace foreshift::inline FORESHIFT_ABI::forecast::detail {

/// The least scale of noise, as a share of the series' scale: data without noise would otherwise have sigma
/// 0.
inline constexpr double sigma_min = 1e-8;

/// The sigma that minimises n log sigma + squares / (2 sigma^2) + 2 sigma^2, the last from a half-normal
/// prior of scale 1/2: the root of 4 sigma^4 + n sigma^2 = squares.
[[nodiscard]] inline double best_sigma(double squares, double n) {
  const double s = std::max(squares, 0.0);
  return std::max(std::sqrt(2.0 * s / (n + std::sqrt(n * n + 16.0 * s))), sigma_min);
}

/// Minimises over a and sigma
///     n log sigma + |r - J (a - a0)|^2 / (2 sigma^2) + 2 sigma^2
///       + sum over the first `smooth` of a^2 / (2 scale^2) + sum over the others of |a| / tau.
/// The caller fills `gram` = J'J and `slope` = J'r.
class laplace_equations {
 public:
  /// @pre every prior scale and tau > 0
  laplace_equations(std::span<const double> prior_scales, std::size_t sparse, double tau)
      : smooth_(prior_scales.size()),
        size_(smooth_ + sparse),
        tau_(tau),
        precision_(smooth_),
        gram_(size_ * size_),
        factor_(size_ * size_),
        slope_(size_),
        target_(size_),
        step_(size_),
        a_(size_),
        sign_(size_),
        active_(size_, false) {
    std::ranges::transform(prior_scales, precision_.begin(), [](double s) { return 1.0 / (s * s); });
    order_.reserve(size_);
    for (std::size_t j = 0; j < smooth_; ++j) order_.push_back(j);
  }

  [[nodiscard]] std::size_t size() const { return size_; }
  /// Row by row, symmetric.
  [[nodiscard]] std::span<double> gram() { return gram_; }
  [[nodiscard]] std::span<double> slope() { return slope_; }

  struct solution {
    std::span<const double> coefficients;
    double sigma = 0;
    double squares = 0;  ///< of the residuals that the linear model predicts
  };
  struct start {
    std::span<const double> at;  ///< a0
    double squares = 0;          ///< |r|^2
    double observations = 0;     ///< n
    double sigma = 1;            ///< a first guess
  };
  /// O(rounds x size^3) at worst; as a rule a few coefficients enter and leave, O(size^2) each.
  [[nodiscard]] solution solve(const start& from) {
    // H a = target + ..., with target = J'(r + J a0): the equations for a itself rather than for a step.
    const auto g = numeric::as_matrix(std::span<const double>{gram_}, size_);
    const auto origin = numeric::as_vector(from.at);
    numeric::as_vector(std::span{target_}).noalias() =
        g * origin + numeric::as_vector(std::span<const double>{slope_});
    double sigma = from.sigma, squares = from.squares;
    for (int round = 0; round < 40; ++round) {
      solve_for(sigma);
      const numeric::vector step = numeric::as_vector(std::span<const double>{a_}) - origin;
      squares = from.squares - 2.0 * step.dot(numeric::as_vector(std::span<const double>{slope_})) +
                step.dot(g * step);
      const double next = best_sigma(squares, from.observations);
      const bool settled = std::abs(next - sigma) <= 1e-6 * sigma;
      sigma = next;
      if (settled) break;
    }
    return {a_, sigma, squares};
  }

  /// The least sum of squared residuals that any coefficients leave, whatever the priors say. O(size^3)
  [[nodiscard]] double least_squares(double squares) {
    std::vector<std::size_t> all(size_);
    for (std::size_t j = 0; j < size_; ++j) all[j] = j;
    std::swap(order_, all);
    for (std::size_t i = 0; i < size_; ++i) extend_factor(i, 0.0);
    step_ = slope_;
    forward(step_);
    std::swap(order_, all);
    return std::max(squares - numeric::as_vector(std::span<const double>{step_}).squaredNorm(), 0.0);
  }
  /// sigma^2 M H^-1 M' for the coefficients in use, those at zero being certain; M holds `rows` rows of
  /// size() values. The covariance of M a by Laplace's approximation. @pre after `solve`
  [[nodiscard]] std::vector<double> covariance(std::span<const double> m, double sigma) {
    solve_for(sigma);
    const std::size_t rows = m.size() / size_, used = order_.size();
    numeric::matrix half(numeric::to_index(rows), numeric::to_index(used));
    for (std::size_t i = 0; i < rows; ++i) {
      for (std::size_t c = 0; c < used; ++c) step_[c] = m[i * size_ + order_[c]];
      forward(step_);
      for (std::size_t c = 0; c < used; ++c)
        half(numeric::to_index(i), numeric::to_index(c)) = sigma * step_[c];
    }
    std::vector<double> out(rows * rows);
    numeric::as_matrix(std::span{out}, rows).noalias() = half * half.transpose();
    return out;
  }

 private:
  static constexpr std::size_t none = static_cast<std::size_t>(-1);

  [[nodiscard]] auto factor_row(std::size_t i) const {
    return numeric::as_vector(std::span<const double>{factor_}.subspan(i * size_, i));
  }
  /// Row `i` of the Cholesky factor of the system in the order of `order_`. O(i^2)
  void extend_factor(std::size_t i, double variance) {
    const std::size_t j = order_[i];
    double* row = factor_.data() + i * size_;
    for (std::size_t c = 0; c < i; ++c) {
      const double sum = gram_[j * size_ + order_[c]] -
                         numeric::as_vector(std::span<const double>{row, c}).dot(factor_row(c));
      row[c] = sum / factor_[c * size_ + c];
    }
    const double own = gram_[j * size_ + j] + (j < smooth_ ? variance * precision_[j] : 0.0);
    // A column that is a combination of others keeps a pivot a thousand times above rounding.
    const double pivot = std::max(own - factor_row(i).squaredNorm(), 1e-12 * own + 1e-300);
    row[i] = std::sqrt(pivot);
  }
  /// b := L^-1 b over the coefficients in use. O(used^2)
  void forward(std::vector<double>& b) const {
    for (std::size_t i = 0; i < order_.size(); ++i)
      b[i] = (b[i] - factor_row(i).dot(numeric::as_vector(std::span<const double>{b}.first(i)))) /
             factor_[i * size_ + i];
  }
  /// b := L'^-1 b. O(used^2)
  void backward(std::vector<double>& b) const {
    for (std::size_t i = order_.size(); i-- > 0;) {
      b[i] /= factor_[i * size_ + i];
      numeric::as_vector(std::span{b}.first(i)).noalias() -= b[i] * factor_row(i);
    }
  }

  /// The minimum over a at one sigma, from the present a. What is active stays so until it crosses zero.
  void solve_for(double sigma) {
    const double variance = sigma * sigma, lambda = variance / tau_;
    for (std::size_t i = 0; i < order_.size(); ++i) extend_factor(i, variance);
    // Each pass lowers the objective, so no active set comes twice; the bound guards against rounding.
    for (std::size_t pass = 0; pass < 20 + 4 * (size_ - smooth_); ++pass) {
      for (std::size_t i = 0; i < order_.size(); ++i)
        step_[i] = target_[order_[i]] - (i < smooth_ ? 0.0 : lambda * sign_[order_[i]]);
      forward(step_);
      backward(step_);
      if (move() && !activate(lambda)) return;
    }
  }
  /// Goes from a to the solution in `step_`, or as far as the first coefficient that would change its sign,
  /// which leaves. True when all the way was gone.
  bool move() {
    double share = 1;
    std::size_t leaving = none;
    for (std::size_t i = smooth_; i < order_.size(); ++i) {
      const std::size_t j = order_[i];
      if (step_[i] * sign_[j] > 0) continue;
      const double reach = a_[j] == step_[i] ? 0.0 : a_[j] / (a_[j] - step_[i]);
      if (reach < share || leaving == none) share = std::clamp(reach, 0.0, 1.0), leaving = i;
    }
    for (std::size_t i = 0; i < order_.size(); ++i) {
      double& a = a_[order_[i]];
      a = share == 1 ? step_[i] : a + share * (step_[i] - a);
    }
    if (leaving == none) return true;
    const std::size_t j = order_[leaving];
    a_[j] = 0;
    active_[j] = false;
    order_.erase(order_.begin() + static_cast<std::ptrdiff_t>(leaving));
    for (std::size_t i = leaving; i < order_.size(); ++i)
      extend_factor(i, 0.0);  // these have no Gaussian prior
    return false;
  }
  /// Lets in the coefficient that gains most from leaving zero; false when none does.
  bool activate(double lambda) {
    std::size_t best = none;
    double steepest = lambda * (1 + 1e-9);
    for (std::size_t j = smooth_; j < size_; ++j) {
      if (active_[j]) continue;
      const double gain =
          target_[j] - numeric::as_vector(std::span<const double>{gram_}.subspan(j * size_, size_))
                           .dot(numeric::as_vector(std::span<const double>{a_}));
      if (std::abs(gain) <= steepest) continue;
      steepest = std::abs(gain);
      best = j;
      sign_[j] = gain > 0 ? 1.0 : -1.0;
    }
    if (best == none) return false;
    active_[best] = true;
    order_.push_back(best);
    extend_factor(order_.size() - 1, 0.0);
    return true;
  }

  std::size_t smooth_, size_;
  double tau_;
  std::vector<double> precision_, gram_, factor_, slope_, target_, step_, a_, sign_;
  std::vector<std::size_t> order_;  ///< coefficients in use: the smooth ones, then the active ones
  std::vector<bool> active_;
};

}  // namespace foreshift::inline FORESHIFT_ABI::forecast::detail
