#pragma once
/// @file
/// A Lease: somebody says "I am alive" in a place that everybody can read.
///
/// The kubelet renews the one of its node in the namespace `kube-node-lease`, usually every ten seconds;
/// whoever has not renewed within its duration is taken for gone. The times in it are its holder's, whose
/// clock nobody knows: so a reader holds none of them against a clock of its own, but notes when it saw the
/// last of them change, and lets the duration pass from then on.

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
  std::string holder{};                 ///< empty: nobody's
  duration valid{};                     ///< after each renewal
  std::string renewal{};                ///< `renewTime` as it stands: another one is another renewal
  std::optional<time_point> renewed{};  ///< the same, parts of a second cut, by its holder's clock
  std::uint32_t transitions = 0;        ///< changes of holder
};

/// A reason names the member.
[[nodiscard]] inline result<lease, std::string> read_lease(const json& object) {
  fields in{object};
  lease out;
  out.meta = read_meta(in);
  out.holder = in.text("spec.holderIdentity");
  out.valid = std::chrono::seconds{in.count("spec.leaseDurationSeconds")};
  out.transitions = in.count("spec.leaseTransitions");
  out.renewal = in.text("spec.renewTime");
  if (!out.renewal.empty()) {
    out.renewed = telemetry::parse_timestamp(out.renewal);
    if (!out.renewed) in.complain("spec.renewTime", "a time, not " + excerpt(out.renewal) + ",");
  }
  return detail::unless(in, std::move(out));
}

/// A lease as a reader sees it over time.
class lease_sight {
 public:
  /// It has been read. @param now when the answer was there, by a clock that keeps its pace and never jumps
  void see(const lease& l, time_point now) {
    if (l.meta.uid != uid_ || l.holder != holder_ || l.renewal != renewal_) changed_ = now;
    uid_ = l.meta.uid, holder_ = l.holder, renewal_ = l.renewal, valid_ = l.valid;
  }
  /// When its holder is taken for gone, unless it is seen to renew. One that is nobody's has ended.
  [[nodiscard]] time_point ends() const { return changed_ + (holder_.empty() ? duration::zero() : valid_); }
  [[nodiscard]] bool alive(time_point now) const { return now < ends(); }
  [[nodiscard]] const std::string& holder() const { return holder_; }

 private:
  std::string uid_{}, holder_{}, renewal_{};
  duration valid_{};
  time_point changed_{};
};

}  // namespace foreshift::inline FORESHIFT_ABI::kubernetes
