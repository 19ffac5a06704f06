#include <core/dies.hpp>
#include <foreshift/core/random.hpp>
#include <foreshift/numeric/distribution.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <random>
#include <string>
#include <vector>

using namespace foreshift;

static_assert(std::uniform_random_bit_generator<random_stream>);

namespace {

double relative_error(double x, double truth) {
  return x == truth ? 0 : std::abs(x - truth) / std::abs(truth);
}

}  // namespace

TEST_CASE("splitmix64 gives its published values") {
  // S. Vigna's splitmix64.c started from 1234567.
  std::uint64_t x = 1234567;
  for (const std::uint64_t expected : {6457827717110365317U, 3203168211198807973U, 9817491932198370423U,
                                       4593380528125082431U, 16408922859458223821U}) {
    CHECK(mix(x) == expected);
    x += 0x9E3779B97F4A7C15U;
  }
}

TEST_CASE("the first values of a stream never change") {
  // Made with a second implementation of xoshiro256** in Python, itself checked against the published first
  // values of the state {1, 2, 3, 4}: 11520, 0, 1509978240, 1215971899390074240.
  struct golden {
    std::uint64_t seed, stream;
    std::uint64_t first[4];
  };
  const golden all[] = {
      {0, 0, {0xf20f7814d0c550af, 0x0b01ad0c1eb4713a, 0x62be327043178642, 0x26bded96822feaa3}},
      {1, 0, {0x986e5d8af62148bb, 0xc22712db515d624b, 0xebc06902158d813b, 0x8765a9188ff09986}},
      {1, 1, {0x288189e11dbac5ea, 0x38cc3b69b49cfc0a, 0x5f49a677909a3426, 0x37a56100300d647e}},
      {~std::uint64_t{0},
       42,
       {0x63942d1ec4be50bb, 0x98aac06df2a2c00c, 0x805bc947a0948a32, 0xd550438e61cf695c}},
      {20260101, 7, {0xf1e9283f70505f22, 0xcf359719e23e369f, 0xbe111f248385a20b, 0x17e86fae87f12eed}}};
  for (const auto& g : all) {
    random_stream random{g.seed, g.stream};
    for (const std::uint64_t x : g.first) CHECK(random() == x);
  }
}

TEST_CASE("the first derived values never change, to the last bit") {
  // What this library gave on the day it was written, g++ 12 and clang 16, with and without fused
  // multiply-add.
  random_stream random{1};
  for (const double x : {0x1.eeafb49c21213p-3, 0x1.6702c570532fbp-1, 0x1.69434d1a52bf5p+0})
    CHECK(random.normal() == x);
  for (const double x : {0x1.462054cb52a8p-1, 0x1.a5a1d790a63abp+1, 0x1.b3e3d873191fep-3})
    CHECK(random.exponential() == x);
  for (const double x : {0x1.4e68246a8fe17p-1, 0x1.453e5f240d1d4p-1}) CHECK(random.uniform() == x);
  random_stream other{20260101, 7};
  for (const double x : {0x1.990df37892928p+0, 0x1.c05fa0f2a590ap-1, 0x1.4d448055f3824p-1})
    CHECK(other.normal() == x);
  for (const std::uint64_t x : {709U, 288U, 650U}) CHECK(other.below(1000) == x);
}

TEST_CASE("a copy replays the same stream, and streams of one seed differ") {
  random_stream a{9}, b = a, c{9, 1};
  CHECK(a == b);
  CHECK_FALSE(a == c);
  std::size_t equal = 0;
  for (int i = 0; i < 1000; ++i) {
    const auto x = a();
    CHECK(x == b());
    equal += x == c() ? 1 : 0;
  }
  CHECK(equal == 0);
}

TEST_CASE("neighbouring seeds and streams are uncorrelated") {
  // The correlation of n independent pairs is normal with deviation 1 / sqrt(n); 5 of them are allowed.
  const std::size_t n = 100000;
  for (const auto& [first, second] :
       {std::pair{random_stream{1}, random_stream{2}}, std::pair{random_stream{1, 0}, random_stream{1, 1}},
        std::pair{random_stream{0}, random_stream{0, 1}}}) {
    auto a = first, b = second;
    double sum = 0;
    for (std::size_t i = 0; i < n; ++i) sum += (a.uniform() - 0.5) * (b.uniform() - 0.5) * 12;
    CHECK(std::abs(sum / static_cast<double>(n)) < 5 / std::sqrt(static_cast<double>(n)));
  }
}

