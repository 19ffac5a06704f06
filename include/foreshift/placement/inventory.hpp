#pragma once
/// @file
/// Which hosts there are, what they offer, and which workload runs where.

#include <foreshift/core/contract.hpp>
#include <foreshift/core/diagnostic.hpp>
#include <foreshift/core/id.hpp>
#include <foreshift/core/result.hpp>
#include <foreshift/core/units.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace foreshift::inline FORESHIFT_ABI::placement {

/// Workloads that have to stay in different failure domains. Zero stands for "none".
using apart_group = id<struct apart_group_tag>;

struct host_record {
  host_id id{};
  site_id site{};
  std::string name{};
  resources capacity{};
  double limit_share = 0.8;  ///< demand above this share of the capacity is an overload; in (0, 1]
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
};

/// Hosts and workloads as flat arrays sorted by id. Lookups are O(log n) and do not allocate.
class inventory {
 public:
  inventory() = default;

  /// Checks and sorts. Fails on a repeated id, an unknown host, a capacity or request that is negative or not
  /// finite, a limit share outside (0, 1], a criticality of 0 or a negative latency bound. Names may repeat.
  static result<inventory, diagnostic> make(std::vector<host_record> hosts,
                                            std::vector<workload_record> workloads);

  [[nodiscard]] std::span<const host_record> hosts() const { return hosts_; }
  [[nodiscard]] std::span<const workload_record> workloads() const { return workloads_; }
  /// Null when there is none. Invalidated by nothing but destruction.
  [[nodiscard]] const host_record* find(host_id h) const { return find_in(hosts_, h); }
  [[nodiscard]] const workload_record* find(workload_id w) const { return find_in(workloads_, w); }

  /// In ascending order; empty for an unknown host. Invalidated by `move`.
  [[nodiscard]] std::span<const workload_id> workloads_on(host_id h) const {
    const auto* host = find(h);
    return host == nullptr ? std::span<const workload_id>{} : std::span{on_[index_of(*host)]};
  }
  /// Every workload of the group, in ascending order; empty for group zero.
  [[nodiscard]] std::vector<workload_id> members_of(apart_group group) const {
    std::vector<workload_id> members;
    if (group == apart_group{}) return members;
    for (const auto& [of, w] : std::ranges::equal_range(grouped_, group, {}, &member::group))
      members.push_back(w);
    return members;
  }
  /// Demand on `what` above this is an overload of the host. @pre the host is known
  [[nodiscard]] double limit(host_id h, resource what) const {
    const auto* host = find(h);
    FORESHIFT_EXPECT(host != nullptr);
    return host->limit_share * host->capacity[what];
  }
  /// What is set aside on the host. O(workloads on it). @pre the host is known
  [[nodiscard]] resources requested_on(host_id h) const {
    FORESHIFT_EXPECT(find(h) != nullptr);
    resources sum;
    for (const auto w : workloads_on(h)) sum += find(w)->requested;
    return sum;
  }
  /// Capacity that is not set aside; negative where more is promised than there is. @pre the host is known
  [[nodiscard]] resources free_on(host_id h) const {
    const auto set_aside = requested_on(h);
    return find(h)->capacity - set_aside;
  }

  /// The workload runs on `to` from now on. @pre both are known
  void move(workload_id w, host_id to);
  /// The workload has other requests from now on. @pre it is known, and the requests are finite and not
  /// negative
  void resize(workload_id w, const resources& requested);

 private:
  struct member {
    apart_group group;
    workload_id workload;
  };
  template <class Record, class Id>
  static const Record* find_in(const std::vector<Record>& records, Id id) {
    const auto at = std::ranges::lower_bound(records, id, {}, &Record::id);
    return at != records.end() && at->id == id ? &*at : nullptr;
  }
  [[nodiscard]] std::size_t index_of(const host_record& h) const {
    return static_cast<std::size_t>(&h - hosts_.data());
  }
  [[nodiscard]] workload_record& at(workload_id w) {
    const auto* found = find(w);
    FORESHIFT_EXPECT(found != nullptr);
    return workloads_[static_cast<std::size_t>(found - workloads_.data())];
  }

  std::vector<host_record> hosts_;
  std::vector<workload_record> workloads_;
  std::vector<std::vector<workload_id>> on_;  // parallel to hosts_, each in ascending order
  std::vector<member> grouped_;               // sorted by group, then workload; without group zero
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

inline result<inventory, diagnostic> inventory::make(std::vector<host_record> hosts,
                                                     std::vector<workload_record> workloads) {
  const auto wrong = [](std::string what, std::string why) {
    return failure{diagnostic{.source = "inventory", .field = std::move(what), .reason = std::move(why)}};
  };
  const auto twice = [](const auto& records) {
    const auto at =
        std::ranges::adjacent_find(records, [](const auto& a, const auto& b) { return a.id == b.id; });
    return at == records.end() ? nullptr : &*at;
  };
  inventory made;
  std::ranges::stable_sort(hosts, {}, &host_record::id);
  std::ranges::stable_sort(workloads, {}, &workload_record::id);
  if (const auto* h = twice(hosts)) return wrong(detail::label("host", *h), "its id is given twice");
  if (const auto* w = twice(workloads)) return wrong(detail::label("workload", *w), "its id is given twice");
  for (const auto& h : hosts) {
    if (!detail::sane(h.capacity))
      return wrong(detail::label("host", h), "every capacity has to be a finite number and at least 0");
    if (!(h.limit_share > 0 && h.limit_share <= 1))
      return wrong(detail::label("host", h),
                   "its limit has to be a share of its capacity above 0 and at most 1");
  }
  made.hosts_ = std::move(hosts);
  made.on_.resize(made.hosts_.size());
  for (const auto& w : workloads) {
    const auto* host = made.find(w.host);
    if (host == nullptr)
      return wrong(detail::label("workload", w),
                   "it runs on host " + std::to_string(w.host.value) + ", which is not in the inventory");
    if (!detail::sane(w.requested))
      return wrong(detail::label("workload", w), "every request has to be a finite number and at least 0");
    if (w.criticality == 0)
      return wrong(detail::label("workload", w), "its criticality has to be at least 1");
    if (!(w.latency_ms_max >= 0)) return wrong(detail::label("workload", w), "its latency bound is negative");
    made.on_[made.index_of(*host)].push_back(w.id);
    if (w.apart != apart_group{}) made.grouped_.push_back({w.apart, w.id});
  }
  std::ranges::stable_sort(made.grouped_, {}, &member::group);
  made.workloads_ = std::move(workloads);
  return made;
}

inline void inventory::move(workload_id w, host_id to) {
  auto& record = at(w);
  const auto* from = find(record.host);
  const auto* onto = find(to);
  FORESHIFT_EXPECT(onto != nullptr);
  std::erase(on_[index_of(*from)], w);
  auto& there = on_[index_of(*onto)];
  there.insert(std::ranges::lower_bound(there, w), w);
  record.host = to;
}

inline void inventory::resize(workload_id w, const resources& requested) {
  FORESHIFT_EXPECT(detail::sane(requested));
  at(w).requested = requested;
}

}  // namespace foreshift::inline FORESHIFT_ABI::placement
