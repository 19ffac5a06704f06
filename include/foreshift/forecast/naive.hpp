#pragma once
/// @file
/// The forecasts that every other one has to beat: the last value, and the value one season ago.
///
/// On strongly periodic load the seasonal naive forecast is hard to beat by little effort, and on short
/// horizons the naive one is; both are also the yardstick in MASE and OWA (accuracy.hpp).
///
/// Source: R. J. Hyndman, G. Athanasopoulos, "Forecasting: Principles and Practice", 3rd ed., section 5.2.

#include <foreshift/core/archive.hpp>
#include <foreshift/forecast/forecaster.hpp>
#include <foreshift/forecast/observation.hpp>

#include <algorithm>
#include <cstddef>
#include <limits>
#include <span>
#include <string_view>
#include <vector>

namespace foreshift::inline FORESHIFT_ABI::forecast {

/// The last observation. 8 bytes; update and prediction do not allocate.
struct naive_model {
  double last = 0;

  friend void update(naive_model& m, double y, std::span<const double> /*row*/) {
    if (is_observed(y)) m.last = y;
  }
  friend void predict_mean(const naive_model& m, regressor_view /*x*/, std::span<double> out) {
    std::ranges::fill(out, m.last);
  }
  static void members(auto& self, auto& archive) { archive(self.last); }
  [[nodiscard]] bool consistent() const { return is_observed(last); }
};

/// Every step to come is like the last observation. Regressors are ignored.
struct naive {
  using model = naive_model;
  static constexpr std::string_view name = "naive";
};

/// `all_missing` when there is no observation at all. O(n).
[[nodiscard]] inline result<naive_model, errc> fit(const naive&, telemetry::series_view y, regressor_view) {
  for (std::size_t i = y.size(); i-- > 0;)
    if (is_observed(y.values[i])) return naive_model{y.values[i]};
  return failure{errc::all_missing};
}

/// The last season. Update is O(1) and prediction O(h), without allocation.
class seasonal_naive_model {
 public:
  /// @param season the last season, oldest value first; not empty
  explicit seasonal_naive_model(std::vector<double> season) : season_(std::move(season)) {
    FORESHIFT_EXPECT(!season_.empty());
  }

  friend void update(seasonal_naive_model& m, double y, std::span<const double> /*row*/) {
    if (is_observed(y)) m.season_[m.next_] = y;  // over a gap the value of the season before stays
    if (++m.next_ == m.season_.size()) m.next_ = 0;
  }
  friend void predict_mean(const seasonal_naive_model& m, regressor_view /*x*/, std::span<double> out) {
    std::size_t at = m.next_;
    for (double& o : out) {
      o = m.season_[at];
      if (++at == m.season_.size()) at = 0;
    }
  }

 private:
  friend struct foreshift::archive_access;
  seasonal_naive_model() = default;
  static void members(auto& self, auto& archive) { archive(self.season_, self.next_); }
  [[nodiscard]] bool consistent() const {
    return next_ < season_.size() && std::ranges::all_of(season_, is_observed);
  }

  std::vector<double> season_;
  std::size_t next_ = 0;
};

/// Every step to come is like the step one season before it. Regressors are ignored.
struct seasonal_naive {
  using model = seasonal_naive_model;
  static constexpr std::string_view name = "seasonal-naive";
  std::size_t season_length = 24;  ///< in steps, at least 1
};

/// `too_short` below one season, `all_missing` without any observation. A place of the season that was never
/// seen takes the value nearest before it. O(n). @pre season_length >= 1
[[nodiscard]] inline result<seasonal_naive_model, errc> fit(const seasonal_naive& spec,
                                                            telemetry::series_view y, regressor_view) {
  FORESHIFT_EXPECT(spec.season_length >= 1);
  const auto first = std::ranges::find_if(y.values, is_observed);
  if (first == y.values.end()) return failure{y.size() == 0 ? errc::too_short : errc::all_missing};
  if (y.size() < spec.season_length) return failure{errc::too_short};

  std::vector<double> season(spec.season_length, std::numeric_limits<double>::quiet_NaN());
  for (std::size_t i = 0; i < y.size(); ++i)  // counted so that the oldest place of the last season is 0
    if (is_observed(y.values[i]))
      season[(i + spec.season_length - y.size() % spec.season_length) % spec.season_length] = y.values[i];
  double last = *std::ranges::find_if(season, is_observed);
  for (double& s : season) last = is_observed(s) ? s : (s = last);
  return seasonal_naive_model{std::move(season)};
}

static_assert(Forecaster<naive> && Forecaster<seasonal_naive>);

}  // namespace foreshift::inline FORESHIFT_ABI::forecast
