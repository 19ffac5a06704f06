#pragma once
/// @file
/// A PodDisruptionBudget: how many of the pods it means must stay healthy.

#include <foreshift/adapters/kubernetes/json_document.hpp>
#include <foreshift/adapters/kubernetes/object_meta.hpp>
#include <foreshift/adapters/kubernetes/workload.hpp>
#include <foreshift/core/result.hpp>

#include <cstdint>
#include <string>
#include <utility>

namespace foreshift::inline FORESHIFT_ABI::kubernetes {

struct disruption_budget {
  object_meta meta{};
  label_selector selector{};
  std::uint32_t desired_healthy = 0;  ///< as its controller has worked it out from percentages
  std::uint32_t current_healthy = 0;
  std::uint32_t allowed = 0;  ///< evictions that would be granted now

  [[nodiscard]] bool covers(const workload& w) const {
    return meta.space == w.meta.space && selector.matches(w.pod_labels);
  }
};

/// A reason names the member.
[[nodiscard]] inline result<disruption_budget, std::string> read_disruption_budget(const json& object) {
  fields in{object};
  disruption_budget out;
  out.meta = read_meta(in);
  out.selector = read_selector(in, "spec.selector");
  out.desired_healthy = in.count("status.desiredHealthy");
  out.current_healthy = in.count("status.currentHealthy");
  out.allowed = in.count("status.disruptionsAllowed");
  return detail::unless(in, std::move(out));
}

}  // namespace foreshift::inline FORESHIFT_ABI::kubernetes
