#pragma once
/// @file
/// What a site remembers of the moves of late: budgets of disruption count them, and a destination that was
/// turned down is left alone for a while, so that the next best one has its turn.

#include <foreshift/core/contract.hpp>
#include <foreshift/core/id.hpp>
#include <foreshift/core/time.hpp>
#include <foreshift/placement/disruption.hpp>
#include <foreshift/placement/inventory.hpp>

#include <algorithm>
#include <span>
#include <vector>

namespace foreshift::inline FORESHIFT_ABI::driver {

struct cycle_options {
  duration cycle = std::chrono::hours{1};           ///< moves count for budgets so long
  duration refused_for = std::chrono::minutes{15};  ///< a destination that was turned down is left alone
};

/// A regular value. Memory: the moves of a cycle and the refusals in force.
class cycle_book {
 public:
  explicit cycle_book(const cycle_options& o = {}) : options_(o) {
    FORESHIFT_EXPECT(o.cycle >= duration::zero() && o.refused_for >= duration::zero());
  }

  void moved(const placement::move_made& what, time_point at) { moves_.push_back({what, at}); }
  /// @param at_least  how long it asked to be left alone
  void refused(host_id h, time_point at, duration at_least = duration::zero()) {
    const placement::refused_until one{h, at + std::max(options_.refused_for, at_least)};
    const auto place = std::ranges::lower_bound(refusals_, h, {}, &placement::refused_until::host);
    if (place != refusals_.end() && place->host == h)
      place->until = std::max(place->until, one.until);
    else
      refusals_.insert(place, one);
  }
  /// Forgets what is over.
  void at(time_point now) {
    std::erase_if(moves_, [&](const dated& m) { return m.at + options_.cycle <= now; });
    std::erase_if(refusals_, [&](const auto& r) { return r.until <= now; });
  }

  /// Sorted by host.
  [[nodiscard]] std::span<const placement::refused_until> refusals() const { return refusals_; }
  /// Those of the cycle and these others, counted by what they disrupt; moves of what the inventory does not
  /// know are left out. O(moves log moves).
  [[nodiscard]] std::vector<placement::disruption> disruptions(
      const placement::inventory& known, std::span<const placement::move_made> others) const {
    std::vector<placement::move_made> all;
    const auto add = [&](const placement::move_made& m) {
      if (known.find(m.workload) != nullptr && known.find(m.from) != nullptr && known.find(m.to) != nullptr)
        all.push_back(m);
    };
    for (const auto& m : moves_) add(m.what);
    for (const auto& m : others) add(m);
    return placement::count_disruptions(known, all);
  }

 private:
  struct dated {
    placement::move_made what;
    time_point at;
  };
  cycle_options options_;
  std::vector<dated> moves_;
  std::vector<placement::refused_until> refusals_;
};

}  // namespace foreshift::inline FORESHIFT_ABI::driver
