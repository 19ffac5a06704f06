#pragma once
/// @file
/// The normal equations of weighted linear regression, with a ridge.
///
/// They are gathered in blocks of rows, so X is read once and never copied, scaled to a unit diagonal, so
/// that units do not matter, and solved by Cholesky, whose pivots then say which share of a column is its
/// own.
///
/// Source: A. Björck, "Numerical Methods for Least Squares Problems", SIAM 1996, sections 2.2 and 2.9.

#include <foreshift/core/contract.hpp>
#include <foreshift/numeric/linalg.hpp>

#include <cmath>
#include <cstddef>
#include <span>

namespace foreshift::inline FORESHIFT_ABI::numeric {

/// y ~ X b. A row with a NaN or an infinity anywhere, or with weight 0, is left out.
struct regression_data {
  std::span<const double> x{};        ///< n x columns, row by row; a constant is a column like any other
  std::size_t columns = 0;            ///< > 0
  std::span<const double> y{};        ///< n
  std::span<const double> weights{};  ///< n, each >= 0; empty means 1 each
};

struct ridge {
  double share = 0;  ///< >= 0; the penalty on b_j^2 is share x (weighted squared spread of column j)
  std::size_t free_columns = 1;  ///< the first so many columns are not shrunk
};

/// (X' W X + R) b = X' W y for one X and y and changing weights W. The data must outlive it.
/// @pre columns > 0, x has columns values for each y
class normal_equations {
 public:
  explicit normal_equations(const regression_data& data)
      : data_(data),
        gram_(matrix::Zero(to_index(data.columns), to_index(data.columns))),
        moment_(vector::Zero(to_index(data.columns))),
        penalty_(vector::Zero(to_index(data.columns))) {}

  /// Forms X' W X and X' W y. A row of weight 0 is not looked at. O(n k^2).
  /// @pre one weight for each y, >= 0
  void gather(std::span<const double> weights) {
    FORESHIFT_EXPECT(weights.size() == data_.y.size() && data_.x.size() == data_.columns * weights.size());
    constexpr std::size_t block_rows = 64;
    const auto x = as_matrix(data_.x, data_.columns);
    matrix block(to_index(block_rows), to_index(data_.columns));
    vector target(to_index(block_rows));
    gram_.setZero();
    moment_.setZero();
    Eigen::Index filled = 0;
    const auto flush = [&] {
      gram_.selfadjointView<Eigen::Lower>().rankUpdate(block.topRows(filled).transpose());
      moment_.noalias() += block.topRows(filled).transpose() * target.head(filled);
      filled = 0;
    };
    for (std::size_t i = 0; i < data_.y.size(); ++i) {
      if (weights[i] == 0) continue;  // also keeps NaN out: such rows have weight 0
      const double root = std::sqrt(weights[i]);
      block.row(filled) = root * x.row(to_index(i));
      target[filled] = root * data_.y[i];
      if (++filled == to_index(block_rows)) flush();
    }
    if (filled > 0) flush();  // Eigen divides by the number of rows
  }

  /// Sets R, which later gatherings keep. The spread of a column is its weighted sum of squares about its
  /// mean, so the ridge means the same whatever the units. A column without spread, such as an event that
  /// never happened, gets a plain positive penalty, and so the coefficient 0. O(n k). @pre gathered with the
  /// same weights
  void set_ridge(std::span<const double> weights, ridge wanted) {
    FORESHIFT_EXPECT(wanted.share >= 0);
    penalty_.setZero();
    if (wanted.share == 0) return;
    const auto x = as_matrix(data_.x, data_.columns);
    vector mean = vector::Zero(penalty_.size());
    double weight = 0;
    for (std::size_t i = 0; i < weights.size(); ++i)
      if (weights[i] > 0)
        mean += (weights[i] / (weight += weights[i])) * (x.row(to_index(i)).transpose() - mean);
    for (std::size_t i = 0; i < weights.size(); ++i)
      if (weights[i] > 0) penalty_ += weights[i] * (x.row(to_index(i)).transpose() - mean).cwiseAbs2();
    for (Eigen::Index j = 0; j < penalty_.size(); ++j) {
      if (penalty_[j] <= 1e-12 * gram_(j, j)) penalty_[j] = gram_(j, j) > 0 ? gram_(j, j) : 1.0;
      penalty_[j] *= j < to_index(wanted.free_columns) ? 0.0 : wanted.share;
    }
  }

  /// Solves for b; false when a pivot is lost in rounding: a column is a combination of others. Once a
  /// gathering.
  [[nodiscard]] bool solve(vector& b) {
    gram_.diagonal() += penalty_;
    scaling_ = gram_.diagonal().cwiseSqrt();
    if (!(scaling_.minCoeff() > 0)) return false;
    scaling_ = scaling_.cwiseInverse();
    matrix scaled = gram_.selfadjointView<Eigen::Lower>();
    scaled = scaling_.asDiagonal() * scaled * scaling_.asDiagonal();
    cholesky_.compute(scaled);
    if (cholesky_.info() != Eigen::Success) return false;
    const vector pivots = cholesky_.matrixLLT().diagonal();
    if (!(pivots.minCoeff() > 1e-6)) return false;  // squared: a share of 1e-12 of the column is its own
    b = scaling_.cwiseProduct(cholesky_.solve(scaling_.cwiseProduct(moment_)));
    return b.allFinite();
  }

  /// (X' W X + R)^-1. O(k^3). @pre the last `solve` returned true
  [[nodiscard]] matrix inverse() const {
    const matrix unit = matrix::Identity(gram_.rows(), gram_.cols());
    return scaling_.asDiagonal() * matrix(cholesky_.solve(unit)) * scaling_.asDiagonal();
  }

 private:
  regression_data data_;
  matrix gram_;
  vector moment_;
  vector penalty_;
  vector scaling_;
  Eigen::LLT<matrix> cholesky_;
};

}  // namespace foreshift::inline FORESHIFT_ABI::numeric
