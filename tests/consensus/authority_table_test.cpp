#include "authority_walk.hpp"
#include "proposals.hpp"

#include <foreshift/consensus/authority_table.hpp>

#include <doctest/doctest.h>

#include <sstream>

using namespace consensus_test;
using namespace std::chrono_literals;

namespace {

/// Runs a transcript: a comment, a command `client verb argument...`, `----`, the expected answer. The answer
/// is the reason and, behind it, the effects. `token` stands for the subset's current token, `old` for the
/// one before.
class transcript {
 public:
  std::string answer(const std::string& line) {
    std::istringstream in{line};
    std::uint64_t client = 0, a = 0, b = 0;
    std::string verb, token;
    in >> client >> verb >> a;
    if (verb == "prepare") {
      in >> b;
      const auto* held = c.machine.authorities().find(subset_id{a});
      return say(c.run(client, prepare_transfer{subset_id{a},
                                                held != nullptr ? held->owner : site_id{},
                                                site_id{b},
                                                {},
                                                noon + std::chrono::minutes{5}}));
    }
    if (verb == "activate") {
      in >> b;
      return say(c.run(client, activate{subset_id{a}, site_id{b}}));
    }
    if (verb == "abort_transfer") return say(c.run(client, abort_transfer{subset_id{a}}));
    if (verb == "wait") {
      c.now += std::chrono::minutes{a};
      return say(c.run(client, noop{}));
    }
    if (verb == "approve") {
      const auto header = move_web(c.machine, ++proposals);
      return say(c.run(client, verdict_on(header, c.machine, vote_outcome::approved, yes_of_two())));
    }
    in >> token;
    const auto named = token == "old" ? old : c.token(1);
    if (verb == "quiesced") return say(c.run(client, quiesced{subset_id{a}, named}));
    const migration_step step{migrations.at(a - 1), named};
    if (verb == "start") return say(c.run(client, start{step}));
    if (verb == "commit") return say(c.run(client, commit{step}));
    if (verb == "abort") return say(c.run(client, consensus::abort{step}));
    if (verb == "settled") return say(c.run(client, settled{step}));
    return "no such verb";
  }

 private:
  std::string say(refusal reason) {
    std::string text = reason == refusal::none ? "done" : std::string{name_of(reason)};
    for (const auto& e : c.effects) {
      if (const auto* changed = std::get_if<authority_changed>(&e)) {
        text += ", owner " + std::to_string(changed->now.owner.value) + " " +
                std::string{name_of(changed->now.state)};
        if (changed->now.token != last) {
          text += " under a new token";
          old = last;
          last = changed->now.token;
        }
      }
      if (const auto* advanced = std::get_if<migration_advanced>(&e)) {
        if (advanced->intent.state == migration_state::approved) migrations.push_back(advanced->what);
        text += ", migration " + std::string{advanced->settled ? "settled" : name_of(advanced->intent.state)};
      }
    }
    return text;
  }

  clerk c;
  std::vector<migration_id> migrations;
  fence_token last = c.token(1), old;
  std::uint64_t proposals = 0;
};

/// The first line whose answer is not the expected one; empty when the whole transcript is as it should be.
std::string first_difference(const std::string& text) {
  transcript story;
  std::istringstream in{text};
  std::string line, command;
  while (std::getline(in, line)) {
    if (line.empty() || line[0] == '#') continue;
    command = line;
    std::getline(in, line);
    if (line != "----") return "no ---- behind: " + command;
    std::getline(in, line);
    const auto said = story.answer(command);
    if (said != line) return command + " -> " + said + " instead of " + line;
  }
  return {};
}

}  // namespace

