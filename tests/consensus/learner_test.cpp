#include <foreshift/consensus/learner.hpp>

#include <doctest/doctest.h>

using namespace foreshift;
using namespace foreshift::consensus;

namespace {
const ballot old_ballot{1, site_id{1}}, new_ballot{2, site_id{2}};
entry saying(unsigned what) { return {{epoch_number{what}, {}}, {}}; }
}  // namespace

TEST_CASE("only what was accepted under the very ballot is taken as chosen") {
  acceptor own;
  static_cast<void>(own.on_accept({old_ballot, slot{1}, {}, saying(1)}));
  static_cast<void>(own.on_accept({new_ballot, slot{2}, {}, saying(2)}));
  std::vector<chosen_entry> found;
  for_each_chosen_under(chosen_log{}, own, new_ballot, slot{3}, [&](slot at, entry value) {
    found.push_back({at, std::move(value)});
  });
  REQUIRE(found.size() == 1);
  CHECK(found[0] == chosen_entry{slot{2}, saying(2)});
}

TEST_CASE(
    "what is missing is asked for, not twice at once, and nothing is asked for when nothing is missing") {
  catch_up c;
  const time_point now{};
  const duration pause{10};
  CHECK_FALSE(c.on_news(site_id{2}, slot{3}, slot{3}, now, pause));
  CHECK(c.on_news(site_id{2}, slot{3}, slot{5}, now, pause) == catch_up_request{slot{4}});
  CHECK_FALSE(c.on_news(site_id{2}, slot{3}, slot{5}, now, pause));
  CHECK(c.awaits(site_id{2}));
  CHECK_FALSE(c.awaits(site_id{3}));
  CHECK(c.on_news(site_id{2}, slot{3}, slot{5}, now + pause, pause));
  c.on_reply();
  CHECK(c.on_news(site_id{2}, slot{4}, slot{5}, now + pause, pause));
}

TEST_CASE("an answer holds chosen entries from the slot asked for on, in messages of moderate size") {
  chosen_log log;
  for (std::uint64_t i = 1; i <= 4; ++i) log.learn(slot{i}, {{}, {byte_string(600'000)}});
  const auto reply = answer_catch_up(log, {slot{2}});
  REQUIRE(reply);
  CHECK(reply->from == slot{2});
  CHECK(reply->chosen_through == slot{4});
  CHECK(reply->entries.size() == 2);
  CHECK_FALSE(answer_catch_up(log, {slot{5}}));
  CHECK_FALSE(answer_catch_up(log, {slot{0}}));
}
