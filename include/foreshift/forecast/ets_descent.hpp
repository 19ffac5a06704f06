#pragma once
/// @file
/// Maximum likelihood for exponential smoothing: parameters and initial states together, by Gauss-Newton.
///
/// -2 log likelihood is n log(sum r^2) + 2 sum log |f|, with innovations r = y - f, or r = y / f - 1; for an
/// additive error the second sum is absent. With G the geometric mean of |f| it is n log sum (r G)^2, a sum
/// of squares, so Gauss-Newton applies to every form. Where the form is linear in its initial states
/// (additive seasons, additive error) one step finds them exactly: they are as good as concentrated out, and
/// a season of any length costs no more rounds than a short one. Derivatives are carried along with the
/// recursion. Level and season can trade a constant without changing any forecast, so the level is held and
/// every entry of the season is free; afterwards the season is centred again.
///
/// Source: the likelihood as in R. J. Hyndman et al., "Forecasting with Exponential Smoothing", 2008, chapter
/// 5; the descent after K. Levenberg (1944) and D. Marquardt (1963), with bounds by an active set.

#include <foreshift/core/contract.hpp>
#include <foreshift/forecast/ets_form.hpp>
#include <foreshift/forecast/ets_region.hpp>
#include <foreshift/forecast/ets_state.hpp>
#include <foreshift/numeric/box_quadratic.hpp>
#include <foreshift/numeric/linalg.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <limits>
#include <span>
#include <vector>

namespace foreshift::inline FORESHIFT_ABI::forecast {

/// A point of the search.
struct ets_candidate {
  ets_coordinates at{};
  ets_state start{};                                      ///< before the first observation
  double cost = std::numeric_limits<double>::infinity();  ///< -2 log likelihood; infinite: not allowed
};

struct ets_descent_options {
  bool free_season = true;  ///< false: the season's first entries stay as they are
  ets_bounds bounds{};
};

/// When to stop going downhill.
struct ets_patience {
  std::size_t rounds_min = 1;  ///< before a point is called hopeless
  std::size_t rounds_max = 40;
  double tolerance = 1e-3;  ///< stop when a round gains, or promises, less of -2 log likelihood
  /// Stop where even three times the promise would not get below this cost.
  double hopeless_above = std::numeric_limits<double>::infinity();
};

/// One series, one form. Allocates once; each round costs O(n p^2), p being the number of columns.
/// @pre y[0] is observed; y is of the order of 1, and positive where the form wants it
class ets_descent {
 public:
  ets_descent(const ets_form& form, std::span<const double> y, std::size_t season_length,
              const ets_descent_options& options = {})
      : form_(form),
        y_(y),
        season_length_(season_length),
        options_(options),
        region_(form, season_length, options.bounds) {
    place_columns();
  }

  /// The cost of a point; what is not allowed costs infinitely much. O(n).
  [[nodiscard]] double cost(const ets_coordinates& at, const ets_state& start) {
    const auto p = region_.at(at);
    outside_ = !is_admissible(form_, p, season_length_);
    if (outside_) return std::numeric_limits<double>::infinity();
    scratch_ = start;
    const auto evidence = run(form_, p, scratch_, y_);
    const double cost = evidence.minus_two_log_likelihood();
    return evidence.possible && std::isfinite(cost) ? cost : std::numeric_limits<double>::infinity();
  }

  /// Goes downhill from a point of finite cost. True when it stopped because little was left to gain.
  bool improve(ets_candidate& point, const ets_patience& patience) {
    double damping = least_damping;
    for (std::size_t round = 0; round < patience.rounds_max; ++round) {
      linearise(point);
      const double before = point.cost;
      while (point.cost == before) {
        const double promised = solve(point, damping);
        if (!(promised > patience.tolerance)) return true;
        if (round >= patience.rounds_min && point.cost - 3 * promised > patience.hopeless_above) return false;
        ets_candidate tried = moved(point);
        tried.cost = cost(tried.at, tried.start);
        if (tried.cost < point.cost) {
          point = std::move(tried);
        } else if (outside_ && !point.at.tight && form_.trend != ets_trend::none) {
          point.at = region_.of(region_.at(point.at), true);  // a nearer end for beta, and no step across it
          linearise(point);
        } else if ((damping = std::max(damping * 10, 1e-3)) > 1e8) {
          return false;
        }
      }
      centre(point.start);
      // Short steps, as along the edge of what is possible, promise little more.
      const double enough = patience.tolerance + 0.1 * std::min(damping, 1.0);
      if (before - point.cost < enough) return true;
      damping = std::max(damping / 10, least_damping);
    }
    return false;
  }

