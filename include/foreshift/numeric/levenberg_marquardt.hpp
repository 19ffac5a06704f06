#pragma once
/// @file
/// Nonlinear least squares: the parameters at which a vector of residuals is shortest.
///
/// Each round solves the linearised problem, held back by a damping that grows when a step fails and shrinks
/// when it succeeds. Near a minimum with small or well-spread residuals this converges in a handful of
/// rounds, where a general minimiser has to learn the curvature first.
///
/// Where derivatives are dear, a linearisation may serve several rounds.
///
/// Source: K. Levenberg, Quart. Appl. Math. 2, 1944; D. W. Marquardt, J. SIAM 11, 1963; the damping by the
/// diagonal as in J. J. More, "The Levenberg-Marquardt algorithm: implementation and theory", 1978;
/// C. G. Broyden, "A class of methods for solving nonlinear simultaneous equations", Math. Comp. 19, 1965.

#include <foreshift/numeric/linalg.hpp>

#include <algorithm>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <span>
#include <utility>
#include <vector>

namespace foreshift::inline FORESHIFT_ABI::numeric {

struct least_squares_options {
  std::size_t rounds_max = 50;
  double tolerance = 1e-10;  ///< stop when a round lowers the sum of squares by less than this share
  /// Rounds that share one linearisation, each correcting it by what its step has shown (Broyden's rule).
  /// More than 1 saves derivatives and costs some rounds.
  std::size_t rounds_a_linearisation = 1;
};

struct least_squares_minimum {
  std::vector<double> x;
  double sum = 0;  ///< of squares
  std::size_t rounds = 0;
  bool converged = false;  ///< false: rounds_max came first, or no direction of descent was found
};

/// `residuals(x, out)` writes the residuals at x; false: there are none at this x.
template <class F>
concept ResidualFunction = requires(F f, std::span<const double> x, std::span<double> out) {
  { f(x, out) } -> std::same_as<bool>;
};

/// Derivatives by forward differences; row i of `out` holds those by parameter i. One evaluation a parameter.
template <ResidualFunction F>
class forward_differences {
 public:
  explicit forward_differences(F& residuals, double step = 1e-6) : residuals_(&residuals), step_(step) {}

  void operator()(std::span<const double> x, std::span<const double> at_x, std::span<double> out) {
    moved_.assign(x.begin(), x.end());
    for (std::size_t i = 0; i < x.size(); ++i) {
      const auto row = out.subspan(i * at_x.size(), at_x.size());
      double step = step_ * std::max(1.0, std::abs(x[i]));
      moved_[i] = x[i] + step;
      if (!(*residuals_)(moved_, row)) {
        moved_[i] = x[i] - step;
        step = -step;
        if (!(*residuals_)(moved_, row)) std::copy(at_x.begin(), at_x.end(), row.begin());
      }
      as_vector(row) = (as_vector(row) - as_vector(at_x)) / step;
      moved_[i] = x[i];
    }
  }

 private:
  F* residuals_;
  double step_;
  std::vector<double> moved_;
};

namespace detail {

/// Makes the rows agree with the step that was taken: residuals went from `before` to `after` when x went
/// back by `step`.
inline void correct(std::span<double> rows, std::span<const double> before, std::span<const double> after,
                    const vector& step) {
  const std::size_t n = before.size();
  auto jacobian = as_matrix(rows, n);
  const double length = step.squaredNorm();
  if (!(length > 0)) return;
  const vector missed = as_vector(after) - as_vector(before) + jacobian.transpose() * step;
  jacobian.noalias() -= (step / length) * missed.transpose();
}

}  // namespace detail

/// @param derivatives `derivatives(x, residuals at x, out)` writes k rows of n values
/// @param n residuals. An x without residuals at the start comes back as it is, not converged.
/// Cost: one linearisation and one evaluation a round, and O(n k^2 + k^3). Deterministic.
template <ResidualFunction F, class Derivatives>
[[nodiscard]] least_squares_minimum minimize_squares(F&& residuals, Derivatives&& derivatives,
                                                     std::vector<double> x, std::size_t n,
                                                     const least_squares_options& options = {}) {
  const std::size_t k = x.size();
  least_squares_minimum out{.x = std::move(x)};
  std::vector<double> now(n), tried(n), rows(k * n), candidate(k);
  if (!residuals(std::span<const double>{out.x}, std::span{now})) return out;
  out.sum = as_vector(std::span<const double>{now}).squaredNorm();
  out.converged = k == 0;
  double damping = 1e-3;
  std::size_t age = options.rounds_a_linearisation;  // of the linearisation, in rounds
  while (!out.converged && out.rounds < options.rounds_max) {
    ++out.rounds;
    if (age >= options.rounds_a_linearisation) {
      derivatives(std::span<const double>{out.x}, std::span<const double>{now}, std::span{rows});
      age = 0;
    }
    const auto jacobian = as_matrix(std::span<const double>{rows}, n);
    matrix gram = matrix::Zero(to_index(k), to_index(k));
    gram.selfadjointView<Eigen::Lower>().rankUpdate(jacobian);
    const vector slope = jacobian * as_vector(std::span<const double>{now});
    const double widest = gram.diagonal().maxCoeff();
    if (!(widest > 0) || !slope.allFinite()) break;  // nothing depends on x
    bool better = false;
    const int attempts = age == 0 ? 12 : 2;  // an old linearisation is renewed rather than shortened
    for (int attempt = 0; attempt < attempts && !better; ++attempt, damping *= better ? 0.1 : 8) {
      matrix damped = gram;
      damped.diagonal() += damping * gram.diagonal().cwiseMax(1e-12 * widest);
      Eigen::LLT<matrix> solver{damped};
      if (solver.info() != Eigen::Success) continue;
      const vector step = solver.solve(slope);
      if (!step.allFinite()) continue;
      for (std::size_t i = 0; i < k; ++i) candidate[i] = out.x[i] - step[to_index(i)];
      if (!residuals(std::span<const double>{candidate}, std::span{tried})) continue;
      const double sum = as_vector(std::span<const double>{tried}).squaredNorm();
      if (!(sum < out.sum)) {
        // So small a step that rounding decides: this is the minimum.
        if (2 * slope.dot(step) <= options.tolerance * out.sum) {
          out.converged = true;
          break;
        }
        continue;
      }
      better = true;
      if (age + 1 < options.rounds_a_linearisation) detail::correct(rows, now, tried, step);
      out.converged = out.sum - sum <= options.tolerance * out.sum;
      out.sum = sum;
      out.x.swap(candidate);
      now.swap(tried);
    }
    if (!better && (out.converged || age == 0)) break;
    age = better ? age + 1 : options.rounds_a_linearisation;
    damping = std::max(damping, 1e-12);
  }
  return out;
}

/// With derivatives by forward differences.
template <ResidualFunction F>
[[nodiscard]] least_squares_minimum minimize_squares(F&& residuals, std::vector<double> x, std::size_t n,
                                                     const least_squares_options& options = {}) {
  return minimize_squares(residuals, forward_differences{residuals}, std::move(x), n, options);
}

}  // namespace foreshift::inline FORESHIFT_ABI::numeric
