#pragma once
/// @file
/// Numbers for the names of a cluster's nodes and workloads, and back.
///
/// A workload's name says its kind, namespace and name: `deployment/shop/web`. A number is `id_of_name` of
/// the name, so that every site has the same one without being told; two names with one number are told, and
/// neither is guessed.

#include <foreshift/adapters/kubernetes/placement_patch.hpp>
#include <foreshift/core/diagnostic.hpp>
#include <foreshift/core/flat_map.hpp>
#include <foreshift/core/id.hpp>
#include <foreshift/core/result.hpp>
#include <foreshift/ports/cluster_inventory.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace foreshift::inline FORESHIFT_ABI::kubernetes {

/// `deployment/shop/web`; of kinds that are no workload nothing.
[[nodiscard]] inline std::string to_string(const object_name& which) {
  const char* prefix = which.what == kind::deployment     ? "deployment/"
                       : which.what == kind::stateful_set ? "statefulset/"
                       : which.what == kind::replica_set  ? "replicaset/"
                                                          : nullptr;
  return prefix == nullptr ? std::string{} : prefix + which.space + '/' + which.name;
}
/// Reads that, and `shop/web` as a Deployment. Nothing for any other text.
[[nodiscard]] inline std::optional<object_name> parse_object_name(std::string_view text) {
  object_name out;
  for (const auto& [prefix, what] : {std::pair{"deployment/", kind::deployment},
                                     {"statefulset/", kind::stateful_set},
                                     {"replicaset/", kind::replica_set}})
    if (text.starts_with(prefix)) {
      out.what = what;
      text.remove_prefix(std::string_view{prefix}.size());
      break;
    }
  const auto slash = text.find('/');
  if (slash == std::string_view::npos || slash == 0 || slash + 1 == text.size() ||
      text.find('/', slash + 1) != std::string_view::npos)
    return std::nullopt;
  out.space = text.substr(0, slash), out.name = text.substr(slash + 1);
  return out;
}

/// What has been learned from inventories or by hand.
class cluster_names {
 public:
  /// The reason names both where another node has the same number.
  result<place_id, std::string> learn_node(const std::string& name) {
    const place_id id{ports::id_of_name(name)};
    return keep(nodes_, id, name);
  }
  result<workload_id, std::string> learn_workload(const object_name& which) {
    const workload_id id{ports::id_of_name(to_string(which))};
    return keep(workloads_, id, to_string(which));
  }
  /// Empty: not known.
  [[nodiscard]] std::string node(place_id id) const {
    const auto* found = nodes_.find(id);
    return found != nullptr ? *found : std::string{};
  }
  [[nodiscard]] std::optional<object_name> workload(workload_id id) const {
    const auto* found = workloads_.find(id);
    return found != nullptr ? parse_object_name(*found) : std::nullopt;
  }

 private:
  template <class Id>
  static result<Id, std::string> keep(flat_map<Id, std::string>& all, Id id, const std::string& name) {
    auto& kept = all[id];
    if (kept.empty()) kept = name;
    if (kept != name)
      return failure{"the names " + excerpt(kept) + " and " + excerpt(name) +
                     " have the same number: rename one of them"};
    return id;
  }
  flat_map<place_id, std::string> nodes_;
  flat_map<workload_id, std::string> workloads_;
};

}  // namespace foreshift::inline FORESHIFT_ABI::kubernetes
