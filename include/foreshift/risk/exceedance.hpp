#pragma once
/// @file
/// How likely, how long and how soon a host goes over a limit, counted on joint sample paths.
///
/// A host's paths are the sums of its workloads' paths, path by path, so whatever the workloads do together
/// is in them and needs no model of its own. Every question is then a count: the share of the paths that are
/// above the limit in a step, or in any step, estimates the probability of it. A what-if asks the same of the
/// host without one of its workloads, or with another one, by adding and subtracting while counting; nothing
/// is copied.
///
/// A count of k in n paths cannot tell a probability below 1 / n from 0. Where that matters, `shrinkage`
/// mixes pseudo-paths in: p = (k + m q) / (n + m) for m pseudo-paths of which the share q is over. m = 1, q =
/// 1/2 is the posterior mean under Jeffreys' prior. Source: Brown, Cai, DasGupta, Interval Estimation for a
/// Binomial Proportion, Statistical Science 16 (2001); with q a base rate, Cestnik, Estimating probabilities
/// (ECAI 1990).

#include <foreshift/core/contract.hpp>
#include <foreshift/core/id.hpp>
#include <foreshift/core/time.hpp>
#include <foreshift/core/units.hpp>
#include <foreshift/forecast/prediction.hpp>
#include <foreshift/numeric/exceedance.hpp>
#include <foreshift/risk/risk.hpp>

#include <cstddef>
#include <span>
#include <vector>

namespace foreshift::inline FORESHIFT_ABI::risk {

/// Whose paths these are and what must not be exceeded.
struct exceedance_question {
  host_id host{};
  resource what = resource::cpu;
  double limit = 0;   ///< in the resource's unit; what is over it, `numeric::is_over` says
  time_point from{};  ///< begin of the first step of the paths
  duration step = std::chrono::minutes{5};
};

/// Pseudo-paths mixed into every probability. The default leaves the plain frequency.
struct shrinkage {
  double pseudo_paths = 0;  ///< at least 0
  double share_over = 0.5;  ///< in [0, 1]

  [[nodiscard]] double estimate(std::size_t over, std::size_t paths) const {
    return (static_cast<double>(over) + pseudo_paths * share_over) /
           (static_cast<double>(paths) + pseudo_paths);
  }
};
/// The posterior mean under Jeffreys' prior.
inline constexpr shrinkage jeffreys{.pseudo_paths = 1, .share_over = 0.5};

/// A change of what runs on the host, not yet made. The paths belong to somebody else; null means none.
struct what_if {
  const forecast::sample_paths* arriving = nullptr;
  const forecast::sample_paths* leaving = nullptr;
  /// The change takes effect at this step: a move takes time. Until then `overhead` times the demand of
  /// whatever arrives or leaves comes on top of the host's own.
  std::size_t effective_from = 0;
  double overhead = 0;
};

namespace detail {

/// One path of a host under a change.
struct changed_path {
  std::span<const double> base, arriving, leaving;
  const what_if* change;

  changed_path(const forecast::sample_paths& paths, const what_if& what, std::size_t p)
      : base(paths[p]), change(&what) {
    if (what.arriving != nullptr) arriving = (*what.arriving)[p];
    if (what.leaving != nullptr) leaving = (*what.leaving)[p];
  }
  [[nodiscard]] double operator[](std::size_t i) const {
    const double in = arriving.empty() ? 0 : arriving[i];
    const double out = leaving.empty() ? 0 : leaving[i];
    return base[i] + (i < change->effective_from ? change->overhead * (in + out) : in - out);
  }
  [[nodiscard]] bool over(std::size_t i, double limit) const { return numeric::is_over((*this)[i], limit); }
};

inline void expect_same_shape(const forecast::sample_paths& paths, const what_if& change) {
  FORESHIFT_EXPECT(paths.count() > 0 && paths.horizon() > 0);
  for (const auto* other : {change.arriving, change.leaving})
    FORESHIFT_EXPECT(other == nullptr ||
                     (other->count() == paths.count() && other->horizon() == paths.horizon()));
}

}  // namespace detail

/// The risk of the host whose joint paths these are, were `change` made.
///
/// `per_step` and `probability` are shrunk alike, so no step is likelier than the whole horizon;
/// `expected_overload` and `time_to_limit` are the paths' own. The median is the lower one where the number
/// of breaching paths is even, and a breach begins with its step.
/// @pre at least one path of at least one step; arriving and leaving paths have the same shape
/// O(paths x horizon), two passes; allocates `per_step` and nothing else.
[[nodiscard]] inline overload_risk exceedance(const forecast::sample_paths& paths,
                                              const exceedance_question& question, const what_if& change = {},
                                              const shrinkage& rule = {}) {
  detail::expect_same_shape(paths, change);
  const std::size_t n = paths.count(), horizon = paths.horizon();
  overload_risk out;
  out.host = question.host, out.what = question.what, out.limit = question.limit;
  out.from = question.from, out.step = question.step, out.paths = n;
  out.per_step.assign(horizon, 0);

  // First pass: per_step holds how many paths breach for the first time in each step.
  std::size_t breaching = 0;
  for (std::size_t p = 0; p < n; ++p) {
    const detail::changed_path path{paths, change, p};
    for (std::size_t i = 0; i < horizon; ++i) {
      if (!path.over(i, question.limit)) continue;
      out.per_step[i] += 1, ++breaching;
      break;
    }
  }
  out.probability = rule.estimate(breaching, n);
  double earlier = 0;
  for (std::size_t i = 0; i < horizon && breaching > 0 && !out.time_to_limit; ++i) {
    earlier += out.per_step[i];
    if (2 * earlier >= static_cast<double>(breaching))
      out.time_to_limit = static_cast<duration::rep>(i) * question.step;
  }

  // Second pass: how many are over in each step.
  out.per_step.assign(horizon, 0);
  for (std::size_t p = 0; p < n; ++p) {
    const detail::changed_path path{paths, change, p};
    for (std::size_t i = 0; i < horizon; ++i) out.per_step[i] += path.over(i, question.limit) ? 1 : 0;
  }
  std::size_t over = 0;
  for (double& count : out.per_step) {
    over += static_cast<std::size_t>(count);
    count = rule.estimate(static_cast<std::size_t>(count), n);
  }
  // Whole nanoseconds, rounded down; the quotient first, so that long horizons of many paths do not overflow.
  const auto steps = static_cast<duration::rep>(over), count = static_cast<duration::rep>(n);
  out.expected_overload = steps / count * question.step + steps % count * question.step / count;
  return out;
}

/// Only the probability that the limit is exceeded in at least one step. For asking about many hosts in turn.
/// @pre as above. Allocates nothing, and leaves each path at its first breach.
[[nodiscard]] inline double exceedance_probability(const forecast::sample_paths& paths, double limit,
                                                   const what_if& change = {}, const shrinkage& rule = {}) {
  detail::expect_same_shape(paths, change);
  std::size_t breaching = 0;
  for (std::size_t p = 0; p < paths.count(); ++p) {
    const detail::changed_path path{paths, change, p};
    for (std::size_t i = 0; i < paths.horizon(); ++i) {
      if (!path.over(i, limit)) continue;
      ++breaching;
      break;
    }
  }
  return rule.estimate(breaching, paths.count());
}

}  // namespace foreshift::inline FORESHIFT_ABI::risk
