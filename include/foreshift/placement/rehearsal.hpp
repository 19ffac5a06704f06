#pragma once
/// @file
/// Moves carried out on a copy of what a site knows, to see what the next decision would look like.
///
/// Each move is taken as over at once: the paths of both hosts, the inventory and the disruptions of the
/// cycle change, and any rule or objective can be asked again. Moves are taken back in reverse order, to the
/// same bits.

#include <foreshift/core/contract.hpp>
#include <foreshift/core/id.hpp>
#include <foreshift/forecast/prediction.hpp>
#include <foreshift/placement/constraint.hpp>
#include <foreshift/placement/disruption.hpp>
#include <foreshift/placement/objective.hpp>
#include <foreshift/placement/outlook.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

namespace foreshift::inline FORESHIFT_ABI::placement {

class rehearsal {
 public:
  /// O(inventory + hosts). What the view points to has to outlive this.
  explicit rehearsal(const site_view& of)
      : given_(of),
        known_(*of.known),
        hosts_(of.hosts.begin(), of.hosts.end()),
        disruptions_(of.disruptions.begin(), of.disruptions.end()) {}
  rehearsal(const rehearsal&) = delete;
  rehearsal& operator=(const rehearsal&) = delete;

  /// As things stand now. Invalidated by the next move.
  [[nodiscard]] site_view view() const {
    auto v = given_;
    v.known = &known_, v.hosts = hosts_, v.disruptions = disruptions_;
    return v;
  }
  /// O(paths x horizon + workloads on the hosts). @pre the workload has an outlook with paths, and both hosts
  /// have one
  void move(workload_id w, host_id to) {
    const auto* workload = given_.find(w);
    FORESHIFT_EXPECT(workload != nullptr && workload->paths != nullptr && known_.find(w) != nullptr);
    const host_id from = known_.find(w)->host;
    auto &source = at(from), &destination = at(to);
    done_.push_back({w, from, source, destination, disruptions_});
    auto& less = paths_.emplace_back(*source.paths);
    less -= *workload->paths;
    auto& more = paths_.emplace_back(*destination.paths);
    more += *workload->paths;
    source = changed(source, less), destination = changed(destination, more);
    for_each_disrupted(known_, {w, from, to}, [&](const disrupted& d) {
      const auto place = std::ranges::lower_bound(disruptions_, d, {}, &disruption::what);
      if (place != disruptions_.end() && place->what == d)
        ++place->moves;
      else
        disruptions_.insert(place, {d, 1});
    });
    known_.move(w, to);
  }
  /// Takes the last move back. @pre there is one
  void undo() {
    FORESHIFT_EXPECT(!done_.empty());
    auto& last = done_.back();
    known_.move(last.workload, last.from);
    at(last.source.host) = last.source, at(last.destination.host) = last.destination;
    disruptions_ = std::move(last.disruptions);
    paths_.pop_back(), paths_.pop_back();
    done_.pop_back();
  }

 private:
  struct step {
    workload_id workload;
    host_id from;
    host_outlook source, destination;
    std::vector<disruption> disruptions;
  };
  [[nodiscard]] host_outlook& at(host_id h) {
    const auto found = std::ranges::lower_bound(hosts_, h, {}, &host_outlook::host);
    FORESHIFT_EXPECT(found != hosts_.end() && found->host == h && found->paths != nullptr);
    return *found;
  }
  [[nodiscard]] static host_outlook changed(const host_outlook& h, const forecast::sample_paths& paths) {
    return outlook_of(h.host, h.site, h.limit, paths, h.pending, h.busy, h.tail_share);
  }

  site_view given_;
  inventory known_;
  std::vector<host_outlook> hosts_;
  std::vector<disruption> disruptions_;
  std::deque<forecast::sample_paths> paths_;  // two of each move made
  std::vector<step> done_;
};

/// Why destinations refused, by how many did for which reason.
using refusal_tally = std::array<std::uint32_t, static_cast<std::size_t>(last_of(rejection{})) + 1>;

/// `3 would overload, 1 busy`, the most frequent first; empty when none refused.
[[nodiscard]] inline std::string to_string(const refusal_tally& tally) {
  std::vector<std::pair<std::uint32_t, std::size_t>> order;
  for (std::size_t i = 0; i < tally.size(); ++i)
    if (tally[i] > 0) order.emplace_back(tally[i], i);
  std::ranges::stable_sort(order, [](const auto& a, const auto& b) { return a.first > b.first; });
  std::string out;
  for (const auto& [count, i] : order) {
    std::string name{name_of(static_cast<rejection>(i))};
    std::ranges::replace(name, '_', ' ');
    out += (out.empty() ? "" : ", ") + std::to_string(count) + " " + name;
  }
  return out;
}

/// The places that a workload may go to.
struct destination_list {
  struct entry {
    host_id to{};
    double cost = 0;
  };
  std::vector<entry> admitted{};  ///< the cheapest first, of equals the lower host
  refusal_tally refused{};
};

/// Asks every host but the workload's own. O(hosts x paths x horizon). @pre the workload and its host are
/// known and have paths
template <Objective Price, Constraint... Rules>
[[nodiscard]] destination_list destinations(const site_view& view, workload_id w, const Price& price,
                                            const std::tuple<Rules...>& rules) {
  const auto* record = view.known->find(w);
  const auto* outlook = view.find(w);
  FORESHIFT_EXPECT(record != nullptr && outlook != nullptr && outlook->paths != nullptr);
  const auto* from = view.find(record->host);
  FORESHIFT_EXPECT(from != nullptr && from->paths != nullptr);
  const exceedance before = as_it_is(*from);
  const departure leaving{record, outlook, if_left(*from, *outlook, view.moves)};
  destination_list list;
  for (const auto& host : view.hosts) {
    if (host.host == record->host || host.paths == nullptr) continue;
    const arrival to{host, *view.known};
    const candidate what{leaving, *from, before, to, view.moves};
    if (const auto why = first_refusal(rules, what, view))
      ++list.refused[static_cast<std::size_t>(*why)];
    else
      list.admitted.push_back({host.host, static_cast<double>(price.cost(what, view))});
  }
  std::ranges::stable_sort(list.admitted, {}, &destination_list::entry::cost);
  return list;
}

/// Minutes of overload expected within the horizon, over all hosts but one.
[[nodiscard]] inline double overload_beside(const site_view& view, host_id left_out) {
  double minutes = 0;
  for (const auto& h : view.hosts)
    if (h.host != left_out && h.paths != nullptr) minutes += view.minutes(as_it_is(h).steps);
  return minutes;
}

/// `host 7 "db-1"`, `workload 3`.
[[nodiscard]] inline std::string name_in(const inventory& known, host_id h) {
  const auto* record = known.find(h);
  return record == nullptr ? "host " + std::to_string(h.value) : detail::label("host", *record);
}
[[nodiscard]] inline std::string name_in(const inventory& known, workload_id w) {
  const auto* record = known.find(w);
  return record == nullptr ? "workload " + std::to_string(w.value) : detail::label("workload", *record);
}

}  // namespace foreshift::inline FORESHIFT_ABI::placement
