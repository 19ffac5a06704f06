#include <foreshift/core/random.hpp>
#include <foreshift/feedback/ledger.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdint>

using namespace foreshift;
using feedback::claim, feedback::claim_error, feedback::claim_id, feedback::ledger, feedback::probability_bp;

namespace {

constexpr duration minute = std::chrono::minutes{1};
constexpr time_point at(int m) { return time_point{m * minute}; }

constexpr site_id east{1}, west{2};

constexpr claim claim_of(site_id site, std::uint64_t number, int made, int due, std::uint32_t bp = 7'000) {
  return {.id = {site, number},
          .workload_class = {4},
          .made = at(made),
          .due = at(due),
          .probability = {bp},
          .about = {.host = {9}, .what = resource::cpu, .limit_permille = 800}};
}

}  // namespace

TEST_CASE("a claim is scored when another site has seen its outcome") {
  ledger book;
  REQUIRE(book.open(claim_of(east, 1, 0, 30), at(0)));
  const auto settled = book.settle({east, 1}, true, west, at(30));
  REQUIRE(settled);
  CHECK(settled->what == claim_of(east, 1, 0, 30));
  CHECK(settled->happened);
  CHECK(settled->score.value == 3'000U * 3'000U);
  CHECK(book.open_claims().empty());
  CHECK(book.counts(east) ==
        feedback::claim_counts{.open = 0, .opened = 1, .settled = 1, .expired = 0, .refused = 0});
  CHECK(book.counts(west) == feedback::claim_counts{});
}

TEST_CASE("a claim that could choose its own score is refused, for a named reason") {
  ledger book{{.open_per_site_max = 2}};
  CHECK(book.open(claim_of(east, 1, 0, 30, 10'001), at(0)).error() == claim_error::not_a_probability);
  CHECK(book.open(claim_of(east, 1, 0, 30), at(30)).error() == claim_error::too_late);
  CHECK(book.open(claim_of(east, 1, 5, 5), at(5)).error() == claim_error::too_late);
  CHECK(book.open(claim_of(east, 1, 6, 30), at(5)).error() == claim_error::from_the_future);
  CHECK(book.open(claim_of(east, 3, 0, 30), at(0)));
  CHECK(book.open(claim_of(east, 3, 0, 30), at(0)).error() == claim_error::number_used);
  CHECK(book.open(claim_of(east, 2, 0, 30), at(0)).error() == claim_error::number_used);
  CHECK(book.open(claim_of(east, 4, 0, 30), at(0)));
  CHECK(book.open(claim_of(east, 5, 0, 30), at(0)).error() == claim_error::too_many_open);
  CHECK(book.open(claim_of(west, 1, 0, 30), at(0)));  // the flood of one site takes nothing from another
  CHECK(book.counts(east).refused == 7);
}

TEST_CASE("number 0 is as good as any, once") {
  ledger book;
  CHECK(book.open(claim_of(east, 0, 0, 30), at(0)));
  CHECK(book.settle({east, 0}, true, west, at(1)));
  CHECK(book.open(claim_of(east, 0, 2, 30), at(2)).error() == claim_error::number_used);
}

TEST_CASE("nobody reports on its own claim, and nothing is settled twice") {
  ledger book;
  REQUIRE(book.open(claim_of(east, 1, 0, 30), at(0)));
  CHECK(book.settle({east, 1}, false, east, at(30)).error() == claim_error::own_outcome);
  CHECK(book.settle({east, 2}, false, west, at(30)).error() == claim_error::unknown_claim);
  CHECK(book.settle({east, 1}, false, west, at(30)));
  CHECK(book.settle({east, 1}, false, west, at(30)).error() == claim_error::unknown_claim);
}

TEST_CASE("that it happened may be said at once, that it did not only when it is due") {
  ledger book;
  REQUIRE(book.open(claim_of(east, 1, 0, 30), at(0)));
  REQUIRE(book.open(claim_of(east, 2, 0, 30), at(0)));
  CHECK(book.settle({east, 1}, false, west, at(29)).error() == claim_error::outcome_too_early);
  CHECK(book.settle({east, 1}, true, west, at(1)));
  CHECK(book.settle({east, 2}, false, west, at(30)));
}

TEST_CASE("an outcome counts until the grace ends, whether or not anybody has cleaned up") {
  for (const bool cleaned : {false, true}) {
    ledger book{{.grace = 10 * minute}};
    REQUIRE(book.open(claim_of(east, 1, 0, 30), at(0)));
    REQUIRE(book.open(claim_of(east, 2, 0, 30), at(0)));
    if (cleaned) CHECK(book.expire(at(40)) == 0);
    CHECK(book.settle({east, 1}, false, west, at(40)));
    if (cleaned) CHECK(book.expire(at(41)) == 1);
    CHECK(book.settle({east, 2}, false, west, at(41)).error() == claim_error::unknown_claim);
    if (!cleaned) CHECK(book.expire(at(41)) == 1);
    CHECK(book.counts(east) ==
          feedback::claim_counts{.open = 0, .opened = 2, .settled = 1, .expired = 1, .refused = 0});
  }
}

TEST_CASE("the counts add up and the ledger stays within its bound, whatever is done to it") {
  random_stream random{17};
  ledger book{{.open_per_site_max = 8, .grace = 5 * minute}};
  ledger replica = book;
  for (int now = 0; now < 3'000; ++now) {
    const site_id site{1 + random.below(3)}, observer{1 + random.below(3)};
    const auto number = static_cast<std::uint64_t>(
        std::max<std::int64_t>(now - 1 - static_cast<std::int64_t>(random.below(6)), 0));
    const int due = now + static_cast<int>(random.below(20)) - 2;
    const bool happened = random.chance(0.5), opens = random.chance(0.5), cleans = random.chance(0.05);
    for (ledger* l : {&book, &replica}) {
      if (opens)
        static_cast<void>(l->open(claim_of(site, static_cast<std::uint64_t>(now), now, due), at(now)));
      else
        static_cast<void>(l->settle({site, number}, happened, observer, at(now)));
      if (cleans) l->expire(at(now));
    }
    CHECK(book == replica);
    std::uint64_t open = 0;
    for (const site_id s : {site_id{1}, site_id{2}, site_id{3}}) {
      const auto c = book.counts(s);
      CHECK(c.opened == c.open + c.settled + c.expired);
      CHECK(c.open <= 8);
      open += c.open;
    }
    CHECK(open == book.open_claims().size());
  }
  for (const site_id s : {site_id{1}, site_id{2}, site_id{3}}) CHECK(book.counts(s).settled > 0);
}

TEST_CASE("every refusal explains itself") {
  for (const auto e : {claim_error::not_a_probability, claim_error::too_late, claim_error::from_the_future,
                       claim_error::number_used, claim_error::too_many_open, claim_error::unknown_claim,
                       claim_error::own_outcome, claim_error::outcome_too_early})
    CHECK(explain(e) != "unknown claim error");
}
