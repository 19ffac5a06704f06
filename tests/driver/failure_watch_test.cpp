#include <foreshift/driver/failure_watch.hpp>

#include <doctest/doctest.h>

#include <chrono>

using namespace foreshift;
using namespace std::chrono_literals;
using driver::failure_watch;

namespace {
constexpr host_id host{4};
constexpr site_id other{2};
time_point minute(int m) { return time_point{std::chrono::minutes{m}}; }
/// Heard of every five minutes for an hour.
failure_watch after_an_hour() {
  failure_watch watch;
  for (int m = 0; m <= 60; m += 5) watch.heard(host, minute(m)), watch.heard(other, minute(m));
  return watch;
}
}  // namespace

TEST_CASE(
    "a host or a site that is heard of as ever has the base rate of failures, and so has an unknown one") {
  const auto watch = after_an_hour();
  const double base = risk::failure_options{}.base;
  CHECK(watch.of_own(host, minute(61)).probability == doctest::Approx(base));
  CHECK(watch.of(other, minute(61)).probability == doctest::Approx(base));
  CHECK(watch.of_own({9}, minute(61)).probability == doctest::Approx(base));
  CHECK(watch.of({9}, minute(61)).probability == doctest::Approx(base));
}

TEST_CASE("the longer the silence, the likelier a failure, and silence is named as the cause") {
  const auto watch = after_an_hour();
  double last = 0;
  for (const auto after : {5min, 6min, 7min, 10min, 60min}) {
    const auto seen = watch.of_own(host, minute(60) + after);
    CHECK(seen.probability >= last);
    CHECK(seen.probability == doctest::Approx(watch.of(other, minute(60) + after).probability));
    last = seen.probability;
  }
  CHECK(last > 0.9);
  CHECK(watch.of_own(host, minute(120)).silence > 0.9);
}

TEST_CASE("a strange value counts for its step, less the more series there are, and alone is rarely fatal") {
  auto watch = after_an_hour();
  watch.strange(host, 1e-9);
  const double one = watch.of_own(host, minute(61)).anomaly;
  CHECK(one > 0.05);
  CHECK(watch.of_own(host, minute(61)).probability < 0.2);
  for (int i = 0; i < 2000; ++i) watch.strange(host, 0.5);
  CHECK(watch.of_own(host, minute(61)).anomaly < one);
  watch.next_step();
  CHECK(watch.of_own(host, minute(61)).anomaly == 0);
}

TEST_CASE(
    "counters that grow as ever speak for nothing, one that begins to grow for the failure of its host") {
  auto watch = after_an_hour();
  const auto step = [&](int m, double errors) {
    watch.heard(host, minute(m));
    watch.counted(host, telemetry::metric::errors, {minute(m), errors});
    watch.counted(host, telemetry::metric::disk_faults, {minute(m), 7});
    watch.next_step();
    return watch.of_own(host, minute(m));
  };
  int m = 65;
  double errors = 1000;
  for (; m < 1000; m += 5) CHECK(step(m, errors += m % 25 == 0 ? 1 : 0).counters < 0.01);
  for (int more = 5; more <= 20; more += 5, m += 5) CHECK(step(m, errors += more).counters > 0.3);
  CHECK(watch.of_own(host, minute(m - 5)).probability > 0.3);
  for (int i = 0; i < 3; ++i, m += 5) CHECK(step(m, errors).counters == 0);  // it has stopped
}

TEST_CASE("of another site's host counts what is said, and that the site has fallen silent") {
  auto watch = after_an_hour();
  CHECK(watch.of({7}, other, minute(61)) < 0.001);
  watch.told({7}, 0.3);
  CHECK(watch.of({7}, other, minute(61)) == doctest::Approx(0.3).epsilon(0.01));
  CHECK(watch.of({7}, other, minute(120)) > 0.9);
}

TEST_CASE("a suspicion is news once, until it was over") {
  failure_watch watch;
  CHECK_FALSE(watch.suspects(host, 0.4));
  CHECK(watch.suspects(host, 0.5));
  CHECK_FALSE(watch.suspects(host, 0.9));
  CHECK_FALSE(watch.suspects(host, 0.3));
  CHECK_FALSE(watch.suspects(host, 0.6));
  CHECK_FALSE(watch.suspects(host, 0.2));
  CHECK(watch.suspects(host, 0.6));
  CHECK(watch.suspects(other, 0.6));
}
