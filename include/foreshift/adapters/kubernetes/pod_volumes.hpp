#pragma once
/// @file
/// What the copies of a workload mount, and which of it would stay behind when they go elsewhere.
///
/// A volume follows its pod (a ConfigMap, a share on the network, scratch space that ends with the pod
/// anyway), or belongs to one node (a folder of the host), or to one cluster (a claim), or can be attached to
/// one node at a time (a disk). Who mounts it read-only writes nothing that could be lost. Kinds that are not
/// known here count as disks. Source: Kubernetes API, core/v1 Volume.

#include <foreshift/adapters/kubernetes/json_document.hpp>
#include <foreshift/core/diagnostic.hpp>

#include <algorithm>
#include <array>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace foreshift::inline FORESHIFT_ABI::kubernetes {

/// A PersistentVolumeClaim that a template names.
struct mounted_claim {
  std::string name{};
  bool written = false;
};

struct pod_volumes {
  std::vector<mounted_claim> claims{};
  std::string host_path{};  ///< a folder of its node that it writes to; empty: none
  std::string disk{};  ///< a disk named in the template that it writes to, as `cinder "data"`; empty: none
};

/// @param spec of a pod or of a template, such as `spec.template.spec`. Faults go to `in`.
[[nodiscard]] pod_volumes read_volumes(fields& in, const std::string& spec);

namespace detail {

/// Names of the volumes that a container may write to.
inline std::set<std::string> written_volumes(fields& in, const std::string& spec) {
  std::set<std::string> out;
  const auto elements = [](fields& of, const std::string& path, auto&& take) {
    for (const auto& one : of.list(path)) {
      if (!one.is_object()) {
        of.complain(path + "[]", "an object");
        continue;
      }
      fields part{one};
      take(part);
      of.adopt(path + "[]", part.fault());
    }
  };
  for (const char* list : {".containers", ".initContainers"})
    elements(in, spec + list, [&](fields& container) {
      elements(container, "volumeMounts", [&](fields& mount) {
        if (!mount.flag("readOnly")) out.insert(mount.text("name"));
      });
      elements(container, "volumeDevices", [&](fields& device) { out.insert(device.text("name")); });
    });
  return out;
}

inline void read_volume(fields& volume, const json& object, const std::set<std::string>& written,
                        pod_volumes& out) {
  constexpr std::array<std::string_view, 15> follow{
      "name", "emptyDir", "configMap", "secret", "downwardAPI", "projected", "ephemeral", "image",
      "csi",  "gitRepo",  "nfs",       "cephfs", "glusterfs",   "azureFile", "quobyte"};
  const auto name = volume.text("name");
  const bool writes = written.contains(name);
  for (const auto& [key, value] : object.items()) {
    if (value.is_null() || std::ranges::find(follow, key) != follow.end()) continue;
    const bool read_only = volume.flag(key + ".readOnly");
    if (key == "persistentVolumeClaim") {
      out.claims.push_back({volume.some_text(key + ".claimName"), writes && !read_only});
    } else if (key == "hostPath") {
      // Sockets and devices of the host hold no data.
      const auto type = volume.text("hostPath.type");
      if (writes && type != "Socket" && type != "CharDevice") out.host_path = volume.text("hostPath.path");
    } else if (writes && !read_only) {
      out.disk = key + " " + excerpt(name);
    }
  }
}

}  // namespace detail

inline pod_volumes read_volumes(fields& in, const std::string& spec) {
  pod_volumes out;
  const auto written = detail::written_volumes(in, spec);
  for (const auto& one : in.list(spec + ".volumes")) {
    if (!one.is_object()) {
      in.complain(spec + ".volumes[]", "an object");
      continue;
    }
    fields volume{one};
    detail::read_volume(volume, one, written, out);
    in.adopt(spec + ".volumes[]", volume.fault());
  }
  return out;
}

}  // namespace foreshift::inline FORESHIFT_ABI::kubernetes
