#include <foreshift/anomaly/tail.hpp>
#include <foreshift/core/random.hpp>

#include <doctest/doctest.h>
#include <support/nasty_streams.hpp>

#include <cmath>
#include <limits>

using namespace foreshift;
using anomaly::running_tail, anomaly::tail_options;

TEST_CASE("nothing is rare while the tail warms up, and zero is never rare") {
  running_tail tail{{.warm_up = 5}};
  for (int i = 0; i < 4; ++i) {
    CHECK(tail.surprise(100) == 0);
    tail.learn(1);
  }
  tail.learn(1);
  CHECK(tail.surprise(100) > 0);
  CHECK(tail.surprise(0) == 0);
  CHECK(tail.surprise(-1) == 0);
  CHECK(tail.surprise(std::numeric_limits<double>::quiet_NaN()) == 0);
}

TEST_CASE("among zeros the first amount is as rare as one in all of them") {
  running_tail tail;
  for (int i = 0; i < 999; ++i) tail.learn(0);
  CHECK(tail.surprise(1e-300) == doctest::Approx(3));
  CHECK(tail.surprise(1e300) == doctest::Approx(3));
}

TEST_CASE("in the body the probability is the share of past amounts that are as large") {
  // 1, 2, 4, ..., 512, a hundred times each: buckets begin at powers of two.
  running_tail tail;
  for (int round = 0; round < 100; ++round)
    for (int k = 0; k < 10; ++k) tail.learn(std::ldexp(1.0, k));
  CHECK(tail.surprise(16) == doctest::Approx(-std::log10(600.5 / 1001)));
  CHECK(tail.surprise(1) == doctest::Approx(-std::log10(1000.0 / 1001)).epsilon(0.01));
  CHECK(tail.surprise(0.5) == 0);
}

TEST_CASE("beyond the quantile it is the generalised Pareto tail with the observed mean excess") {
  // 95 amounts of 1 and 5 in the bucket [8, 9), whose middle stands for them: the mean excess over 8 is 1/2.
  running_tail exponential{{.shape = 0}}, heavy{{.shape = 0.2}};
  for (int i = 0; i < 100; ++i)
    for (auto* t : {&exponential, &heavy}) t->learn(i % 20 == 0 ? 8.5 : 1);
  const double z = (12 - 8) / 0.5;
  CHECK(exponential.surprise(12) == doctest::Approx(std::log10(20.0) + z * std::log10(std::exp(1.0))));
  CHECK(heavy.surprise(12) == doctest::Approx(std::log10(20.0) + std::log10(1 + 0.2 * z / 0.8) / 0.2));
  CHECK(heavy.surprise(1e300) < exponential.surprise(1e300));
}

TEST_CASE("a larger amount is never less rare") {
  random_stream random{2};
  for (int round = 0; round < 50; ++round) {
    running_tail tail{{.shape = round % 2 == 0 ? 0 : 0.2}};
    const int spread = 1 + static_cast<int>(random.below(12));
    for (int i = 0; i < 300; ++i) tail.learn(std::exp(random.normal() * spread / 3));
    double before = 0;
    bool rises = true;
    for (double x = 1e-6; x < 1e6; x *= 1.01) {
      const double now = tail.surprise(x);
      rises = rises && now >= before - 1e-12;
      before = now;
    }
    CHECK(rises);
  }
}