TEST_CASE("the portable normal quantile is Boost.Math's to 1e-14") {
  double worst = 0;
  const auto compare = [&](double p) {
    worst = std::max(worst, relative_error(detail::portable_normal_quantile(p), numeric::normal_quantile(p)));
  };
  for (int i = 1; i < 20000; ++i) compare(i / 20000.0);
  for (double p = 0.4; p > 1e-300; p *= 0.7) compare(p);  // the lower tail
  for (double q = 0x1p-53; q < 0.4; q *= 2)
    compare(1 - q), compare(0.5 + q);                        // the upper tail, and about 1/2
  for (const double edge : {0.075, 0.925, std::exp(-25.0)})  // where the rational functions meet
    for (int i = -50; i <= 50; ++i) compare(edge * (1 + i * 1e-15));
  CHECK(worst < 1e-14);
  CHECK(detail::portable_normal_quantile(0.5) == 0);
}

TEST_CASE("the portable logarithm is the standard one's to 4 units in the last place") {
  random_stream random{10};
  double worst = 0;
  for (int i = 0; i < 100000; ++i) {
    const double x = std::ldexp(0.5 + 0.5 * random.uniform(), static_cast<int>(random.below(2000)) - 1000);
    worst = std::max(worst, relative_error(detail::portable_log(x), std::log(x)));
  }
  CHECK(worst < 4 * 0x1p-52);
  CHECK(detail::portable_log(1) == 0);
}

TEST_CASE("below is uniform, also where a plain remainder would be far from it") {
  random_stream random{11};
  for (const std::uint64_t n : {1U, 2U, 6U, 7U, 10U, 100U}) {
    std::vector<double> count(n);
    const double draws = 20000.0 * static_cast<double>(n);
    for (double i = 0; i < draws; ++i) ++count[random.below(n)];
    double chi2 = 0;
    for (const double c : count) chi2 += (c - 20000) * (c - 20000) / 20000;
    // Chi-square with n - 1 degrees of freedom has mean n - 1 and variance 2 (n - 1).
    const auto freedom = static_cast<double>(n - 1);
    CHECK(chi2 <= freedom + 5 * std::sqrt(2 * freedom));
  }
  // With n = 3/4 of 2^64 the remainder would fall into the lowest third half of the time instead of a third.
  const std::uint64_t n = std::uint64_t{3} << 62;
  int low = 0;
  for (int i = 0; i < 30000; ++i) low += random.below(n) < n / 3 ? 1 : 0;
  CHECK(std::abs(low - 10000) < 5 * std::sqrt(30000 * 2.0 / 9));
  CHECK(test::dies([] { static_cast<void>(random_stream{1}.below(0)); }));
}

TEST_CASE("uniform, normal and exponential values have their moments") {
  // Each mean of n values may be off by 5 of its own standard errors.
  const int n = 200000;
  random_stream random{12};
  double u1 = 0, u2 = 0, z1 = 0, z2 = 0, z3 = 0, z4 = 0, e1 = 0, e2 = 0, heads = 0;
  for (int i = 0; i < n; ++i) {
    const double u = random.uniform(), z = random.normal(), e = random.exponential();
    REQUIRE((u >= 0 && u < 1 && e > 0));
    u1 += u, u2 += u * u;
    z1 += z, z2 += z * z, z3 += z * z * z, z4 += z * z * z * z;
    e1 += e, e2 += e * e;
    heads += random.chance(0.3) ? 1 : 0;
  }
  const auto near = [&](double sum, double mean, double variance) {
    return std::abs(sum / n - mean) < 5 * std::sqrt(variance / n);
  };
  CHECK(near(u1, 1.0 / 2, 1.0 / 12));
  CHECK(near(u2, 1.0 / 3, 4.0 / 45));
  CHECK(near(z1, 0, 1));
  CHECK(near(z2, 1, 2));
  CHECK(near(z3, 0, 15));
  CHECK(near(z4, 3, 96));
  CHECK(near(e1, 1, 1));
  CHECK(near(e2, 2, 20));
  CHECK(near(heads, 0.3, 0.21));
}

TEST_CASE("certain and impossible chances are so") {
  random_stream random{13};
  for (int i = 0; i < 1000; ++i) {
    CHECK(random.chance(1));
    CHECK_FALSE(random.chance(0));
  }
}

TEST_CASE("a shuffle makes every order equally often") {
  random_stream random{14};
  std::map<std::string, int> seen;
  for (int i = 0; i < 24000; ++i) {
    std::string order = "abcd";
    shuffle(std::span{order}, random);
    ++seen[order];
  }
  REQUIRE(seen.size() == 24);
  double chi2 = 0;
  for (const auto& [order, count] : seen) chi2 += (count - 1000) * (count - 1000) / 1000.0;
  CHECK(chi2 < 23 + 5 * std::sqrt(46.0));
}
