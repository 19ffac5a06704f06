#include <foreshift/anomaly/thinned_history.hpp>
#include <foreshift/core/random.hpp>

#include <doctest/doctest.h>
#include <support/nasty_streams.hpp>

#include <cmath>

using namespace foreshift;
using anomaly::thinned_history;

TEST_CASE("while there is room the median is exact, the upper one of two") {
  thinned_history h{8};
  for (const double x : {5.0, 1.0, 9.0}) h.learn(x);
  CHECK(h.median() == 5);
  h.learn(7);
  CHECK(h.median() == 7);
}

TEST_CASE("when there is none, every second value goes, and every second one comes") {
  thinned_history h{4};
  for (double x = 0; x < 8; ++x) h.learn(x);  // holds 0 2 4 6
  CHECK(h.size() == 4);
  CHECK(h.median() == 4);
  for (double x = 8; x < 16; ++x) h.learn(x);  // 0 4 8 12
  CHECK(h.size() == 4);
  CHECK(h.median() == 8);
}

TEST_CASE("the median of a long stream is near the true one") {
  thinned_history h;
  random_stream random{1};
  for (int i = 0; i < 100000; ++i) h.learn(random.normal());
  CHECK(h.size() <= 256);
  CHECK(std::abs(h.median()) < 0.35);  // its standard error with 128 values or more is at most 0.11
}

TEST_CASE("what comes back from an archive goes on alike, and one out of order is refused") {
  thinned_history a{16};
  random_stream random{1};
  for (int i = 0; i < 100; ++i) a.learn(random.uniform());
  auto b = test_support::through_archive(a, thinned_history{2});
  for (int i = 0; i < 100; ++i) {
    const double x = random.uniform();
    a.learn(x);
    b.learn(x);
    CHECK(a.median() == b.median());
  }
  archive_writer out;
  out(a);
  auto bytes = out.take();
  archive_writer first;
  first(a.median());
  bytes[bytes.size() - 1] = std::byte{0xC0};  // the largest becomes negative
  bytes[bytes.size() - 8] = std::byte{0xC0};
  archive_reader in{bytes};
  thinned_history broken;
  in(broken);
  CHECK_FALSE(in.ok());
}
