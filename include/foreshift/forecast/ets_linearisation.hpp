#pragma once
/// @file
/// The likelihood of exponential smoothing near a point, as a least-squares problem.
///
/// A change of parameters and initial states moves every innovation r; to first order by -X dtheta. The rows
/// of X are carried along with the recursion, and what remains is X' X and X' r: the Gauss-Newton equations.
/// For a relative error the likelihood has sum 2 log |f| besides; with G the geometric mean of |f| it is n
/// log sum (r G)^2, a sum of squares too, and the equations are corrected for the change of G.
///
/// Source: R. J. Hyndman et al., "Forecasting with Exponential Smoothing", 2008, chapter 5 (the likelihood).

#include <foreshift/forecast/ets_form.hpp>
#include <foreshift/forecast/ets_region.hpp>
#include <foreshift/forecast/ets_state.hpp>
#include <foreshift/numeric/linalg.hpp>

#include <array>
#include <cstddef>
#include <span>

namespace foreshift::inline FORESHIFT_ABI::forecast {

/// One form. Columns: the coordinates of the region that the form has, which are bounded, come first; then
/// the level or, where it is free, the season, whose entries span the level; the slope where there is a
/// trend. Allocates once.
class ets_linearisation {
 public:
  using matrix = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic>;
  static constexpr std::size_t absent = static_cast<std::size_t>(-1);

  ets_linearisation(const ets_form& form, std::size_t season_length, bool free_season)
      : form_(form), season_length_(season_length) {
    place(free_season);
  }

  /// Forms the equations at a point of the region. O(n columns^2). @pre y as in `ets_descent`
  void form_at(const ets_region& region, const ets_coordinates& coordinates, const ets_state& start,
               std::span<const double> y) {
    using array = Eigen::Array<double, Eigen::Dynamic, 1>;
    const auto p = region.at(coordinates);
    const auto slopes = region.slopes_at(coordinates);
    const bool relative = form_.error == ets_error::multiplicative;
    const bool multiplies = form_.season == ets_season::multiplicative;
    const auto k = numeric::to_index(columns_);
    array level = array::Zero(k), slope = array::Zero(k), trend_level(k);
    Eigen::Array<double, Eigen::Dynamic, Eigen::Dynamic> season =
        Eigen::Array<double, Eigen::Dynamic, Eigen::Dynamic>::Zero(
            k, form_.season == ets_season::none ? 0 : numeric::to_index(season_length_));
    if (level_ != absent) level[numeric::to_index(level_)] = 1;
    if (slope_ != absent) slope[numeric::to_index(slope_)] = 1;
    if (season_ != absent)
      for (std::size_t i = 0; i < season_length_; ++i)
        season(numeric::to_index(season_ + i), numeric::to_index((start.next + i) % season_length_)) = 1;

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

    scratch_ = start;
    double slope_before = start.slope;
    std::size_t at = start.next;
    detail::smooth(form_.season, y, p, scratch_, [&](std::size_t t, const ets_step& step, bool observed) {
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
        double weight = 1, error = y[t] - step.forecast;
        if (relative) {
          weight = y[t] / (step.forecast * step.forecast);
          error /= step.forecast;
          forecasts[filled] = step.forecast / y[t];
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

  [[nodiscard]] const matrix& gram() const { return gram_; }               ///< X' X
  [[nodiscard]] const numeric::vector& moment() const { return moment_; }  ///< X' r
  [[nodiscard]] double squared_errors() const { return squared_; }         ///< sum r^2
  [[nodiscard]] std::size_t observed() const { return observed_; }         ///< rows
  /// How many columns are coordinates of the region, and which one a column is: 0 alpha, 1 beta's share, 2
  /// gamma's share, 3 phi.
  [[nodiscard]] std::size_t bounded() const { return bounded_; }
  [[nodiscard]] std::size_t coordinate_of(std::size_t column) const { return which_[column]; }
  /// The columns of the states; `absent` where one is held or not there. The season's entries follow each
  /// other, that of the first step first.
  [[nodiscard]] std::size_t level_column() const { return level_; }
  [[nodiscard]] std::size_t slope_column() const { return slope_; }
  [[nodiscard]] std::size_t season_column() const { return season_; }

 private:
  static constexpr std::size_t block_rows = 64;

  void place(bool free_season) {
    std::size_t p = 1;  // column 0: alpha
    const auto take = [&](std::size_t& column, std::size_t which) {
      which_[p] = which;
      column = p++;
    };
    if (form_.trend != ets_trend::none) take(beta_, 1);
    if (form_.season != ets_season::none) take(gamma_, 2);
    if (form_.trend == ets_trend::damped) take(phi_, 3);
    bounded_ = p;
    const bool season = form_.season != ets_season::none && free_season;
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
    rows_.resize(numeric::to_index(block_rows), k);
  }

  ets_form form_;
  std::size_t season_length_;
  std::size_t beta_ = absent, gamma_ = absent, phi_ = absent, level_ = absent, slope_ = absent,
              season_ = absent, columns_ = 0, bounded_ = 0;
  std::array<std::size_t, 4> which_{};  ///< the coordinate of each bounded column
  ets_state scratch_;
  matrix gram_;
  numeric::matrix rows_;
  numeric::vector moment_, drift_;
  double squared_ = 0;
  std::size_t observed_ = 0;
};

}  // namespace foreshift::inline FORESHIFT_ABI::forecast
