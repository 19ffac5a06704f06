#pragma once
/// @file
/// A forecaster for the series without its seasons: (M)STL takes them out, any other method forecasts the
/// rest, and the last season is put back.
///
/// A model of level and trend has no idea of weeks inside years, and need not have: the decomposition has
/// seen all of the history and can tell them apart. Afterwards each season's pattern follows what it meets:
/// half a season after an observation, the mean of the whole season around it is known, and a share of how
/// far it lay from that mean goes into its place of the pattern. That is classical decomposition with a
/// memory that fades. The wrapped model's own errors would not do: one that follows quickly hides a wrong
/// pattern.
///
/// Source: R. J. Hyndman, G. Athanasopoulos, "Forecasting: Principles and Practice", 3rd ed., sections 3.4
/// (classical decomposition) and 5.7 (forecasting with decomposition; R's `stlf`).

#include <foreshift/core/archive.hpp>
#include <foreshift/forecast/mstl.hpp>
#include <foreshift/forecast/saved_model.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace foreshift::inline FORESHIFT_ABI::forecast {

template <Forecaster Spec>
class seasonally_adjusted_model;

/// `seasonally_adjusted<theta>{.inner = {.season_length = 1}, .season_lengths = {24, 168}}`
template <Forecaster Spec>
struct seasonally_adjusted {
  using model = seasonally_adjusted_model<Spec>;
  static constexpr std::string_view name = "seasonally-adjusted";
  Spec inner{};                                    ///< sees a series without seasons
  std::vector<std::size_t> season_lengths = {24};  ///< in steps; those seen at most twice are left out
  std::vector<std::size_t> s_windows = {};         ///< as in `mstl`
  bool robust = false;                             ///< outliers do not bend the season
  double season_rate = 0.25;  ///< what share of the pattern each season renews, in [0, 1); 0: it stays

  static void members(auto& self, auto& archive) {
    archive(self.inner, self.season_lengths, self.s_windows, self.robust, self.season_rate);
  }
};

template <Forecaster Spec>
[[nodiscard]] std::string name_of(const seasonally_adjusted<Spec>& spec) {
  return std::string{spec.name} + '(' + detail::saved_name(spec.inner) + ')';
}
template <Forecaster Spec>
[[nodiscard]] auto blank_model(const seasonally_adjusted<Spec>& spec)
    -> std::optional<seasonally_adjusted_model<Spec>> {
  return seasonally_adjusted_model<Spec>::blank(spec);
}

/// `update`: one update of the wrapped model (in a gap also one prediction) and some ten operations for each
/// season, once a season as many more as it has steps; no allocation of its own.
template <Forecaster Spec>
class seasonally_adjusted_model {
 public:
  friend void update(seasonally_adjusted_model& m, double y, std::span<const double> row) {
    double season = 0;
    for (std::size_t k = 0; k < m.lengths_.size(); ++k) season += m.pattern(k)[m.next_[k]];
    if (m.rate_ > 0 && !m.lengths_.empty()) {
      double rest = y - season;
      if (!is_observed(y))  // a gap looks like what was expected of it
        predict_mean(m.inner_, regressor_view{row, row.size()}, std::span{&rest, 1});
      for (std::size_t k = 0; k < m.lengths_.size(); ++k) m.follow(k, rest);
    }
    update(m.inner_, is_observed(y) ? y - season : y, row);
    for (std::size_t k = 0; k < m.lengths_.size(); ++k)
      if (++m.next_[k] == m.lengths_[k]) m.next_[k] = 0;
  }
  friend void predict_mean(const seasonally_adjusted_model& m, regressor_view x, std::span<double> out) {
    predict_mean(m.inner_, x, out);
    for (std::size_t k = 0; k < m.lengths_.size(); ++k) {
      std::size_t place = m.next_[k];
      for (double& o : out) {
        o += m.pattern(k)[place];
        if (++place == m.lengths_[k]) place = 0;
      }
    }
  }

  [[nodiscard]] const typename Spec::model& inner() const { return inner_; }
  [[nodiscard]] bool takes(std::size_t columns) const { return detail::takes_rows(inner_, columns); }
  /// The seasons in use, ascending.
  [[nodiscard]] std::span<const std::size_t> season_lengths() const { return lengths_; }

