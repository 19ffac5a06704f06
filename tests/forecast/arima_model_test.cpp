#include <foreshift/core/archive.hpp>
#include <foreshift/core/random.hpp>
#include <foreshift/forecast/arima.hpp>
#include <foreshift/forecast/arima_model.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <vector>

using namespace foreshift;
using namespace foreshift::forecast;

namespace {

constexpr double gap = std::numeric_limits<double>::quiet_NaN();
telemetry::series_view hourly(std::span<const double> y) { return {{}, std::chrono::hours{1}, y}; }

std::vector<double> load(std::size_t n) {
  random_stream random{41};
  std::vector<double> y;
  double level = 0;
  for (std::size_t t = 0; t < n; ++t) {
    level = 0.8 * level + random.normal();
    y.push_back(50 + 10 * std::sin(static_cast<double>(t % 6)) + 0.01 * static_cast<double>(t) + level);
  }
  return y;
}
std::vector<double> curve(const arima_model& m, std::size_t h, regressor_view x = {}) {
  std::vector<double> out(h);
  predict_mean(m, x, out);
  return out;
}

constexpr arima spec{
    .p = 1, .d = 0, .q = 1, .P = 0, .D = 1, .Q = 1, .season_length = 6, .include_drift = true};
const std::vector<double> known{0.7, 0.1, -0.6};

byte_string saved(const arima_model& m) {
  archive_writer out;
  out(m);
  return out.take();
}

}  // namespace

TEST_CASE("updates lead where the whole series at once leads, at the same coefficients") {
  const auto y = load(200);
  // Without drift nothing but the coefficients, which are given, depends on where the fit ended.
  constexpr arima plain{.p = 1, .d = 0, .q = 1, .P = 0, .D = 1, .Q = 1, .season_length = 6};
  auto streamed = *fit_at(plain, known, hourly(std::span{y}.first(60)), {});
  for (std::size_t t = 60; t < y.size(); ++t) update(streamed, y[t], {});
  const auto whole = curve(*fit_at(plain, known, hourly(y), {}), 20), stepwise = curve(streamed, 20);
  for (std::size_t h = 0; h < 20; ++h) CHECK(stepwise[h] == doctest::Approx(whole[h]).epsilon(1e-10));
}

TEST_CASE("a random walk stays, its variance grows with the horizon, and a drift goes on") {
  const std::vector<double> y{1, 3, 2, 5, 4, 7, 6, 9};
  const auto walk = *fit(arima{.p = 0, .d = 1, .q = 0}, hourly(y), {});
  CHECK(curve(walk, 3) == std::vector<double>{9, 9, 9});
  std::vector<double> variance(3);
  predict_variance(walk, variance);
  CHECK(variance[2] == doctest::Approx(3 * walk.residual_variance()));
  const auto drift = *fit(arima{.p = 0, .d = 1, .q = 0, .include_drift = true}, hourly(y), {});
  CHECK(drift.drift() == doctest::Approx(8 / 7.0));
  CHECK(curve(drift, 2)[1] == doctest::Approx(9 + 16 / 7.0));
}

TEST_CASE("the error variance of a short series is that of the filter, not yet of the steady state") {
  // An MA(1) after one value: the filter knows the innovation with variance theta^2 / (1 + theta^2) left.
  const std::vector<double> y{1, 2};
  const auto m = *fit_at(arima{.p = 0, .d = 0, .q = 1, .include_mean = false}, {0.8}, hourly(y), {});
  std::vector<double> variance(2);
  predict_variance(m, variance);
  double p = 1 + 0.64;
  for (int t = 0; t < 2; ++t) p = 1 + 0.64 - 0.64 / p;
  CHECK(variance[0] / m.residual_variance() == doctest::Approx(p).epsilon(1e-6));
  CHECK(variance[1] / m.residual_variance() == doctest::Approx(1.64).epsilon(1e-6));
}

TEST_CASE("a gap passes as if the forecast had come true") {
  const auto y = load(120);
  auto m = *fit(spec, hourly(y), {});
  const auto before = curve(m, 10);
  update(m, gap, {});
  const auto after = curve(m, 9);
  for (std::size_t h = 0; h < 9; ++h) CHECK(after[h] == doctest::Approx(before[h + 1]).epsilon(1e-10));
}

TEST_CASE("gaps at the end of a fit are steps that have passed") {
  auto y = load(120);
  const auto known_end = curve(*fit(spec, hourly(y), {}), 8);
  y.insert(y.end(), {gap, gap, gap});
  const auto later = curve(*fit(spec, hourly(y), {}), 5);
  for (std::size_t h = 0; h < 5; ++h) CHECK(later[h] == doctest::Approx(known_end[h + 3]).epsilon(1e-10));
}

TEST_CASE("criteria count what was estimated") {
  const auto m = *fit(spec, hourly(load(120)), {});
  CHECK(m.parameters() == 5);  // three coefficients, drift, variance
  CHECK(m.aic() == doctest::Approx(-2 * m.log_likelihood() + 10));
  CHECK(m.aicc() == doctest::Approx(m.aic() + 2 * 5 * 6 / (114.0 - 6)));
  CHECK(m.bic() == doctest::Approx(-2 * m.log_likelihood() + 5 * std::log(114)));
  CHECK(m.standard_errors().size() == 4);
  CHECK(fit_at(spec, known, hourly(load(120)), {})->parameters() == 2);
}

TEST_CASE("a saved model goes on to the bit") {
  const auto y = load(150);
  auto m = *fit(spec, hourly(std::span{y}.first(120)), {});
  const auto bytes = saved(m);  // the reader only looks at it
  archive_reader in{bytes};
  arima_model other = archive_access::blank<arima_model>();
  in(other);
  REQUIRE(in.finished());
  for (std::size_t t = 120; t < 150; ++t) {
    CHECK(curve(m, 12) == curve(other, 12));
    update(m, y[t], {});
    update(other, y[t], {});
  }
  CHECK(saved(m) == saved(other));
}

TEST_CASE("damaged bytes are refused or give a model that can be used") {
  const auto bytes = saved(*fit(spec, hourly(load(60)), {}));
  for (std::size_t i = 0; i < bytes.size(); ++i)
    for (const unsigned flip : {0x01U, 0x80U, 0xFFU}) {
      auto broken = bytes;
      broken[i] =
          static_cast<std::remove_cvref_t<decltype(broken[i])>>(static_cast<unsigned>(broken[i]) ^ flip);
      archive_reader in{broken};
      arima_model m = archive_access::blank<arima_model>();
      in(m);
      if (!in.ok()) continue;
      update(m, 3, {});
      for (const double v : curve(m, 30)) CHECK(std::isfinite(v));
    }
  for (std::size_t n = 0; n < bytes.size(); n += 3) {
    archive_reader in{byte_span{bytes}.first(n)};
    arima_model m = archive_access::blank<arima_model>();
    in(m);
    CHECK_FALSE(in.finished());
  }
}
