#include <foreshift/forecast/arima_order.hpp>

#include <doctest/doctest.h>

#include <array>

using namespace foreshift::forecast;

TEST_CASE("differences cost one value each, seasonal ones a season") {
  constexpr arima_order order{.p = 2, .d = 1, .q = 1, .P = 1, .D = 1, .Q = 2, .season_length = 12};
  static_assert(order.lost() == 13 && order.coefficients() == 6);
  static_assert(order.ar_lag() == 14 && order.ma_lag() == 25);
  static_assert(order.consistent() && !arima_order{.d = 3}.consistent() &&
                !arima_order{.season_length = 0}.consistent());
}

TEST_CASE("a flat coefficient vector is cut into its four parts") {
  const std::array<double, 6> flat{1, 2, 3, 4, 5, 6};
  const arma_parts<const double> part{{.p = 2, .q = 1, .P = 1, .Q = 2}, flat};
  CHECK(part.ar.size() == 2);
  CHECK(part.ma.front() == 3);
  CHECK(part.seasonal_ar.front() == 4);
  CHECK(part.seasonal_ma.back() == 6);
}
