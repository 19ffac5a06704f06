#pragma once
/// @file
/// How likely each own host is to be overloaded soon and a little later, as the site has learned it.
///
/// Each host has two stacked probabilities, of a fast and of a slow horizon, and all hosts of a site teach
/// one stack for each. They learn from the host's own demand as it comes in, a horizon after each claim. When
/// a workload comes or goes the host is another one: its past is put in place of the old one as it would have
/// been with the residents of now, and the claims that are open are dropped, since a relieved host shows
/// nobody whether the claim was right.
///
/// So the probability is that of a host which is left as it is. Acting on a prediction changes what is
/// learned from it: J. C. Perdomo et al., Performative Prediction (ICML 2020).

#include <foreshift/core/contract.hpp>
#include <foreshift/core/flat_map.hpp>
#include <foreshift/core/id.hpp>
#include <foreshift/forecast/prediction.hpp>
#include <foreshift/risk/forecast_opinion.hpp>
#include <foreshift/risk/overload_stack.hpp>
#include <foreshift/risk/stacked_risk.hpp>

#include <algorithm>
#include <cstddef>
#include <optional>
#include <span>

namespace foreshift::inline FORESHIFT_ABI::driver {

struct overload_watch_options {
  std::size_t fast_steps = 3;      ///< the near horizon, at least 1
  std::size_t slow_steps = 6;      ///< the far one, at least the near one and at most that of the paths
  std::size_t season_length = 0;   ///< steps in a day; 0: no daily pattern
  std::size_t past_steps = 864;    ///< of a host's past that are read again when its residents change
  std::size_t windows_kept = 288;  ///< past windows that a probability looks at
};

/// That a host is overloaded within the fast and within the slow horizon.
struct overload_odds {
  double fast = 0;
  double slow = 0;
};

/// Of one site. Memory: some 20 kB a host with the defaults. A look is O(windows_kept + paths x horizon).
class overload_watch {
 public:
  explicit overload_watch(const overload_watch_options& o) : options_(o) {
    FORESHIFT_EXPECT(1 <= o.fast_steps && o.fast_steps <= o.slow_steps && o.windows_kept >= 1);
  }

  [[nodiscard]] const overload_watch_options& options() const { return options_; }
  [[nodiscard]] bool knows(host_id h) const { return hosts_.contains(h); }
  /// The host has this past, oldest first; what was known of it goes, what was learned stays.
  void rebase(host_id h, double limit, std::span<const double> history) {
    auto* one = hosts_.find(h);
    if (one == nullptr) one = &hosts_.insert_or_assign(h, pair{make(limit, true), make(limit, false)});
    const auto kept = history.last(std::min(history.size(), options_.past_steps));
    one->fast.rebase(kept), one->slow.rebase(kept);
  }
  /// The demand of one more step; NaN: no reading. @pre knows(h)
  void observe(host_id h, double demand) {
    auto* one = hosts_.find(h);
    FORESHIFT_EXPECT(one != nullptr);
    one->fast.observe(demand, fast_fleet_), one->slow.observe(demand, slow_fleet_);
  }
  /// @param room what the paths may reach. @pre the paths reach as far as the slow horizon
  /// Nothing for a host of which no value has been seen.
  [[nodiscard]] std::optional<overload_odds> look(host_id h, const forecast::sample_paths& paths,
                                                  double room) const {
    const auto* one = hosts_.find(h);
    if (one == nullptr || !one->fast.ready()) return std::nullopt;
    return overload_odds{
        one->fast.look(risk::opinion_of(paths, room, options_.fast_steps), fast_fleet_).probability,
        one->slow.look(risk::opinion_of(paths, room, options_.slow_steps), slow_fleet_).probability};
  }
  /// The same, said: what comes of it will be learned from. Once a step.
  std::optional<overload_odds> claim(host_id h, const forecast::sample_paths& paths, double room) {
    auto* one = hosts_.find(h);
    if (one == nullptr || !one->fast.ready()) return std::nullopt;
    return overload_odds{
        one->fast.claim(risk::opinion_of(paths, room, options_.fast_steps), fast_fleet_).probability,
        one->slow.claim(risk::opinion_of(paths, room, options_.slow_steps), slow_fleet_).probability};
  }

 private:
  struct pair {
    risk::stacked_risk fast, slow;
  };
  [[nodiscard]] risk::stacked_risk make(double limit, bool fast) const {
    return risk::stacked_risk{{.limit = limit,
                               .horizon = fast ? options_.fast_steps : options_.slow_steps,
                               .season_length = options_.season_length,
                               .windows_kept = options_.windows_kept}};
  }

  overload_watch_options options_;
  flat_map<host_id, pair> hosts_;
  risk::overload_stack fast_fleet_, slow_fleet_;
};

}  // namespace foreshift::inline FORESHIFT_ABI::driver
