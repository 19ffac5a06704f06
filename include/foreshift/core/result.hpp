#pragma once
/// @file
/// A value or a named reason why there is none.
///
/// `result` is for outcomes that the world can produce: a series too short, a malformed file. It is our own
/// type on every language level, because an alias that became `std::expected` under C++23 would give two
/// translation units of one program two layouts.

#include <foreshift/core/contract.hpp>

#include <optional>
#include <type_traits>
#include <utility>
#include <variant>

namespace foreshift::inline FORESHIFT_ABI {

/// Wraps an error on its way into a `result`: `return failure{errc::too_short};`
template <class E>
struct failure {
  E error;
  friend bool operator==(const failure&, const failure&) = default;  // constexpr where E's is
};
template <class E>
failure(E) -> failure<E>;

/// Either a `T` or an `E`.
/// @pre `value()`, `*` and `->` need a value, `error()` needs an error; anything else stops the process.
template <class T, class E>
class [[nodiscard]] result {
 public:
  using value_type = T;
  using error_type = E;

  constexpr result(T value) : state_(std::in_place_index<0>, std::move(value)) {}
  constexpr result(failure<E> error) : state_(std::in_place_index<1>, std::move(error)) {}

  [[nodiscard]] constexpr bool has_value() const noexcept { return state_.index() == 0; }
  constexpr explicit operator bool() const noexcept { return has_value(); }

  [[nodiscard]] constexpr T& value() & { return checked(), *std::get_if<0>(&state_); }
  [[nodiscard]] constexpr const T& value() const& { return checked(), *std::get_if<0>(&state_); }
  [[nodiscard]] constexpr T&& value() && { return checked(), std::move(*std::get_if<0>(&state_)); }
  [[nodiscard]] constexpr T& operator*() & { return value(); }
  [[nodiscard]] constexpr const T& operator*() const& { return value(); }
  [[nodiscard]] constexpr T&& operator*() && { return std::move(*this).value(); }
  [[nodiscard]] constexpr T* operator->() { return &value(); }
  [[nodiscard]] constexpr const T* operator->() const { return &value(); }

  [[nodiscard]] constexpr const E& error() const {
    FORESHIFT_EXPECT(!has_value());
    return std::get_if<1>(&state_)->error;
  }
  [[nodiscard]] constexpr T value_or(T otherwise) const& {
    return has_value() ? value() : std::move(otherwise);
  }

  friend bool operator==(const result&, const result&) = default;

 private:
  constexpr void checked() const { FORESHIFT_EXPECT(has_value()); }
  std::variant<T, failure<E>> state_;
};

/// Success without a value, or an `E`.
template <class E>
class [[nodiscard]] result<void, E> {
 public:
  using value_type = void;
  using error_type = E;

  constexpr result() = default;
  constexpr result(failure<E> error) : error_(std::move(error.error)) {}

  [[nodiscard]] constexpr bool has_value() const noexcept { return !error_.has_value(); }
  constexpr explicit operator bool() const noexcept { return has_value(); }
  [[nodiscard]] constexpr const E& error() const {
    FORESHIFT_EXPECT(error_.has_value());
    return *error_;
  }

  friend bool operator==(const result&, const result&) = default;

 private:
  std::optional<E> error_;
};

}  // namespace foreshift::inline FORESHIFT_ABI