  /// See `blank_model`.
  static std::optional<seasonally_adjusted_model> blank(const seasonally_adjusted<Spec>& spec) {
    auto inner = detail::blank_of(spec.inner);
    if (!inner) return std::nullopt;
    return seasonally_adjusted_model{{}, {}, {}, 0, std::move(*inner)};
  }
  /// See `fit`.
  static result<seasonally_adjusted_model, errc> fitted(const seasonally_adjusted<Spec>& spec,
                                                        telemetry::series_view y, regressor_view x) {
    FORESHIFT_EXPECT(spec.season_rate >= 0 && spec.season_rate < 1);
    if (y.size() > 0 && count_observed(y.values) == 0) return failure{errc::all_missing};
    const auto lengths = usable_seasons(spec.season_lengths, y.size());
    if (lengths.empty()) {
      auto inner = fit(spec.inner, y, x);
      if (!inner) return failure{inner.error()};
      return seasonally_adjusted_model{{}, {}, {}, 0, std::move(*inner)};
    }
    const auto parts = decompose(
        mstl{.season_lengths = lengths, .s_windows = spec.s_windows, .each = {.robust = spec.robust}},
        y.values);
    if (!parts) return failure{parts.error()};
    const auto rest = without_seasons(*parts);
    std::vector<double> patterns, recent;
    for (std::size_t k = 0; k < lengths.size(); ++k)
      for (std::size_t i = y.size() - lengths[k]; i < y.size(); ++i) {
        patterns.push_back(parts->season(k)[i]);
        recent.push_back(patterns.back() + (is_observed(rest[i]) ? rest[i] : parts->trend[i]));
      }
    auto inner = fit(spec.inner, telemetry::series_view{y.start, y.step, rest}, x);
    if (!inner) return failure{inner.error()};
    return seasonally_adjusted_model{lengths, std::move(patterns), std::move(recent), spec.season_rate,
                                     std::move(*inner)};
  }

 private:
  seasonally_adjusted_model(std::vector<std::size_t> lengths, std::vector<double> patterns,
                            std::vector<double> recent, double rate, typename Spec::model inner)
      : inner_(std::move(inner)),
        lengths_(std::move(lengths)),
        starts_(lengths_.size(), 0),
        next_(lengths_.size(), 0),
        patterns_(std::move(patterns)),
        recent_(std::move(recent)),
        sums_(lengths_.size(), 0.0),
        rate_(rate) {
    for (std::size_t k = 1; k < lengths_.size(); ++k) starts_[k] = starts_[k - 1] + lengths_[k - 1];
    for (std::size_t k = 0; k < lengths_.size(); ++k) sum_up(k);
  }
  // Takes what the series is now without any season, and renews the place half a season back.
  void follow(std::size_t k, double rest) {
    const std::size_t m = lengths_[k], at = next_[k], centre = (at + m - m / 2) % m;
    double* const place = patterns_.data() + starts_[k];
    double* const recent = recent_.data() + starts_[k];
    const double before = sums_[k];
    sums_[k] += rest + place[at] - recent[at];
    recent[at] = rest + place[at];
    if (at + 1 == m) sum_up(k);  // a running sum keeps the rounding of every outlier
    // In a season of even length two windows share the centre.
    const double mean = (m % 2 == 0 ? 0.5 * (before + sums_[k]) : sums_[k]) / static_cast<double>(m);
    place[centre] += rate_ * (recent[centre] - mean - place[centre]);
  }
  void sum_up(std::size_t k) {
    sums_[k] = 0;
    for (std::size_t i = 0; i < lengths_[k]; ++i) sums_[k] += recent_[starts_[k] + i];
  }
  [[nodiscard]] const double* pattern(std::size_t k) const { return patterns_.data() + starts_[k]; }

  friend struct foreshift::archive_access;
  static void members(auto& self, auto& archive) {
    archive(self.inner_, self.lengths_, self.starts_, self.next_, self.patterns_, self.recent_, self.sums_,
            self.rate_);
  }
  [[nodiscard]] bool consistent() const {
    if (next_.size() != lengths_.size() || starts_.size() != lengths_.size() ||
        sums_.size() != lengths_.size() || recent_.size() != patterns_.size())
      return false;
    std::size_t start = 0;
    for (std::size_t k = 0; k < lengths_.size(); ++k) {
      if (starts_[k] != start || next_[k] >= lengths_[k] || lengths_[k] > patterns_.size() - start)
        return false;
      start += lengths_[k];
    }
    const auto bounded = [](double v) { return std::abs(v) <= 1e110; };
    return start == patterns_.size() && rate_ >= 0 && rate_ < 1 && std::ranges::all_of(patterns_, bounded) &&
           std::ranges::all_of(recent_, bounded) &&
           std::ranges::all_of(sums_, [](double v) { return std::abs(v) <= 1e120; });
  }

  typename Spec::model inner_;
  std::vector<std::size_t> lengths_, starts_, next_;  // of each season; next_: the place that comes next
  std::vector<double> patterns_;                      // one season after the other
  std::vector<double> recent_;  // what was last seen in each place, without the other seasons
  std::vector<double> sums_;    // of recent_, for each season
  double rate_ = 0;
};

/// What the wrapped fit says of the adjusted series, or `all_missing`. Where no season was seen more than
/// twice, the wrapped model alone. O(n) for each season beside the wrapped fit. @pre 0 <= season_rate < 1
template <Forecaster Spec>
[[nodiscard]] result<seasonally_adjusted_model<Spec>, errc> fit(const seasonally_adjusted<Spec>& spec,
                                                                telemetry::series_view y, regressor_view x) {
  return seasonally_adjusted_model<Spec>::fitted(spec, y, x);
}

}  // namespace foreshift::inline FORESHIFT_ABI::forecast
