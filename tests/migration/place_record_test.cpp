#include <foreshift/migration/place_record.hpp>

#include <doctest/doctest.h>

// The stories of whole places, every order of commands up to five among them, are told of sim::place_book,
// which keeps these records.

using namespace foreshift;
using namespace foreshift::migration;

namespace {

constexpr place_rules one_step{cut_over_style::one_step, true}, two_step{cut_over_style::two_step, true};

command order(verb what, std::uint64_t token, endpoint end = endpoint::destination) {
  command c;
  c.what = what;
  c.end = end;
  c.migration = {41};
  c.token = {slot{token}, 0};
  return c;
}

}  // namespace

TEST_CASE("a query raises no token, everything else does, and the lower one is stale from then on") {
  fence_token highest{slot{5}, 0};
  CHECK(check_token(order(verb::query, 9), two_step, highest)->answers.front().what == event_kind::status);
  CHECK(highest == fence_token{slot{5}, 0});
  CHECK(check_token(order(verb::start, 7), two_step, highest) == std::nullopt);
  CHECK(highest == fence_token{slot{7}, 0});
  CHECK(check_token(order(verb::start, 6), two_step, highest)->answers.front().what ==
        event_kind::stale_token);
  CHECK(check_token(order(verb::fence, 7), two_step, highest)->acts.empty());
  CHECK(check_token(order(verb::fence, 8), two_step, highest)->acts.front() == event_kind::fenced);
}

TEST_CASE("a place that does not fence obeys a lower token") {
  fence_token highest{slot{9}, 0};
  CHECK(!check_token(order(verb::start, 5), {cut_over_style::two_step, false}, highest));
  CHECK(highest == fence_token{slot{9}, 0});
}

TEST_CASE("the end of a copy is the end of the move in one step, unless the authority has passed since") {
  for (const std::uint64_t highest : {5U, 6U}) {
    place_record known;
    CHECK(carry_out(order(verb::start, 5), one_step, known).copies);
    const auto ended = end_copy(one_step, {slot{highest}, 0}, known);
    CHECK(ended.answers.size() == (highest == 5 ? 2 : 1));
    CHECK(known.at == (highest == 5 ? place_state::running : place_state::ready));
  }
  place_record known;
  CHECK(carry_out(order(verb::start, 5), two_step, known).copies);
  CHECK(end_copy(two_step, {slot{5}, 0}, known).answers.size() == 1);
  CHECK(known.at == place_state::ready);
  CHECK(end_copy(two_step, {slot{5}, 0}, known).answers.empty());
}

TEST_CASE("only what has not begun begins") {
  CHECK(begins(order(verb::start, 5), place_state::never_seen));
  CHECK(begins(order(verb::resize, 5), place_state::never_seen));
  CHECK(!begins(order(verb::start, 5), place_state::copying));
  CHECK(!begins(order(verb::abort, 5), place_state::never_seen));
}
