#include <foreshift/driver/scorekeeper.hpp>

#include <doctest/doctest.h>

#include <array>

using namespace foreshift;
using namespace std::chrono_literals;

namespace {

constexpr time_point noon{1'741'003'200s};
constexpr consensus::elector members[] = {{{1}, consensus::quorum_weight{1}},
                                          {{2}, consensus::quorum_weight{1}},
                                          {{3}, consensus::quorum_weight{1}}};

driver::scorekeeper_options options() {
  driver::scorekeeper_options o;
  o.update_every = 12;
  return o;
}
driver::claim_note claim(std::uint64_t site, std::uint64_t proposal, double probability) {
  feedback::claim c;
  c.id = {site_id{site}, proposal}, c.made = noon, c.due = noon + 30min;
  c.probability = feedback::quantise(probability);
  return {{site_id{1}, proposal}, c};
}
/// One proposal: site 2 is always right, site 3 always wrong, and site 1 says nothing.
void round(driver::scorekeeper& s, std::uint64_t n) {
  s.apply({2}, claim(2, n, 1), noon);
  s.apply({3}, claim(3, n, 0), noon);
  s.apply({1}, driver::outcome_note{{site_id{1}, n}, true}, noon + 10min);
}
consensus::credit_table fives() {
  consensus::credit_table t;
  t.standard = consensus::credit{5};
  return t;
}

}  // namespace

TEST_CASE("the same notes give the same score") {
  driver::scorekeeper a{options()}, b{options()};
  for (std::uint64_t n = 1; n <= 20; ++n) round(a, n), round(b, n);
  CHECK(a.settled() == 40);
  CHECK(a.settled() == b.settled());
  CHECK(a.ledger() == b.ledger());
  CHECK(a.step(members, fives(), {}) == b.step(members, fives(), {}));
}

TEST_CASE("nobody claims in another's name or settles a claim of its own") {
  driver::scorekeeper s{options()};
  s.apply({2}, claim(3, 1, 1), noon);
  CHECK(s.ledger().open_claims().empty());
  s.apply({2}, claim(2, 1, 1), noon);
  s.apply({2}, driver::outcome_note{{site_id{1}, 1}, true}, noon + 10min);
  CHECK(s.settled() == 0);
  s.apply({3}, driver::outcome_note{{site_id{1}, 1}, true}, noon + 10min);
  CHECK(s.settled() == 1);
  s.apply({3}, driver::outcome_note{{site_id{1}, 1}, true}, noon + 10min);  // and it is settled once
  CHECK(s.settled() == 1);
}

TEST_CASE("a step is due after so many settled claims, and again after as many") {
  driver::scorekeeper s{options()};
  for (std::uint64_t n = 1; n <= 5; ++n) round(s, n);
  CHECK_FALSE(s.due());
  for (std::uint64_t n = 6; n <= 20; ++n) round(s, n);
  CHECK(s.due());
  CHECK_FALSE(s.step(members, fives(), {}).empty());
  CHECK_FALSE(s.due());
}

TEST_CASE("a step moves credits by one unit and leaves those of sites that are away alone") {
  driver::scorekeeper s{options()};
  for (std::uint64_t n = 1; n <= 20; ++n) round(s, n);
  for (const std::uint64_t away : {1U, 2U, 3U}) {
    auto copy = s;
    for (const auto& c : copy.step(members, fives(), std::array{site_id{away}})) {
      CHECK(c.site != site_id{away});
      CHECK((c.earned == consensus::credit{4} || c.earned == consensus::credit{6}));
    }
  }
  CHECK(std::ranges::any_of(s.step(members, fives(), {}), [](const auto& c) {
    return c.site == site_id{3} && c.earned == consensus::credit{4};
  }));
}
