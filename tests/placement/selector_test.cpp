#include <foreshift/placement/selector.hpp>

#include <doctest/doctest.h>

using namespace foreshift;
using namespace foreshift::placement;

namespace {
struct never {
  result<selection, why_none> select(const selection_request&) const {
    return failure{why_none::no_destination};
  }
};
struct says_nothing {
  void select(const selection_request&) const;
};
struct not_const {
  result<selection, why_none> select(const selection_request&);
};
static_assert(Selector<never>);
static_assert(!Selector<says_nothing>);
static_assert(!Selector<not_const>);
static_assert(!Selector<int>);
}  // namespace

TEST_CASE("every reason for no move explains itself") {
  for (int w = 0; w <= static_cast<int>(why_none::not_worth_it); ++w) {
    const auto text = explain(static_cast<why_none>(w));
    CHECK(text.size() > 10);
    CHECK(text != "unknown reason");
  }
}
