// One suite over every forecaster: what is saved comes back to the bit, and what was never saved is refused
// or does no harm.

#include "every_forecaster.hpp"

#include <foreshift/core/random.hpp>
#include <foreshift/forecast.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

using namespace foreshift;
using namespace foreshift::forecast;

namespace {

constexpr double gap = std::numeric_limits<double>::quiet_NaN();

// Every model with options that suit a season of 24 and a history of 200 observations.
template <class Spec>
Spec example() {
  return forecast_test::small<Spec>();
}
template <>
streaming_selection example<streaming_selection>() {
  return {.pool = {naive{}, seasonal_naive{500}, level_median{}, seasonal_ar{}}, .horizon = 6, .mean_of = 2};
}
template <>
any_forecaster example<any_forecaster>() {
  return seasonal_ar{.level_steps = 8};
}
template <>
seasonal_median example<seasonal_median>() {
  return {.season_length = 24, .seasons_max = 3, .bucket_length = 2};
}
template <>
transformed<seasonal_ar> example<transformed<seasonal_ar>>() {
  return {.inner = {.lags = lag_pattern::dense}};
}
template <>
backtested<any_forecaster> example<backtested<any_forecaster>>() {
  return {.inner = exponential_smoothing{.alpha = 0.3}, .horizon = 5, .errors_kept = 6, .lower = 0};
}
template <>
backtested<streaming_selection> example<backtested<streaming_selection>>() {
  return {.inner = example<streaming_selection>(),
          .errors_kept = 30,
          .every = 3,
          .pool_below = 10,
          .bandwidth = 0.5,
          .adapt = 0.05};
}

telemetry::series_view hourly(const std::vector<double>& y) { return {{}, std::chrono::hours{1}, y}; }

// A day's pattern, noise, a level, and gaps.
std::vector<double> pattern(std::size_t n, std::uint64_t seed = 1) {
  random_stream random{seed};
  std::vector<double> y;
  for (std::size_t t = 0; t < n; ++t)
    y.push_back(t % 17 == 3 ? gap
                            : 50 + 20 * std::sin(static_cast<double>(t) * 0.2618) + 3 * random.normal());
  return y;
}

template <class F>
typename F::model fitted() {
  return *fit(example<F>(), hourly(pattern(200)), {});
}
template <class F>
byte_string saved_example() {
  return *save(example<F>(), fitted<F>());
}

template <class Model>
std::vector<double> curve(const Model& m, std::size_t h = 12) {
  std::vector<double> out(h);
  predict_mean(m, {}, out);
  return out;
}
// Compared as bits, so that 0 and -0 differ.
std::vector<std::uint64_t> bits(const std::vector<double>& values) {
  std::vector<std::uint64_t> out;
  for (const double v : values) out.push_back(std::bit_cast<std::uint64_t>(v));
  return out;
}
bool all_finite(const std::vector<double>& v) {
  return std::ranges::all_of(v, [](double x) { return std::isfinite(x); });
}

byte_string with_checksum(byte_span body) {
  byte_writer out;
  out.raw(body);
  out.put(crc32c(body));
  return out.take();
}
byte_span body_of(const byte_string& saved) { return byte_span{saved}.first(saved.size() - 4); }

// All places of a short text; of a long one so many, spread evenly.
std::size_t stride(std::size_t size) { return size < 1500 ? 1 : size / 500; }

// Whatever was accepted has to work.
template <class Model>
void exercise(Model m) {
  REQUIRE(all_finite(curve(m)));
  for (const double y : {40.0, gap, 1e99, -1e99, 55.0, 0.0, 60.0}) {
    update(m, y, {});
    REQUIRE(all_finite(curve(m, 5)));
  }
  if constexpr (Predictor<Model>) {
    const std::array levels{0.1, 0.9};
    const scenario_plan plan{{0, 3, 1000}};
    const auto p = predict(m, {.horizon = 1, .levels = levels, .plan = &plan});
    REQUIRE(all_finite(p.quantiles));
  }
}

}  // namespace