 private:
  static constexpr std::size_t absent = static_cast<std::size_t>(-1);
  static constexpr std::size_t block_rows = 64;
  static constexpr double least_damping = 1e-6;

  void place_columns() {
    std::size_t p = 1;  // column 0: alpha
    const auto take = [&](std::size_t& column, std::size_t which) {
      which_[p] = which;
      column = p++;
    };
    if (form_.trend != ets_trend::none) take(beta_, 1);
    if (form_.season != ets_season::none) take(gamma_, 2);
    if (form_.trend == ets_trend::damped) take(phi_, 3);
    bounded_ = p;
    const bool season = form_.season != ets_season::none && options_.free_season;
    if (!season) level_ = p++;
    if (form_.trend != ets_trend::none) slope_ = p++;
    if (season) {
      season_ = p;
      p += season_length_;
    }
    columns_ = p;
    const auto k = numeric::to_index(p);
    gram_.resize(k, k);
    moment_.resize(k);
    drift_.resize(k);
    step_.resize(k);
    rows_.resize(numeric::to_index(block_rows), k);
  }

  /// Forms the Gauss-Newton equations at a point: X' X, X' r and sum r^2, with rows X = -dr/dtheta, and for a
  /// relative error the mean of d log f.
  void linearise(const ets_candidate& point) {
    using array = Eigen::Array<double, Eigen::Dynamic, 1>;
    const auto p = region_.at(point.at);
    const auto slopes = region_.slopes_at(point.at);
    const bool relative = form_.error == ets_error::multiplicative;
    const bool multiplies = form_.season == ets_season::multiplicative;
    const auto k = numeric::to_index(columns_);
    array level = array::Zero(k), slope = array::Zero(k), trend_level(k), entry_before = array::Zero(k);
    Eigen::Array<double, Eigen::Dynamic, Eigen::Dynamic> season =
        Eigen::Array<double, Eigen::Dynamic, Eigen::Dynamic>::Zero(
            k, form_.season == ets_season::none ? 0 : numeric::to_index(season_length_));
    if (level_ != absent) level[numeric::to_index(level_)] = 1;
    if (slope_ != absent) slope[numeric::to_index(slope_)] = 1;
    if (season_ != absent)
      for (std::size_t i = 0; i < season_length_; ++i)
        season(numeric::to_index(season_ + i), numeric::to_index((point.start.next + i) % season_length_)) =
            1;

    factored_ = false;
    gram_.setZero();
    moment_.setZero();
    drift_.setZero();
    squared_ = 0;
    observed_ = 0;
    Eigen::Index filled = 0;
    numeric::vector errors(numeric::to_index(block_rows)), forecasts(numeric::to_index(block_rows));
    const auto flush = [&] {
      if (filled == 0) return;  // Eigen divides by the number of rows
      const auto block = rows_.topRows(filled);
      gram_.selfadjointView<Eigen::Lower>().rankUpdate(block.transpose());
      moment_.noalias() += block.transpose() * errors.head(filled);
      if (relative) drift_.noalias() += block.transpose() * forecasts.head(filled);
      filled = 0;
    };

    scratch_ = point.start;
    double slope_before = point.start.slope;
    std::size_t at = point.start.next;
    detail::smooth(form_.season, y_, p, scratch_, [&](std::size_t t, const ets_step& step, bool observed) {
      trend_level = level + p.phi * slope;
      if (phi_ != absent) trend_level[numeric::to_index(phi_)] += slope_before;
      const double damped = p.phi * slope_before;
      const double a = step.level_surprise, c = step.season_surprise;
      // f changes with q by f_q and with s by f_s; a with s by -a_s, c with q by -c_q; a with q and c with s
      // by -1.
      const double f_q = multiplies ? step.season : 1.0, f_s = multiplies ? step.trend_level : 1.0;
      const double a_s = multiplies ? (step.trend_level + a) / step.season : 1.0;
      const double c_q = multiplies ? (step.season + c) / step.trend_level : 1.0;
      const bool has_season = form_.season != ets_season::none;
      if (observed) {
        ++observed_;
        auto row = rows_.row(filled).transpose().array();
        double weight = 1, error = y_[t] - step.forecast;
        if (relative) {
          weight = y_[t] / (step.forecast * step.forecast);
          error /= step.forecast;
          forecasts[filled] = step.forecast / y_[t];
        }
        if (has_season)
          row = (weight * f_q) * trend_level + (weight * f_s) * season.col(numeric::to_index(at));
        else
          row = weight * trend_level;
        errors[filled] = error;
        squared_ += error * error;
        if (++filled == rows_.rows()) flush();
      }
      const double gain = observed ? 1.0 : 0.0;
      if (has_season) {
        auto entry = season.col(numeric::to_index(at));
        level = (1.0 - gain * p.alpha) * trend_level - (gain * p.alpha * a_s) * entry;
        if (beta_ != absent)
          slope = p.phi * slope - (gain * p.beta) * trend_level - (gain * p.beta * a_s) * entry;
        entry = (1.0 - gain * p.gamma) * entry - (gain * p.gamma * c_q) * trend_level;
        for (std::size_t i = 0; i < bounded_; ++i) entry[numeric::to_index(i)] += slopes.gamma[which_[i]] * c;
        if (++at == season_length_) at = 0;
      } else {
        level = (1.0 - gain * p.alpha) * trend_level;
        if (beta_ != absent) slope = p.phi * slope - (gain * p.beta) * trend_level;
      }
      level[0] += a;
      if (beta_ != absent) {
        for (std::size_t i = 0; i < bounded_; ++i) slope[numeric::to_index(i)] += slopes.beta[which_[i]] * a;
        if (phi_ != absent) slope[numeric::to_index(phi_)] += slope_before;
        slope_before = damped + p.beta * a;
      }
      return true;
    });
    flush();
    gram_.triangularView<Eigen::StrictlyUpper>() = gram_.transpose();
    if (relative) {
      drift_ /= static_cast<double>(observed_);
      gram_ += squared_ * drift_ * drift_.transpose() - moment_ * drift_.transpose() -
               drift_ * moment_.transpose();
      moment_ -= squared_ * drift_;
    }
  }

