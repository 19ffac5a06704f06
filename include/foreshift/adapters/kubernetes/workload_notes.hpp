#pragma once
/// @file
/// What we write beside a workload, so that any process can go on with a move or undo it.
///
/// Four annotations. The record of the move itself; what was there before (the node that we had placed it on,
/// the number of copies, and the node that the last start placed it on, by which an undo knows its own
/// affinity even where nobody knows that node any more); the specification that a start has overwritten; and
/// a mark on objects that we have created.

#include <foreshift/adapters/kubernetes/json_document.hpp>
#include <foreshift/adapters/kubernetes/placement_patch.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace foreshift::inline FORESHIFT_ABI::kubernetes {

inline constexpr const char* record_key = "foreshift/record";
inline constexpr const char* previous_key = "foreshift/previous";
inline constexpr const char* former_key = "foreshift/former";
inline constexpr const char* made_key = "foreshift/made";

/// Bytes of a specification that are kept; a server takes 262,144 of all annotations of an object together.
inline constexpr std::size_t former_bytes_max = 131'072;

/// What `foreshift/previous` says.
struct previous_state {
  std::optional<std::string> node{};  ///< nothing: it had no placement of ours
  std::uint32_t replicas = 0;
  std::string to{};  ///< where the last start placed it; empty: the last write was none
};

[[nodiscard]] inline std::string to_text(const previous_state& p) {
  json out{{"replicas", p.replicas}};
  if (p.node) out["node"] = *p.node;
  if (!p.to.empty()) out["to"] = p.to;
  return kubernetes::to_text(out);
}

/// The node that we have placed it on; nothing where its affinity is another's, or where it has none.
[[nodiscard]] inline std::optional<std::string> placed_by_us(const json& object) {
  static const json::json_pointer path{"/nodeSelectorTerms/0/matchFields/0/values/0"};
  const auto affinity = required_affinity(object);
  if (!affinity.is_object() || !affinity.contains(path) || !affinity.at(path).is_string())
    return std::nullopt;
  auto node = affinity.at(path).get<std::string>();
  return affinity == affinity_to(node) ? std::optional{std::move(node)} : std::nullopt;
}

[[nodiscard]] inline std::uint32_t replicas_of(const json& object) {
  return fields{object}.count("spec.replicas", 1);
}

namespace detail {

/// An annotation that holds an object; an empty one where it is absent or spoilt.
inline json note(const json& object, const char* key) {
  fields in{object};
  const auto& notes = in.object("metadata.annotations");
  const auto at = notes.find(key);
  if (at == notes.end() || !at->is_string()) return json::object();
  auto read = parse_object(*at->get_ptr<const std::string*>());
  return read ? *std::move(read) : json::object();
}

}  // namespace detail

/// Notes that somebody has spoilt read as nothing before.
[[nodiscard]] inline previous_state previous_of(const json& object) {
  const auto note = detail::note(object, previous_key);
  fields kept{note};
  previous_state out{std::nullopt, kept.count("replicas"), kept.text("to")};
  if (auto node = kept.text("node"); !node.empty()) out.node = std::move(node);
  return out;
}
/// The specification that the last start has overwritten; nothing where there was none.
[[nodiscard]] inline std::optional<json> former_of(const json& object) {
  auto spec = detail::note(object, former_key);
  return spec.empty() ? std::nullopt : std::optional{std::move(spec)};
}
[[nodiscard]] inline bool made_by_us(const json& object) {
  fields in{object};
  return in.object("metadata.annotations").contains(made_key);
}
/// Whether it stands where our last start placed it. @param node that it was, for notes that do not say
[[nodiscard]] inline bool still_placed(const json& object, std::string_view node) {
  const auto before = previous_of(object);
  return placed_on(object, before.to.empty() ? node : std::string_view{before.to});
}

}  // namespace foreshift::inline FORESHIFT_ABI::kubernetes