// A host's own models. The first says nothing about its members, the second does.
namespace host {

struct mute_model {
  double last = 0;
  friend void update(mute_model& m, double y, std::span<const double>) {
    m.last = is_observed(y) ? y : m.last;
  }
  friend void predict_mean(const mute_model& m, regressor_view, std::span<double> out) {
    std::ranges::fill(out, m.last);
  }
};
struct mute {
  using model = mute_model;
  friend result<mute_model, errc> fit(const mute&, telemetry::series_view y, regressor_view) {
    if (count_observed(y.values) == 0) return failure{errc::all_missing};
    return mute_model{1};
  }
};

struct listed_model {
  std::size_t scale;  // from the specification
  double last = 0;
  explicit listed_model(std::size_t s) : scale(s) {}
  friend void update(listed_model& m, double y, std::span<const double>) {
    m.last = is_observed(y) ? y : m.last;
  }
  friend void predict_mean(const listed_model& m, regressor_view, std::span<double> out) {
    std::ranges::fill(out, m.last * static_cast<double>(m.scale));
  }
  static void members(auto& self, auto& archive) { archive(self.last); }
};
struct listed {
  using model = listed_model;
  static constexpr std::string_view name = "listed";
  std::size_t scale = 3;
  friend result<listed_model, errc> fit(const listed& spec, telemetry::series_view, regressor_view) {
    return listed_model{spec.scale};
  }
  friend listed_model blank_model(const listed& spec) { return listed_model{spec.scale}; }
};

}  // namespace host

TEST_CASE_TEMPLATE("a restored model forecasts and learns to the bit like the one that went on", F,
                   EVERY_FORECASTER) {
  auto lived = fitted<F>();
  const auto saved = *save(example<F>(), lived);
  auto restored = restore(example<F>(), saved);
  REQUIRE(restored.has_value());
  CHECK(*save(example<F>(), *restored) == saved);
  CHECK(bits(curve(*restored, 30)) == bits(curve(lived, 30)));
  const auto later = pattern(50, 2);
  for (const double y : later) {
    update(lived, y, {});
    update(*restored, y, {});
    REQUIRE(bits(curve(*restored)) == bits(curve(lived)));
  }
  CHECK(*save(example<F>(), *restored) == *save(example<F>(), lived));
}

TEST_CASE_TEMPLATE("a model that has seen extremes or hardly anything is restored too", F, EVERY_FORECASTER) {
  for (const double scale : {0.0, 1e-200, 1e30, 1e99, 1e300})
    for (const std::size_t n : {40U, 150U}) {
      auto m = *fit(example<F>(), hourly(pattern(n)), {});
      for (int i = 0; i < 40; ++i) update(m, (i % 2 == 0 ? 1 : -1) * scale, {});
      const auto restored = restore(example<F>(), *save(example<F>(), m));
      REQUIRE(restored.has_value());
      CHECK(bits(curve(*restored)) == bits(curve(m)));
    }
}

TEST_CASE_TEMPLATE("cut short or changed anywhere, it is refused", F, EVERY_FORECASTER) {
  const auto saved = saved_example<F>();
  for (std::size_t n = 0; n < saved.size(); n += stride(saved.size()))
    REQUIRE(restore(example<F>(), byte_span{saved}.first(n)).error() == errc::malformed);
  auto damaged = saved;
  for (std::size_t at = 0; at < saved.size(); at += stride(saved.size())) {
    damaged[at] ^= std::byte{0x10};
    REQUIRE(restore(example<F>(), damaged).error() == errc::malformed);
    damaged[at] = saved[at];
  }
  byte_string more{body_of(saved).begin(), body_of(saved).end()};
  more.push_back(std::byte{0});
  CHECK(restore(example<F>(), with_checksum(more)).error() == errc::malformed);
}

