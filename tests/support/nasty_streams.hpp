#pragma once
// Streams that break detectors: constants, extremes, noise below rounding, and what is no number.

#include <foreshift/core/archive.hpp>
#include <foreshift/core/random.hpp>
#include <foreshift/telemetry/sample.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <cmath>
#include <cstddef>
#include <limits>
#include <vector>

namespace test_support {

inline std::vector<double> stream_of(std::size_t n, auto&& value) {
  std::vector<double> out;
  for (std::size_t i = 0; i < n; ++i) out.push_back(value(i));
  return out;
}

/// Finite values only.
inline std::vector<std::vector<double>> finite_nasty_streams() {
  constexpr double huge = std::numeric_limits<double>::max(), tiny = 5e-324;
  foreshift::random_stream random{11};
  std::vector<std::vector<double>> all;
  all.push_back(stream_of(400, [](std::size_t) { return 0.0; }));
  all.push_back(stream_of(400, [](std::size_t) { return huge; }));
  all.push_back(stream_of(400, [](std::size_t i) { return i % 2 == 0 ? huge : -huge; }));
  all.push_back(stream_of(400, [](std::size_t i) { return tiny * static_cast<double>(i % 7); }));
  all.push_back(stream_of(400, [](std::size_t i) { return i == 200 ? 1e308 : 1.0; }));
  all.push_back(
      stream_of(400, [](std::size_t i) { return i < 2 ? 1e308 : std::sin(static_cast<double>(i)); }));
  all.push_back(
      stream_of(400, [](std::size_t i) { return std::ldexp(1.0, static_cast<int>(i * 5) - 1000); }));
  all.push_back(
      stream_of(400, [](std::size_t i) { return std::ldexp(1.0, 1000 - static_cast<int>(i * 5)); }));
  all.push_back(stream_of(400, [](std::size_t i) { return 1e9 + 1e-7 * static_cast<double>(i % 3); }));
  all.push_back(stream_of(400, [&](std::size_t) {
    return (random.uniform() - 0.5) * std::ldexp(1.0, static_cast<int>(random.below(2000)) - 1000);
  }));
  return all;
}

/// The same and what is no number among them.
inline std::vector<std::vector<double>> nasty_streams() {
  auto all = finite_nasty_streams();
  constexpr double nan = std::numeric_limits<double>::quiet_NaN(),
                   inf = std::numeric_limits<double>::infinity();
  for (std::size_t k = 0, n = all.size(); k < n; ++k) {
    std::vector<double> mixed;
    for (const double x : all[k]) mixed.insert(mixed.end(), {x, nan, inf, x, -inf});
    all.push_back(mixed);
  }
  all.push_back(stream_of(100, [](std::size_t) { return nan; }));
  return all;
}

/// Every five minutes.
inline foreshift::telemetry::sample sample_at(std::size_t i, double value) {
  return {foreshift::time_point{std::chrono::minutes{5} * static_cast<long>(i)}, value};
}

/// What comes back of a value that is written and read.
template <class T>
T through_archive(const T& value, T into) {
  foreshift::archive_writer out;
  out(value);
  REQUIRE(out.ok());
  const auto bytes = out.take();
  foreshift::archive_reader in{bytes};
  in(into);
  REQUIRE(in.ok());
  REQUIRE(in.finished());
  return into;
}

/// A measure's amounts are finite and not negative on every nasty stream, and a copy and what comes back from
/// an archive go on alike.
template <class Measure>
void stands_nasty_streams(const Measure& fresh) {
  for (const auto& values : finite_nasty_streams()) {
    Measure m = fresh;
    bool fine = true;
    for (std::size_t i = 0; i < values.size(); ++i) {
      const auto off = m.measure(sample_at(i, values[i]));
      fine = fine && std::isfinite(off.amount) && off.amount >= 0;
    }
    CHECK(fine);
  }
  foreshift::random_stream random{5};
  Measure original = fresh;
  for (std::size_t i = 0; i < 700; ++i) original.measure(sample_at(i, random.normal()));
  Measure copy = original, restored = through_archive(original, fresh);
  bool alike = true;
  for (std::size_t i = 700; i < 1400; ++i) {
    const auto s = sample_at(i, random.normal());
    const auto off = original.measure(s);
    alike = alike && off == copy.measure(s) && off == restored.measure(s);
  }
  CHECK(alike);
}

/// The same for a detector: its scores are between 0 and 1.
template <class Detector>
void scores_nasty_streams(const Detector& fresh) {
  for (const auto& values : nasty_streams()) {
    Detector d = fresh;
    bool fine = true;
    for (std::size_t i = 0; i < values.size(); ++i) {
      const auto s = d.observe(sample_at(i, values[i]));
      fine = fine && s.value >= 0 && s.value <= 1;
      if (!std::isfinite(values[i])) fine = fine && s.value == 0 && !s.alert;
    }
    CHECK(fine);
  }
  foreshift::random_stream random{5};
  Detector original = fresh;
  for (std::size_t i = 0; i < 700; ++i) original.observe(sample_at(i, random.normal()));
  Detector copy = original, restored = through_archive(original, fresh);
  bool alike = true;
  for (std::size_t i = 700; i < 1400; ++i) {
    const auto s = sample_at(i, random.chance(0.02) ? 9 : random.normal());
    const auto made = original.observe(s);
    alike = alike && made == copy.observe(s) && made == restored.observe(s);
  }
  CHECK(alike);
}

}  // namespace test_support
