#include <foreshift/sim/place_book.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <vector>

using namespace foreshift;
using migration::cut_over_style;
using migration::endpoint, migration::event_kind, migration::place_state, migration::verb;
using sim::place_book;

namespace {

constexpr place_id here{200};
constexpr migration_id moved{77};

migration::command order(verb what, std::uint64_t token, endpoint end = endpoint::destination) {
  migration::command c;
  c.what = what;
  c.end = end;
  c.migration = moved;
  c.subset = {3};
  c.from = here;
  c.to = here;
  c.token = {slot{token}, 0};
  return c;
}

/// What has happened at one place so far, and what must not happen after it.
struct witness {
  place_book book;
  endpoint end;
  int started = 0;
  bool aborted = false;
  bool broken = false;
  std::uint64_t highest = 0;

  /// `what` is a verb, or nothing for the end of the copy.
  void happen(const verb* what, std::uint64_t token) {
    const auto before = book.state_of(here, moved);
    const auto response =
        what != nullptr ? book.carry_out(order(*what, token, end)) : book.copied(here, moved);
    const auto after = book.state_of(here, moved);
    const auto did = [&](event_kind kind) {
      return std::find(response.acts.begin(), response.acts.end(), kind) != response.acts.end();
    };
    started += did(event_kind::started) ? 1 : 0;
    if (started > 1) broken = true;
    if (aborted && end == endpoint::destination && (did(event_kind::started) || did(event_kind::serving)))
      broken = true;
    aborted = aborted || did(event_kind::aborted);
    if (what != nullptr && token < highest && !response.acts.empty()) broken = true;
    if (what != nullptr && response.answers.empty()) broken = true;
    if (what != nullptr) highest = std::max(highest, token);
    if (book.highest(here, subset_id{3}) != fence_token{slot{highest}, 0} && highest > 0) broken = true;
    const bool final = before == place_state::reverted || before == place_state::tombstone ||
                       before == place_state::released;
    if (final && after != before) broken = true;
  }
};

void all_stories(const witness& so_far, int left, std::uint64_t& count, bool& broken) {
  constexpr verb verbs[] = {verb::fence, verb::start, verb::cut_over, verb::abort, verb::release};
  if (so_far.broken) broken = true;
  ++count;
  if (left == 0 || broken) return;
  for (const verb& what : verbs)
    for (const std::uint64_t token : {5U, 6U}) {
      witness then = so_far;
      then.happen(&what, token);
      all_stories(then, left - 1, count, broken);
    }
  witness then = so_far;
  then.happen(nullptr, 0);
  all_stories(then, left - 1, count, broken);
}

}  // namespace

TEST_CASE("in every story of five steps: one start, no return from the end, nothing under a lower token") {
  for (const auto style : {cut_over_style::one_step, cut_over_style::two_step})
    for (const auto end : {endpoint::source, endpoint::destination}) {
      std::uint64_t count = 0;
      bool broken = false;
      all_stories({place_book{style, true}, end}, 5, count, broken);
      CHECK(!broken);
      CHECK(count == 1 + 11 + 121 + 1331 + 14641 + 161051);
    }
}

TEST_CASE("what was done is answered again, and not done again") {
  place_book book{cut_over_style::two_step, true};
  CHECK(book.carry_out(order(verb::start, 5)).acts == std::vector{event_kind::started});
  CHECK(book.carry_out(order(verb::start, 5)).acts.empty());
  CHECK(book.copied(here, moved).acts == std::vector{event_kind::copied});
  CHECK(book.copied(here, moved).acts.empty());
  CHECK(book.carry_out(order(verb::cut_over, 5)).acts == std::vector{event_kind::serving});
  const auto again = book.carry_out(order(verb::cut_over, 5));
  CHECK(again.acts.empty());
  CHECK(again.answers.front().what == event_kind::serving);
}

TEST_CASE("room has to be found only for what begins something new") {
  place_book book{cut_over_style::two_step, true};
  CHECK(book.begins(order(verb::start, 5)));
  CHECK(!book.begins(order(verb::abort, 5)));
  (void)book.carry_out(order(verb::start, 5));
  CHECK(!book.begins(order(verb::start, 5)));
  (void)book.carry_out(order(verb::fence, 6));
  migration::command other = order(verb::resize, 5);
  other.migration = {78};
  CHECK(!book.begins(other));  // stale
  other.token = {slot{6}, 0};
  CHECK(book.begins(other));
}

TEST_CASE("a source that has released says so, and is not asked back") {
  place_book book{cut_over_style::two_step, true};
  const auto give = [&](verb what) { return book.carry_out(order(what, 5, endpoint::source)); };
  CHECK(give(verb::release).answers.front().reason == "it serves here");
  (void)give(verb::cut_over);
  CHECK(give(verb::release).acts == std::vector{event_kind::released});
  CHECK(give(verb::abort).answers.front().reason == "released");
  CHECK(give(verb::cut_over).answers.front().reason == "released");
  CHECK(book.state_of(here, moved) == place_state::released);
}