  struct range {
    double low;
    double high;
  };
  /// The bounds of one of the first columns; the states have none.
  [[nodiscard]] range bounds_of(std::size_t column) const {
    if (which_[column] == 0) return {options_.bounds.margin, 1.0 - options_.bounds.margin};
    if (which_[column] == 3) return {options_.bounds.phi_min, options_.bounds.phi_max};
    return {0, 1};
  }
  /// Coordinates by number: alpha, beta's share, gamma's share, phi.
  [[nodiscard]] static double coordinate(const ets_coordinates& at, std::size_t which) {
    return which == 0 ? at.alpha : which == 1 ? at.beta_share : which == 2 ? at.gamma_share : at.phi;
  }
  [[nodiscard]] static double& coordinate(ets_coordinates& at, std::size_t which) {
    return which == 0 ? at.alpha : which == 1 ? at.beta_share : which == 2 ? at.gamma_share : at.phi;
  }

  /// Solves for the step, in two parts: the states follow from the few bounded coordinates by least squares,
  /// and what is left for those is a small quadratic in a box. Damping lengthens the diagonal of the one and
  /// all of the other. Returns the gain that the linear model promises.
  double solve(const ets_candidate& point, double damping) {
    if (!factored_) factor();
    const double shrink = 1.0 / (1.0 + damping);
    numeric::box_quadratic<4> small;
    const auto bounded = numeric::to_index(bounded_);
    small.size = bounded_;
    const double floor = 1e-10 * gram_.diagonal().head(bounded).maxCoeff() + 1e-300;
    for (std::size_t i = 0; i < bounded_; ++i) {
      const auto row = numeric::to_index(i);
      for (std::size_t j = 0; j < bounded_; ++j)
        small.a[i][j] = gram_(row, numeric::to_index(j)) - shrink * coupling_(row, numeric::to_index(j));
      small.a[i][i] += damping * gram_(row, row) + floor;
      small.b[i] = moment_[row] - shrink * coupling_(row, bounded);
      const auto r = bounds_of(i);
      const double x = coordinate(point.at, which_[i]);
      small.low[i] = r.low - x;
      small.high[i] = r.high - x;
    }
    const auto move = numeric::minimise(small);
    for (std::size_t i = 0; i < bounded_; ++i) step_[numeric::to_index(i)] = move[i];
    auto states = step_.tail(gram_.rows() - bounded);
    states = solved_.col(bounded);
    for (std::size_t i = 0; i < bounded_; ++i) states -= move[i] * solved_.col(numeric::to_index(i));
    states *= shrink;
    if (!step_.allFinite() || !(squared_ > 0)) return 0;
    const double gain = 2.0 * step_.dot(moment_) - step_.dot(gram_ * step_);
    return -static_cast<double>(observed_) * std::log1p(-std::clamp(gain / squared_, 0.0, 1.0 - 1e-12));
  }

