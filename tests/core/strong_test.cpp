#include <foreshift/core/strong.hpp>

#include <doctest/doctest.h>

#include <concepts>
#include <type_traits>

using namespace foreshift;

namespace {

using apples = amount<struct apple_tag, std::uint32_t>;
using pears = amount<struct pear_tag, std::uint32_t>;
using ticket = strong<struct ticket_tag>;
using seat = strong<struct seat_tag>;

template <class A, class B>
concept addable = requires(A a, B b) {
  a + b;
};
template <class A, class B>
concept comparable = requires(A a, B b) {
  a == b;
}
|| requires(A a, B b) { a < b; };

static_assert(comparable<ticket, ticket>);
static_assert(!comparable<ticket, seat>);
static_assert(!comparable<ticket, std::uint64_t>);
static_assert(!std::convertible_to<std::uint64_t, ticket>);
static_assert(!std::convertible_to<ticket, std::uint64_t>);
static_assert(!std::convertible_to<ticket, seat>);
static_assert(!addable<ticket, ticket>);

static_assert(addable<apples, apples>);
static_assert(!addable<apples, pears>);
static_assert(!addable<apples, std::uint32_t>);
static_assert(!comparable<apples, pears>);

static_assert(sizeof(ticket) == sizeof(std::uint64_t));
static_assert(std::is_trivially_copyable_v<ticket> && std::is_trivially_copyable_v<apples>);

}  // namespace

TEST_CASE("labels order like their numbers, amounts add like theirs") {
  static_assert(ticket{1} < ticket{2});
  static_assert(next(ticket{1}) == ticket{2});
  apples a{3};
  a += apples{4};
  a -= apples{2};
  CHECK(a == apples{5});
  CHECK(a - apples{5} + apples{1} == apples{1});
}