TEST_CASE("of independent amounts the p-values are uniform where there is data, and conservative beyond") {
  // 40 streams of 5,000, after 1,000 each to learn. The standard error of a share p is sqrt(p (1 - p) /
  // 160000), below 0.00125; the buckets' width adds at most a few parts in a hundred of p.
  for (const bool heavy : {false, true}) {
    random_stream random{heavy ? 3ULL : 4ULL};
    std::size_t all = 0, half = 0, tenth = 0, hundredth = 0, thousandth = 0;
    for (int stream = 0; stream < 40; ++stream) {
      running_tail tail{{.shape = heavy ? 0.2 : 0}};
      for (int i = 0; i < 5000; ++i) {
        const double u = 1 - random.uniform();
        const double x = heavy ? std::pow(u, -0.2) - 1 : -std::log(u);  // Pareto of shape 0.2; exponential
        if (i >= 1000) {
          const double p = std::pow(10, -tail.surprise(x));
          ++all;
          half += p <= 0.5 ? 1U : 0U;
          tenth += p <= 0.1 ? 1U : 0U;
          hundredth += p <= 0.01 ? 1U : 0U;
          thousandth += p <= 0.001 ? 1U : 0U;
        }
        tail.learn(x);
      }
    }
    const auto share = [&](std::size_t n) { return static_cast<double>(n) / static_cast<double>(all); };
    CHECK(share(half) == doctest::Approx(0.5).epsilon(0.02));
    CHECK(share(tenth) == doctest::Approx(0.1).epsilon(0.05));
    CHECK(share(hundredth) == doctest::Approx(0.01).epsilon(0.2));
    CHECK(share(thousandth) <= 0.0015);
    CHECK(share(thousandth) >= 0.0004);
  }
}

TEST_CASE("a flat stream of amounts is never rare, and one a hair above it hardly") {
  running_tail tail;
  for (int i = 0; i < 10000; ++i) {
    CHECK(tail.surprise(3) < 0.5);
    tail.learn(3);
  }
  CHECK(tail.surprise(3.0001) < 0.5);
  CHECK(tail.surprise(300) > 3);
}

TEST_CASE("one absurd amount does not blind it, neither early nor late") {
  for (const int when : {0, 1, 200}) {
    running_tail tail;
    random_stream random{9};
    for (int i = 0; i < 400; ++i) tail.learn(i == when ? 1e308 : 1 + random.uniform());
    CHECK(tail.surprise(1.5) < 1);
    CHECK(tail.surprise(5) > 2);
    CHECK(tail.surprise(1e308) >= tail.surprise(5));
  }
}

TEST_CASE("it follows amounts that shrink or grow by hundreds of octaves") {
  for (const int step : {-1, 1}) {
    running_tail tail;
    for (int i = 0; i < 2000; ++i) {
      const double surprise = tail.surprise(std::ldexp(1.0 + i % 2, step * (i / 2)));
      CHECK(std::isfinite(surprise));
      CHECK(surprise >= 0);
      tail.learn(std::ldexp(1.0 + i % 2, step * (i / 2)));
    }
  }
}

TEST_CASE("infinite amounts count as the largest finite ones, and denormals are amounts") {
  constexpr double inf = std::numeric_limits<double>::infinity(), tiny = 5e-324;
  running_tail tail;
  for (int i = 0; i < 100; ++i) {
    tail.learn(i % 2 == 0 ? inf : tiny);
    tail.learn(std::numeric_limits<double>::quiet_NaN());
  }
  CHECK(tail.seen() == 100);
  CHECK(std::isfinite(tail.surprise(inf)));
  CHECK(std::isfinite(tail.surprise(tiny)));
}

TEST_CASE("old amounts fade by halves") {
  running_tail tail{{.memory = 1000}};
  for (int i = 0; i < 1000; ++i) tail.learn(100);
  for (int i = 0; i < 5000; ++i) tail.learn(1);
  CHECK(tail.seen() <= 1000);
  CHECK(tail.surprise(100) > 1.5);  // all of the past would say 1 in 6
}

TEST_CASE("what comes back from an archive goes on alike, and a tail that cannot be is refused") {
  random_stream random{1};
  running_tail tail{{.shape = 0.1, .warm_up = 10}};
  for (int i = 0; i < 500; ++i) tail.learn(random.uniform());
  const auto back = test_support::through_archive(tail, running_tail{});
  for (double x = 0.01; x < 3; x += 0.01) CHECK(back.surprise(x) == tail.surprise(x));

  archive_writer out;
  out(tail);
  auto bytes = out.take();
  bytes.back() = std::byte{1};  // of the last bucket's count, which is no longer what the sum says
  archive_reader in{bytes};
  running_tail broken;
  in(broken);
  CHECK_FALSE(in.ok());
}
