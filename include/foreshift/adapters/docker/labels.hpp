#pragma once
/// @file
/// What we keep in the labels of a service: our record, and what an `undo` by another process needs.
///
/// Swarm keeps one previous specification and overwrites it with every write, so our history is our own. A
/// move notes each member that it changes, as it was and as it wrote it, and a digest of the specification
/// that it wrote. What no longer is as written has been changed by somebody else and is left to them.

#include <foreshift/adapters/docker/json.hpp>
#include <foreshift/adapters/docker/service.hpp>
#include <foreshift/core/diagnostic.hpp>
#include <foreshift/core/digest.hpp>
#include <foreshift/core/result.hpp>
#include <foreshift/migration/object_record.hpp>

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace foreshift::inline FORESHIFT_ABI::docker {

inline constexpr std::string_view our_labels = "foreshift.";
inline constexpr std::string_view record_label = "foreshift.record";
inline constexpr std::string_view changes_label = "foreshift.changes";
inline constexpr std::string_view wrote_label = "foreshift.wrote";
/// On services that a move between swarms has made, or left with no copies: another may write over them.
inline constexpr std::string_view ours_label = "foreshift.ours";

/// One member of a specification that a move has changed.
struct spec_change {
  std::string pointer{};  ///< RFC 6901, as "/TaskTemplate/Placement"
  json was{}, is{};       ///< null: absent
};

/// The record that a service keeps, the default where it keeps none: the higher one of its specification and
/// of the one before, so that neither a rollback by hand nor labels that somebody has made anew (`docker
/// stack deploy`) let a token sink. Docker keeps one specification before: what two writes by others have
/// taken out cannot be known, and reads as the default.
/// @return the reason where the label is there and cannot be read
[[nodiscard]] inline result<migration::object_record, std::string> record_of(const service& s) {
  const auto before = migration::object_record_of(text_at(s.previous, "Labels", record_label));
  const json* label = member(s.spec, "Labels", record_label);
  if (label == nullptr) return before.value_or(migration::object_record{});
  const auto now = migration::object_record_of(text_at(s.spec, "Labels", record_label));
  if (!now)
    return failure{"service " + s.name + ": its label " + std::string{record_label} +
                   " is none of ours: " + excerpt(to_text(*label), 200) + "; make it what it was" +
                   (before ? " (" + to_text(*before) + ")" : std::string{}) +
                   ", or remove it when nothing moves there (docker service update --label-rm " +
                   std::string{record_label} + ' ' + s.name + ')'};
  const bool rolled_back = s.update.starts_with("rollback");  // the one before is the newer
  if (before && (before->highest > now->highest || (rolled_back && before->highest == now->highest)))
    return *before;
  return *now;
}

/// Of a specification without our labels: what others have in their hands.
[[nodiscard]] inline std::string digest_of_spec(const json& spec) {
  json rest = spec;
  if (const auto labels = rest.find("Labels"); labels != rest.end() && labels->is_object()) {
    for (auto at = labels->begin(); at != labels->end();)
      at = at.key().starts_with(our_labels) ? labels->erase(at) : std::next(at);
    if (labels->empty()) rest.erase(labels);
  }
  return to_hex(digest_of(std::as_bytes(std::span<const char>(to_text(rest)))), 32);
}
/// Whether somebody has changed the specification since a move wrote it.
[[nodiscard]] inline bool is_foreign(const service& s) {
  return digest_of_spec(s.spec) != s.label(wrote_label);
}

/// The changes of a move under way; empty where there is none, or where its label is damaged. Where somebody
/// has made the labels anew, those of the specification before.
[[nodiscard]] inline std::vector<spec_change> changes_of(const service& s) {
  std::vector<spec_change> out;
  const bool lost = member(s.spec, "Labels", record_label) == nullptr;
  const std::string text = text_at(lost ? s.previous : s.spec, "Labels", changes_label);
  if (text.empty()) return out;
  const auto read = parse_json(text);
  if (!read || !read->is_array()) return out;
  for (const json& one : *read) {
    const std::string pointer = text_at(one, "at");
    if (!pointer.starts_with('/') || !one.contains("was") || !one.contains("is")) return {};
    out.push_back({pointer, one["was"], one["is"]});
  }
  return out;
}

namespace detail {
/// The member at a pointer of plain names; null where it is absent.
[[nodiscard]] inline json value_at(const json& spec, std::string_view pointer) {
  const json* at = &spec;
  while (!pointer.empty() && at != nullptr) {
    pointer.remove_prefix(1);
    const auto end = std::min(pointer.find('/'), pointer.size());
    at = member(*at, pointer.substr(0, end));
    pointer.remove_prefix(end);
  }
  return at == nullptr ? json{} : *at;
}
/// Null erases. Objects on the way are made where they are missing; what is none stays as it is.
inline void set_at(json& spec, std::string_view pointer, const json& value) {
  json* at = &spec;
  for (pointer.remove_prefix(1); at->is_object(); pointer.remove_prefix(pointer.find('/') + 1)) {
    if (pointer.find('/') == std::string_view::npos) {
      if (value.is_null())
        at->erase(std::string{pointer});
      else
        (*at)[std::string{pointer}] = value;
      return;
    }
    json& next = (*at)[std::string{pointer.substr(0, pointer.find('/'))}];
    if (next.is_null()) next = json::object();
    at = &next;
  }
}
inline void set_label(json& spec, std::string_view key, const std::string& value) {
  json& labels = spec["Labels"];
  if (!labels.is_object()) labels = json::object();
  if (value.empty())
    labels.erase(std::string{key});
  else
    labels[std::string{key}] = value;
}
}  // namespace detail

/// Sets a member and notes it. A member that is as it should be is noted as well: it is ours meanwhile.
inline void change(json& spec, std::vector<spec_change>& changes, std::string pointer, json value) {
  json was = detail::value_at(spec, pointer);
  detail::set_at(spec, pointer, value);
  changes.push_back({std::move(pointer), std::move(was), std::move(value)});
}
/// Puts back what still is as the move wrote it.
inline void put_back(json& spec, const std::vector<spec_change>& changes) {
  for (const auto& one : changes)
    if (detail::value_at(spec, one.pointer) == one.is) detail::set_at(spec, one.pointer, one.was);
}

/// A move between swarms has made it or left it, or has it no more.
inline void mark_ours(json& spec, bool ours = true) { detail::set_label(spec, ours_label, ours ? "1" : ""); }
/// Writes our labels into a specification that is otherwise finished. @param changes empty: no move is under
/// way
inline void keep(json& spec, const migration::object_record& record,
                 const std::vector<spec_change>& changes) {
  json noted = json::array();
  for (const auto& one : changes) noted.push_back({{"at", one.pointer}, {"was", one.was}, {"is", one.is}});
  detail::set_label(spec, record_label, to_text(record));
  detail::set_label(spec, changes_label, changes.empty() ? std::string{} : to_text(noted));
  detail::set_label(spec, wrote_label, digest_of_spec(spec));
}

}  // namespace foreshift::inline FORESHIFT_ABI::docker
