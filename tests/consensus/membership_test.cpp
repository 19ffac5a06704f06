#include <foreshift/consensus/membership.hpp>

#include <doctest/doctest.h>

using namespace foreshift;
using namespace foreshift::consensus;

namespace {

epoch_spec spec_of(std::initializer_list<std::uint64_t> weights, std::uint32_t tolerated = 1) {
  epoch_spec spec;
  std::uint64_t site = 0;
  for (const auto w : weights) spec.electors.push_back({site_id{++site}, quorum_weight{w}});
  spec.tolerated = tolerated;
  return spec;
}

}  // namespace

TEST_CASE("an epoch whose heaviest members could block it is refused") {
  CHECK(epoch::make(spec_of({1, 1, 1})));
  CHECK(epoch::make(spec_of({2, 1, 1})).error() == epoch_error::cannot_tolerate);  // 2 of 4: half is too much
  CHECK(epoch::make(spec_of({2, 2, 1, 1})));
  CHECK(epoch::make(spec_of({3, 1, 1, 1})).error() == epoch_error::cannot_tolerate);
  CHECK(epoch::make(spec_of({1, 1, 1, 1}, 2)).error() == epoch_error::cannot_tolerate);
}

TEST_CASE("malformed epochs are refused for their reason") {
  CHECK(epoch::make({}).error() == epoch_error::no_members);
  CHECK(epoch::make(spec_of({1, 0, 1})).error() == epoch_error::weight_out_of_bounds);
  auto spec = spec_of({1, 1, 1});
  std::swap(spec.electors[0], spec.electors[1]);
  CHECK(epoch::make(spec).error() == epoch_error::members_not_sorted);
  spec.electors[0] = spec.electors[1];
  CHECK(epoch::make(spec).error() == epoch_error::members_not_sorted);
  spec = spec_of({1, 1, 1});
  spec.alpha = 0;
  CHECK(epoch::make(spec).error() == epoch_error::alpha_out_of_bounds);
  spec = spec_of({1, 1, 1});
  spec.theta_of[class_id{1}] = permille{1000};
  CHECK(epoch::make(spec).error() == epoch_error::theta_out_of_bounds);
}

TEST_CASE("two epochs that differ in anything have different digests") {
  const auto first = epoch::make(spec_of({1, 1, 1})).value();
  CHECK(epoch::make(spec_of({1, 1, 1})).value().identity() == first.identity());
  CHECK(epoch::make(spec_of({2, 2, 2})).value().identity() != first.identity());
  auto spec = spec_of({1, 1, 1});
  spec.alpha += 1;
  CHECK(epoch::make(spec).value().identity() != first.identity());
}

TEST_CASE("a class has its own theta or the common one") {
  auto spec = spec_of({1, 1, 1});
  spec.theta_of[class_id{7}] = permille{700};
  const auto made = epoch::make(spec).value();
  CHECK(made.theta(class_id{7}) == permille{700});
  CHECK(made.theta(class_id{8}) == permille{600});
  CHECK(made.theta_max() == permille{700});
}

TEST_CASE("uniform members tolerate what a majority tolerates") {
  for (std::uint64_t n = 1; n <= 7; ++n) {
    std::vector<site_id> sites;
    for (std::uint64_t i = 0; i < n; ++i) sites.push_back({i});
    const auto made = uniform_epoch(sites);
    CHECK(made.tolerated() == (n - 1) / 2);
    CHECK(made.electors().size() == n);
  }
}

TEST_CASE("learners are members without weight, and nobody is both") {
  auto spec = spec_of({1, 1, 1});
  spec.learners = {site_id{7}, site_id{9}};
  const auto made = epoch::make(spec).value();
  CHECK(made.has(site_id{7}));
  CHECK_FALSE(made.is_elector(site_id{7}));
  CHECK(made.has(site_id{1}));
  CHECK_FALSE(made.has(site_id{8}));
  CHECK(made.identity() != epoch::make(spec_of({1, 1, 1})).value().identity());
  spec.learners = {site_id{3}};
  CHECK(epoch::make(spec).error() == epoch_error::members_not_sorted);
  spec.learners = {site_id{9}, site_id{7}};
  CHECK(epoch::make(spec).error() == epoch_error::members_not_sorted);
}

TEST_CASE(
    "flexible quorums are refused when two of them need not meet, and have to survive f silent members too") {
  auto spec = spec_of({1, 1, 1, 1});
  spec.promises = {3}, spec.accepts = {2};
  const auto made = epoch::make(spec);
  REQUIRE(made);
  CHECK(made->voters().promises == quorum_weight{3});
  CHECK(made->voters().accepts == quorum_weight{2});
  spec.promises = {2};
  CHECK(epoch::make(spec).error() == epoch_error::quorums_need_not_meet);
  spec.promises = {4}, spec.accepts = {1};
  CHECK(epoch::make(spec).error() ==
        epoch_error::cannot_tolerate);  // one silent site, and nobody leads any more
  spec.tolerated = 0;
  CHECK(epoch::make(spec));
}

TEST_CASE("exhaustive: every flexible pair that is let in has quorums that meet") {
  for (std::uint64_t phase_one = 1; phase_one <= 6; ++phase_one)
    for (std::uint64_t phase_two = 1; phase_two <= 6; ++phase_two) {
      auto spec = spec_of({3, 1, 1, 1}, 0);
      spec.promises = {phase_one}, spec.accepts = {phase_two};
      const auto made = epoch::make(spec);
      bool meet = true;
      const auto held = [&](unsigned set) {
        std::uint64_t sum = 0;
        for (unsigned i = 0; i < 4; ++i) sum += (set >> i & 1U) * spec.electors[i].weight.value;
        return sum;
      };
      for (unsigned a = 0; a < 16; ++a)
        if (held(a) >= phase_one && held(~a & 15U) >= phase_two) meet = false;
      CHECK(made.has_value() == meet);
    }
}

TEST_CASE("capped tables can have quorums that do not meet: a change of weights is a change of epoch") {
  // Each tolerates one silent site; {1,2} is a quorum of the first, {3,4} of the second.
  const auto first = epoch::make(spec_of({2, 2, 1, 1})).value(),
             second = epoch::make(spec_of({1, 1, 2, 2})).value();
  tally left, right;
  for (const std::uint64_t i : {1U, 2U}) left.record(first.electors(), site_id{i});
  for (const std::uint64_t i : {3U, 4U}) right.record(second.electors(), site_id{i});
  CHECK(left.won_accepts(first.voters()));
  CHECK(right.won_accepts(second.voters()));
}
