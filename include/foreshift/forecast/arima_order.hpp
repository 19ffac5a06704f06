#pragma once
/// @file
/// The order of a seasonal ARIMA, and how its coefficients lie in a flat vector.

#include <foreshift/core/config.hpp>

#include <cstddef>
#include <span>

namespace foreshift::inline FORESHIFT_ABI::forecast {

/// (p,d,q)(P,D,Q)[m]. Coefficients are kept in one flat vector: p autoregressive, q moving-average, P
/// seasonal autoregressive, Q seasonal moving-average ones, with the signs of
///     (1 - ar B - ...) (1 - sar B^m - ...) w = (1 + ma B + ...) (1 + sma B^m + ...) e,
/// where w is the series after d differences and D seasonal differences.
struct arima_order {
  std::size_t p = 0, d = 0, q = 0;
  std::size_t P = 0, D = 0, Q = 0;
  std::size_t season_length = 1;  ///< m >= 1

  [[nodiscard]] constexpr std::size_t coefficients() const { return p + q + P + Q; }
  /// How many values the differences cost.
  [[nodiscard]] constexpr std::size_t lost() const { return d + D * season_length; }
  [[nodiscard]] constexpr std::size_t ar_lag() const { return p + P * season_length; }
  [[nodiscard]] constexpr std::size_t ma_lag() const { return q + Q * season_length; }
  friend constexpr bool operator==(const arima_order&, const arima_order&) = default;

  static void members(auto& self, auto& archive) {
    archive(self.p, self.d, self.q, self.P, self.D, self.Q, self.season_length);
  }
  /// Bounds beyond which no one has a use for a model, so that sizes made of them cannot overflow.
  [[nodiscard]] constexpr bool consistent() const {
    constexpr std::size_t lags_max = 1000, season_max = 1'000'000;
    return p <= lags_max && q <= lags_max && P <= lags_max && Q <= lags_max && d <= 2 && D <= 2 &&
           season_length >= 1 && season_length <= season_max;
  }
};

/// The parts of a flat coefficient vector. @pre the vector has order.coefficients() values
template <class T>
struct arma_parts {
  std::span<T> ar, ma, seasonal_ar, seasonal_ma;
  arma_parts(const arima_order& order, std::span<T> flat)
      : ar(flat.first(order.p)),
        ma(flat.subspan(order.p, order.q)),
        seasonal_ar(flat.subspan(order.p + order.q, order.P)),
        seasonal_ma(flat.subspan(order.p + order.q + order.P, order.Q)) {}
};

}  // namespace foreshift::inline FORESHIFT_ABI::forecast
