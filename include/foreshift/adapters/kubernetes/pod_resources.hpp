#pragma once
/// @file
/// How much a pod asks for: what the scheduler counts, and what the kernel lets it have.
///
/// Kubernetes, "Resource sharing within containers" (KEP-753): containers add up, with them the init
/// containers that stay (`restartPolicy: Always`); other init containers run one after the other before them,
/// each beside those that have stayed so far; the pod's overhead comes on top. What the pod as a whole states
/// goes before all that.

#include <foreshift/adapters/kubernetes/json_document.hpp>
#include <foreshift/adapters/kubernetes/quantity.hpp>
#include <foreshift/core/diagnostic.hpp>
#include <foreshift/core/units.hpp>

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>

namespace foreshift::inline FORESHIFT_ABI::kubernetes {

/// An object such as `{"cpu": "500m", "memory": "1Gi"}`: cores and bytes; others are left out. A text that is
/// no quantity is a fault.
[[nodiscard]] inline resources read_resources(fields& in, const std::string& path) {
  resources out;
  const auto& from = in.object(path);
  for (const auto r : {resource::cpu, resource::memory}) {
    const auto at = from.find(name_of(r));
    if (at == from.end()) continue;
    const auto* text = at->get_ptr<const std::string*>();
    const auto q = text != nullptr   ? parse_quantity(*text)
                   : at->is_number() ? parse_quantity(at->dump())
                                     : std::nullopt;
    if (q)
      out[r] = q->value();
    else
      in.complain(
          path + "." + std::string{name_of(r)},
          "a quantity such as 500m or 1Gi, not " + excerpt(text != nullptr ? *text : at->type_name()) + ",");
  }
  return out;
}

/// @param spec  of a pod or of a template
/// @param which `requests` or `limits`; a container without a limit adds nothing to it
[[nodiscard]] inline resources pod_resources(fields& in, const std::string& spec, std::string_view which) {
  const auto most = [](resources a, const resources& b) {
    for (const auto r : {resource::cpu, resource::memory}) a[r] = std::max(a[r], b[r]);
    return a;
  };
  const auto of = [&](const json& container, const std::string& where) {
    fields part{container};
    const auto found = read_resources(part, "resources." + std::string{which});
    in.adopt(spec + where, part.fault());
    return found;
  };
  resources together, stay, before;
  for (const auto& one : in.list(spec + ".containers"))
    if (one.is_object()) together += of(one, ".containers[]");
  for (const auto& one : in.list(spec + ".initContainers")) {
    if (!one.is_object()) continue;
    const auto needs = of(one, ".initContainers[]");
    if (fields{one}.text("restartPolicy") == "Always")
      stay += needs, before = most(before, stay);
    else
      before = most(before, stay + needs);
  }
  auto out = most(together + stay, before);
  const auto whole = spec + ".resources." + std::string{which};
  const auto stated = read_resources(in, whole);
  for (const auto r : {resource::cpu, resource::memory})
    if (in.object(whole).contains(name_of(r))) out[r] = stated[r];
  if (which == "requests") out += read_resources(in, spec + ".overhead");
  return out;
}

}  // namespace foreshift::inline FORESHIFT_ABI::kubernetes
