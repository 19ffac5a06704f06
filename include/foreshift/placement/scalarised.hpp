#pragma once
/// @file
/// Several objectives as one, by stated weights.
///
/// Each term has a unit of its own; its weight says how many minutes of overload one such unit is worth. A
/// weighted sum finds points of the convex hull of the trade-offs only; `pareto.hpp` shows them all.
///
/// Source: L. A. Zadeh, "Optimality and non-scalar-valued performance criteria", IEEE Transactions on
/// Automatic Control 8, 1963.

#include <foreshift/core/contract.hpp>
#include <foreshift/placement/objective.hpp>

#include <array>
#include <cstddef>
#include <tuple>
#include <utility>

namespace foreshift::inline FORESHIFT_ABI::placement {

/// A term and what one unit of it is worth.
template <Objective Term>
struct weighted {
  Term term{};
  double weight = 1;  ///< at least 0
};
template <class Term>
weighted(Term, double) -> weighted<Term>;
template <class Term>
weighted(Term) -> weighted<Term>;

/// An objective: `scalarised{weighted{overload_minutes{}, 1}, weighted{energy{rates}, 3}}`.
template <Objective... Terms>
class scalarised {
 public:
  static constexpr std::size_t term_count = sizeof...(Terms);

  constexpr scalarised() requires(term_count > 0) = default;
  constexpr explicit scalarised(weighted<Terms>... terms) : terms_(std::move(terms)...) {
    for_each([](const auto& t) { FORESHIFT_EXPECT(t.weight >= 0); });
  }
  [[nodiscard]] double cost(const candidate& what, const site_view& view) const {
    return sum([&](const auto& term) { return term.cost(what, view); });
  }
  [[nodiscard]] double bound(const candidate& what, const site_view& view) const {
    return sum([&](const auto& term) { return term.bound(what, view); });
  }
  [[nodiscard]] double staying(const standstill& now, const site_view& view) const {
    return sum([&](const auto& term) { return term.staying(now, view); });
  }
  /// What each term says by itself, without its weight.
  [[nodiscard]] std::array<double, term_count> costs(const candidate& what, const site_view& view) const {
    return std::apply(
        [&](const auto&... t) {
          return std::array<double, term_count>{static_cast<double>(t.term.cost(what, view))...};
        },
        terms_);
  }

 private:
  template <class Each>
  constexpr void for_each(const Each& each) const {
    std::apply([&](const auto&... t) { (each(t), ...); }, terms_);
  }
  /// A term of weight 0 is not asked.
  template <class Value>
  [[nodiscard]] double sum(const Value& value) const {
    double total = 0;
    for_each([&](const auto& t) { total += t.weight == 0 ? 0 : t.weight * value(t.term); });
    return total;
  }

  std::tuple<weighted<Terms>...> terms_;
};
template <class... Terms>
scalarised(weighted<Terms>...) -> scalarised<Terms...>;

static_assert(Objective<scalarised<overload_minutes, overload_minutes>>);

}  // namespace foreshift::inline FORESHIFT_ABI::placement
