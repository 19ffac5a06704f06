#pragma once
/// @file
/// What one object of a cluster keeps for us: the record of its workload, small enough for a label.
///
/// Clusters have no place for our tokens and tombstones but the objects that they act on: the label of a
/// service, the annotation of a deployment. One object stands for one workload in one cluster and serves as
/// the place at either end, or at both ends of a move within the cluster. It keeps one migration, the last:
/// the next one of the same workload comes under a higher token (the log has a workload moved once at a
/// time), and what is late for the one before is stale by then.

#include <foreshift/core/id.hpp>
#include <foreshift/migration/command.hpp>
#include <foreshift/migration/event.hpp>
#include <foreshift/migration/place_record.hpp>

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>

namespace foreshift::inline FORESHIFT_ABI::migration {

/// A regular value.
struct object_record {
  subset_id subset{};
  fence_token highest{};  ///< of all commands but queries
  migration_id migration{};
  fence_token used{};  ///< the highest that came with a command of `migration`
  place_record destination{};
  place_record source{};

  [[nodiscard]] place_record& at(endpoint end) { return end == endpoint::source ? source : destination; }
  [[nodiscard]] const place_record& at(endpoint end) const {
    return end == endpoint::source ? source : destination;
  }
  /// Where `end` stands with `which`; `never_seen` for all but the migration that is kept.
  [[nodiscard]] place_state state_of(migration_id which, endpoint end) const {
    return which == migration ? at(end).at : place_state::never_seen;
  }
  friend bool operator==(const object_record&, const object_record&) = default;
};

/// One line of printable ASCII without quotes, as labels and annotations take it:
/// `1 subset=5 token=9.0 migration=41 used=9.0 destination=copying@9.0 source=never_seen@0.0`.
[[nodiscard]] std::string to_text(const object_record& kept);
/// Reads what `to_text` writes; nothing for any other text.
[[nodiscard]] std::optional<object_record> object_record_of(std::string_view text);

namespace detail {

inline void put(std::string& text, const char* name, std::uint64_t value) {
  text.append(name).append(std::to_string(value));
}
inline void put(std::string& text, const char* name, fence_token token) {
  put(text, name, token.at.value);
  put(text, ".", token.index);
}

/// Takes a text apart from the left. Once something does not fit, nothing fits any more.
struct record_reader {
  std::string_view left;
  bool whole = true;

  void expect(std::string_view literal) {
    if (whole && left.starts_with(literal)) {
      left.remove_prefix(literal.size());
    } else {
      whole = false;
    }
  }
  template <class Integer>
  Integer number() {
    Integer value = 0;
    const auto [end, error] = std::from_chars(left.data(), left.data() + left.size(), value);
    if (error != std::errc{}) whole = false;
    if (whole) left.remove_prefix(static_cast<std::size_t>(end - left.data()));
    return whole ? value : Integer{};
  }
  fence_token token() {
    const slot at{number<std::uint64_t>()};
    expect(".");
    return {at, number<std::uint32_t>()};
  }
  place_state state() {
    for (std::size_t i = 0; i <= static_cast<std::size_t>(place_state::released); ++i) {
      const auto candidate = static_cast<place_state>(i);
      const std::string_view name = name_of(candidate);
      if (!whole || !left.starts_with(name) || !left.substr(name.size()).starts_with('@')) continue;
      left.remove_prefix(name.size() + 1);
      return candidate;
    }
    whole = false;
    return place_state::never_seen;
  }
};

}  // namespace detail

inline std::string to_text(const object_record& kept) {
  std::string text = "1";
  detail::put(text, " subset=", kept.subset.value);
  detail::put(text, " token=", kept.highest);
  detail::put(text, " migration=", kept.migration.value);
  detail::put(text, " used=", kept.used);
  for (const endpoint end : {endpoint::destination, endpoint::source}) {
    text.append(end == endpoint::source ? " source=" : " destination=").append(name_of(kept.at(end).at));
    detail::put(text, "@", kept.at(end).under);
  }
  return text;
}

inline std::optional<object_record> object_record_of(std::string_view text) {
  detail::record_reader read{text};
  object_record kept;
  read.expect("1 subset=");
  kept.subset = {read.number<std::uint64_t>()};
  read.expect(" token=");
  kept.highest = read.token();
  read.expect(" migration=");
  kept.migration = {read.number<std::uint64_t>()};
  read.expect(" used=");
  kept.used = read.token();
  for (const endpoint end : {endpoint::destination, endpoint::source}) {
    read.expect(end == endpoint::source ? " source=" : " destination=");
    kept.at(end).at = read.state();
    kept.at(end).under = read.token();
    kept.at(end).subset = kept.subset;
  }
  if (!read.whole || !read.left.empty()) return std::nullopt;
  return kept;
}

}  // namespace foreshift::inline FORESHIFT_ABI::migration
