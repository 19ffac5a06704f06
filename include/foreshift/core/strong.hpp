#pragma once
/// @file
/// Numbers that know what they count.
///
/// `strong` labels a number so that it can be compared with its own kind and nothing else. `amount` can also
/// be added and subtracted. Neither converts to the other, to the plain number or to another label.

#include <foreshift/core/config.hpp>

#include <compare>
#include <cstdint>

namespace foreshift::inline FORESHIFT_ABI {

/// A label on a number: an id, a sequence number, a version. Aggregate: `slot{7}`.
template <class Tag, class Rep = std::uint64_t>
struct strong {
  using rep = Rep;
  Rep value{};
  friend constexpr auto operator<=>(strong, strong) = default;
};

/// A labelled quantity: weights. Sums must not overflow `Rep`; callers bound their inputs.
template <class Tag, class Rep>
struct amount {
  using rep = Rep;
  Rep value{};
  friend constexpr auto operator<=>(amount, amount) = default;
  friend constexpr amount operator+(amount a, amount b) { return {static_cast<Rep>(a.value + b.value)}; }
  friend constexpr amount operator-(amount a, amount b) { return {static_cast<Rep>(a.value - b.value)}; }
  constexpr amount& operator+=(amount other) { return *this = *this + other; }
  constexpr amount& operator-=(amount other) { return *this = *this - other; }
};

/// The label after this one.
template <class Tag, class Rep>
[[nodiscard]] constexpr strong<Tag, Rep> next(strong<Tag, Rep> s) {
  return {static_cast<Rep>(s.value + 1)};
}

}  // namespace foreshift::inline FORESHIFT_ABI
