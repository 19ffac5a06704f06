#include <foreshift/anomaly/missing_data.hpp>

#include <doctest/doctest.h>
#include <support/nasty_streams.hpp>

#include <cmath>
#include <limits>

using namespace foreshift;
using anomaly::missing_data, anomaly::score;
using test_support::sample_at;

namespace {

constexpr double nothing = std::numeric_limits<double>::quiet_NaN();
/// Of a stream that is missing where `missing` says so: alerts among the samples from `from` on.
template <class Missing>
std::size_t alerts(std::size_t n, Missing missing, std::size_t from = 0) {
  missing_data d;
  std::size_t count = 0;
  for (std::size_t i = 0; i < n; ++i)
    count += d.observe(sample_at(i, missing(i) ? nothing : 1)).alert && i >= from ? 1U : 0U;
  return count;
}

}  // namespace

TEST_CASE("one lost reading is no news, ten in a row are, and are told of once") {
  CHECK(alerts(2000, [](std::size_t i) { return i == 1000; }) == 0);
  CHECK(alerts(2000, [](std::size_t i) { return i >= 1000 && i < 1010; }) == 1);
  CHECK(alerts(2000, [](std::size_t i) { return i >= 1000; }) == 1);
}

TEST_CASE("a stream that rests every night is no news after some nights") {
  const auto nightly = [](std::size_t i) { return i > 200 && i % 288 < 60; };
  CHECK(alerts(10 * 288, nightly, 0) > 0);
  CHECK(alerts(40 * 288, nightly, 20 * 288) == 0);
}

TEST_CASE("steps without a row count like rows without a value, and are told of with the next row") {
  missing_data with_rows, without;
  for (std::size_t i = 0; i < 500; ++i) {
    with_rows.observe(sample_at(i, 1));
    without.observe(sample_at(i, 1));
  }
  double seen = 0;
  for (std::size_t i = 500; i < 520; ++i) {
    with_rows.observe(sample_at(i, nothing));
    seen = with_rows.why().surprise;
  }
  const score s = without.observe(sample_at(520, 1));
  CHECK(s.alert);
  CHECK(without.why().surprise == doctest::Approx(seen));
  CHECK(without.why().measure == missing_data::name);
  CHECK(without.why().observed == 20);
  CHECK(without.observe(sample_at(521, 1)) == score{});
}

TEST_CASE("values as such are nothing to it, whatever they are") {
  missing_data d;
  for (std::size_t i = 0; i < 1000; ++i) CHECK(d.observe(sample_at(i, i % 100 == 99 ? 1e308 : 0)) == score{});
}

TEST_CASE("nothing is reported in the probation, nor of a stream of which nothing ever came") {
  missing_data d;
  for (std::size_t i = 0; i < 99; ++i) d.observe(sample_at(i, 1));
  for (std::size_t i = 99; i < 200; ++i) CHECK(d.observe(sample_at(i, nothing)) == score{});
  missing_data none;
  for (std::size_t i = 0; i < 1000; ++i) CHECK(none.observe(sample_at(i, nothing)) == score{});
}

TEST_CASE("missing data comes back from an archive and goes on alike; scores lie between 0 and 1") {
  missing_data a;
  random_stream random{1};
  const auto next = [&](std::size_t i) {
    return sample_at(i + (random.chance(0.01) ? 20 : 0), random.chance(0.05) ? nothing : 1);
  };
  for (std::size_t i = 0; i < 3000; ++i) a.observe(next(i));
  auto b = test_support::through_archive(a, missing_data{});
  for (std::size_t i = 3000; i < 6000; ++i) {
    const auto s = next(i);
    const score x = a.observe(s);
    CHECK(x == b.observe(s));
    CHECK((x.value >= 0 && x.value < 1));
  }
}
