#include "saved_model.hpp"

#include <foreshift/core/random.hpp>
#include <foreshift/forecast/any_forecaster.hpp>
#include <foreshift/forecast/local_reversion.hpp>
#include <foreshift/forecast/naive.hpp>
#include <foreshift/forecast/seasonal_ar.hpp>
#include <foreshift/forecast/seasonal_median.hpp>
#include <foreshift/forecast/smoothing.hpp>

#include <doctest/doctest.h>

#include <array>
#include <cmath>
#include <vector>

using namespace foreshift;
using namespace foreshift::forecast;

namespace {
// A user's own method: always zero.
struct zero_model {
  friend void update(zero_model&, double, std::span<const double>) {}
  friend void predict_mean(const zero_model&, regressor_view, std::span<double> out) {
    std::ranges::fill(out, 0.0);
  }
};
struct zero {
  using model = zero_model;
  friend result<zero_model, errc> fit(const zero&, telemetry::series_view, regressor_view) {
    return zero_model{};
  }
};
const std::vector<double> y{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 9, 8};
telemetry::series_view history() { return {{}, std::chrono::hours{1}, y}; }
}  // namespace

TEST_CASE("methods of different types stand in one list and forecast as themselves") {
  const std::vector<any_forecaster> list{naive{}, zero{}, seasonal_naive{2}, seasonal_ar{}};
  std::array<double, 2> out{}, direct{};
  predict_mean(*fit(list[0], history(), {}), {}, out);
  CHECK(out == std::array{8.0, 8.0});
  predict_mean(*fit(list[1], history(), {}), {}, out);
  CHECK(out == std::array{0.0, 0.0});
  predict_mean(*fit(list[2], history(), {}), {}, out);
  CHECK(out == std::array{9.0, 8.0});
  predict_mean(*fit(list[3], history(), {}), {}, out);
  predict_mean(*fit(seasonal_ar{}, history(), {}), {}, direct);
  CHECK(out == direct);
}

TEST_CASE("the reason of a failed fit comes through") {
  CHECK(fit(any_forecaster{seasonal_naive{100}}, history(), {}).error() == errc::too_short);
}

TEST_CASE("a copy of a fitted model is a copy, not a second name") {
  auto a = *fit(any_forecaster{naive{}}, history(), {});
  auto b = a;
  update(b, 77, {});
  std::array<double, 1> out{};
  predict_mean(a, {}, out);
  CHECK(out[0] == 8);
  a = b;
  predict_mean(a, {}, out);
  CHECK(out[0] == 77);
}

TEST_CASE(
    "what says that it fits by updates is the same to the bit, fitted on a part and updated, or on all") {
  random_stream random{5};
  std::vector<double> long_past(500);
  for (double& v : long_past) v = random.chance(0.1) ? std::nan("") : 10 + std::floor(4 * random.normal());
  const telemetry::series_view all{{}, std::chrono::hours{1}, long_past};
  const std::vector<any_forecaster> list{local_reversion{.window = 24, .memory = 1000},
                                         exponential_smoothing{}, exponential_smoothing{.alpha = 0.3},
                                         seasonal_median{.bucket_length = 4}};
  for (const auto& spec : list) {
    CHECK(spec.learns_all_by_update());
    const auto whole = forecast_test::saved(*fit(spec, all, {}));
    REQUIRE_FALSE(whole.empty());
    for (const std::size_t first : {20U, 250U, 499U}) {
      auto part = *fit(spec, all.first(first), {});
      for (std::size_t t = first; t < long_past.size(); ++t) update(part, long_past[t], {});
      CHECK(forecast_test::saved(part) == whole);
    }
  }
  CHECK_FALSE(any_forecaster{seasonal_ar{}}.learns_all_by_update());
  CHECK_FALSE(any_forecaster{naive{}}.learns_all_by_update());
}
