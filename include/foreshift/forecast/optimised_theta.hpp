#pragma once
/// @file
/// The optimised Theta model: how strongly the short run is amplified is estimated instead of fixed.
///
/// The series is the mean of its straight line and a theta line, which keeps the line and amplifies what
/// deviates from it by theta; the theta line is smoothed and gets the weight 1 / theta. Theta 2 is the
/// standard method, 1 is simple smoothing without drift. In the dynamic model the line is the one through the
/// past only, at every step, and bends with the forecasts.
///
/// For a given alpha the errors are linear in the first level and in 1 - 1 / theta. Both are solved for, and
/// one search over alpha is left.
///
/// Source: J. A. Fiorucci, T. R. Pellegrini, F. Louzada, F. Petropoulos, A. B. Koehler, "Models for
/// optimising the theta method and their relationship to state space models", Int. J. Forecasting 32, 2016,
/// sections 3 and 4. The dynamic sum of squares starts with the third error and alpha lies in [0.1, 0.99], as
/// in the authors' package. Departure: the variance of the dynamic model is exact (it is a linear model with
/// one innovation), not simulated.

#include <foreshift/core/archive.hpp>
#include <foreshift/forecast/forecaster.hpp>
#include <foreshift/forecast/line_search.hpp>
#include <foreshift/forecast/running_line.hpp>
#include <foreshift/forecast/theta_history.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

namespace foreshift::inline FORESHIFT_ABI::forecast {

class optimised_theta_model;

/// Regressors are ignored.
struct optimised_theta {
  using model = optimised_theta_model;
  static constexpr std::string_view name = "optimised-theta";
  std::size_t season_length = 24;  ///< in steps, at least 1; used only if a test finds that season
  bool dynamic = true;             ///< DOTM; false: OTM, one line for all of the history

  static void members(auto& self, auto& archive) { archive(self.season_length, self.dynamic); }
};

namespace detail {

struct theta_fit {
  double start = 0;    ///< the level before the first value
  double weight = 0;   ///< 1 - 1 / theta, in [0, 1)
  double squares = 0;  ///< of the errors that count
  double counted = 0;  ///< how many those are
};

/// Theta below a thousand million: beyond, the forecast is the line and nothing else.
inline constexpr double theta_weight_max = 1 - 1e-9;

/// The best start and weight for one alpha. `lines`: intercept and slope of the line that predicts each
/// value.
[[nodiscard]] inline theta_fit fit_theta(const theta_history& h, std::span<const std::array<double, 2>> lines,
                                         std::size_t first_counted, double alpha) {
  const double q = 1 - alpha;
  double level = h.values[0], share = 1;  // share: (1 - alpha)^t
  double ee = 0, es = 0, el = 0, ss = 0, sl = 0, ll = 0, counted = 0;
  for (std::size_t t = 0; t < h.values.size(); ++t) {
    const double e = h.values[t] - level;
    if (h.observed[t] && t >= first_counted) {
      const double line = share * lines[t][0] + (1 - share * q) / alpha * lines[t][1];
      ee += e * e;
      es += e * share;
      el += e * line;
      ss += share * share;
      sl += share * line;
      ll += line * line;
      ++counted;
    }
    level += alpha * e;
    share = share < 1e-100 ? 0.0 : share * q;
  }
  const auto start_for = [&](double w) { return ss > 0 ? (es - w * sl) / ss : 0.0; };
  const double determinant = ss * ll - sl * sl;
  double w = 0;  // a line that looks like the start of the level decides nothing
  if (determinant > 1e-12 * ss * ll) w = std::clamp((ss * el - sl * es) / determinant, 0.0, theta_weight_max);
  const double c = start_for(w);
  const double squares = ee - 2 * c * es - 2 * w * el + c * c * ss + 2 * c * w * sl + w * w * ll;
  return {h.values[0] + c, w, std::max(0.0, squares), counted};
}

}  // namespace detail

/// Update O(1), prediction O(h), neither allocates.
class optimised_theta_model {
 public:
  /// A gap is passed as the forecast passes it. The static model's line is then the one through all
  /// observations so far.
  friend void update(optimised_theta_model& m, double y, std::span<const double> /*row*/) {
    const bool seen = is_observed(y);
    m.state_.step(seen ? m.season_.without(y) : m.state_.next(), seen || m.state_.dynamic);
    m.season_.advance();
  }
  friend void predict_mean(const optimised_theta_model& m, regressor_view /*x*/, std::span<double> out) {
    auto ahead = m.state_;
    for (double& o : out) {
      o = ahead.next();
      ahead.step(o, ahead.dynamic);
    }
    m.season_.restore(out);
  }
  /// The variance of each of the next out.size() errors. O(h).
  friend void predict_variance(const optimised_theta_model& m, std::span<double> out) {
    if (m.state_.dynamic)
      m.dynamic_variance(out);
    else
      for (std::size_t h = 0; h < out.size(); ++h)
        out[h] = m.variance_ * (1 + static_cast<double>(h) * m.state_.alpha * m.state_.alpha);
    m.season_.restore_variance(out);
  }

