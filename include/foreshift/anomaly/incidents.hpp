#pragma once
/// @file
/// One report for one incident, and less noise about what happens all the time.
///
/// Strangeness comes in bursts, and who is told of every sample of a burst stops listening. An incident opens
/// when the strength reaches a level; a hold-off follows in which only a clearly larger one, or a larger one
/// of another kind, opens a new one. Incidents are remembered by their peak: the more there have been of
/// about this size of late, the less is a new one worth. That is habituation; a nightly backup is as rare,
/// sample by sample, as a failure, but not the tenth time.
///
/// The hold-off is that of A. Lavin, S. Ahmad, "Evaluating real-time anomaly detection algorithms: the
/// Numenta Anomaly Benchmark" (ICMLA 2015), whose scoring rewards one alarm an incident; the discount is
/// ours.

#include <foreshift/core/archive.hpp>
#include <foreshift/core/config.hpp>
#include <foreshift/core/contract.hpp>
#include <foreshift/core/ring_buffer.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <optional>

namespace foreshift::inline FORESHIFT_ABI::anomaly {

struct incident_options {
  double opens_at = 4;  ///< strength at which an incident opens; positive
  /// Samples after an opening; a running incident that grows begins it anew. A fifth of a probation as the
  /// Numenta benchmark has it: 15 % of its usual 4,032 samples. The ensemble's own probation is shorter: it
  /// only lets the tails warm up.
  std::uint32_t hold_off = 120;
  double larger_by = 2;        ///< factor over the strength at the opening that breaks the hold-off; >= 1
  double different_by = 1.5;   ///< the same for another kind of strangeness; >= 1
  double similar_share = 0.5;  ///< peaks from this share of the strength up are similar; in (0, 1]
  double habituation = 0.5;    ///< what a similar incident adds to the divisor, 1 when there was none; >= 0
  double forget_samples = 5'000;  ///< after which an incident is similar by 1/e only; positive
};

/// Memory: 64 past incidents. Allocates once.
class incidents {
 public:
  explicit incidents(const incident_options& options = {}) : options_(options), past_(remembered) {
    FORESHIFT_EXPECT(consistent());
  }

  /// The next sample. When an incident opens or grows: its strength, discounted by how often there was the
  /// like. `kind` names what is strange. O(64) at an opening, else O(1). @pre strength >= 0
  std::optional<double> step(double strength, std::uint32_t kind) {
    ++now_;
    const bool open = rest_ > 0;
    if (open) --rest_;
    const double breaks_at = opened_with_ * (kind == kind_ ? options_.larger_by : options_.different_by);
    if (open ? strength <= breaks_at : strength < options_.opens_at) {
      if (open) latest().peak = std::max(latest().peak, strength);
      return std::nullopt;
    }
    const double worth = strength / (1 + options_.habituation * similar(strength, open ? 1 : 0));
    if (open && kind == kind_)
      latest() = {std::max(latest().peak, strength), now_};
    else
      past_.push({strength, now_});
    rest_ = options_.hold_off;
    opened_with_ = strength;
    kind_ = kind;
    return worth;
  }
  /// So many samples are missing: their time passes, for the hold-off too.
  void pass(std::uint32_t samples) {
    now_ += samples;
    rest_ -= std::min(rest_, samples);
  }
  /// Whether the last opening is less than a hold-off ago.
  [[nodiscard]] bool running() const { return rest_ > 0; }

 private:
  friend struct foreshift::archive_access;
  static constexpr std::size_t remembered = 64;
  struct incident {
    double peak = 0;
    std::uint64_t at = 0;
    static void members(auto& self, auto& archive) { archive(self.peak, self.at); }
  };
  static void members(auto& self, auto& archive) {
    auto& o = self.options_;
    archive(o.opens_at, o.hold_off, o.larger_by, o.different_by, o.similar_share, o.habituation,
            o.forget_samples, self.past_, self.now_, self.rest_, self.opened_with_, self.kind_);
  }
  [[nodiscard]] bool consistent() const {
    const auto& o = options_;
    return o.opens_at > 0 && o.larger_by >= 1 && o.different_by >= 1 && o.similar_share > 0 &&
           o.similar_share <= 1 && o.habituation >= 0 && std::isfinite(o.habituation) &&
           o.forget_samples > 0 && past_.capacity() == remembered && (rest_ == 0 || !past_.empty()) &&
           rest_ <= o.hold_off && opened_with_ >= 0;
  }
  [[nodiscard]] incident& latest() { return past_[past_.size() - 1]; }
  /// The incidents of about this size, each counted by how recent it is, without the last `but`.
  [[nodiscard]] double similar(double strength, std::size_t but) const {
    double count = 0;
    for (std::size_t i = 0; i + but < past_.size(); ++i)
      if (past_[i].peak >= options_.similar_share * strength)
        count += std::exp(-static_cast<double>(now_ - past_[i].at) / options_.forget_samples);
    return count;
  }

  incident_options options_;
  ring_buffer<incident> past_;
  std::uint64_t now_ = 0;
  std::uint32_t rest_ = 0;
  double opened_with_ = 0;
  std::uint32_t kind_ = 0;
};

}  // namespace foreshift::inline FORESHIFT_ABI::anomaly
