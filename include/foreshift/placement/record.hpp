#pragma once
/// @file
/// What is written down of a host, of a workload and of a service.
///
/// Whatever is left at its default asks for nothing: a fleet without racks, licences or services has no rules
/// about them.

#include <foreshift/core/id.hpp>
#include <foreshift/core/units.hpp>
#include <foreshift/placement/tags.hpp>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace foreshift::inline FORESHIFT_ABI::placement {

/// What fails together: a rack, a power feed, a site. Zero stands for "not known".
using domain_id = id<struct domain_tag>;
/// Hosts that are near enough to each other for what has to be near. Hosts that are not told apart are
/// neighbours.
using neighbourhood_id = id<struct neighbourhood_tag>;
/// Workloads that do one thing together. Zero stands for "none".
using service_id = id<struct service_tag>;
/// Workloads that have to stay in different failure domains. Zero stands for "none".
using apart_group = id<struct apart_group_tag>;
/// Workloads that have to stay near each other. Zero stands for "none".
using together_group = id<struct together_group_tag>;

/// How near "together" is.
enum class nearness : std::uint8_t { host, domain, neighbourhood, site };

inline constexpr std::uint32_t no_limit = std::numeric_limits<std::uint32_t>::max();

struct host_record {
  host_id id{};
  site_id site{};
  std::string name{};
  resources capacity{};
  double limit_share = 0.8;  ///< demand above this share of the capacity is an overload; in (0, 1]
  domain_id domain{};
  neighbourhood_id neighbourhood{};
  std::optional<resources> safety{};  ///< load above it is paid for; nothing: what the limit share gives
  std::uint32_t clearance = 0;        ///< security: takes workloads that ask for this much or less
  tag_set licences{};                 ///< what it offers
  tag_set taints{};                   ///< takes only workloads that tolerate all of them
};

struct workload_record {
  workload_id id{};
  std::string name{};
  class_id workload_class{};
  std::uint32_t criticality = 1;  ///< at least 1
  resources requested{};          ///< what is set aside for it, whatever it uses
  host_id host{};                 ///< where it runs
  subset_id subset{};             ///< whose authority has to pass for it to move
  apart_group apart{};
  double latency_ms_max =
      std::numeric_limits<double>::infinity();  ///< from where it runs now to where it may go
  bool pinned = false;                          ///< is not to be moved
  service_id service{};
  std::uint32_t priority = 0;   ///< where there is not room for all, the larger goes first
  std::uint32_t clearance = 0;  ///< security: goes only to hosts that have this much or more
  tag_set licences{};           ///< goes only to hosts that offer all of them
  tag_set tolerates{};
  together_group together{};
  nearness together_within = nearness::site;
  resources limits{};  ///< what it may use; 0: whatever there is
};

struct service_record {
  service_id id{};
  std::string name{};
  std::uint32_t domains_min = 1;         ///< failure domains that its workloads are spread over; at least 1
  std::vector<service_id> depends_on{};  ///< each needs a workload in every neighbourhood of this service
  std::uint32_t moves_max = no_limit;    ///< of its workloads within one cycle
};

namespace detail {

[[nodiscard]] inline bool sane(const resources& r) {
  return std::ranges::all_of(r.amount, [](double x) { return std::isfinite(x) && x >= 0; });
}
/// `host 7 "db-1"`, for diagnostics.
template <class Record>
[[nodiscard]] std::string label(std::string_view kind, const Record& r) {
  return std::string{kind} + " " + std::to_string(r.id.value) + (r.name.empty() ? "" : " \"" + r.name + "\"");
}

}  // namespace detail

/// What is wrong with the record by itself; nothing when it is fine.
[[nodiscard]] inline std::optional<std::string_view> fault_of(const host_record& h) {
  if (!detail::sane(h.capacity)) return "every capacity has to be a finite number and at least 0";
  if (!(h.limit_share > 0 && h.limit_share <= 1))
    return "its limit has to be a share of its capacity above 0 and at most 1";
  if (h.safety && !(detail::sane(*h.safety) && fits(*h.safety, h.capacity)))
    return "every safety capacity has to be at least 0 and at most the capacity";
  return std::nullopt;
}
[[nodiscard]] inline std::optional<std::string_view> fault_of(const workload_record& w) {
  if (!detail::sane(w.requested)) return "every request has to be a finite number and at least 0";
  if (!detail::sane(w.limits)) return "every limit has to be a finite number and at least 0";
  if (w.criticality == 0) return "its criticality has to be at least 1";
  if (!(w.latency_ms_max >= 0)) return "its latency bound is negative";
  return std::nullopt;
}
[[nodiscard]] inline std::optional<std::string_view> fault_of(const service_record& s) {
  if (s.id == service_id{}) return "number 0 stands for no service";
  if (s.domains_min == 0) return "it has to be in one failure domain at least";
  return std::nullopt;
}

}  // namespace foreshift::inline FORESHIFT_ABI::placement
