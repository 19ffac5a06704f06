#include "reference_table.hpp"
#include "saved_model.hpp"

#include <foreshift/core/archive.hpp>
#include <foreshift/core/random.hpp>
#include <foreshift/forecast/theta.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <cstddef>
#include <limits>
#include <string>
#include <vector>

using namespace foreshift;
using namespace foreshift::forecast;

namespace {

constexpr double gap = std::numeric_limits<double>::quiet_NaN();
telemetry::series_view hourly(const std::vector<double>& y) { return {{}, std::chrono::hours{1}, y}; }
std::vector<double> curve(const theta_model& m, std::size_t h) {
  std::vector<double> out(h);
  predict_mean(m, {}, out);
  return out;
}

std::vector<double> series_of(const std::string& name) {
  std::vector<double> out;
  const auto table = forecast_test::reference_table("r_series.csv");
  for (const double v : table.at(name))
    if (!std::isnan(v)) out.push_back(v);
  return out;
}

}  // namespace

TEST_CASE("forecasts, alpha, drift and variance are thetaf's") {
  auto text = forecast_test::reference_text("r_thetaf.csv");
  auto r = forecast_test::reference_table("r_thetaf.csv");
  for (std::size_t row = 0; row < text["series"].size(); row += 24) {
    const std::string name = text["series"][row];
    CAPTURE(name);
    const auto y = series_of(name);
    const auto m = *fit(theta{static_cast<std::size_t>(r["period"][row])}, hourly(y), {});
    // R's search by Nelder and Mead stops early: our sum of squares is the lower one, by up to 3e-5 of it.
    CHECK(m.variance() <= r["sigma2"][row] * (1 + 1e-9));
    CHECK(m.variance() >= r["sigma2"][row] * (1 - 1e-4));
    CHECK(std::abs(m.alpha() - r["alpha"][row]) < 5e-4);
    CHECK(m.drift() == doctest::Approx(r["drift"][row]).epsilon(1e-10));
    const auto mean = curve(m, 24);
    std::vector<double> variance(24);
    predict_variance(m, variance);
    for (std::size_t h = 0; h < 24; ++h) {
      CHECK(mean[h] ==
            doctest::Approx(r["mean"][row + h]).epsilon(5e-5));  // what is left of the difference in alpha
      if (m.season().seasonal()) variance[h] /= m.season().at(h) * m.season().at(h);  // R leaves it out
      CHECK(2 * 1.959963984540054 * std::sqrt(variance[h]) ==
            doctest::Approx(r["hi95"][row + h] - r["lo95"][row + h]).epsilon(1e-3));
    }
  }
}

TEST_CASE("waiting through a gap forecasts what was forecast before it") {
  const auto y = series_of("AirPassengers");
  auto m = *fit(theta{12}, hourly(y), {});
  const auto before = curve(m, 30);
  for (int i = 0; i < 7; ++i) update(m, gap, {});
  const auto after = curve(m, 23);
  for (std::size_t h = 0; h < 23; ++h) CHECK(after[h] == doctest::Approx(before[h + 7]).epsilon(1e-12));
}

TEST_CASE("an update is a step of the smoothing and of the line") {
  const auto y = series_of("lynx");
  auto m = *fit(theta{1}, hourly(y), {});
  const double level = m.level();
  update(m, 5000, {});
  CHECK(m.level() == doctest::Approx(level + m.alpha() * (5000 - level)));
  auto longer = y;
  longer.push_back(5000);
  CHECK(m.drift() == doctest::Approx(fit(theta{1}, hourly(longer), {})->drift()).epsilon(1e-12));
}

TEST_CASE("series that touch zero have an additive season") {
  std::vector<double> y;
  for (int i = 0; i < 120; ++i) y.push_back(i % 12 < 6 ? 0.0 : 10.0);
  const auto m = *fit(theta{12}, hourly(y), {});
  REQUIRE(m.season().seasonal());
  CHECK(m.season().form() == seasonal_form::additive);
  const auto ahead = curve(m, 12);
  for (std::size_t h = 0; h < 12; ++h)
    CHECK(ahead[h] == doctest::Approx(h < 6 ? 0 : 10).epsilon(1e-9).scale(10));
}

TEST_CASE("a saved model comes back, damage does no harm") {
  const auto y = series_of("AirPassengers");
  const auto plain = series_of("Nile");
  forecast_test::check_saving(*fit(theta{12}, hourly(y), {}), *fit(theta{1}, hourly(plain), {}));
}
