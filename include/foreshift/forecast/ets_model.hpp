#pragma once
/// @file
/// A fitted model of exponential smoothing: predicts from its states, learns by one step of its recursion.

#include <foreshift/core/archive.hpp>
#include <foreshift/core/contract.hpp>
#include <foreshift/forecast/ets_form.hpp>
#include <foreshift/forecast/ets_state.hpp>
#include <foreshift/forecast/forecaster.hpp>
#include <foreshift/forecast/observation.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <span>
#include <utility>

namespace foreshift::inline FORESHIFT_ABI::forecast {

/// What a fit says about itself.
struct ets_fit_summary {
  double sigma = 0;  ///< standard deviation of the innovations; relative to the forecast for error M
  double minus_two_log_likelihood = 0;
  double aicc = 0;           ///< Akaike's criterion, corrected for small samples
  std::size_t observed = 0;  ///< observations that the fit has seen

  static void members(auto& self, auto& archive) {
    archive(self.sigma, self.minus_two_log_likelihood, self.aicc, self.observed);
  }
};

/// Update O(1), without allocation; prediction O(h). Parameters stay as they were fitted.
/// With a multiplicative season an observation that is not positive counts as a gap, and level and season
/// stay positive, whatever comes.
class ets_model {
 public:
  /// @param state at the end of the history
  /// @pre a season has its entries, and state.next is one of them
  ets_model(const ets_form& form, const ets_parameters& parameters, ets_state state,
            const ets_fit_summary& summary)
      : form_(form), parameters_(parameters), state_(std::move(state)), summary_(summary) {
    FORESHIFT_EXPECT(is_valid(form_) && (form_.season == ets_season::none) == state_.season.empty());
    FORESHIFT_EXPECT(state_.season.empty() || state_.next < state_.season.size());
    for (double& s : state_.season) confine_season(s);
    confine_trend();
  }

  friend void update(ets_model& m, double y, std::span<const double> /*row*/) { m.learn(y); }

  /// The states carried on without further innovations; where error and season multiply (class 3 of the book)
  /// the exact mean, which is a little more: an innovation that raises level and season counts twice. For
  /// ANM, AAM and AAdM the mean has no formula, and this is the path without innovations.
  friend void predict_mean(const ets_model& m, regressor_view /*x*/, std::span<double> out) {
    if (m.is_product()) return m.product_mean(out);
    double trend_level = m.state_.level, step = m.state_.slope;
    for (std::size_t h = 0; h < out.size(); ++h) {
      step *= m.parameters_.phi;
      trend_level += step;
      out[h] = m.with_season(trend_level, h);
    }
  }

  [[nodiscard]] const ets_form& form() const { return form_; }
  [[nodiscard]] const ets_parameters& parameters() const { return parameters_; }
  [[nodiscard]] const ets_state& state() const { return state_; }
  [[nodiscard]] const ets_fit_summary& summary() const { return summary_; }

 private:
  friend struct foreshift::archive_access;
  ets_model() = default;
  static void members(auto& self, auto& archive) {
    archive(self.form_, self.parameters_, self.state_, self.summary_);
  }
  [[nodiscard]] bool consistent() const {
    const auto share = [](double x) { return x >= 0 && x <= 1; };
    const auto& p = parameters_;
    if (!is_valid(form_) || !share(p.alpha) || !share(p.beta) || !share(p.gamma) || !share(p.phi))
      return false;
    if ((form_.season == ets_season::none) != state_.season.empty()) return false;
    if (state_.season.empty() ? state_.next != 0 : state_.next >= state_.season.size()) return false;
    const auto& f = summary_;
    if (!(f.sigma >= 0) || !std::isfinite(f.sigma) || !std::isfinite(f.minus_two_log_likelihood) ||
        !std::isfinite(f.aicc))
      return false;
    auto confined = *this;
    for (double& s : confined.state_.season) confined.confine_season(s);
    confined.confine_trend();
    return confined.state_ == state_;  // false also where a state is not a number
  }

  /// States beyond this come from faults, not from demand.
  static constexpr double largest_state = 1e110;
  static constexpr double least_level = 1e-200;
  static constexpr double largest_factor = 1e6;

  [[nodiscard]] double with_season(double trend_level, std::size_t steps) const {
    if (form_.season == ets_season::none) return trend_level;
    const double s = state_.season_ahead(steps);
    return form_.season == ets_season::additive ? trend_level + s : trend_level * s;
  }
  [[nodiscard]] bool is_product() const {
    return form_.error == ets_error::multiplicative && form_.season == ets_season::multiplicative;
  }
  /// Entry by entry of the season: (level, slope) moves on a step at a time, and when the entry has been
  /// used, by what the innovation adds to both. Source: section 6.4.3 of the book.
  void product_mean(std::span<double> out) const {
    const auto& p = parameters_;
    const double shared = summary_.sigma * summary_.sigma * p.gamma;
    const std::size_t m = state_.season.size();
    double damped = 0, power = 1;  // phi + ... + phi^(m - 1), phi^(m - 1)
    for (std::size_t i = 1; i < m; ++i) damped += power *= p.phi;
    double level = state_.level, slope = state_.slope;
    for (std::size_t first = 0; first < std::min(m, out.size()); ++first) {
      double l = level, b = slope;
      for (std::size_t h = first; h < out.size(); h += m) {
        const double q = l + p.phi * b;
        out[h] = std::clamp(q * state_.season_ahead(first), -1e300, 1e300);
        b = p.phi * b + shared * p.beta * q;
        l = q * (1 + shared * p.alpha) + damped * b;
        b *= power;
      }
      slope *= p.phi;
      level += slope;
    }
  }
  void learn(double y) {
    const bool multiplies = form_.season == ets_season::multiplicative;
    if (multiplies && !(y > 0)) y = std::numeric_limits<double>::quiet_NaN();
    const std::size_t at = state_.next;
    detail::smooth(form_.season, {&y, 1}, parameters_, state_,
                   [](std::size_t, const ets_step&, bool) { return true; });
    if (!state_.season.empty()) confine_season(state_.season[at]);
    confine_trend();
  }
  void confine_season(double& s) const {
    if (form_.season == ets_season::multiplicative)
      s = std::clamp(s, 1.0 / largest_factor, largest_factor);
    else
      s = std::clamp(s, -largest_state, largest_state);
  }
  /// Also keeps the next step's level positive where it divides.
  void confine_trend() {
    const bool multiplies = form_.season == ets_season::multiplicative;
    state_.level = std::clamp(state_.level, multiplies ? least_level : -largest_state, largest_state);
    const double lowest = multiplies ? -0.999 * state_.level : -largest_state;
    state_.slope = std::clamp(state_.slope, lowest, largest_state);
  }

  ets_form form_;
  ets_parameters parameters_;
  ets_state state_;
  ets_fit_summary summary_;
};

static_assert(FittedModel<ets_model>);

}  // namespace foreshift::inline FORESHIFT_ABI::forecast
