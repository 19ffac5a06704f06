#include <foreshift/core/random.hpp>
#include <foreshift/forecast/lstm_network.hpp>

#include <doctest/doctest.h>

#include <array>
#include <cmath>
#include <limits>
#include <vector>

using namespace foreshift;
using namespace foreshift::forecast;

namespace {

constexpr double gap = std::numeric_limits<double>::quiet_NaN();
lstm tiny() {
  return {.season_length = 6, .seasons_in_cycle = 1, .leads = 3, .hidden = 8, .window = 8, .epochs_max = 2};
}
std::vector<double> noise(std::size_t n, std::uint64_t seed) {
  random_stream random{seed};
  std::vector<double> y;
  for (std::size_t t = 0; t < n; ++t) y.push_back(10 + random.normal());
  return y;
}
telemetry::series_view hourly(const std::vector<double>& y) { return {{}, std::chrono::hours{1}, y}; }

}  // namespace

TEST_CASE("series of different size teach the same network") {
  auto a = noise(80, 1), b = a;
  for (double& v : b) v = 1e6 * v - 5;
  const std::array one{lstm_history{hourly(a)}, lstm_history{hourly(a)}};
  const std::array two{lstm_history{hourly(a)}, lstm_history{hourly(b)}};
  const auto same = *lstm_network::trained(tiny(), one), scaled = *lstm_network::trained(tiny(), two);
  REQUIRE(same.report().epochs > 0);
  for (std::size_t i = 0; i < same.head_weights().size(); ++i)  // but for rounding in 10 steps of training
    CHECK(std::abs(same.head_weights()[i] - scaled.head_weights()[i]) < 1e-3F);
}

TEST_CASE("a series without observations is left out; none at all is a named error") {
  const auto y = noise(60, 1);
  const std::vector<double> gaps(60, gap), nothing;
  const std::array some{lstm_history{hourly(gaps)}, lstm_history{hourly(y)}, lstm_history{hourly(nothing)}};
  CHECK(lstm_network::trained(tiny(), some));
  CHECK(lstm_network::trained(tiny(), std::span{some}.first(1)).error() == errc::all_missing);
  CHECK(lstm_network::trained(tiny(), std::span{some}.last(1)).error() == errc::too_short);
  CHECK(lstm_network::trained(tiny(), {}).error() == errc::too_short);
}

TEST_CASE("regressors that do not match are a named error") {
  const auto y = noise(40, 1);
  const std::vector<double> right(40, 1.0), wrong(39, 1.0);
  auto infinite = right;
  infinite[7] = INFINITY;
  const auto error = [&](const std::vector<double>& x, bool beside_one_without) {
    const std::array all{lstm_history{hourly(y), {x, 1}}, lstm_history{hourly(y)}};
    return lstm_network::trained(tiny(), std::span{all}.first(beside_one_without ? 2 : 1));
  };
  CHECK(error(right, false));
  CHECK(error(wrong, false).error() == errc::bad_regressors);
  CHECK(error(infinite, false).error() == errc::bad_regressors);
  CHECK(error(right, true).error() == errc::bad_regressors);
}

TEST_CASE("a regressor counts in units of its largest value") {
  const auto y = noise(40, 1);
  std::vector<double> x(80, 0.0);
  x[6] = -4000;  // column 0; column 1 is never anything
  const std::array one{lstm_history{hourly(y), {x, 2}}};
  const auto net = *lstm_network::trained(tiny(), one);
  std::array<double, 2> out{};
  net.scale_events(std::array{2000.0, 3.0}, out);
  CHECK(out == std::array{0.5, 3.0});
  net.scale_events(std::array{gap, 1e99}, out);
  CHECK(out == std::array{0.0, 10.0});
}

TEST_CASE("the place in the cycle follows from the time") {
  const auto y = noise(20, 1);
  lstm spec = tiny();
  spec.season_length = 24;
  spec.seasons_in_cycle = 7;
  const std::array one{lstm_history{hourly(y)}};
  const auto net = *lstm_network::trained(spec, one);
  const auto place = [&](duration since_epoch) {
    return net.place_of({time_point{since_epoch}, std::chrono::hours{1}, y});
  };
  CHECK(place(std::chrono::hours{0}) == 0);
  CHECK(place(std::chrono::hours{170}) == 2);
  CHECK(place(std::chrono::hours{-1}) == 167);
}