  /// What the states make of each bounded coordinate and of the errors, once a linearisation.
  void factor() {
    const auto bounded = numeric::to_index(bounded_), states = gram_.rows() - bounded;
    auto block = gram_.bottomRightCorner(states, states);
    const double floor = 1e-12 * block.diagonal().maxCoeff() + 1e-300;
    normal_ = block;
    normal_.diagonal().array() += floor;
    cholesky_.compute(normal_);
    solved_.resize(states, bounded + 1);
    solved_.leftCols(bounded) = gram_.bottomLeftCorner(states, bounded);
    solved_.col(bounded) = moment_.tail(states);
    cholesky_.solveInPlace(solved_);
    coupling_ = gram_.topRightCorner(bounded, states) * solved_;
    factored_ = true;
  }

  [[nodiscard]] ets_candidate moved(const ets_candidate& from) const {
    ets_candidate to{.at = from.at, .start = from.start};
    for (std::size_t i = 0; i < bounded_; ++i) {
      const auto r = bounds_of(i);
      double& x = coordinate(to.at, which_[i]);
      x = std::clamp(x + step_[numeric::to_index(i)], r.low, r.high);
    }
    if (level_ != absent) to.start.level += step_[numeric::to_index(level_)];
    if (slope_ != absent) to.start.slope += step_[numeric::to_index(slope_)];
    if (season_ != absent)
      for (std::size_t i = 0; i < season_length_; ++i)
        to.start.season[(from.start.next + i) % season_length_] += step_[numeric::to_index(season_ + i)];
    return to;
  }

  /// Makes the season sum to 0, or have the mean 1, without changing any forecast.
  void centre(ets_state& s) const {
    if (season_ == absent) return;
    double mean = 0;
    for (const double v : s.season) mean += v / static_cast<double>(s.season.size());
    if (form_.season == ets_season::additive) {
      for (double& v : s.season) v -= mean;
      s.level += mean;
    } else {
      for (double& v : s.season) v /= mean;
      s.level *= mean;
      s.slope *= mean;
    }
  }

  ets_form form_;
  std::span<const double> y_;
  std::size_t season_length_;
  ets_descent_options options_;
  ets_region region_;
  std::size_t beta_ = absent, gamma_ = absent, phi_ = absent, level_ = absent, slope_ = absent,
              season_ = absent, columns_ = 0, bounded_ = 0;
  std::array<std::size_t, 4> which_{};  ///< the coordinate of each bounded column
  ets_state scratch_;
  Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic> gram_, normal_;
  numeric::matrix rows_;
  Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic> solved_, coupling_;
  bool factored_ = false;
  bool outside_ = false;  ///< the last point that was tried was not admissible
  numeric::vector moment_, drift_, step_;
  Eigen::LLT<Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic>> cholesky_;
  double squared_ = 0;
  std::size_t observed_ = 0;
};

}  // namespace foreshift::inline FORESHIFT_ABI::forecast
