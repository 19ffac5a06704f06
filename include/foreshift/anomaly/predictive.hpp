#pragma once
/// @file
/// An alarm when an observation is where a forecast did not expect it.
///
/// A forecast's distribution turns an observation into its probability integral transform u: the probability
/// it gave to anything smaller. Were all forecasts right, u would be uniform, and 2 min(u, 1 - u) the
/// probability of an observation at least as far out; as they are not, a running tail says how rare a u this
/// far out really is. Whoever has the forecast computes u; no forecast is needed here.
///
/// A. P. Dawid, "Statistical theory: the prequential approach" (JRSS A 147, 1984).

#include <foreshift/anomaly/incidents.hpp>
#include <foreshift/anomaly/score.hpp>
#include <foreshift/anomaly/tail.hpp>
#include <foreshift/core/archive.hpp>

#include <algorithm>
#include <cmath>
#include <cstdint>

namespace foreshift::inline FORESHIFT_ABI::anomaly {

struct predictive_options {
  tail_options tail{.shape = 0};
  incident_options incidents{.opens_at = 3};
  double smallest = 1e-12;  ///< probability; what is rarer counts as this; in (0, 0.5)
  double even_at = 3;       ///< worth of an incident whose score is 0.5; positive
};

class predictive {
 public:
  explicit predictive(const predictive_options& options = {})
      : smallest_(options.smallest),
        even_at_(options.even_at),
        tail_(options.tail),
        book_(options.incidents) {
    FORESHIFT_EXPECT(consistent());
  }

  /// Scores one observation by its probability integral transform. What is not in [0, 1] scores 0 and teaches
  /// nothing. An alert opens an incident.
  score observe(double pit) {
    if (!(pit >= 0 && pit <= 1)) return {};
    const double amount = -std::log10(std::clamp(2 * std::min(pit, 1 - pit), smallest_, 1.0));
    const double surprise = tail_.surprise(amount);
    tail_.learn(amount);
    const auto opened = book_.step(surprise, pit > 0.5 ? 1 : 0);
    if (!opened) return {0.3 * surprise / (surprise + even_at_), false};
    return {*opened / (*opened + even_at_), true};
  }

 private:
  friend struct foreshift::archive_access;
  static void members(auto& self, auto& archive) {
    archive(self.smallest_, self.even_at_, self.tail_, self.book_);
  }
  [[nodiscard]] bool consistent() const { return smallest_ > 0 && smallest_ < 0.5 && even_at_ > 0; }
  double smallest_, even_at_;
  running_tail tail_;
  incidents book_;
};

}  // namespace foreshift::inline FORESHIFT_ABI::anomaly
