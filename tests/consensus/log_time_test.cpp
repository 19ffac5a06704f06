#include <foreshift/consensus/log_time.hpp>

#include <doctest/doctest.h>

using namespace foreshift;
using namespace foreshift::consensus;
using std::chrono::minutes;

namespace {
constexpr time_point noon{std::chrono::hours{12}};
}

TEST_CASE("log time follows the proposers' clocks and never goes back") {
  log_clock clock;
  clock.advance(noon);
  clock.advance(noon + minutes{1});
  CHECK(clock.now() == noon + minutes{1});
  clock.advance(noon - minutes{30});
  CHECK(clock.now() == noon + minutes{1});
}

TEST_CASE("one fast clock moves log time by a bounded step") {
  log_clock clock{{minutes{10}, minutes{60}, 16}};
  clock.advance(noon);
  clock.advance(noon + std::chrono::hours{1000});
  CHECK(clock.now() == noon + minutes{10});
}

TEST_CASE("many entries of a fast clock move log time by a bounded amount per window") {
  log_clock clock{{minutes{10}, minutes{30}, 8}};
  clock.advance(noon);
  for (int i = 0; i < 8; ++i) clock.advance(noon + std::chrono::hours{1000});
  CHECK(clock.now() <= noon + minutes{60});
  const time_point before = clock.now();
  for (int i = 0; i < 8; ++i) clock.advance(noon + std::chrono::hours{1000});
  CHECK(clock.now() <= before + minutes{60});
  CHECK(clock.now() > before);
}

TEST_CASE("a clock at the end of time does not overflow the log's") {
  log_clock clock;
  for (const auto given : {time_point::max(), time_point::min(), time_point::max()}) clock.advance(given);
  CHECK(clock.now() == time_point::max());
  CHECK(later(time_point::min(), duration{-1}) == time_point::min());
  CHECK(later(time_point{}, duration{5}) == time_point{duration{5}});
}
