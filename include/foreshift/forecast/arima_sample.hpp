#pragma once
/// @file
/// A series made ready for the likelihood of an ARIMA: scaled, differenced, its gaps turned into regressors.
///
/// Differencing first loses nothing while every value is there. A gap would cost it several differences; so a
/// gap is filled with any value and given a regressor of its own, which is 1 there and 0 elsewhere and is
/// differenced like the series. With a flat prior on its coefficient the likelihood is exactly that of the
/// values that were observed, and minus the coefficient is what the filling was wrong by.
///
/// Source: V. Gomez, A. Maravall, D. Pena, "Missing observations in ARIMA models: skipping approach versus
/// additive outlier approach", J. Econometrics 88, 1999.

#include <foreshift/core/result.hpp>
#include <foreshift/forecast/forecaster.hpp>
#include <foreshift/forecast/lag_polynomial.hpp>
#include <foreshift/forecast/observation.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

namespace foreshift::inline FORESHIFT_ABI::forecast {

/// y = centre + unit x z: a value that occurred, and a power of two near the largest distance from it.
struct series_scale {
  double centre = 0, unit = 1;

  /// A value beyond the range of double after scaling is held at its edge.
  [[nodiscard]] double in(double y) const {
    constexpr double edge = 1e120;
    return std::clamp((y - centre) / unit, -edge, edge);
  }
  [[nodiscard]] double out(double z) const { return centre + unit * z; }

  static void members(auto& self, auto& archive) { archive(self.centre, self.unit); }
  [[nodiscard]] bool consistent() const { return std::isfinite(centre) && std::isfinite(unit) && unit > 0; }
};

/// @param move_centre false: the centre stays 0, for models that know no constant
[[nodiscard]] inline series_scale scale_of(std::span<const double> y, bool move_centre) {
  const auto first = std::ranges::find_if(y, is_observed);
  if (first == y.end()) return {};
  series_scale s{.centre = move_centre ? *first : 0.0, .unit = 1};
  double size = 0;
  for (const double v : y)
    if (is_observed(v)) size = std::max(size, std::abs(v - s.centre));
  if (size <= 1e-14 * std::abs(s.centre)) size = std::abs(s.centre);  // rounding is no movement
  int exponent = 0;
  std::frexp(size, &exponent);
  s.unit = size > 0 ? std::ldexp(1.0, std::clamp(exponent, -1000, 1000)) : 1.0;
  return s;
}

/// The constant of an ARIMA: nothing, a mean when there are no differences, a drift when there is one.
enum class arima_constant : std::uint8_t { none, mean, drift };

/// A differenced series and its regressors, all of `size` values.
struct arima_sample {
  arima_order order;
  series_scale scale;
  std::size_t first = 0;              ///< where in the series the sample begins
  std::size_t length = 0;             ///< values of the series in it, before differencing
  std::vector<double> level;          ///< length: scaled, gaps filled
  std::vector<std::size_t> gaps;      ///< places in `level`
  std::vector<double> w;              ///< size: level after differencing
  std::vector<double> columns;        ///< (gaps + regressors) x size, column by column
  std::vector<double> level_columns;  ///< regressors x length: before differencing
  std::size_t regressors = 0;         ///< the constant, where there is one, and the caller's
  std::vector<double> column_unit;    ///< regressors: what the columns were divided by

