#include <foreshift/consensus/weight.hpp>

#include <doctest/doctest.h>

#include <concepts>
#include <limits>

using namespace foreshift;
using namespace foreshift::consensus;

static_assert(!std::convertible_to<quorum_weight, merit_weight>);
static_assert(!std::convertible_to<merit_weight, quorum_weight>);
static_assert(!std::equality_comparable_with<quorum_weight, merit_weight>);
static_assert(!std::convertible_to<credit, merit_weight>);

TEST_CASE("merit is credit times what is at stake") {
  CHECK(weigh(credit{3}, criticality{5}) == merit_weight{15});
  CHECK(weigh(credit{0}, criticality{5}) == merit_weight{0});
}

TEST_CASE("the largest weights that the bounds allow do not overflow a comparison in thousandths") {
  const auto most = weigh(credit_max, criticality_max).value;
  const auto sites = std::uint64_t{site_count_max}, classes = std::uint64_t{class_count_max};
  CHECK(std::numeric_limits<std::uint64_t>::max() / 1000 >= most * sites * classes);
}
