#pragma once
/// @file
/// Small sets of names: licences, taints, whatever a host has and a workload asks for.
///
/// A set is a mask of 64 bits, so that "has everything that is asked for" is one instruction in a decision;
/// the names are kept beside, in one table for all sets that are compared.

#include <foreshift/core/config.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace foreshift::inline FORESHIFT_ABI::placement {

/// Up to 64 tags.
struct tag_set {
  static constexpr std::size_t tags_max = 64;
  std::uint64_t bits = 0;

  [[nodiscard]] constexpr bool empty() const { return bits == 0; }
  [[nodiscard]] constexpr bool has_all(tag_set asked) const { return (asked.bits & ~bits) == 0; }
  friend constexpr tag_set operator|(tag_set a, tag_set b) { return {a.bits | b.bits}; }
  friend constexpr tag_set operator-(tag_set a, tag_set b) { return {a.bits & ~b.bits}; }
  friend constexpr bool operator==(tag_set, tag_set) = default;
};

/// Which bit is whose. Tags are numbered in the order in which they are first named.
class tag_names {
 public:
  /// The set of this one tag, numbered if it is new; nothing when 64 others have been named.
  [[nodiscard]] std::optional<tag_set> tag(std::string_view name) {
    const auto at = std::ranges::find(names_, name);
    if (at == names_.end() && names_.size() == tag_set::tags_max) return std::nullopt;
    const auto number = static_cast<std::size_t>(at - names_.begin());
    if (at == names_.end()) names_.emplace_back(name);
    return tag_set{std::uint64_t{1} << number};
  }
  /// `gpu, oracle`: the names in the set, in the order of their numbers. @pre the set is of tags named here
  [[nodiscard]] std::string text(tag_set tags) const {
    std::string out;
    for (std::size_t i = 0; i < names_.size(); ++i)
      if ((tags.bits >> i & 1U) != 0) out += (out.empty() ? "" : ", ") + names_[i];
    return out;
  }

 private:
  std::vector<std::string> names_;
};

}  // namespace foreshift::inline FORESHIFT_ABI::placement
