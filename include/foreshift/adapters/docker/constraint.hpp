#pragma once
/// @file
/// Placement constraints of a service: which of them pin it to a node, and whether a node satisfies the rest.
///
/// A service moves when the constraint that pins it names another node. Every other constraint is the owner's
/// and stays; one that the destination cannot satisfy would leave the update waiting for ever, so it is
/// judged before anything is written. Values compare without case, as Swarm does. Source: `docker service
/// create --constraint`; swarmkit, manager/constraint/constraint.go.

#include <foreshift/adapters/docker/json.hpp>
#include <foreshift/adapters/docker/node.hpp>
#include <foreshift/core/diagnostic.hpp>

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace foreshift::inline FORESHIFT_ABI::docker {

struct constraint {
  std::string key{};  ///< node.id, node.hostname, node.role, node.platform.os, node.labels.x, ...
  bool equal = true;  ///< == or !=
  std::string value{};
};

/// Nothing where it has neither == nor !=.
[[nodiscard]] inline std::optional<constraint> parse_constraint(std::string_view text) {
  const auto trimmed = [](std::string_view t) {
    const auto first = t.find_first_not_of(" \t"), last = t.find_last_not_of(" \t");
    return first == std::string_view::npos ? std::string{} : std::string{t.substr(first, last - first + 1)};
  };
  const auto at = std::min(text.find("=="), text.find("!="));
  if (at == std::string_view::npos) return std::nullopt;
  constraint out{trimmed(text.substr(0, at)), text[at] == '=', trimmed(text.substr(at + 2))};
  if (out.key.empty() || out.value.empty()) return std::nullopt;
  return out;
}

/// The constraints of a service's specification that are texts, in order.
[[nodiscard]] inline std::vector<std::string> constraints_of(const json& spec) {
  std::vector<std::string> out;
  for (const json& one : list_at(spec, "TaskTemplate", "Placement", "Constraints"))
    if (one.is_string()) out.push_back(one.get<std::string>());
  return out;
}

/// Whether it says which node, rather than what kind of node. @param pin_label a node's label that names a
/// place, such as "site"; empty: none does
[[nodiscard]] inline bool pins(const constraint& c, std::string_view pin_label = {});

/// Nothing where it cannot be told from outside: an address, a key that is not known.
[[nodiscard]] inline std::optional<bool> satisfies(const node& n, const constraint& c);

/// The first of the constraints but the pinning ones that this node cannot satisfy.
[[nodiscard]] inline std::optional<std::string> excluded_by(const json& spec, const node& n,
                                                            std::string_view pin_label = {}) {
  for (const std::string& text : constraints_of(spec)) {
    const auto c = parse_constraint(text);
    if (c && !pins(*c, pin_label) && satisfies(n, *c) == false) return text;
  }
  return std::nullopt;
}

/// The id of the node that the specification names; empty where it names none.
[[nodiscard]] inline std::string pinned_to(const json& spec) {
  for (const std::string& text : constraints_of(spec))
    if (const auto c = parse_constraint(text); c && c->equal && c->key == "node.id") return c->value;
  return {};
}

namespace detail {
[[nodiscard]] inline bool same_but_case(std::string_view a, std::string_view b) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
  return std::ranges::equal(a, b, {}, lower, lower);
}
inline constexpr std::string_view node_label = "node.labels.", engine_label = "engine.labels.";

[[nodiscard]] inline std::optional<std::string> value_at(const node& n, std::string_view key) {
  const auto labelled = [&](const std::map<std::string, std::string>& labels, std::string_view name) {
    const auto at = labels.find(std::string{name});
    return at == labels.end() ? std::string{} : at->second;
  };
  if (same_but_case(key, "node.id")) return n.id;
  if (same_but_case(key, "node.hostname")) return n.name;
  if (same_but_case(key, "node.role")) return n.role;
  if (same_but_case(key, "node.platform.os")) return n.os;
  if (same_but_case(key, "node.platform.arch")) return n.architecture;
  if (same_but_case(key.substr(0, node_label.size()), node_label))
    return labelled(n.labels, key.substr(node_label.size()));
  if (same_but_case(key.substr(0, engine_label.size()), engine_label))
    return labelled(n.engine_labels, key.substr(engine_label.size()));
  return std::nullopt;
}
}  // namespace detail

[[nodiscard]] inline bool pins(const constraint& c, std::string_view pin_label) {
  if (!c.equal) return false;
  return detail::same_but_case(c.key, "node.id") || detail::same_but_case(c.key, "node.hostname") ||
         (!pin_label.empty() && c.key.size() > detail::node_label.size() &&
          detail::same_but_case(c.key.substr(0, detail::node_label.size()), detail::node_label) &&
          c.key.substr(detail::node_label.size()) == pin_label);
}

[[nodiscard]] inline std::optional<bool> satisfies(const node& n, const constraint& c) {
  const auto value = detail::value_at(n, c.key);
  if (!value) return std::nullopt;
  return detail::same_but_case(*value, c.value) == c.equal;
}

}  // namespace foreshift::inline FORESHIFT_ABI::docker
