#include <foreshift/core/archive.hpp>
#include <foreshift/core/random.hpp>
#include <foreshift/forecast/dynamic_regression.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <vector>

using namespace foreshift;
using namespace foreshift::forecast;

namespace {

telemetry::series_view hourly(std::span<const double> y) { return {{}, std::chrono::hours{1}, y}; }

// A day of one harmonic inside a week of two, an event, and errors that hang together.
struct load {
  std::vector<double> y, truth, event;
};
load made(std::size_t n) {
  random_stream random{51};
  load out;
  double error = 0;
  for (std::size_t t = 0; t < n; ++t) {
    const double day = 6.283185307179586 * static_cast<double>(t) / 24, week = day / 7;
    out.event.push_back(t % 31 < 3 ? 1 : 0);
    error = 0.6 * error + random.normal();
    out.truth.push_back(100 + 20 * std::sin(day) + 8 * std::cos(week) + 5 * std::sin(2 * week) +
                        15 * out.event.back());
    out.y.push_back(out.truth.back() + error);
  }
  return out;
}

}  // namespace

TEST_CASE("two seasons and an event are found and go on") {
  const std::size_t n = 800, h = 48;
  const auto all = made(n + h);
  const dynamic_regression spec{.season_lengths = {168, 24}, .harmonics_max = 4};
  const auto m = *fit(spec, hourly(std::span{all.y}.first(n)), {std::span{all.event}.first(n), 1});
  CHECK(std::ranges::count(m.waves(), wave{24, 1}) == 1);
  CHECK(std::ranges::count(m.waves(), wave{168, 1}) == 1);
  CHECK(std::ranges::count(m.waves(), wave{168, 2}) == 1);
  CHECK(m.waves().size() <= 6);
  CHECK(m.effect(0) == doctest::Approx(15).epsilon(0.05));
  std::vector<double> out(h);
  predict_mean(m, {std::span{all.event}.subspan(n), 1}, out);
  for (std::size_t i = 12; i < h; ++i) CHECK(std::abs(out[i] - all.truth[n + i]) < 1);  // errors have sd 1.25
}

TEST_CASE("a frequency that two seasons share is used once") {
  const auto all = made(600);
  const auto m = *fit(dynamic_regression{.season_lengths = {24, 168}, .harmonics_max = 8}, hourly(all.y), {});
  for (const wave& w : m.waves())
    if (w.season_length == 168) CHECK(w.harmonic % 7 != 0);
}

TEST_CASE("updates keep the clock of the seasons") {
  const auto all = made(700);
  const dynamic_regression spec{.season_lengths = {24}, .harmonics_max = 2};
  auto m = *fit(spec, hourly(std::span{all.y}.first(600)), {});
  std::vector<double> before(101), after(1);
  predict_mean(m, {}, before);
  for (int t = 0; t < 100; ++t) update(m, NAN, {});
  predict_mean(m, {}, after);
  CHECK(after[0] == doctest::Approx(before[100]).epsilon(1e-9));
}

TEST_CASE("a saved model goes on to the bit") {
  const auto all = made(400);
  auto m = *fit(dynamic_regression{}, hourly(std::span{all.y}.first(380)), {});
  archive_writer writer;
  writer(m);
  const auto bytes = writer.take();
  archive_reader reader{bytes};
  auto other = archive_access::blank<dynamic_regression_model>();
  reader(other);
  REQUIRE(reader.finished());
  std::vector<double> a(30), b(30);
  for (std::size_t t = 380; t < 400; ++t) {
    update(m, all.y[t], {});
    update(other, all.y[t], {});
    predict_mean(m, {}, a);
    predict_mean(other, {}, b);
    CHECK(a == b);
  }
}

TEST_CASE("a season that was not seen twice is left out, and failures are named") {
  const auto all = made(40);
  CHECK(fit(dynamic_regression{}, hourly(all.y), {})->waves().empty());
  CHECK(fit(dynamic_regression{}, hourly(all.y), {std::span{all.event}.first(9), 1}).error() ==
        errc::bad_regressors);
  CHECK(fit(dynamic_regression{}, hourly(std::vector<double>(200, NAN)), {}).error() == errc::all_missing);
}
