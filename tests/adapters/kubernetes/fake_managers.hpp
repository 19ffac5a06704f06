#pragma once
// Who owns which field of one object: server-side apply as the API server has it, for a fake of it. Lists are
// owned as a whole, and so is a node selector, as in the API; the elements of `containers` are not taken
// apart. After Kubernetes, "Server-Side Apply", and sigs.k8s.io/structured-merge-diff.

#include <foreshift/adapters/kubernetes/json_document.hpp>

#include <algorithm>
#include <cstddef>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace foreshift::fake {

using kubernetes::json;
using path_set = std::set<std::string>;  // JSON pointers of leaves

inline bool is_leaf(const std::string& path, const json& value) {
  return !value.is_object() || value.empty() ||
         path.ends_with("/requiredDuringSchedulingIgnoredDuringExecution") || path.ends_with("/selector");
}
inline void leaves(const json& value, const std::string& path, path_set& out) {
  if (is_leaf(path, value)) {
    if (!path.empty()) out.insert(path);
    return;
  }
  for (const auto& [key, part] : value.items()) {
    std::string escaped;
    for (const char c : key) escaped += c == '~' ? "~0" : c == '/' ? "~1" : std::string(1, c);
    leaves(part, path + "/" + escaped, out);
  }
}
/// Leaves that somebody can own: not those by which an object is known, not its status, and no empty object,
/// which stands in nobody's way.
inline path_set owned_leaves(const json& object) {
  path_set all, out;
  leaves(object, "", all);
  for (const auto& p : all)
    if (p.starts_with("/spec") || p.starts_with("/metadata/labels") || p.starts_with("/metadata/annotations"))
      if (const auto& value = object.at(json::json_pointer{p}); !value.is_object() || !value.empty())
        out.insert(p);
  return out;
}
inline const json* at(const json& object, const std::string& path) {
  const json::json_pointer p{path};
  return object.contains(p) ? &object.at(p) : nullptr;
}
inline bool differ(const json& a, const json& b, const std::string& path) {
  const auto *x = at(a, path), *y = at(b, path);
  return (x == nullptr) != (y == nullptr) || (x != nullptr && *x != *y);
}
/// One is the other, or a part of it.
inline bool overlap(const std::string& a, const std::string& b) {
  return a == b || a.starts_with(b + "/") || b.starts_with(a + "/");
}
/// Removes the member, and what is empty above it.
inline void erase_path(json& object, std::string path) {
  while (!path.empty()) {
    const auto cut = path.rfind('/');
    auto& parent = object[json::json_pointer{path.substr(0, cut)}];
    if (!parent.is_object()) return;
    std::string key = path.substr(cut + 1);
    for (std::size_t i; (i = key.find("~1")) != std::string::npos;) key.replace(i, 2, "/");
    parent.erase(key);
    path.resize(cut);
    if (!parent.empty() || path == "/metadata" || path == "/spec") return;
  }
}
inline void set_path(json& object, const std::string& path, const json& value) {
  object[json::json_pointer{path}] = value;
}

class managers {
 public:
  struct conflict {
    std::string manager, path;
  };
  /// Applies `body` to `object` in the name of `who`. Conflicts leave the object as it is.
  std::vector<conflict> apply(json& object, const json& body, const std::string& who, bool force) {
    const auto wanted = owned_leaves(body);
    std::vector<conflict> out;
    for (const auto& p : wanted)
      for (const auto& e : entries_)
        if (!(e.who == who && e.applied) && differ(object, body, p))
          for (const auto& q : e.paths)
            if (overlap(p, q)) out.push_back({e.who, p});
    if (!out.empty() && !force) return out;
    auto& mine = entry(who, true);
    const auto before = mine.paths;
    for (const auto& p : wanted) {
      if (differ(object, body, p)) drop_from_others(p, who, true);
      set_path(object, p, *at(body, p));
    }
    entry(who, true).paths = wanted;
    for (const auto& p : before)
      if (!wanted.contains(p) && !owned(p)) erase_path(object, p);
    return {};
  }
  /// An update, whoever owned what has changed.
  void update(const json& before, const json& after, const std::string& who) {
    auto all = owned_leaves(before);
    all.merge(owned_leaves(after));
    for (const auto& p : all) {
      if (!differ(before, after, p)) continue;
      drop_from_others(p, who, false);
      if (at(after, p) != nullptr && is_leaf(p, *at(after, p)))
        entry(who, false).paths.insert(p);
      else
        entry(who, false).paths.erase(p);
    }
  }
  [[nodiscard]] json managed_fields() const {
    auto out = json::array();
    for (const auto& e : entries_) {
      if (e.paths.empty()) continue;
      json tree = json::object();
      for (const auto& p : e.paths) {
        auto* here = &tree;
        for (std::size_t begin = 1; begin <= p.size();) {
          const auto end = std::min(p.find('/', begin), p.size());
          auto key = p.substr(begin, end - begin);
          for (std::size_t i; (i = key.find("~1")) != std::string::npos;) key.replace(i, 2, "/");
          here = &(*here)["f:" + key];
          if (here->is_null()) *here = json::object();
          begin = end + 1;
        }
      }
      out.push_back({{"manager", e.who},
                     {"operation", e.applied ? "Apply" : "Update"},
                     {"apiVersion", "apps/v1"},
                     {"time", "2026-11-27T10:00:00Z"},
                     {"fieldsType", "FieldsV1"},
                     {"fieldsV1", tree}});
    }
    return out;
  }

 private:
  struct owner {
    std::string who;
    bool applied;
    path_set paths;
  };
  owner& entry(const std::string& who, bool applied) {
    for (auto& e : entries_)
      if (e.who == who && e.applied == applied) return e;
    return entries_.emplace_back(owner{who, applied, {}});
  }
  bool owned(const std::string& path) const {
    return std::any_of(entries_.begin(), entries_.end(), [&](const owner& e) {
      return std::any_of(e.paths.begin(), e.paths.end(), [&](const auto& q) { return overlap(path, q); });
    });
  }
  void drop_from_others(const std::string& path, const std::string& who, bool applied) {
    for (auto& e : entries_)
      if (!(e.who == who && e.applied == applied))
        std::erase_if(e.paths, [&](const auto& q) { return overlap(path, q); });
  }
  std::vector<owner> entries_;
};

}  // namespace foreshift::fake
