#pragma once
/// @file
/// A forecast that somebody can be wrong about, and its score in integers.
///
/// A claim says: this host will be over this limit before that time, with this probability. Claims are
/// replicated, so the probability is quantised by the claimant and everything computed from it is exact.
///
/// Source: G. W. Brier, Verification of forecasts expressed in terms of probability, Monthly Weather Review
/// 78 (1950). The score is proper: its expectation is best when a site claims what it believes.

#include <foreshift/core/contract.hpp>
#include <foreshift/core/id.hpp>
#include <foreshift/core/strong.hpp>
#include <foreshift/core/time.hpp>
#include <foreshift/core/units.hpp>

#include <compare>
#include <cstdint>

namespace foreshift::inline FORESHIFT_ABI::feedback {

/// A probability in parts per 10^4, so that all sites hold the same bits. @invariant value <= 10000
using probability_bp = strong<struct probability_bp_tag, std::uint32_t>;
inline constexpr probability_bp certain{10'000};

/// The nearest part. @pre 0 <= p <= 1. For the claimant only: what is replicated is the result.
[[nodiscard]] constexpr probability_bp quantise(double p) {
  FORESHIFT_EXPECT(p >= 0 && p <= 1);
  return {static_cast<std::uint32_t>(p * 10'000 + 0.5)};
}

/// A squared error of probabilities in parts per 10^8: 0 is right and certain, 10^8 is wrong and certain.
using brier_score = amount<struct brier_score_tag, std::uint64_t>;
inline constexpr brier_score brier_worst{100'000'000};

[[nodiscard]] constexpr brier_score brier(probability_bp claimed, bool happened) {
  FORESHIFT_EXPECT(claimed <= certain);
  const std::uint64_t error = happened ? certain.value - claimed.value : claimed.value;
  return {error * error};
}

/// A claim is named by its site and that site's own counter.
struct claim_id {
  site_id site{};
  std::uint64_t sequence = 0;
  friend constexpr auto operator<=>(claim_id, claim_id) = default;
  static constexpr void fields(auto& self, auto&& f) { f(self.site, self.sequence); }
};

/// What a claim is about: that demand on `what` exceeds `limit_permille` of the host's capacity between the
/// time of the claim and its due time.
struct claim_subject {
  host_id host{};
  resource what = resource::cpu;
  std::uint32_t limit_permille = 800;
  friend constexpr auto operator<=>(const claim_subject&, const claim_subject&) = default;
  static constexpr void fields(auto& self, auto&& f) { f(self.host, self.what, self.limit_permille); }
};

struct claim {
  claim_id id{};
  class_id workload_class{};
  time_point made{};
  time_point due{};
  probability_bp probability{};
  claim_subject about{};
  friend constexpr bool operator==(const claim&, const claim&) = default;
  static constexpr void fields(auto& self, auto&& f) {
    f(self.id, self.workload_class, self.made, self.due, self.probability, self.about);
  }
};

/// A claim whose time has come.
struct settlement {
  claim what{};
  bool happened = false;
  brier_score score{};
  friend constexpr bool operator==(const settlement&, const settlement&) = default;
};

}  // namespace foreshift::inline FORESHIFT_ABI::feedback