  [[nodiscard]] std::size_t size() const { return w.size(); }
  /// Observations that the likelihood is of.
  [[nodiscard]] std::size_t used() const { return length - gaps.size() - order.lost(); }
  [[nodiscard]] std::size_t column_count() const { return gaps.size() + regressors; }
  /// Regressor c before differencing, in its unit.
  [[nodiscard]] std::span<const double> level_column(std::size_t c) const {
    return std::span{level_columns}.subspan(c * length, length);
  }
  [[nodiscard]] std::span<const double> column(std::size_t c) const {
    return std::span{columns}.subspan(c * size(), size());
  }
};

/// More gaps than this inside the sample, and its oldest part is left out: the cost grows with their square.
inline constexpr std::size_t arima_gaps_max = 256;

namespace detail {

/// w_t = y_t - sum of terms, for t from the longest lag on.
inline void difference(const lag_terms& terms, std::span<const double> y, std::span<double> w) {
  const std::size_t lost = longest_lag(terms);
  for (std::size_t t = 0; t < w.size(); ++t) {
    w[t] = y[t + lost];
    for (const auto& [lag, value] : terms) w[t] -= value * y[t + lost - lag];
  }
}

/// Straight lines between the neighbours of each gap. @pre the first and the last value are observed
inline void fill_gaps(std::span<double> level, std::vector<std::size_t>& gaps) {
  std::size_t before = 0;
  for (std::size_t t = 1; t < level.size(); ++t) {
    if (std::isnan(level[t])) {
      gaps.push_back(t);
      continue;
    }
    const double slope = (level[t] - level[before]) / static_cast<double>(t - before);
    for (std::size_t g = before + 1; g < t; ++g)
      level[g] = level[before] + slope * static_cast<double>(g - before);
    before = t;
  }
}

}  // namespace detail

/// `all_missing`; `too_short` when fewer than `order.lost() + least` values are observed; `bad_regressors`
/// when x has not one finite row for each y. O(n k). @pre order.consistent()
[[nodiscard]] inline result<arima_sample, errc> arima_sample_of(const arima_order& order,
                                                                std::span<const double> y, regressor_view x,
                                                                arima_constant constant, std::size_t least) {
  FORESHIFT_EXPECT(order.consistent());
  if (x.columns > 0 && (x.rows() != y.size() || !std::ranges::all_of(x.values, is_observed)))
    return failure{errc::bad_regressors};
  arima_sample s;
  s.order = order;
  std::size_t end = y.size(), holes = 0;
  while (end > 0 && !is_observed(y[end - 1])) --end;
  if (end == 0) return failure{y.empty() ? errc::too_short : errc::all_missing};
  s.first = end - 1;
  for (std::size_t t = end; t-- > 0;) {  // as far back as the number of gaps allows
    if (is_observed(y[t]))
      s.first = t;
    else if (++holes > arima_gaps_max)
      break;
  }
  const auto part = y.subspan(s.first, end - s.first);
  s.length = part.size();
  if (count_observed(part) < order.lost() + least) return failure{errc::too_short};
  s.scale = scale_of(part, constant != arima_constant::none || order.lost() > 0);
  s.level.resize(s.length);
  for (std::size_t t = 0; t < s.length; ++t)
    s.level[t] = is_observed(part[t]) ? s.scale.in(part[t]) : std::numeric_limits<double>::quiet_NaN();
  detail::fill_gaps(s.level, s.gaps);

  const auto terms = difference_terms(order);
  const std::size_t n = s.length - order.lost();
  s.w.resize(n);
  detail::difference(terms, s.level, s.w);
  s.regressors = x.columns + (constant == arima_constant::none ? 0U : 1U);
  s.columns.assign(s.column_count() * n, 0.0);
  for (std::size_t g = 0; g < s.gaps.size(); ++g) {
    const auto column = std::span{s.columns}.subspan(g * n, n);
    const auto put = [&](std::size_t lag, double value) {
      const std::size_t t = s.gaps[g] + lag;
      if (t >= order.lost() && t - order.lost() < n) column[t - order.lost()] += value;
    };
    put(0, 1.0);
    for (const auto& [lag, value] : terms) put(lag, -value);
  }
  s.level_columns.resize(s.regressors * s.length);
  for (std::size_t c = 0; c < s.regressors; ++c) {
    const auto raw = std::span{s.level_columns}.subspan(c * s.length, s.length);
    const bool own = constant != arima_constant::none && c == 0;
    const std::size_t of = c - (constant != arima_constant::none && !own ? 1U : 0U);
    double size = 0;
    for (std::size_t t = 0; t < s.length; ++t) {
      raw[t] = !own                               ? x.row(s.first + t)[of]
               : constant == arima_constant::mean ? 1.0
                                                  : static_cast<double>(t + 1);
      size = std::max(size, std::abs(raw[t]));
    }
    s.column_unit.push_back(size > 0 ? size : 1.0);
    for (double& r : raw) r /= s.column_unit.back();
    detail::difference(terms, raw, std::span{s.columns}.subspan((s.gaps.size() + c) * n, n));
  }
  return s;
}

}  // namespace foreshift::inline FORESHIFT_ABI::forecast
