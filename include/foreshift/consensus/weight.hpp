#pragma once
/// @file
/// The two weights of the agreement, which never mix.
///
/// A merit weight says how much a site's judgement of a migration counts; it depends on the proposal and
/// being wrong about it is bad policy. A quorum weight says how much a site counts for the durability and
/// uniqueness of a log entry; it is fixed for an epoch, never depends on the value, and being wrong about it
/// is split brain. Hence two types without a conversion. All are integers: every site must compute the same
/// sums.

#include <foreshift/core/strong.hpp>

#include <cstddef>
#include <cstdint>

namespace foreshift::inline FORESHIFT_ABI::consensus {

/// A site's share in quorums. Dimensionless; only ratios matter.
using quorum_weight = amount<struct quorum_weight_tag, std::uint64_t>;
/// A voter's share in the merit of one proposal.
using merit_weight = amount<struct merit_weight_tag, std::uint64_t>;
/// How right a site's forecasts for one class of workload have been; set by replicated outcomes.
using credit = amount<struct credit_tag, std::uint64_t>;
/// How much depends on the workloads that a proposal moves; summed per class.
using criticality = amount<struct criticality_tag, std::uint64_t>;
/// A share in thousandths.
using permille = strong<struct permille_tag, std::uint32_t>;

// The bounds under which no sum in this folder overflows 64 bits:
// sites x classes x credit x criticality x 1000 = 2^6 x 2^6 x 2^20 x 2^20 x 2^10 = 2^62.
inline constexpr std::size_t site_count_max = 64;
inline constexpr std::size_t class_count_max = 64;
inline constexpr quorum_weight quorum_weight_max{1U << 20};
inline constexpr credit credit_max{1U << 20};
inline constexpr criticality criticality_max{1U << 20};

/// What a credit is worth where this much is at stake. @pre both within their bounds
[[nodiscard]] constexpr merit_weight weigh(credit earned, criticality stake) {
  return {earned.value * stake.value};
}

}  // namespace foreshift::inline FORESHIFT_ABI::consensus
