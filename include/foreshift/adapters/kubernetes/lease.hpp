#pragma once
/// @file
/// A Lease: somebody says "I am alive" in a place that everybody can read.
///
/// The kubelet renews the one of its node in the namespace `kube-node-lease`, usually every ten seconds;
/// whoever has not renewed within its duration is taken for gone. Times are the holder's clock: between
/// machines whose clocks differ the answer is wrong by as much. Parts of a second are cut.

#include <foreshift/adapters/kubernetes/json_document.hpp>
#include <foreshift/adapters/kubernetes/object_meta.hpp>
#include <foreshift/core/diagnostic.hpp>
#include <foreshift/core/result.hpp>
#include <foreshift/core/time.hpp>
#include <foreshift/telemetry/sample_csv.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace foreshift::inline FORESHIFT_ABI::kubernetes {

inline constexpr std::string_view node_lease_space = "kube-node-lease";

struct lease {
  object_meta meta{};
  std::string holder{};
  duration valid{};  ///< after each renewal
  std::optional<time_point> renewed{};

  [[nodiscard]] bool alive(time_point now) const { return renewed && now <= *renewed + valid; }
};

/// A reason names the member.
[[nodiscard]] inline result<lease, std::string> read_lease(const json& object) {
  fields in{object};
  lease out;
  out.meta = read_meta(in);
  out.holder = in.text("spec.holderIdentity");
  out.valid = std::chrono::seconds{in.count("spec.leaseDurationSeconds")};
  if (const auto text = in.text("spec.renewTime"); !text.empty()) {
    out.renewed = telemetry::parse_timestamp(text);
    if (!out.renewed) in.complain("spec.renewTime", "a time, not " + excerpt(text) + ",");
  }
  return detail::unless(in, std::move(out));
}

}  // namespace foreshift::inline FORESHIFT_ABI::kubernetes