  [[nodiscard]] double alpha() const { return state_.alpha; }
  /// At least 1.
  [[nodiscard]] double theta() const { return 1 / (1 - state_.weight); }
  /// Before the first observation, without the season.
  [[nodiscard]] double initial_level() const { return start_; }
  /// Of the one-step errors of the fit, without the season.
  [[nodiscard]] double variance() const { return variance_; }
  [[nodiscard]] const seasonal_figure& season() const { return season_; }

  /// See `fit`.
  static optimised_theta_model fitted(const optimised_theta& spec, std::span<const double> y) {
    theta_history history{y, spec.season_length};
    const std::size_t n = history.values.size();
    const auto lines = lines_of(history, spec.dynamic);
    // The dynamic model has no line before the second value: its first two errors say nothing.
    const std::size_t first_counted = spec.dynamic ? std::min<std::size_t>(2, n - 1) : 0;
    const auto best = [&](double alpha) { return detail::fit_theta(history, lines, first_counted, alpha); };
    optimised_theta_model m;
    m.state_.dynamic = spec.dynamic;
    m.state_.alpha = least_argument([&](double alpha) { return best(alpha).squares; },
                                    {.lower = alpha_min, .upper = alpha_max});
    const auto found = best(m.state_.alpha);
    m.state_.weight = found.weight;
    m.state_.level = found.start;
    for (std::size_t i = 0; i < n; ++i) m.state_.step(history.values[i], history.observed[i] || spec.dynamic);
    m.state_.level *= history.unit;
    m.state_.line.scale(history.unit);
    m.start_ = found.start * history.unit;
    m.variance_ = found.squares / std::max(1.0, found.counted - 3) * history.unit * history.unit;
    m.season_ = std::move(history.season);
    return m;
  }

 private:
  friend struct foreshift::archive_access;
  optimised_theta_model() = default;
  static void members(auto& self, auto& archive) {
    archive(self.season_, self.state_, self.start_, self.variance_);
  }
  [[nodiscard]] bool consistent() const {
    return std::abs(start_) <= 1e110 && variance_ >= 0 && variance_ <= 1e240;
  }

  static constexpr double alpha_min = 0.1, alpha_max = 0.99;

  struct state {
    running_line line;
    double level = 0;
    double alpha = 0.5;
    double weight = 0;  // 1 - 1 / theta
    double faded = 1;   // (1 - alpha)^time
    double time = 0;    // steps since the first observation
    bool dynamic = true;

