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
