#include <foreshift/core/archive.hpp>
#include <foreshift/core/random.hpp>
#include <foreshift/forecast/additive.hpp>
#include <foreshift/forecast/additive_model.hpp>
#include <foreshift/telemetry/event_regressors.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <limits>
#include <vector>

using namespace foreshift;
using namespace foreshift::forecast;

namespace {

constexpr double gap = std::numeric_limits<double>::quiet_NaN();
constexpr std::chrono::hours hour{1};
const time_point origin = *parse_time("2021-03-01");

telemetry::series_view hourly(const std::vector<double>& y) { return {origin, hour, y}; }

// Level, slope, a day's pattern and noise.
double pattern(std::size_t t) {
  return 50 + 0.02 * static_cast<double>(t) + 10 * std::sin(static_cast<double>(t) * 6.283185307179586 / 24);
}
std::vector<double> load(std::size_t n, double noise = 1, std::uint64_t seed = 1) {
  random_stream random{seed};
  std::vector<double> y;
  for (std::size_t t = 0; t < n; ++t) y.push_back(pattern(t) + noise * random.normal());
  return y;
}
std::vector<double> curve(const additive_model& m, std::size_t h = 24) {
  std::vector<double> out(h);
  predict_mean(m, {}, out);
  return out;
}
double worst(const std::vector<double>& a, const std::vector<double>& b) {
  double out = 0;
  for (std::size_t i = 0; i < a.size(); ++i) out = std::max(out, std::abs(a[i] - b[i]));
  return out;
}
byte_string saved(const additive_model& m) {
  archive_writer out;
  out(m);
  return out.take();
}

}  // namespace

TEST_CASE("without change points an update is as good as a new fit") {
  // Then the filter is recursive least squares. What differs from a refit: the scale and with it the weight
  // of the priors, and where effects multiply the points of linearisation; the forecast's own error is about
  // 0.2.
  for (const auto mode : {effect_mode::additive, effect_mode::multiplicative}) {
    const additive spec{.n_changepoints = 0, .weekly_seasonality = 0, .seasonality_mode = mode};
    const auto y = load(600);
    auto streamed = *fit(spec, hourly(y).first(300), {});
    for (std::size_t t = 300; t < y.size(); ++t) update(streamed, y[t], {});
    CHECK(worst(curve(streamed), curve(*fit(spec, hourly(y), {}))) <
          (mode == effect_mode::additive ? 0.02 : 0.2));
  }
}

TEST_CASE("a trend that turns while streaming is followed") {
  auto y = load(1000);
  for (std::size_t t = 600; t < y.size(); ++t)
    y[t] -= 0.04 * static_cast<double>(t - 600);  // up becomes down
  auto m = *fit(additive{}, hourly(y).first(600), {});
  const auto stale = curve(m, 424);
  for (std::size_t t = 600; t < y.size(); ++t) update(m, y[t], {});
  const auto now = curve(m);
  for (std::size_t h = 0; h < 24; ++h) {
    const double truth = pattern(1000 + h) - 0.04 * static_cast<double>(400 + h);
    CHECK(std::abs(now[h] - truth) < 1.5);         // noise has a standard deviation of 1
    CHECK(std::abs(stale[400 + h] - truth) > 10);  // what would have been said without learning
  }
}

TEST_CASE("a spike hardly moves the forecast, and a gap not at all") {
  const auto y = load(400);
  auto m = *fit(additive{}, hourly(y), {});
  const auto ahead = curve(m, 25);
  update(m, 1e9, {});
  CHECK(worst(curve(m, 24), {ahead.begin() + 1, ahead.end()}) < 0.5);

  auto gapped = *fit(additive{}, hourly(y), {});
  update(gapped, gap, {});
  CHECK(worst(curve(gapped, 24), {ahead.begin() + 1, ahead.end()}) < 1e-9);
}

TEST_CASE("the noise follows what is seen") {
  auto m = *fit(additive{}, hourly(load(500)), {});
  CHECK(m.sigma() == doctest::Approx(1).epsilon(0.15));
  const auto wild = load(1500, 4, 2);
  for (std::size_t t = 500; t < 1500; ++t) update(m, wild[t], {});
  CHECK(m.sigma() == doctest::Approx(4).epsilon(0.25));  // the average forgets within 500 steps
}

TEST_CASE("logistic growth stays between floor and cap, also when it learns") {
  std::vector<double> y;
  random_stream random{4};
  for (int t = 0; t < 400; ++t) y.push_back(20 + 60 / (1 + std::exp(-(t - 200) / 40.0)) + random.normal());
  const additive spec{.growth = trend_growth::logistic,
                      .cap = 80,
                      .floor = 20,
                      .weekly_seasonality = 0,
                      .daily_seasonality = 0};
  auto m = *fit(spec, hourly(y).first(250), {});
  for (std::size_t t = 250; t < 400; ++t) update(m, y[t], {});
  for (const double v : curve(m, 2000)) {
    CHECK(v > 78);
    CHECK(v <= 80);
  }
  for (int i = 0; i < 500; ++i) update(m, 0, {});  // below the floor
  for (const double v : curve(m, 2000)) CHECK(v >= 20);
}

TEST_CASE("flat growth has no slope, whatever comes") {
  auto m = *fit(additive{.growth = trend_growth::flat}, hourly(load(300)), {});
  for (int i = 0; i < 100; ++i) update(m, 200 + i, {});
  const auto out = curve(m, 24 * 50);
  CHECK(out[0] == doctest::Approx(out[24 * 49]).epsilon(1e-9));
}

