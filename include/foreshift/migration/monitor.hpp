#pragma once
/// @file
/// Watches a move after it was made and judges it when the promise falls due.
///
/// Every step is held against the limits twice, as it was and as it would have been. The judgement is the
/// pair of two questions: would the overload have come, and is less overload now than there would have been.

#include <foreshift/core/contract.hpp>
#include <foreshift/core/id.hpp>
#include <foreshift/core/time.hpp>
#include <foreshift/migration/counterfactual.hpp>
#include <foreshift/migration/outcome.hpp>
#include <foreshift/placement/proposal.hpp>

#include <cmath>
#include <cstddef>

namespace foreshift::inline FORESHIFT_ABI::migration {

/// A move to be watched.
struct watch {
  proposal_id proposal{};
  migration_id migration{};
  placement::promise expected{};
  time_point started_at{};
  time_point ended_at{};  ///< when the destination served
  double source_limit = 0;
  double destination_limit = 0;
  duration step = std::chrono::minutes{5};
  double overhead_share = 0.1;    ///< of the workload's demand, on both ends, while the copy lasted
  double fell_short_share = 0.5;  ///< less than this share of the avoidable overload avoided is short of it
};

/// A regular value of fixed size: it keeps sums, not series.
class monitor {
 public:
  explicit monitor(const watch& what) : what_(what) { FORESHIFT_EXPECT(what.step > duration::zero()); }

  /// One step that begins at `at`. Steps before the start or from `check_at` on are not counted. A step in
  /// which one of the three was not observed counts as unknown.
  void observe(time_point at, const observed_step& seen) {
    if (at < what_.started_at || at >= what_.expected.check_at) return;
    const auto without = without_the_move(seen, what_.overhead_share);
    if (!std::isfinite(without.source) || !std::isfinite(without.destination)) {
      unknown_ += what_.step;
      return;
    }
    known_ += what_.step;
    const auto over = [&](double load, double limit) { return load > limit ? what_.step : duration::zero(); };
    source_ += over(seen.source, what_.source_limit);
    source_without_ += over(without.source, what_.source_limit);
    const auto destination = over(seen.destination, what_.destination_limit);
    if (over(without.destination, what_.destination_limit) == duration::zero()) blamed_ += destination;
  }

  [[nodiscard]] const watch& what() const { return what_; }
  [[nodiscard]] bool due(time_point now) const { return now >= what_.expected.check_at; }
  /// How much could not be observed.
  [[nodiscard]] duration unknown() const { return unknown_; }
  [[nodiscard]] duration known() const { return known_; }

  /// By what was observed so far:
  /// harmful when the destination gained more overload than the source lost; needless when the source would
  /// not have been overloaded; fell_short when the source was overloaded all the same and less than
  /// `fell_short_share` of the overload was avoided; delivered otherwise.
  [[nodiscard]] outcome judge() const {
    outcome out{.proposal = what_.proposal,
                .migration = what_.migration,
                .what = verdict::delivered,
                .started_at = what_.started_at,
                .ended_at = what_.ended_at,
                .overload_without = source_without_,
                .overload_source = source_,
                .overload_destination = blamed_,
                .promised = what_.expected.overload_avoided,
                .rolled_back = false};
    const duration avoided = source_without_ - source_;
    if (blamed_ > duration::zero() && blamed_ > avoided) {
      out.what = verdict::harmful;
    } else if (source_without_ == duration::zero()) {
      out.what = verdict::needless;
    } else if (source_ > duration::zero() &&
               to_seconds(avoided) < what_.fell_short_share * to_seconds(source_without_)) {
      out.what = verdict::fell_short;
    }
    return out;
  }

 private:
  watch what_;
  duration source_{};
  duration source_without_{};
  duration blamed_{};  ///< overload of the destination that it would not have had
  duration unknown_{};
  duration known_{};
};

/// The outcome of a move that was refused, aborted or rolled back before it could help.
[[nodiscard]] inline outcome not_carried_out(proposal_id proposal, migration_id migration,
                                             const placement::promise& expected, time_point started_at,
                                             time_point ended_at) {
  return {.proposal = proposal,
          .migration = migration,
          .what = verdict::not_carried_out,
          .started_at = started_at,
          .ended_at = ended_at,
          .promised = expected.overload_avoided};
}

}  // namespace foreshift::inline FORESHIFT_ABI::migration
