#pragma once
/// @file
/// What hosts offer and workloads ask for.

#include <foreshift/core/config.hpp>

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace foreshift::inline FORESHIFT_ABI {

/// Kinds of capacity. Units: cpu in cores (or any size unit used throughout), memory in bytes, network and io
/// in bytes per second.
enum class resource : std::uint8_t { cpu, memory, network, io };
inline constexpr std::size_t resource_count = 4;  // to add one: an enumerator, its name, this, last_of
constexpr resource last_of(resource) { return resource::io; }

[[nodiscard]] constexpr std::string_view name_of(resource r) {
  constexpr std::string_view names[] = {"cpu", "memory", "network", "io"};
  return names[static_cast<std::size_t>(r)];
}

/// One amount per resource: a capacity, a demand or a change of either.
struct resources {
  std::array<double, resource_count> amount{};

  constexpr double& operator[](resource r) { return amount[static_cast<std::size_t>(r)]; }
  constexpr double operator[](resource r) const { return amount[static_cast<std::size_t>(r)]; }

  constexpr resources& operator+=(const resources& other) {
    for (std::size_t i = 0; i < resource_count; ++i) amount[i] += other.amount[i];
    return *this;
  }
  constexpr resources& operator-=(const resources& other) {
    for (std::size_t i = 0; i < resource_count; ++i) amount[i] -= other.amount[i];
    return *this;
  }
  friend constexpr resources operator+(resources a, const resources& b) { return a += b; }
  friend constexpr resources operator-(resources a, const resources& b) { return a -= b; }
  friend constexpr resources operator*(double factor, resources a) {
    for (auto& x : a.amount) x *= factor;
    return a;
  }
  friend constexpr bool operator==(const resources&, const resources&) = default;
};

/// True when every amount of `demand` is at most that of `capacity`.
[[nodiscard]] constexpr bool fits(const resources& demand, const resources& capacity) {
  for (std::size_t i = 0; i < resource_count; ++i)
    if (demand.amount[i] > capacity.amount[i]) return false;
  return true;
}

}  // namespace foreshift::inline FORESHIFT_ABI
