#pragma once
/// @file
/// Open claims, until their time comes.
///
/// The ledger keeps claims until their outcome is known, scores them, and lets go of those whose outcome
/// never comes. It is part of what the sites replicate, so it holds no floating point, reads no clock, and
/// refuses what would let a site choose its own score: a claim made after the fact, a number used twice, an
/// outcome reported by the claimant.

#include <foreshift/core/contract.hpp>
#include <foreshift/core/flat_map.hpp>
#include <foreshift/core/id.hpp>
#include <foreshift/core/result.hpp>
#include <foreshift/core/time.hpp>
#include <foreshift/feedback/claim.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace foreshift::inline FORESHIFT_ABI::feedback {

enum class claim_error : std::uint8_t {
  not_a_probability,  ///< more than certain
  too_late,           ///< due already, or due before it was made
  from_the_future,    ///< made after now
  number_used,        ///< not above the last number of its site
  too_many_open,      ///< the site's share of the ledger is full
  unknown_claim,      ///< not open: never made, settled before, or expired
  own_outcome,        ///< the claimant reports on its own claim
  outcome_too_early,  ///< "it did not happen" before the due time
};

[[nodiscard]] constexpr std::string_view explain(claim_error e) {
  switch (e) {
    case claim_error::not_a_probability:
      return "the probability is above 1";
    case claim_error::too_late:
      return "the claim is due already: claims are made before the fact";
    case claim_error::from_the_future:
      return "the claim says it was made later than now";
    case claim_error::number_used:
      return "the claim's number is not above the last one of its site";
    case claim_error::too_many_open:
      return "the site has as many open claims as it may have";
    case claim_error::unknown_claim:
      return "there is no such open claim";
    case claim_error::own_outcome:
      return "a site may not report the outcome of its own claim";
    case claim_error::outcome_too_early:
      return "the claim may still come true: it is not due yet";
  }
  return "unknown claim error";
}

struct ledger_options {
  std::size_t open_per_site_max = 1024;  ///< at least 1; a flood by one site takes nothing from the others
  duration grace =
      std::chrono::hours{1};  ///< after the due time, within which an outcome still counts; at least 0
};

/// What became of one site's claims. opened = open + settled + expired.
struct claim_counts {
  std::uint64_t open = 0;
  std::uint64_t opened = 0;
  std::uint64_t settled = 0;
  std::uint64_t expired = 0;
  std::uint64_t refused = 0;
  friend constexpr bool operator==(const claim_counts&, const claim_counts&) = default;
  static constexpr void fields(auto& self, auto&& f) {
    f(self.open, self.opened, self.settled, self.expired, self.refused);
  }
};

/// The open claims of all sites. A regular value: the same calls in the same order give the same state
/// everywhere. Times are whatever the caller counts by (log time where it is replicated).
class ledger {
 public:
  explicit ledger(const ledger_options& options = {}) : options_(options) {
    FORESHIFT_EXPECT(options.open_per_site_max > 0 && options.grace >= duration::zero());
  }

  /// Takes a claim in, or says why not and counts the refusal. O(open).
  result<void, claim_error> open(const claim& c, time_point now) {
    auto& site = sites_[c.id.site];
    if (const auto why_not = objection(c, site, now)) {
      ++site.counts.refused;
      return failure{*why_not};
    }
    open_.insert_or_assign(c.id, c);
    site.last_sequence = c.id.sequence;
    site.any = true;
    ++site.counts.open, ++site.counts.opened;
    return {};
  }

  /// Closes a claim with its outcome, as seen by `observer`. That it happened may be said as soon as it has,
  /// that it did not happen only when it is due. O(open).
  result<settlement, claim_error> settle(const claim_id& id, bool happened, site_id observer,
                                         time_point now) {
    const claim* found = open_.find(id);
    if (found == nullptr || now > found->due + options_.grace) return failure{claim_error::unknown_claim};
    if (observer == id.site) return failure{claim_error::own_outcome};
    if (!happened && now < found->due) return failure{claim_error::outcome_too_early};
    const settlement out{*found, happened, brier(found->probability, happened)};
    open_.erase(id);
    auto& counts = sites_[id.site].counts;
    --counts.open, ++counts.settled;
    return out;
  }

  /// Drops the claims whose grace is over; returns how many. O(open).
  std::size_t expire(time_point now) {
    return open_.erase_if([&](const claim_id& id, const claim& c) {
      if (now <= c.due + options_.grace) return false;
      auto& counts = sites_[id.site].counts;
      --counts.open, ++counts.expired;
      return true;
    });
  }

  /// Sites that have left: their claims are dropped, and what was counted of them. One that comes back goes
  /// on with numbers it has not used before.
  template <class Predicate>
  void keep(Predicate is_member) {
    open_.erase_if([&](const claim_id& id, const claim&) { return !is_member(id.site); });
    sites_.erase_if([&](site_id site, const site_record&) { return !is_member(site); });
  }

  /// Open claims by site and number.
  [[nodiscard]] const flat_map<claim_id, claim>& open_claims() const { return open_; }
  [[nodiscard]] claim_counts counts(site_id site) const {
    const auto* found = sites_.find(site);
    return found == nullptr ? claim_counts{} : found->counts;
  }
  friend bool operator==(const ledger& a, const ledger& b) {
    return a.open_ == b.open_ && a.sites_ == b.sites_;
  }

  /// What has been claimed; the options are not a part of it.
  static constexpr void fields(auto& self, auto&& f) { f(self.open_, self.sites_); }
  /// True when what was read fits together: every open claim is one, and its site's record counts it.
  [[nodiscard]] bool restored() const {
    flat_map<site_id, std::uint64_t> open;
    for (const auto& [id, c] : open_) {
      const auto* site = sites_.find(id.site);
      if (c.id != id || c.probability > certain || c.due <= c.made) return false;
      if (site == nullptr || !site->any || id.sequence > site->last_sequence) return false;
      ++open[id.site];
    }
    return std::ranges::all_of(sites_, [&](const auto& held) {
      const auto* n = open.find(held.first);
      const auto& c = held.second.counts;
      return c.open == (n == nullptr ? 0 : *n) && c.opened == c.open + c.settled + c.expired &&
             (held.second.any || c.opened == 0);
    });
  }

 private:
  struct site_record {
    std::uint64_t last_sequence = 0;
    bool any = false;
    claim_counts counts;
    friend bool operator==(const site_record&, const site_record&) = default;
    static constexpr void fields(auto& self, auto&& f) { f(self.last_sequence, self.any, self.counts); }
  };

  [[nodiscard]] std::optional<claim_error> objection(const claim& c, const site_record& site,
                                                     time_point now) const {
    if (c.probability > certain) return claim_error::not_a_probability;
    if (c.made > now) return claim_error::from_the_future;
    if (c.due <= now || c.due <= c.made) return claim_error::too_late;
    if (site.any && c.id.sequence <= site.last_sequence) return claim_error::number_used;
    if (site.counts.open >= options_.open_per_site_max) return claim_error::too_many_open;
    return std::nullopt;
  }

  ledger_options options_;
  flat_map<claim_id, claim> open_;
  flat_map<site_id, site_record> sites_;
};

}  // namespace foreshift::inline FORESHIFT_ABI::feedback
