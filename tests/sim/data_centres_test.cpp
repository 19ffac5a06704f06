#include <foreshift/sim/data_centres.hpp>
#include <foreshift/sim/orchestrator.hpp>

#include <doctest/doctest.h>

#include <map>

using namespace foreshift;
using namespace std::chrono_literals;
using migration::cut_over_style;

namespace {

struct scene {
  explicit scene(bool strikes, std::uint64_t seed = 1)
      : centres(clock, seed, cut_over_style::two_step, strikes, seen) {
    for (const std::uint64_t s : {1U, 2U}) centres.open({s}, true);
    centres.connect(places);
    centres.on_act([this](const sim::act&) { ++told; });
  }
  /// Asks place 1 to take a token, every 100 ms for so long.
  void fence_for(duration span) {
    for (const auto end = clock.now() + span; clock.now() < end; clock.run_for(100ms)) {
      migration::command c;
      c.what = migration::verb::fence, c.end = migration::endpoint::destination;
      c.migration = {1}, c.subset = {1}, c.workload = {1};
      c.from_site = {2}, c.from = {2}, c.to_site = {1}, c.to = {1};
      c.token = {slot{5}, 0}, c.request = ++request;
      static_cast<void>(places.submit(c));
      places.poll([&](const migration::event& e) { ++heard[e.what]; });
    }
  }
  sim::timer clock{time_point{}};
  sim::coverage seen;
  sim::data_centres centres;
  sim::orchestrator<cut_over_style::two_step> places{site_id{1}};
  std::map<migration::event_kind, int> heard;
  std::uint64_t request = 0;
  int told = 0;
};

}  // namespace

TEST_CASE("places go out of reach now and then, come back, and stay when they are spared") {
  int away = 0;
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    scene s{true, seed};
    s.centres.acts().granted({1}, {slot{5}, 0}, {1});
    s.centres.disturb();
    s.fence_for(30s);
    CHECK(s.heard[migration::event_kind::fenced] > 0);
    away += s.heard[migration::event_kind::unreachable];
    s.centres.spare();
    s.centres.disturb();
    s.clock.run_for(10s);
    s.fence_for(1s);
    s.heard.clear();
    s.fence_for(10s);
    CHECK(s.heard[migration::event_kind::unreachable] == 0);
    CHECK(s.told > 0);
  }
  CHECK(away > 0);
}

TEST_CASE("where nothing is to strike, every place can be reached") {
  scene s{false};
  s.centres.acts().granted({1}, {slot{5}, 0}, {1});
  s.centres.disturb();
  s.fence_for(60s);
  CHECK(s.heard[migration::event_kind::unreachable] == 0);
  CHECK_FALSE(s.centres.acts().broken().has_value());
}
