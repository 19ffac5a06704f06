#include <foreshift/migration/patience.hpp>

#include <doctest/doctest.h>

#include <chrono>

using namespace foreshift;
using namespace std::chrono_literals;
using migration::patience;

namespace {
constexpr migration::patience_options options{.retry = 5s, .retry_max = 20s};
constexpr time_point start{1h};
}  // namespace

TEST_CASE("pauses double up to their bound, and a new phase starts them again") {
  patience p;
  p.begin(options, start);
  CHECK(p.due(start));
  time_point now = start;
  for (const duration pause : {5s, 10s, 20s, 20s}) {
    p.asked(options, now);
    CHECK(p.next() == now + pause);
    CHECK_FALSE(p.due(now + pause - 1ns));
    now += pause;
    CHECK(p.due(now));
  }
  p.begin(options, now);
  p.asked(options, now);
  CHECK(p.due(now + 5s));
  CHECK(p.lasted(now + 5s) == 5s);
}

TEST_CASE("a phase may take up the pauses of the one before, wait at first, or be hurried") {
  patience p;
  p.begin(options, start);
  p.asked(options, start);  // the next pause is of 10 s
  p.begin_after_pause(options, start);
  CHECK_FALSE(p.due(start + 9s));
  CHECK(p.due(start + 10s));
  p.begin(options, start, 30s);
  CHECK_FALSE(p.due(start + 29s));
  p.hurry(start + 1s);
  CHECK(p.due(start + 1s));
  p.asked_every(7s, start);
  CHECK_FALSE(p.due(start + 6s));
  CHECK(p.due(start + 7s));
  CHECK(p.entered() == start);
}
