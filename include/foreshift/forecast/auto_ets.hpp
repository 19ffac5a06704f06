#pragma once
/// @file
/// Exponential smoothing that chooses its own form, by the corrected Akaike criterion.
///
/// Fifteen fits would do, but most of them can be spared. How error and season enter divides the forms into
/// five families, and a family is far better or far worse than another whatever the trend; so each family is
/// first judged without a trend, and only those that come near the best are tried with one, starting from
/// where the one without it ended.
///
/// Source: R. J. Hyndman, A. B. Koehler, R. D. Snyder and S. Grose, "A state space framework for automatic
/// forecasting using exponential smoothing methods", Int. J. Forecasting 18, 2002. Departure: the screening.

#include <foreshift/core/contract.hpp>
#include <foreshift/core/result.hpp>
#include <foreshift/forecast/ets.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <limits>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

namespace foreshift::inline FORESHIFT_ABI::forecast {

/// Regressors are ignored.
struct auto_ets {
  using model = ets_model;
  static constexpr std::string_view name = "auto-ets";
  std::size_t season_length = 24;  ///< steps; below 2: no season
  /// Families that are worse than the best by more than this, each without a trend, are not tried with one.
  double family_margin = 40;

  static void members(auto& self, auto& archive) { archive(self.season_length, self.family_margin); }
};

namespace detail {

/// A form with where its search stands.
struct ets_contender {
  ets_form form{};
  ets_candidate found{};
  double aicc = std::numeric_limits<double>::infinity();
};

class ets_choice {
 public:
  ets_choice(const auto_ets& spec, const ets_series& y) : spec_(spec), y_(y) {}

  /// The best form, or nothing when the series is too short for any.
  [[nodiscard]] std::optional<ets_contender> best() {
    search_families();
    const double least = best_.aicc;
    for (const auto& family : families_) {
      if (family.form.season != ets_season::none && !(family.aicc <= least + spec_.family_margin)) continue;
      for (const auto trend : {ets_trend::damped, ets_trend::additive}) {
        const ets_form form{family.form.error, trend, family.form.season};
        if (!is_wanted(form)) continue;
        const auto patience = patience_for(form, 0);
        offer({form, form.season == ets_season::none ? search(form, y_, spec_.season_length, patience)
                                                     : with_trend(form, family.found, patience)});
      }
    }
    if (!std::isfinite(best_.aicc)) return std::nullopt;
    auto descent = descent_for(best_.form, y_, spec_.season_length);
    descent.improve(best_.found, {.tolerance = 1e-4});
    return best_;
  }

 private:
  [[nodiscard]] bool is_wanted(const ets_form& form) const {
    if (!is_stable(form) || (wants_positive(form) && !y_.positive)) return false;
    if (form.season != ets_season::none && spec_.season_length < 2) return false;
    return y_.observed > free_parameters(form, spec_.season_length) + 1;
  }
  /// Rough, and short where a form cannot come within `margin` of the best one.
  [[nodiscard]] ets_patience patience_for(const ets_form& form, double margin) const {
    const double penalty = corrected_aic(0, {y_.observed, free_parameters(form, spec_.season_length)});
    // Without a season the grid's point is near, and its promise can be trusted at once.
    return {.rounds_min = form.season == ets_season::none ? 0U : 1U,
            .rounds_max = 25,
            .tolerance = 0.02,
            .hopeless_above = best_.aicc - penalty + margin};
  }
  /// Returns what was offered, judged.
  const ets_contender& offer(ets_contender c) {
    c.aicc = corrected_aic(c.found.cost, {y_.observed, free_parameters(c.form, spec_.season_length)});
    if (c.aicc < best_.aicc) best_ = c;
    last_ = std::move(c);
    return last_;
  }

  void search_families() {
    const std::size_t m = spec_.season_length;
    const auto add = [&](const ets_form& form, const auto& search_it) {
      if (is_wanted(form))
        families_.push_back(offer({form, search_it(patience_for(form, spec_.family_margin))}));
    };
    for (const auto error : {ets_error::additive, ets_error::multiplicative}) {
      const ets_form form{.error = error};
      add(form, [&](const ets_patience& p) { return search(form, y_, m, p); });
    }
    const ets_form ana{.season = ets_season::additive};
    if (!is_wanted(ana)) return;
    add(ana, [&](const ets_patience& p) { return search(ana, y_, m, p); });
    const ets_candidate additive = families_.back().found;
    const ets_form mna{.error = ets_error::multiplicative, .season = ets_season::additive};
    add(mna, [&](const ets_patience& p) {
      auto descent = descent_for(mna, y_, m);
      return search_from(descent, {additive}, p);
    });
    const ets_form mnm{.error = ets_error::multiplicative, .season = ets_season::multiplicative};
    add(mnm, [&](const ets_patience& p) {
      auto descent = descent_for(mnm, y_, m);
      ets_candidate same{additive.at, additive.start};
      for (double& s : same.start.season) s = std::max(1.0 + s / same.start.level, 1e-3);
      return search_from(descent,
                         {std::move(same),
                          {additive.at, starting_state(mnm, y_.values, m, all_seasons)},
                          {additive.at, starting_state(mnm, y_.values, m, 2)}},
                         p);
    });
  }

  /// From where the form without a trend ended, with a few slopes.
  [[nodiscard]] ets_candidate with_trend(const ets_form& form, const ets_candidate& plain,
                                         const ets_patience& patience) const {
    auto descent = descent_for(form, y_, spec_.season_length);
    const double slope = starting_state(form, y_.values, spec_.season_length).slope;
    std::vector<ets_candidate> seeds;
    for (const double calmer : {1.0, 0.2})
      for (const double beta : {0.01, 0.2, 0.8})
        for (const double s : {0.0, slope}) {
          ets_candidate c = plain;
          c.at.alpha *= calmer;  // a slope takes over part of what the level did
          c.at.beta_share = beta;
          if (form.trend == ets_trend::damped) c.at.phi = 0.93;
          c.start.slope = s;
          seeds.push_back(std::move(c));
        }
    return search_from(descent, std::move(seeds), patience);
  }

  auto_ets spec_;
  const ets_series& y_;
  std::vector<ets_contender> families_;  ///< the forms without a trend
  ets_contender best_, last_;
};

}  // namespace detail

/// Chooses among the fifteen forms of `is_stable`, those with a multiplication only for a positive series.
/// Errors: `all_missing`; `too_short` with less than five observations.
[[nodiscard]] inline result<ets_model, errc> fit(const auto_ets& spec, telemetry::series_view y,
                                                 regressor_view) {
  if (count_observed(y.values) == 0) return failure{errc::all_missing};
  const ets_series series(y.values);
  auto best = detail::ets_choice(spec, series).best();
  if (!best) return failure{errc::too_short};
  return detail::finished(best->form, series, spec.season_length, best->found);
}

static_assert(Forecaster<auto_ets>);

}  // namespace foreshift::inline FORESHIFT_ABI::forecast
