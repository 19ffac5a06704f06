#include <foreshift/core/random.hpp>
#include <foreshift/forecast/lstm.hpp>
#include <foreshift/forecast/lstm_model.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <vector>

using namespace foreshift;
using namespace foreshift::forecast;

namespace {

constexpr double gap = std::numeric_limits<double>::quiet_NaN();
lstm tiny() {
  return {.season_length = 6, .seasons_in_cycle = 2, .leads = 4, .hidden = 8, .window = 12, .epochs_max = 3};
}
std::vector<double> load(std::size_t n) {
  random_stream random{1};
  std::vector<double> y;
  for (std::size_t t = 0; t < n; ++t)
    y.push_back(50 + 10 * std::sin(static_cast<double>(t) * 6.283185307179586 / 6) + 2 * random.normal());
  return y;
}
telemetry::series_view hourly(const std::vector<double>& y) { return {{}, std::chrono::hours{1}, y}; }
std::vector<double> curve(const lstm_model& m, std::size_t h, regressor_view x = {}) {
  std::vector<double> out(h);
  predict_mean(m, x, out);
  return out;
}
byte_string written(const lstm_model& m) {
  archive_writer out;
  out(m);
  return out.take();
}
bool read(byte_span bytes, lstm_model& into) {
  archive_reader in{bytes};
  in(into);
  return in.finished();
}

}  // namespace

TEST_CASE("quantiles are in order at every step, near and far, and the median is the mean curve") {
  const auto y = load(200);
  const auto m = *fit(tiny(), hourly(y), {});
  const std::vector<double> levels{0.001, 0.05, 0.1, 0.3, 0.5, 0.9, 0.99};
  const std::size_t h = 11;  // two looks go on from medians
  std::vector<double> q(levels.size() * h);
  predict_quantiles(m, {}, levels, q);
  const auto median = curve(m, h);
  for (std::size_t step = 0; step < h; ++step) {
    for (std::size_t i = 1; i < levels.size(); ++i) CHECK(q[(i - 1) * h + step] <= q[i * h + step]);
    CHECK(q[4 * h + step] == median[step]);
    CHECK(q[1 * h + step] < q[5 * h + step]);
  }
}

TEST_CASE("a longer look begins with the shorter one") {
  const auto y = load(200);
  const auto m = *fit(tiny(), hourly(y), {});
  const auto longer = curve(m, 13);
  for (const std::size_t h : {1U, 4U, 5U, 8U}) {
    const auto shorter = curve(m, h);
    CHECK(std::equal(shorter.begin(), shorter.end(), longer.begin()));
  }
}

TEST_CASE("a look beyond the leads is the look after observing the medians") {
  const auto y = load(200);
  const auto m = *fit(tiny(), hourly(y), {});
  const auto longer = curve(m, 8);
  auto later = m;
  for (std::size_t i = 0; i < 4; ++i) update(later, longer[i], {});
  const auto next = curve(later, 4);
  for (std::size_t i = 0; i < 4; ++i)  // the medians went through the unit of the series: single precision
    CHECK(next[i] == doctest::Approx(longer[4 + i]).epsilon(1e-5));
}

TEST_CASE("an observation far outside of the past cannot throw the forecast further") {
  const auto y = load(200);
  auto m = *fit(tiny(), hourly(y), {});
  update(m, 500, {});
  for (const double v : curve(m, 8)) {
    CHECK(v <= 750);
    CHECK(v >= -200);
  }
}

TEST_CASE("a model comes back from bytes: same forecasts and same learning, to the bit") {
  const auto y = load(120);
  std::vector<double> x(120, 0.0);
  for (std::size_t t = 0; t < x.size(); t += 7) x[t] = 3;
  auto m = *fit(tiny(), hourly(y), {x, 1});
  const auto bytes = written(m);
  auto back = *fit(tiny(), hourly(y).first(40), {std::span{x}.first(40), 1});
  REQUIRE(read(bytes, back));
  const regressor_view future{std::span{x}.first(10), 1};
  CHECK(curve(back, 10, future) == curve(m, 10, future));
  for (int i = 0; i < 20; ++i) {
    const double row = i % 2;
    update(m, i % 5 == 0 ? gap : 40 + i, {&row, 1});
    update(back, i % 5 == 0 ? gap : 40 + i, {&row, 1});
  }
  CHECK(curve(back, 10, future) == curve(m, 10, future));
  CHECK(written(back) == written(m));
}

TEST_CASE("damaged bytes are refused or give a model that forecasts finite numbers") {
  const auto y = load(60);
  lstm spec = tiny();
  spec.hidden = 1;
  spec.levels = {};
  const auto m = *fit(spec, hourly(y), {});
  const auto bytes = written(m);
  auto back = m;
  for (std::size_t n = 0; n < bytes.size(); n += n < 400 ? 1 : 97)
    CHECK_FALSE(read(byte_span{bytes}.first(n), back));
  random_stream random{3};
  for (int round = 0; round < 3000; ++round) {
    auto forged = bytes;
    // The options and the state, whose sizes and places matter, are hit more often than the weights.
    const std::size_t near = round % 3 == 0 ? 200 : round % 3 == 1 ? 700 : bytes.size();
    const std::size_t at = random.below(near);
    const std::size_t place = round % 2 == 0 ? at : bytes.size() - 1 - at;
    forged[place] = static_cast<std::byte>(random.below(256));
    auto restored = m;
    if (!read(forged, restored)) continue;
    for (int i = 0; i < 3; ++i) update(restored, 50 + i, {});
    for (const double v : curve(restored, 9)) CHECK(std::isfinite(v));
  }
}

TEST_CASE("the curve through quantiles is straight between them and goes on beyond") {
  const std::vector<double> known{-1, 0, 2};
  const std::vector<float> q{10, 20, 30};
  CHECK(forecast::detail::interpolated(known, q, -1) == 10);
  CHECK(forecast::detail::interpolated(known, q, 1) == 25);
  CHECK(forecast::detail::interpolated(known, q, -2) == 0);
  CHECK(forecast::detail::interpolated(known, q, 4) == 40);
  CHECK(forecast::detail::interpolated(std::span{known}.first(1), std::span{q}.first(1), 9) == 10);
}
