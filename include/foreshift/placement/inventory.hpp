#pragma once
/// @file
/// Which hosts there are, what they offer, which workload runs where, and which is on its way.
///
/// A move that has begun holds what the workload requests at both ends, until it is settled or abandoned.

#include <foreshift/core/contract.hpp>
#include <foreshift/core/diagnostic.hpp>
#include <foreshift/core/id.hpp>
#include <foreshift/core/result.hpp>
#include <foreshift/core/units.hpp>
#include <foreshift/placement/record.hpp>

#include <algorithm>
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace foreshift::inline FORESHIFT_ABI::placement {

/// A workload that runs where it was and will run at `to`.
struct move_in_flight {
  workload_id workload{};
  host_id to{};
  friend bool operator==(const move_in_flight&, const move_in_flight&) = default;
};

namespace detail {

/// What belongs to which group, both in ascending order; nothing belongs to group zero.
template <class Group, class Member>
class grouping {
 public:
  void add(Group group, Member member) {
    if (group != Group{}) pairs_.emplace_back(group, member);
  }
  void sort() {
    std::ranges::sort(pairs_);
    pairs_.erase(std::unique(pairs_.begin(), pairs_.end()), pairs_.end());
    for (const auto& [group, member] : pairs_) members_.push_back(member);
  }
  [[nodiscard]] std::span<const Member> of(Group group) const {
    const auto found = std::ranges::equal_range(pairs_, group, {}, &std::pair<Group, Member>::first);
    return std::span{members_}.subspan(static_cast<std::size_t>(found.begin() - pairs_.begin()),
                                       found.size());
  }

 private:
  std::vector<std::pair<Group, Member>> pairs_;
  std::vector<Member> members_;
};

}  // namespace detail

/// Hosts and workloads as flat arrays sorted by id. Lookups are O(log n) and do not allocate.
class inventory {
 public:
  inventory() = default;

  /// Checks and sorts. Fails on a repeated id, an unknown host or service, and on whatever `fault_of` finds.
  /// Names may repeat. Where no services are given, workloads may still name one: it asks for nothing.
  static result<inventory, diagnostic> make(std::vector<host_record> hosts,
                                            std::vector<workload_record> workloads,
                                            std::vector<service_record> services = {});

  [[nodiscard]] std::span<const host_record> hosts() const { return hosts_; }
  [[nodiscard]] std::span<const workload_record> workloads() const { return workloads_; }
  [[nodiscard]] std::span<const service_record> services() const { return services_; }
  /// Null when there is none. Invalidated by nothing but destruction.
  [[nodiscard]] const host_record* find(host_id h) const { return find_in(hosts_, h); }
  [[nodiscard]] const workload_record* find(workload_id w) const { return find_in(workloads_, w); }
  [[nodiscard]] const service_record* find(service_id s) const { return find_in(services_, s); }

  /// In ascending order; empty for an unknown host. Invalidated by `move`.
  [[nodiscard]] std::span<const workload_id> workloads_on(host_id h) const {
    const auto* host = find(h);
    return host == nullptr ? std::span<const workload_id>{} : std::span{on_[index_of(*host)]};
  }
  /// Every workload of the group, in ascending order; empty for group zero. So with the next ones.
  [[nodiscard]] std::span<const workload_id> members_of(apart_group group) const { return apart_.of(group); }
  [[nodiscard]] std::span<const workload_id> companions_of(together_group g) const { return together_.of(g); }
  [[nodiscard]] std::span<const workload_id> workloads_of(service_id s) const { return of_service_.of(s); }
  /// The services that depend on this one.
  [[nodiscard]] std::span<const service_id> dependants_of(service_id s) const { return dependants_.of(s); }
  /// Where its domain is not known, a host shares one with itself only. @pre both are known
  [[nodiscard]] bool same_domain(host_id a, host_id b) const {
    const domain_id of_a = at(a).domain;
    return a == b || (of_a != domain_id{} && of_a == at(b).domain);
  }
  /// Demand on `what` above this is an overload of the host. @pre the host is known
  [[nodiscard]] double limit(host_id h, resource what) const {
    const auto& host = at(h);
    return host.limit_share * host.capacity[what];
  }
  /// Load on `what` above this is paid for. @pre the host is known
  [[nodiscard]] double safety(host_id h, resource what) const {
    const auto& host = at(h);
    return host.safety ? (*host.safety)[what] : limit(h, what);
  }
  /// What is set aside on the host: for the workloads on it, those that are about to leave it included, and
  /// for those on their way to it. O(workloads on it + moves in flight). @pre the host is known
  [[nodiscard]] resources requested_on(host_id h) const {
    FORESHIFT_EXPECT(find(h) != nullptr);
    resources sum;
    for (const auto w : workloads_on(h)) sum += find(w)->requested;
    for (const auto& m : in_flight_)
      if (m.to == h) sum += find(m.workload)->requested;
    return sum;
  }
  /// Capacity that is not set aside; negative where more is promised than there is. @pre the host is known
  [[nodiscard]] resources free_on(host_id h) const {
    const auto set_aside = requested_on(h);
    return find(h)->capacity - set_aside;
  }

  /// By workload.
  [[nodiscard]] std::span<const move_in_flight> in_flight() const { return in_flight_; }
  [[nodiscard]] bool is_moving(workload_id w) const { return flight_of(w) != in_flight_.end(); }
  /// Where it will run when its move, if there is one, is over. @pre the workload is known
  [[nodiscard]] host_id bound_for(workload_id w) const {
    const auto flight = flight_of(w);
    if (flight != in_flight_.end()) return flight->to;
    FORESHIFT_EXPECT(find(w) != nullptr);
    return find(w)->host;
  }
  /// Holds the workload's requests at both ends. @pre both are known, the workload is not moving and not
  /// there
  void begin_move(workload_id w, host_id to);
  /// The workload stays where it is. @pre it is moving
  void abandon_move(workload_id w);
  void abandon_moves() { in_flight_.clear(); }

  /// The workload runs on `to` from now on, and is not moving. @pre both are known
  void move(workload_id w, host_id to);
  /// The workload has other requests from now on. @pre it is known, and the requests are finite and not
  /// negative
  void resize(workload_id w, const resources& requested);
  /// The workload belongs to another class from now on. @pre it is known
  void classify(workload_id w, class_id c) { at(w).workload_class = c; }

 private:
  template <class Record, class Id>
  static const Record* find_in(const std::vector<Record>& records, Id id) {
    const auto at = std::ranges::lower_bound(records, id, {}, &Record::id);
    return at != records.end() && at->id == id ? &*at : nullptr;
  }
  [[nodiscard]] std::size_t index_of(const host_record& h) const {
    return static_cast<std::size_t>(&h - hosts_.data());
  }
  [[nodiscard]] const host_record& at(host_id h) const {
    const auto* found = find(h);
    FORESHIFT_EXPECT(found != nullptr);
    return *found;
  }
  [[nodiscard]] std::vector<move_in_flight>::const_iterator flight_of(workload_id w) const {
    const auto found = std::ranges::lower_bound(in_flight_, w, {}, &move_in_flight::workload);
    return found != in_flight_.end() && found->workload == w ? found : in_flight_.end();
  }
  [[nodiscard]] workload_record& at(workload_id w) {
    const auto* found = find(w);
    FORESHIFT_EXPECT(found != nullptr);
    return workloads_[static_cast<std::size_t>(found - workloads_.data())];
  }

  std::vector<host_record> hosts_;
  std::vector<workload_record> workloads_;
  std::vector<service_record> services_;
  std::vector<std::vector<workload_id>> on_;  // parallel to hosts_, each in ascending order
  std::vector<move_in_flight> in_flight_;     // sorted by workload
  detail::grouping<apart_group, workload_id> apart_;
  detail::grouping<together_group, workload_id> together_;
  detail::grouping<service_id, workload_id> of_service_;
  detail::grouping<service_id, service_id> dependants_;
};

inline result<inventory, diagnostic> inventory::make(std::vector<host_record> hosts,
                                                     std::vector<workload_record> workloads,
                                                     std::vector<service_record> services) {
  std::optional<diagnostic> fault;
  const auto wrong = [&](std::string_view kind, const auto& record, std::string why) {
    fault = diagnostic{.source = "inventory", .field = detail::label(kind, record), .reason = std::move(why)};
    return false;
  };
  const auto sorted = [&](std::string_view kind, auto& records) {
    std::ranges::stable_sort(records, {}, [](const auto& r) { return r.id; });
    for (std::size_t i = 0; i < records.size(); ++i) {
      if (i > 0 && records[i].id == records[i - 1].id)
        return wrong(kind, records[i - 1], "its id is given twice");
      if (const auto why = fault_of(records[i])) return wrong(kind, records[i], std::string{*why});
    }
    return true;
  };
  if (!sorted("host", hosts) || !sorted("workload", workloads) || !sorted("service", services))
    return failure{*std::move(fault)};

  inventory made;
  made.hosts_ = std::move(hosts);
  made.services_ = std::move(services);
  made.on_.resize(made.hosts_.size());
  for (const auto& w : workloads) {
    const auto* host = made.find(w.host);
    if (host == nullptr)
      wrong("workload", w,
            "it runs on host " + std::to_string(w.host.value) + ", which is not in the inventory");
    else if (w.service != service_id{} && !made.services_.empty() && made.find(w.service) == nullptr)
      wrong("workload", w,
            "it is of service " + std::to_string(w.service.value) + ", which is not in the inventory");
    if (fault) return failure{*std::move(fault)};
    made.on_[made.index_of(*host)].push_back(w.id);
    made.apart_.add(w.apart, w.id);
    made.together_.add(w.together, w.id);
    made.of_service_.add(w.service, w.id);
  }
  for (const auto& s : made.services_)
    for (const auto needed : s.depends_on) {
      if (needed == s.id || made.find(needed) == nullptr) {
        wrong("service", s,
              "it depends on service " + std::to_string(needed.value) +
                  (needed == s.id ? ", which is itself" : ", which is not in the inventory"));
        return failure{*std::move(fault)};
      }
      made.dependants_.add(needed, s.id);
    }
  made.apart_.sort(), made.together_.sort(), made.of_service_.sort(), made.dependants_.sort();
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
  if (is_moving(w)) abandon_move(w);
}

inline void inventory::begin_move(workload_id w, host_id to) {
  FORESHIFT_EXPECT(find(to) != nullptr && !is_moving(w) && at(w).host != to);
  in_flight_.insert(std::ranges::lower_bound(in_flight_, w, {}, &move_in_flight::workload), {w, to});
}

inline void inventory::abandon_move(workload_id w) {
  FORESHIFT_EXPECT(is_moving(w));
  in_flight_.erase(flight_of(w));
}

inline void inventory::resize(workload_id w, const resources& requested) {
  FORESHIFT_EXPECT(detail::sane(requested));
  at(w).requested = requested;
}

}  // namespace foreshift::inline FORESHIFT_ABI::placement