TEST_CASE_TEMPLATE("cut short with a true checksum, it is refused", F, EVERY_FORECASTER) {
  const auto saved = saved_example<F>();
  for (std::size_t n = 0; n < saved.size() - 4; n += stride(saved.size()))
    REQUIRE_FALSE(restore(example<F>(), with_checksum(byte_span{saved}.first(n))).has_value());
}

TEST_CASE_TEMPLATE("forged with a true checksum, it is refused or forecasts what is finite", F,
                   EVERY_FORECASTER) {
  const auto saved = saved_example<F>();
  const byte_string whole{body_of(saved).begin(), body_of(saved).end()};
  // What hurts: counts and indices just outside, numbers without measure, and a moment before the end of
  // time.
  const std::array<std::uint64_t, 12> evil{
      0,
      1,
      2,
      23,
      25,
      std::uint64_t{1} << 31,
      std::uint64_t{1} << 63,
      ~std::uint64_t{0},
      std::bit_cast<std::uint64_t>(gap),
      std::bit_cast<std::uint64_t>(1e308),
      std::bit_cast<std::uint64_t>(-1e140),
      static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max())};
  random_stream random{7};
  const auto below = [&](std::size_t n) {
    return static_cast<std::size_t>(random.uniform() * static_cast<double>(n));
  };
  const std::size_t header = 12 + forecast::detail::saved_name(example<F>()).size();
  std::size_t accepted = 0;
  const int forgeries = whole.size() < 4000 ? 2000 : 300;
  for (int i = 0; i < forgeries; ++i) {
    auto forged = whole;
    for (std::size_t times = 1 + below(3); times > 0; --times) {
      const std::size_t at = header + below(forged.size() - header);
      if (i % 2 == 0) {
        forged[at] ^= static_cast<std::byte>(1U << below(8));
        continue;
      }
      const std::uint64_t value = evil[below(evil.size())];
      for (std::size_t b = 0; b < 8 && at + b < forged.size(); ++b)
        forged[at + b] = static_cast<std::byte>((value >> (8 * b)) & 0xFFU);
    }
    if (auto m = restore(example<F>(), with_checksum(forged))) {
      ++accepted;
      exercise(std::move(*m));
    }
  }
  CHECK(accepted > 0);  // the forgeries go deep: some are models nobody fitted
}

TEST_CASE("another specification is refused by name") {
  const auto refused = [](const auto& spec, const byte_string& saved) {
    return restore(spec, saved).error();
  };
  const auto saved = saved_example<seasonal_naive>();
  CHECK(refused(naive{}, saved) == errc::other_model);
  CHECK(refused(any_forecaster{naive{}}, saved) == errc::other_model);
  CHECK(refused(backtested<seasonal_naive>{}, saved) == errc::other_model);
  CHECK(refused(streaming_selection{.pool = {naive{}, level_median{}}},
                saved_example<streaming_selection>()) == errc::other_model);
  CHECK(refused(example<streaming_selection>(), saved_example<auto_forecaster>()) == errc::other_model);
  // A look far within the season has another pool.
  CHECK(refused(auto_forecaster{.horizon = 2}, saved_example<auto_forecaster>()) == errc::other_model);
}

TEST_CASE("names say what is wrapped") {
  CHECK(forecast::detail::saved_name(backtested<transformed<seasonal_ar>>{}) ==
        "backtested(transformed(seasonal-ar))");
  CHECK(forecast::detail::saved_name(any_forecaster{naive{}}) == "naive");
  CHECK(forecast::detail::saved_name(streaming_selection{.pool = {naive{}, level_median{}}}) ==
        "selection(naive,level-median)");
}

TEST_CASE("what any_forecaster saved, the specification it holds restores") {
  const any_forecaster spec{seasonal_naive{24}};
  const auto m = *fit(spec, hourly(pattern(100)), {});
  const auto restored = restore(seasonal_naive{24}, *save(spec, m));
  REQUIRE(restored.has_value());
  CHECK(curve(*restored) == curve(m));
}

TEST_CASE("a version of the future is refused as such") {
  const auto saved = saved_example<naive>();
  byte_string body{body_of(saved).begin(), body_of(saved).end()};
  body[4] = std::byte{2};
  CHECK(restore(naive{}, with_checksum(body)).error() == errc::other_version);
}