    /// The mean of the next value.
    [[nodiscard]] double next() const {
      return level + weight * (faded * line.intercept() + (1 - faded * (1 - alpha)) / alpha * line.slope());
    }
    void step(double value, bool line_learns) {
      ++time;
      if (line_learns) line.add(time, value);
      level += alpha * (value - level);
      faded *= 1 - alpha;
    }
    static void members(auto& self, auto& archive) {
      archive(self.line, self.level, self.alpha, self.weight, self.faded, self.time, self.dynamic);
    }
    [[nodiscard]] bool consistent() const {
      return std::abs(level) <= 1e110 && alpha >= alpha_min && alpha <= alpha_max && weight >= 0 &&
             weight <= detail::theta_weight_max && faded >= 0 && faded <= 1 && time >= 0 && time <= 1e15;
    }
  };

  // For each value, intercept and slope of the line that predicts it.
  static std::vector<std::array<double, 2>> lines_of(const theta_history& h, bool dynamic) {
    std::vector<std::array<double, 2>> lines(h.values.size());
    running_line line;
    for (std::size_t i = 0; i < lines.size(); ++i) {
      lines[i] = {line.intercept(), line.slope()};
      if (h.observed[i] || dynamic) line.add(static_cast<double>(i + 1), h.values[i]);
    }
    if (!dynamic) std::ranges::fill(lines, std::array{line.intercept(), line.slope()});
    return lines;
  }

  // The future is linear in its innovations: the covariance of (level, mean, slope), in units of the
  // innovations' variance, is carried along.
  void dynamic_variance(std::span<double> out) const {
    const double a = state_.alpha, q = 1 - a;
    std::array<std::array<double, 3>, 3> p{};
    double faded = state_.faded, t = state_.time;
    for (double& o : out) {
      // The next value is w . state + innovation.
      const double on_slope = (1 - faded * q) / a - faded * (t + 1) / 2;
      const std::array w{1.0, state_.weight * faded, state_.weight * on_slope};
      std::array<double, 3> pw{};
      for (std::size_t i = 0; i < 3; ++i)
        for (std::size_t j = 0; j < 3; ++j) pw[i] += p[i][j] * w[j];
      o = variance_ * (1 + w[0] * pw[0] + w[1] * pw[1] + w[2] * pw[2]);
      // The state after it is m . state + g innovation.
      const double on_line = 6 / ((t + 1) * (t + 2));
      const std::array g{a, 1 / (t + 1), on_line};
      const std::array<std::array<double, 3>, 3> f{
          {{q, 0, 0}, {0, t / (t + 1), 0}, {0, -on_line, (t - 1) / (t + 2)}}};
      std::array<std::array<double, 3>, 3> m{}, mp{};
      for (std::size_t i = 0; i < 3; ++i)
        for (std::size_t j = 0; j < 3; ++j) m[i][j] = f[i][j] + g[i] * w[j];
      for (std::size_t i = 0; i < 3; ++i)
        for (std::size_t j = 0; j < 3; ++j)
          for (std::size_t k = 0; k < 3; ++k) mp[i][j] += m[i][k] * p[k][j];
      for (std::size_t i = 0; i < 3; ++i)
        for (std::size_t j = 0; j < 3; ++j) {
          p[i][j] = g[i] * g[j];
          for (std::size_t k = 0; k < 3; ++k) p[i][j] += mp[i][k] * m[j][k];
        }
      faded *= q;
      ++t;
    }
  }

  seasonal_figure season_;
  state state_;
  double start_ = 0;
  double variance_ = 0;
};

/// `all_missing` without any observation, `too_short` for an empty history. O(n * season_length) for the test
/// and some thirty passes over the history. @pre season_length >= 1
[[nodiscard]] inline result<optimised_theta_model, errc> fit(const optimised_theta& spec,
                                                             telemetry::series_view y, regressor_view) {
  FORESHIFT_EXPECT(spec.season_length >= 1);
  if (y.size() == 0) return failure{errc::too_short};
  if (count_observed(y.values) == 0) return failure{errc::all_missing};
  return optimised_theta_model::fitted(spec, y.values);
}

static_assert(Forecaster<optimised_theta>);

}  // namespace foreshift::inline FORESHIFT_ABI::forecast
