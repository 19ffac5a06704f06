#include <foreshift/sim/data_centre.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <memory>
#include <vector>

using namespace foreshift;
using namespace std::chrono_literals;
using migration::endpoint, migration::event_kind, migration::place_state, migration::verb;

namespace {

constexpr site_id owner{1};
constexpr site_id successor{2};

struct scene {
  sim::timer time;
  sim::data_centre centre;
  std::shared_ptr<sim::answers> box = std::make_shared<sim::answers>();

  explicit scene(sim::data_centre_options options = {}) : centre(time, site_id{1}, 9, std::move(options)) {}

  static migration::command command(verb what, std::uint64_t token, endpoint end = endpoint::destination) {
    migration::command c;
    c.what = what;
    c.end = end;
    c.migration = {77};
    c.subset = {3};
    c.workload = {8};
    c.from_site = c.to_site = {1};
    c.from = {100};
    c.to = {200};
    c.token = {slot{token}, 0};
    return c;
  }
  void give(verb what, std::uint64_t token, site_id by = owner) {
    centre.call(command(what, token), by, box);
  }
  [[nodiscard]] std::size_t acts(event_kind kind) const {
    return static_cast<std::size_t>(std::count_if(centre.acts().begin(), centre.acts().end(),
                                                  [&](const sim::act& a) { return a.what == kind; }));
  }
  [[nodiscard]] std::size_t answered(event_kind kind) const {
    return static_cast<std::size_t>(std::count_if(box->waiting.begin(), box->waiting.end(),
                                                  [&](const migration::event& e) { return e.what == kind; }));
  }
};

}  // namespace

TEST_CASE("a copy takes its time, and a world that watches sees every act once") {
  scene s;
  std::vector<event_kind> story;
  s.centre.on_act([&](const sim::act& a) { story.push_back(a.what); });
  s.give(verb::start, 5);
  s.give(verb::start, 5);
  s.time.run_for(30s);
  CHECK(story == std::vector{event_kind::started});
  s.time.run_for(31s);
  CHECK(story == std::vector{event_kind::started, event_kind::copied});
  s.give(verb::cut_over, 5);
  s.give(verb::cut_over, 5);
  s.time.run_for(1s);
  CHECK(story == std::vector{event_kind::started, event_kind::copied, event_kind::serving});
}

TEST_CASE("the world may say how long a copy takes, and what is not admitted") {
  scene s;
  s.centre.copy_time([](const migration::command&) { return duration{5min}; });
  bool full = true;
  s.centre.admit([&](const migration::command&) { return full ? "no room" : ""; });
  s.give(verb::start, 5);
  s.time.run_for(1s);
  REQUIRE(s.answered(event_kind::refused) == 1);
  CHECK(s.box->waiting.front().reason == "no room");
  CHECK(s.box->waiting.front().state == place_state::never_seen);
  full = false;
  s.give(verb::start, 5);
  s.time.run_for(4min);
  CHECK(s.acts(event_kind::copied) == 0);
  s.time.run_for(2min);
  CHECK(s.acts(event_kind::copied) == 1);
}

TEST_CASE("a command that is late, under a token of before, does nothing") {
  scene s;
  s.give(verb::fence, 6, successor);
  s.time.run_for(1s);
  s.give(verb::start, 5);
  s.time.run_for(1s);
  CHECK(s.answered(event_kind::stale_token) == 1);
  CHECK(s.acts(event_kind::started) == 0);
  CHECK(s.centre.highest(place_id{200}, subset_id{3}) == fence_token{slot{6}, 0});
  CHECK(s.centre.highest(place_id{100}, subset_id{3}) == fence_token{});
}

TEST_CASE("one_step does not cut over under a token that has been fenced off while it copied") {
  scene s{{.style = migration::cut_over_style::one_step}};
  s.give(verb::start, 5);
  s.time.run_for(1s);
  s.give(verb::fence, 6, successor);
  s.time.run_for(5min);
  CHECK(s.acts(event_kind::copied) == 1);
  CHECK(s.acts(event_kind::serving) == 0);
  s.give(verb::start, 6, successor);  // the next owner adopts it
  s.time.run_for(1s);
  CHECK(s.acts(event_kind::started) == 1);
  REQUIRE(s.acts(event_kind::serving) == 1);
  CHECK(s.centre.acts().back().by == successor);
}

TEST_CASE("an abort while it copies undoes the copy, and no cut-over follows") {
  for (const auto style : {migration::cut_over_style::one_step, migration::cut_over_style::two_step}) {
    scene s{{.style = style}};
    s.give(verb::start, 5);
    s.time.run_for(1s);
    s.give(verb::abort, 5);
    s.time.run_for(5min);
    CHECK(s.acts(event_kind::aborted) == 1);
    CHECK(s.acts(event_kind::copied) == 0);
    CHECK(s.acts(event_kind::serving) == 0);
  }
}

TEST_CASE("an adjustment in place is carried out once") {
  for (const verb what : {verb::resize, verb::scale}) {
    scene s;
    const auto kind = what == verb::resize ? event_kind::resized : event_kind::scaled;
    s.give(what, 5);
    s.give(what, 5);
    s.time.run_for(1s);
    CHECK(s.acts(kind) == 1);
    CHECK(s.answered(kind) == 2);
  }
}

TEST_CASE("a place out of reach says that nobody knows, and does nothing") {
  scene s;
  s.centre.reach(place_id{200}, false);
  s.give(verb::start, 5);
  s.time.run_for(1s);
  CHECK(s.answered(event_kind::unreachable) == 1);
  s.centre.reach(place_id{200}, true);
  s.give(verb::query, 5);
  s.time.run_for(1s);
  CHECK(s.box->waiting.back().state == place_state::never_seen);
}

TEST_CASE("calls and answers are lost and repeated, and still nothing starts twice") {
  std::size_t answers = 0;
  for (std::uint64_t round = 0; round < 50; ++round) {
    sim::timer time;
    sim::data_centre centre{time, site_id{1}, round, {.calls = {.loss = 0.4, .duplication = 0.4}}};
    auto box = std::make_shared<sim::answers>();
    for (int i = 0; i < 10; ++i) centre.call(scene::command(verb::start, 5), owner, box);
    time.run_for(10s);
    CHECK(std::count_if(centre.acts().begin(), centre.acts().end(),
                        [](const sim::act& a) { return a.what == event_kind::started; }) == 1);
    answers += box->waiting.size();
  }
  CHECK(answers < 50 * 10);  // 10 x 0.6 x 1.24 squared and more is lost than is repeated
  CHECK(answers > 50 * 2);
}

TEST_CASE("a data centre goes on when nobody is left to hear its answers") {
  scene s;
  s.give(verb::start, 5);
  s.time.run_for(1s);
  s.box.reset();
  s.time.run_for(5min);
  CHECK(s.acts(event_kind::copied) == 1);
}

TEST_CASE("places that do not fence obey anyone: that is what the check is for") {
  scene s{{.fences = false}};
  s.give(verb::fence, 6, successor);
  s.time.run_for(1s);
  s.give(verb::start, 5);
  s.time.run_for(1s);
  CHECK(s.acts(event_kind::started) == 1);
}
