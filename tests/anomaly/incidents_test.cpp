#include <foreshift/anomaly/incidents.hpp>

#include <doctest/doctest.h>
#include <support/nasty_streams.hpp>

using namespace foreshift;
using anomaly::incidents, anomaly::incident_options;

namespace {

constexpr incident_options plain{
    .opens_at = 4, .hold_off = 10, .larger_by = 2, .different_by = 1.5, .habituation = 0};

}  // namespace

TEST_CASE("an incident opens at the level and is quiet for the hold-off") {
  incidents book{plain};
  CHECK_FALSE(book.step(3.99, 0));
  CHECK(book.step(4, 0) == 4.0);
  CHECK(book.running());
  for (int i = 0; i < 10; ++i) CHECK_FALSE(book.step(7, 0));
  CHECK_FALSE(book.running());
  CHECK(book.step(7, 0) == 7.0);
}

TEST_CASE("a clearly larger one breaks the hold-off, and begins it anew") {
  incidents book{plain};
  CHECK(book.step(4, 0));
  CHECK_FALSE(book.step(8, 0));
  CHECK(book.step(8.1, 0));
  for (int i = 0; i < 10; ++i) CHECK_FALSE(book.step(16, 0));
}

TEST_CASE("another kind need not be that much larger") {
  incidents book{plain};
  CHECK(book.step(4, 0));
  CHECK_FALSE(book.step(6, 1));
  CHECK(book.step(6.1, 1));
  CHECK_FALSE(book.step(7, 1));
}

TEST_CASE("the like of what happens often is worth less, and time makes it news again") {
  auto options = plain;
  options.habituation = 0.5;
  options.forget_samples = 100;
  incidents book{options};
  const auto pass = [&](int samples) {
    for (int i = 0; i < samples; ++i) book.step(0, 0);
  };
  CHECK(*book.step(10, 0) == 10.0);
  pass(99);
  CHECK(*book.step(10, 0) == doctest::Approx(10 / (1 + 0.5 * std::exp(-1))));
  pass(100);
  CHECK(*book.step(30, 0) == 30.0);  // those were not a third as strong
  pass(5000);
  CHECK(*book.step(10, 0) == doctest::Approx(10));
}

TEST_CASE("what grows is one incident, not the like of itself") {
  auto options = plain;
  options.habituation = 0.5;
  incidents book{options};
  CHECK(*book.step(4, 0) == 4.0);
  CHECK_FALSE(book.step(7.5, 0));  // raises the peak, which is now half of what comes
  CHECK(*book.step(9, 0) == 9.0);
}

TEST_CASE("what comes back from an archive goes on alike") {
  incidents a;
  random_stream random{1};
  for (int i = 0; i < 20000; ++i) a.step(6 * random.uniform(), static_cast<std::uint32_t>(random.below(3)));
  auto b = test_support::through_archive(a, incidents{});
  for (int i = 0; i < 2000; ++i) {
    const double strength = 12 * random.uniform();
    CHECK(a.step(strength, 1) == b.step(strength, 1));
  }
}
