#include <foreshift/sim/coverage.hpp>

#include <doctest/doctest.h>

#include <set>
#include <string_view>

using namespace foreshift;
using sim::occasion;

TEST_CASE("every occasion has a name of its own") {
  std::set<std::string_view> names;
  for (std::size_t i = 0; i < sim::occasion_count; ++i) names.insert(name_of(static_cast<occasion>(i)));
  CHECK(names.size() == sim::occasion_count);
  CHECK(name_of(occasion::leader_elected) == "leader_elected");
  CHECK(name_of(occasion::read_while_written) == "read_while_written");
  CHECK(name_of(occasion::verdict_across_epochs) == "verdict_across_epochs");
}

TEST_CASE("messages are counted by what they show") {
  sim::coverage seen;
  seen.sent(consensus::nack{});
  seen.sent(consensus::probe_answer{1, true, {}, {}});
  seen.sent(consensus::probe_answer{1, false, {}, {}});
  seen.sent(consensus::promise{});
  seen.sent(consensus::promise{{}, {}, {{slot{1}, {}, {}}}});
  seen.sent(consensus::accept{{}, slot{5}, slot{4}, {{}, {byte_string{}, byte_string{}}}});
  seen.sent(consensus::accept{{}, slot{6}, slot{4}, {}});
  seen.sent(consensus::catch_up_reply{});
  seen.sent(consensus::catch_up_reply{{}, {}, {{}}});
  CHECK(seen.of(occasion::ballot_refused) == 1);
  CHECK(seen.of(occasion::probe_refused) == 1);
  CHECK(seen.of(occasion::value_reported) == 1);
  CHECK(seen.of(occasion::batch) == 1);
  CHECK(seen.of(occasion::pipelined) == 1);
  CHECK(seen.of(occasion::gap_filled) == 1);
  CHECK(seen.of(occasion::caught_up) == 1);
}

TEST_CASE("commands are counted by what they did, repetitions and refusals apart") {
  using consensus::refusal;
  sim::coverage seen;
  const consensus::command moved{{}, consensus::activate{}};
  seen.applied(moved, {{}, {}, refusal::none, false});
  seen.applied(moved, {{}, {}, refusal::wrong_state, false});
  seen.applied(moved, {{}, {}, refusal::none, true});
  seen.applied({{}, consensus::credit_update{}}, {{}, {}, refusal::self_reported, false});
  seen.applied({{}, consensus::start{}}, {{}, {}, refusal::stale_token, false});
  CHECK(seen.of(occasion::transfer_activated) == 1);
  CHECK(seen.of(occasion::command_repeated) == 1);
  CHECK(seen.of(occasion::credit_refused) == 1);
  CHECK(seen.of(occasion::stale_token_in_log) == 1);
  CHECK(seen.of(occasion::migration_started) == 0);
}

TEST_CASE("epochs are counted by what became of them") {
  using consensus::effect, consensus::refusal;
  sim::coverage seen;
  seen.applied(effect{consensus::epoch_decided{}});
  seen.applied(effect{consensus::epoch_activated{}});
  seen.applied(effect{consensus::epoch_refused{refusal::still_owner, {}, {}}});
  seen.applied(effect{consensus::proposal_undecided{{}, 0, refusal::stale_credit}});
  CHECK(seen.of(occasion::verdict_across_epochs) == 0);
  seen.applied(effect{consensus::proposal_undecided{{}, 0, refusal::stale_epoch}});
  CHECK(seen.of(occasion::epoch_activated) == 1);
  CHECK(seen.of(occasion::epoch_refused) == 1);
  CHECK(seen.of(occasion::proposal_asked_again) == 2);
  CHECK(seen.of(occasion::verdict_across_epochs) == 1);
}

TEST_CASE("the coverage of two runs is the sum") {
  sim::coverage one, two;
  one.note(occasion::batch, 3);
  two.note(occasion::batch);
  two.applied(consensus::effect{consensus::proposal_decided{{}, consensus::refusal::voted_down, {}}});
  one += two;
  CHECK(one.of(occasion::batch) == 4);
  CHECK(one.of(occasion::proposal_voted_down) == 1);
}