TEST_CASE("the parts add up to the forecast, past and future") {
  std::vector<double> x;
  for (std::size_t t = 0; t < 700; ++t) x.push_back(std::cos(static_cast<double>(t) * 0.37));
  auto y = load(600);
  for (std::size_t t = 0; t < y.size(); ++t) y[t] += 3 * x[t];
  const additive spec{
      .seasonalities = {{.name = "half a day",
                         .period = std::chrono::hours{12},
                         .mode = effect_mode::multiplicative}},
      .holidays = {{.name = "sale", .days = {origin + 5 * 24 * hour, origin + 26 * 24 * hour}}},
      .regressors = {{.name = "heat"}}};
  auto m = *fit(spec, hourly(y), {std::span{x}.first(600), 1});
  for (std::size_t t = 600; t < 620; ++t) update(m, pattern(t) + 3 * x[t], std::span{x}.subspan(t, 1));
  const auto all = components(m, {origin, hour, 700}, {x, 1});
  std::vector<double> ahead(80);
  predict_mean(m, {std::span{x}.last(80), 1}, ahead);
  REQUIRE(all.parts.size() == 5);
  for (std::size_t t = 0; t < 700; ++t) {
    CHECK(all.yhat[t] ==
          doctest::Approx(all.trend[t] * (1 + all.multiplicative_terms[t]) + all.additive_terms[t]));
    CHECK(all.multiplicative_terms[t] == doctest::Approx(all.find("half a day")->values[t]));
    CHECK(all.additive_terms[t] ==
          doctest::Approx(all.find("weekly")->values[t] + all.find("daily")->values[t] +
                          all.find("sale")->values[t] + all.find("heat")->values[t]));
    if (t >= 620) CHECK(all.yhat[t] == doctest::Approx(ahead[t - 620]).epsilon(1e-12));
  }
  CHECK(all.find("nothing") == nullptr);
  CHECK(all.total(component_kind::regressor, effect_mode::additive) == all.find("heat")->values);
  CHECK(all.find("heat")->values[0] - all.find("heat")->values[8] ==
        doctest::Approx(3 * (x[0] - x[8])).epsilon(0.05));  // 700 values with noise 1: 2 %
  CHECK(all.find("sale")->values[0] == 0);
}

TEST_CASE("events from a calendar act as regressors") {
  telemetry::calendar events;
  for (const int day : {3, 8, 12, 17, 21, 26, 31})
    events.events.push_back({origin + day * 24 * hour + 9 * hour,
                             origin + day * 24 * hour + 13 * hour,
                             telemetry::event_kind::campaign,
                             {}});
  const auto columns = telemetry::event_columns(events);
  const auto rows = telemetry::event_regressors(events, columns, {origin, hour, 33 * 24});
  auto y = load(28 * 24);
  for (std::size_t t = 0; t < y.size(); ++t) y[t] += 25 * rows[t * 3];
  const regressor_view x{rows, 3};
  const auto m = *fit(additive{}, hourly(y), x.slice(0, y.size()));
  std::vector<double> out(5 * 24);
  predict_mean(m, x.slice(y.size(), out.size()), out);
  for (std::size_t h = 0; h < out.size(); ++h)  // 4 errors of an effect seen 24 times with noise 1
    CHECK(std::abs(out[h] - pattern(y.size() + h) - 25 * rows[(y.size() + h) * 3]) < 1.2);
}

TEST_CASE("a model saved and restored forecasts and learns to the same bits") {
  const additive spec{.holidays = {{.name = "sale", .days = {origin + 30 * hour}}}};
  const auto y = load(500);
  auto before = *fit(spec, hourly(y), {});
  for (int i = 0; i < 50; ++i) update(before, 60, {});
  const auto bytes = saved(before);
  auto after = archive_access::blank<additive_model>();
  archive_reader in{bytes};
  in(after);
  REQUIRE(in.finished());
  CHECK(curve(before) == curve(after));
  for (int i = 0; i < 50; ++i) {
    update(before, 70 + i, {});
    update(after, 70 + i, {});
  }
  CHECK(curve(before) == curve(after));
  CHECK(saved(before) == saved(after));
}

TEST_CASE("damaged bytes are refused, or give a model whose forecasts are finite") {
  const additive spec{.n_changepoints = 3,
                      .weekly_seasonality = 0,
                      .daily_seasonality = 1,
                      .holidays = {{.name = "s", .days = {origin}}}};
  const auto whole = saved(*fit(spec, hourly(load(100)), {}));
  std::size_t refused = 0;
  const auto attempt = [&](const byte_string& bytes) {
    auto m = archive_access::blank<additive_model>();
    archive_reader in{bytes};
    in(m);
    if (!in.finished()) return void(++refused);
    for (int i = 0; i < 3; ++i) update(m, i % 2 == 0 ? 1e100 : -5, {});
    for (const double v : curve(m, 5)) REQUIRE(std::isfinite(v));
    (void)components(m, {origin, hour, 3}, {});
    (void)m.end();
  };
  for (std::size_t n = 0; n < whole.size(); ++n)
    attempt({whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(n)});
  CHECK(refused == whole.size());
  for (std::size_t at = 0; at < whole.size(); ++at)
    for (const auto flip : {std::byte{0x01}, std::byte{0x40}, std::byte{0x80}, std::byte{0xFF}}) {
      auto bytes = whole;
      bytes[at] ^= flip;
      attempt(bytes);
    }
}

TEST_CASE("at the end of the time line time stands still") {
  const std::vector<double> y = load(100);
  const auto late = time_point{duration{std::numeric_limits<duration::rep>::max()}} - 120 * hour;
  auto m = *fit(additive{}, {late, hour, y}, {});
  for (int i = 0; i < 100; ++i) update(m, 50, {});
  for (const double v : curve(m, 100)) CHECK(std::abs(v - 50) < 50);
}