TEST_CASE("bytes that never were a model are malformed") {
  CHECK(restore(naive{}, {}).error() == errc::malformed);
  CHECK(restore(naive{}, bytes_of("not a model at all")).error() == errc::malformed);
  CHECK(restore(naive{}, with_checksum({})).error() == errc::malformed);
}

TEST_CASE("regressors come back, and their number has to be that of the fit") {
  const auto y = pattern(300);
  std::vector<double> x;
  for (std::size_t t = 0; t < 312; ++t) x.push_back(t % 40 < 3 ? 1 : 0);
  const regressor_view rows{x, 1};
  const auto check = [&](const auto& spec) {
    auto lived = *fit(spec, hourly(y).first(200), rows.slice(0, 200));
    const auto saved = *save(spec, lived);
    CHECK(restore(spec, saved).error() == errc::bad_regressors);
    CHECK(restore(spec, saved, 2).error() == errc::bad_regressors);
    auto restored = restore(spec, saved, 1);
    REQUIRE(restored.has_value());
    std::vector<double> a(12), b(12);
    for (std::size_t t = 200; t < 300; ++t) {
      update(lived, y[t], rows.row(t));
      update(*restored, y[t], rows.row(t));
      predict_mean(lived, rows.slice(t + 1, 12), a);
      predict_mean(*restored, rows.slice(t + 1, 12), b);
      REQUIRE(bits(a) == bits(b));
    }
  };
  check(seasonal_ar{});
  check(transformed<seasonal_ar>{});
  check(backtested<seasonal_ar>{});
  check(any_forecaster{seasonal_ar{}});
  check(streaming_selection{.pool = {naive{}, seasonal_ar{}}});
}

TEST_CASE("a forged model with regressors is refused or forecasts what is finite") {
  std::vector<double> x;
  for (std::size_t t = 0; t < 200; ++t) x.push_back(t % 40 < 3 ? 1 : 0);
  const seasonal_ar spec{.seasons_in_cycle = 1};
  const auto saved = *save(spec, *fit(spec, hourly(pattern(200)), {x, 1}));
  random_stream random{3};
  std::size_t accepted = 0;
  for (int i = 0; i < 1500; ++i) {
    byte_string forged{body_of(saved).begin(), body_of(saved).end()};
    for (int times = 0; times < 3; ++times)
      forged[30 + static_cast<std::size_t>(random.uniform() * static_cast<double>(forged.size() - 30))] ^=
          std::byte{0x40};
    auto m = restore(spec, with_checksum(forged), 1);
    if (!m) continue;
    ++accepted;
    std::vector<double> out(8);
    for (std::size_t t = 0; t < 12; ++t) {
      const double row = t % 3 == 0 ? 1 : 0;
      update(*m, t % 5 == 0 ? 1e99 : 50, {&row, 1});
      predict_mean(*m, regressor_view{x, 1}.slice(0, 8), out);
      REQUIRE(all_finite(out));
    }
  }
  CHECK(accepted > 100);
}

TEST_CASE("a host's own model predicts in a pool, and is not saved unless it lists its members") {
  const auto y = pattern(100);
  const streaming_selection pool{.pool = {naive{}, host::mute{}}};
  const auto m = *fit(pool, hourly(y), {});
  CHECK(all_finite(curve(m)));
  CHECK(save(pool, m).error() == errc::not_savable);
  CHECK(save(host::mute{}, host::mute_model{}).error() == errc::not_savable);
  CHECK(save(backtested<host::mute>{}, *fit(backtested<host::mute>{}, hourly(y), {})).error() ==
        errc::not_savable);

  const streaming_selection other{.pool = {naive{}, host::listed{}}};
  const auto n = *fit(other, hourly(y), {});
  const auto restored = restore(other, *save(other, n));
  REQUIRE(restored.has_value());
  CHECK(curve(*restored) == curve(n));
}
