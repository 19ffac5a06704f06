#include <foreshift/forecast/seasonal_ar_state.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <vector>

using namespace foreshift::forecast;

TEST_CASE("the lags grow from near to daily to weekly and never repeat") {
  const seasonal_ar spec{.season_length = 24};
  const std::vector<std::size_t> wanted{1, 2, 24, 25, 168, 169};
  for (std::size_t stage = 0; stage < 3; ++stage) {
    const auto lags = detail::lags_in_use(spec, stage);
    REQUIRE(lags.size() == 2 * (stage + 1));
    for (std::size_t i = 0; i < lags.size(); ++i) CHECK(lags[i] == wanted[i]);
  }
  CHECK(detail::lags_in_use({.season_length = 1}, 2).back() == 2);
  CHECK(detail::lags_in_use({.season_length = 24, .seasons_in_cycle = 1}, 2).back() == 25);
}

TEST_CASE("dense lags hold the sparse ones, ascend, and survive short seasons and cycles") {
  for (std::size_t m = 1; m <= 6; ++m)
    for (std::size_t k = 1; k <= 5; ++k)
      for (std::size_t stage = 0; stage < 3; ++stage) {
        CAPTURE(m);
        CAPTURE(k);
        CAPTURE(stage);
        const auto sparse = detail::lags_in_use({.season_length = m, .seasons_in_cycle = k}, stage);
        const auto dense = detail::lags_in_use(
            {.season_length = m, .seasons_in_cycle = k, .lags = lag_pattern::dense}, stage);
        for (std::size_t i = 1; i < dense.size(); ++i) CHECK(dense[i - 1] < dense[i]);
        for (std::size_t i = 0; i < sparse.size(); ++i) {
          bool found = false;
          for (std::size_t j = 0; j < dense.size(); ++j) found = found || dense[j] == sparse[i];
          CHECK(found);
        }
      }
  const auto week = detail::lags_in_use({.season_length = 24, .lags = lag_pattern::dense}, 2);
  const std::vector<std::size_t> wanted{1, 2, 3, 23, 24, 25, 48, 49, 144, 168, 169, 192};
  REQUIRE(week.size() == wanted.size());
  for (std::size_t i = 0; i < wanted.size(); ++i) CHECK(week[i] == wanted[i]);
}

TEST_CASE("the lag window answers by age, also after it wrapped") {
  detail::lag_window past{5};
  for (int i = 1; i <= 13; ++i) past.push(i);
  for (std::size_t lag = 1; lag <= 5; ++lag) CHECK(past.ago(lag) == 14.0 - static_cast<double>(lag));
  past.clear();
  CHECK(past.ago(3) == 0);
}

TEST_CASE("standardising is undone exactly enough, and a constant has a unit too") {
  const std::vector<double> y{3, 5, 4, 100, NAN};
  const auto s = detail::standardise(y);
  CHECK(s.center == 4.5);
  CHECK(s.out(s.in(7.25)) == doctest::Approx(7.25).epsilon(1e-14));
  const auto flat = detail::standardise(std::vector<double>{8, 8, 8});
  CHECK(flat.unit > 0);
  CHECK(detail::standardise(std::vector<double>{0, 0}).unit > 0);
}

TEST_CASE("a gap is filled from the season before, else from the step before") {
  const detail::standardised plain{0, 1};
  const std::vector<double> y{NAN, 1, 2, 3, NAN, NAN};
  CHECK(detail::filled(y, plain, 3) == std::vector<double>{0, 1, 2, 3, 1, 2});
}

TEST_CASE("Huber's weight is 1 inside and k s / |r| outside") {
  CHECK(detail::huber_weight(-1.0, 1.0, 1.5) == 1.0);
  CHECK(detail::huber_weight(-3.0, 1.0, 1.5) == 0.5);
  CHECK(detail::huber_weight(1e9, 1.0, 0) == 1.0);
}
