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
#include <foreshift/forecast/ets_linearisation.hpp>
#include <foreshift/forecast/ets_region.hpp>
#include <foreshift/forecast/ets_state.hpp>
#include <foreshift/numeric/box_quadratic.hpp>
#include <foreshift/numeric/linalg.hpp>

#include <algorithm>
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
        region_(form, season_length, options.bounds),
        near_(form, season_length, options.free_season) {
    step_.resize(near_.gram().rows());
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
  static constexpr std::size_t absent = ets_linearisation::absent;
  static constexpr double least_damping = 1e-6;

  void linearise(const ets_candidate& point) {
    near_.form_at(region_, point.at, point.start, y_);
    factored_ = false;
  }

  struct range {
    double low;
    double high;
  };
  /// The bounds of one of the first columns; the states have none.
  [[nodiscard]] range bounds_of(std::size_t column) const {
    if (near_.coordinate_of(column) == 0) return {options_.bounds.margin, 1.0 - options_.bounds.margin};
    if (near_.coordinate_of(column) == 3) return {options_.bounds.phi_min, options_.bounds.phi_max};
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
    const auto& gram = near_.gram();
    const auto& moment = near_.moment();
    const double shrink = 1.0 / (1.0 + damping);
    numeric::box_quadratic<4> small;
    const auto bounded = numeric::to_index(near_.bounded());
    small.size = near_.bounded();
    const double floor = 1e-10 * gram.diagonal().head(bounded).maxCoeff() + 1e-300;
    for (std::size_t i = 0; i < near_.bounded(); ++i) {
      const auto row = numeric::to_index(i);
      for (std::size_t j = 0; j < near_.bounded(); ++j)
        small.a[i][j] = gram(row, numeric::to_index(j)) - shrink * coupling_(row, numeric::to_index(j));
      small.a[i][i] += damping * gram(row, row) + floor;
      small.b[i] = moment[row] - shrink * coupling_(row, bounded);
      const auto r = bounds_of(i);
      const double x = coordinate(point.at, near_.coordinate_of(i));
      small.low[i] = r.low - x;
      small.high[i] = r.high - x;
    }
    const auto move = numeric::minimise(small);
    for (std::size_t i = 0; i < near_.bounded(); ++i) step_[numeric::to_index(i)] = move[i];
    auto states = step_.tail(gram.rows() - bounded);
    states = solved_.col(bounded);
    for (std::size_t i = 0; i < near_.bounded(); ++i) states -= move[i] * solved_.col(numeric::to_index(i));
    states *= shrink;
    if (!step_.allFinite() || !(near_.squared_errors() > 0)) return 0;
    const double gain = 2.0 * step_.dot(moment) - step_.dot(gram * step_);
    return -static_cast<double>(near_.observed()) *
           std::log1p(-std::clamp(gain / near_.squared_errors(), 0.0, 1.0 - 1e-12));
  }

  /// What the states make of each bounded coordinate and of the errors, once a linearisation.
  void factor() {
    const auto& gram = near_.gram();
    const auto bounded = numeric::to_index(near_.bounded()), states = gram.rows() - bounded;
    auto block = gram.bottomRightCorner(states, states);
    const double floor = 1e-12 * block.diagonal().maxCoeff() + 1e-300;
    normal_ = block;
    normal_.diagonal().array() += floor;
    cholesky_.compute(normal_);
    solved_.resize(states, bounded + 1);
    solved_.leftCols(bounded) = gram.bottomLeftCorner(states, bounded);
    solved_.col(bounded) = near_.moment().tail(states);
    cholesky_.solveInPlace(solved_);
    coupling_ = gram.topRightCorner(bounded, states) * solved_;
    factored_ = true;
  }

  [[nodiscard]] ets_candidate moved(const ets_candidate& from) const {
    ets_candidate to{.at = from.at, .start = from.start};
    const auto by = [&](std::size_t column) {
      return column == absent ? 0.0 : step_[numeric::to_index(column)];
    };
    for (std::size_t i = 0; i < near_.bounded(); ++i) {
      const auto r = bounds_of(i);
      double& x = coordinate(to.at, near_.coordinate_of(i));
      x = std::clamp(x + by(i), r.low, r.high);
    }
    to.start.level += by(near_.level_column());
    to.start.slope += by(near_.slope_column());
    if (const std::size_t first = near_.season_column(); first != absent)
      for (std::size_t i = 0; i < season_length_; ++i)
        to.start.season[(from.start.next + i) % season_length_] += by(first + i);
    return to;
  }

  /// Makes the season sum to 0, or have the mean 1, without changing any forecast.
  void centre(ets_state& s) const {
    if (near_.season_column() == absent) return;
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
  ets_linearisation near_;
  ets_state scratch_;
  ets_linearisation::matrix normal_, solved_, coupling_;
  bool factored_ = false;
  bool outside_ = false;  ///< the last point that was tried was not admissible
  numeric::vector step_;
  Eigen::LLT<ets_linearisation::matrix> cholesky_;
};

}  // namespace foreshift::inline FORESHIFT_ABI::forecast
