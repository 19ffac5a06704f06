#pragma once
// What every saved model has to stand: it comes back to the bit, and no damage to its bytes does harm.

#include <foreshift/core/archive.hpp>
#include <foreshift/forecast/forecaster.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

namespace forecast_test {

template <class M>
foreshift::byte_string saved(const M& m) {
  foreshift::archive_writer out;
  out(m);
  return out.take();
}

template <class M>
bool restore(M& into, foreshift::byte_span bytes) {
  foreshift::archive_reader in{bytes};
  in(into);
  return in.finished();
}

template <class M>
std::vector<double> mean_curve(const M& m, std::size_t h = 12) {
  std::vector<double> out(h);
  predict_mean(m, {}, out);
  return out;
}

/// @param other any fitted model of the type, to read into
template <class M>
void check_saving(const M& fitted, M other) {
  const auto bytes = saved(fitted);
  REQUIRE(restore(other, bytes));
  CHECK(mean_curve(other) == mean_curve(fitted));
  M original = fitted;
  for (int i = 0; i < 60; ++i) {
    update(original, 40.0 + i % 7, {});
    update(other, 40.0 + i % 7, {});
  }
  CHECK(mean_curve(other) == mean_curve(original));
  CHECK(saved(other) == saved(original));

  for (std::size_t n = 0; n < bytes.size(); ++n) {
    M cut = fitted;
    CHECK_FALSE(restore(cut, foreshift::byte_span{bytes}.first(n)));
  }
  for (std::size_t at = 0; at < bytes.size(); ++at)
    for (const unsigned mask : {0x01U, 0x40U, 0x80U, 0xFFU}) {
      auto damaged = bytes;
      damaged[at] ^= static_cast<std::byte>(mask);
      M got = fitted;
      if (!restore(got, damaged)) continue;
      for (int i = 0; i < 4; ++i) update(got, 50.0, {});
      const auto curve = mean_curve(got);
      CHECK(std::ranges::all_of(curve, [](double v) { return std::isfinite(v); }));
    }
}

}  // namespace forecast_test