TEST_CASE("a transfer and the migration it is for, told as a transcript") {
  CHECK(first_difference(R"(
# Two of three sites find that workload 1 should move.
1 approve
----
done, owner 1 active, migration approved

# Authority goes first. The owner is told to start nothing new ...
3 prepare 1 2
----
done, owner 1 preparing

# ... so it can not start the migration any more,
1 start 1 token
----
wrong_state

# nobody else can say that it has stopped,
2 quiesced 1 token
----
not_the_owner

# and nobody is activated before it has.
2 activate 1 2
----
too_early
1 quiesced 1 token
----
done, owner 1 prepared
3 activate 1 3
----
wrong_successor
2 activate 1 2
----
done, owner 2 active under a new token

# The former owner acts no more, not even with its old token; nor does the new owner with that one.
1 start 1 old
----
not_the_owner
2 start 1 old
----
stale_token
2 start 1 token
----
done, migration started

# It is started once.
2 start 1 token
----
wrong_state

# Commit comes first in the log, so abort comes too late; settled is the end.
2 settled 1 token
----
wrong_state
2 commit 1 token
----
done, migration committed
2 abort 1 token
----
wrong_state
2 settled 1 token
----
done, migration settled
2 start 1 token
----
unknown_migration
)") == "");
}

TEST_CASE("a transfer that nobody finishes is undone after its deadline, by any site, under a new token") {
  CHECK(first_difference(R"(
2 prepare 1 2
----
done, owner 1 preparing
1 quiesced 1 token
----
done, owner 1 prepared
3 abort_transfer 1
----
too_early
3 wait 5
----
done
3 abort_transfer 1
----
too_early
3 wait 1
----
done
3 abort_transfer 1
----
done, owner 1 active under a new token

# Whatever was under way for the successor is void.
2 activate 1 2
----
wrong_state
1 quiesced 1 old
----
stale_token
)") == "");
}

TEST_CASE("an owner that does not speak until the deadline is lost, and its successor is activated") {
  CHECK(first_difference(R"(
1 approve
----
done, owner 1 active, migration approved
1 start 1 token
----
done, migration started
3 prepare 1 2
----
done, owner 1 preparing
2 wait 5
----
done
2 activate 1 2
----
too_early
2 wait 1
----
done
3 activate 1 3
----
wrong_successor
2 activate 1 2
----
done, owner 2 active under a new token

# It was only slow: what it says now is refused, and the successor ends what it began.
1 quiesced 1 old
----
not_the_owner
1 commit 1 old
----
not_the_owner
2 abort 1 token
----
done, migration aborted
2 settled 1 token
----
done, migration settled
)") == "");
}

TEST_CASE("tables do not grow without bound: what goes beyond is refused and changes nothing") {
  clerk c;
  const auto held = *c.machine.authorities().find(subset_id{1});
  CHECK(c.run(1, prepare_transfer{subset_id{1}, held.owner, site_id{2}, {}, time_point::max()}) ==
        refusal::out_of_bounds);
  CHECK(c.run(1, prepare_transfer{subset_id{1}, held.owner, site_id{2}, {}, c.machine.log_time() + 25h}) ==
        refusal::out_of_bounds);
  CHECK(*c.machine.authorities().find(subset_id{1}) == held);

  auto header = move_web(c.machine, 1);
  header.expires_at = c.machine.log_time() + time_to_live_max + 1h;
  CHECK(c.run(1, verdict_on(header, c.machine, vote_outcome::approved, yes_of_two())) ==
        refusal::out_of_bounds);
  CHECK_FALSE(c.machine.is_decided(header.id));

  authority_table table;
  std::vector<effect> out;
  std::vector<place_id> everywhere(fence_scope_max + 1);
  for (std::size_t i = 0; i < everywhere.size(); ++i) everywhere[i] = {i + 1};
  CHECK(table.define({{{1}, "web", {{1}}, everywhere}, {1}}, {}, out) == refusal::out_of_bounds);
  everywhere.pop_back();
  CHECK(table.define({{{1}, "web", {{1}}, everywhere}, {1}}, {}, out) == refusal::none);
  std::vector<workload_id> all(workload_count_max);
  for (std::size_t i = 0; i < all.size(); ++i) all[i] = {i + 2};
  CHECK(table.define({{{2}, "all", all, {}}, {1}}, {}, out) == refusal::out_of_bounds);
  for (std::uint64_t id = 2; id <= subset_count_max; ++id)
    REQUIRE(table.define({{{id}, "", {}, {}}, {1}}, {}, out) == refusal::none);
  CHECK(table.define({{{subset_count_max + 1}, "", {}, {}}, {1}}, {}, out) == refusal::out_of_bounds);
}

TEST_CASE("a transfer from a site to itself is a renewal: the same owner under a new token") {
  CHECK(first_difference(R"(
1 approve
----
done, owner 1 active, migration approved
1 prepare 1 1
----
done, owner 1 preparing

# While it lasts nothing new is started, as in any transfer.
1 start 1 token
----
wrong_state
1 activate 1 1
----
too_early
1 quiesced 1 token
----
done, owner 1 prepared
1 activate 1 2
----
wrong_successor
1 activate 1 1
----
done, owner 1 active under a new token

# What the owner said before is worth nothing now, though it is the owner still.
1 start 1 old
----
stale_token
1 quiesced 1 old
----
stale_token
1 start 1 token
----
done, migration started
)") == "");
}

TEST_CASE("an owner granted anew carries on what was started under its old token, but only under the new") {
  CHECK(first_difference(R"(
# A move to another site is started; then its subset is to pass there, and does not.
1 approve
----
done, owner 1 active, migration approved
1 start 1 token
----
done, migration started
2 prepare 1 2
----
done, owner 1 preparing
1 quiesced 1 token
----
done, owner 1 prepared
3 wait 6
----
done
3 abort_transfer 1
----
done, owner 1 active under a new token

# The old token is as good as anybody's ...
1 commit 1 old
----
stale_token
1 abort 1 old
----
stale_token
2 commit 1 token
----
not_the_owner

# ... and it is not started a second time: the owner has to ask the places what became of it.
1 start 1 token
----
wrong_state
1 commit 1 token
----
done, migration committed
1 settled 1 token
----
done, migration settled
)") == "");
}

TEST_CASE("in every short history of two sites one alone may act, and tokens only grow") {
  walk_counts met;
  CHECK(authority_walk{}.explore(9, met) == "");
  CHECK(met.histories > 40'000);
  CHECK(met.refusals > met.histories);
  CHECK(met.renewals > 0);
  CHECK(met.carried_on_anew > 0);
  CHECK(met.carried_on_by_other > 0);
  CHECK(met.taken_over > 0);
  CHECK(met.settlements > 0);
}

TEST_CASE("an intent outlives its owner: the successor aborts and settles what the former one started") {
  CHECK(first_difference(R"(
1 approve
----
done, owner 1 active, migration approved
1 start 1 token
----
done, migration started
3 prepare 1 3
----
done, owner 1 preparing
1 quiesced 1 token
----
done, owner 1 prepared
3 activate 1 3
----
done, owner 3 active under a new token
1 commit 1 old
----
not_the_owner
3 abort 1 token
----
done, migration aborted
3 commit 1 token
----
wrong_state
3 settled 1 token
----
done, migration settled
)") == "");
}

TEST_CASE("subsets are disjoint and defined once") {
  clerk c;
  const auto define = [&](std::uint64_t id, std::vector<workload_id> workloads) {
    return c.run(1, define_subset{{subset_id{id}, "new", std::move(workloads), {}}, site_id{1}});
  };
  CHECK(define(1, {}) == refusal::subset_exists);
  CHECK(define(5, {workload_id{1}}) == refusal::workload_taken);
  CHECK(define(5, {workload_id{9}, workload_id{8}}) == refusal::malformed);
  CHECK(define(5, {workload_id{8}, workload_id{9}}) == refusal::none);
  CHECK(c.token(5) == fence_token{c.machine.applied(), 0});
}
