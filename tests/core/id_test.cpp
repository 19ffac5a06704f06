#include <foreshift/core/id.hpp>

#include <doctest/doctest.h>

#include <concepts>
#include <tuple>
#include <type_traits>

using namespace foreshift;

namespace {

using all = std::tuple<site_id, host_id, workload_id, subset_id, class_id, place_id, migration_id, slot, lsn,
                       epoch_number>;
constexpr std::size_t kinds = std::tuple_size_v<all>;

template <class A, class B>
concept mixes = std::convertible_to<A, B> || requires(A a, B b) {
  a == b;
} || requires(A a, B b) {
  a < b;
};

template <std::size_t I, std::size_t J>
constexpr bool mixes_as_expected = mixes<std::tuple_element_t<I, all>, std::tuple_element_t<J, all>> ==
                                   (I == J);

static_assert([]<std::size_t... N>(std::index_sequence<N...>) {
  return (mixes_as_expected<N / kinds, N % kinds> && ...);
}(std::make_index_sequence<kinds * kinds>{}));

}  // namespace

TEST_CASE("no two kinds of id compare, convert or mix") {
  static_assert(!std::convertible_to<int, host_id>);
  static_assert(!std::constructible_from<workload_id, host_id>);
  CHECK(host_id{3} < host_id{4});
}

TEST_CASE("proposals are ordered by sponsor, then by its counter") {
  CHECK(proposal_id{{1}, 9} < proposal_id{{2}, 1});
  CHECK(proposal_id{{1}, 1} < proposal_id{{1}, 2});
  CHECK(proposal_id{{1}, 1} == proposal_id{{1}, 1});
}
