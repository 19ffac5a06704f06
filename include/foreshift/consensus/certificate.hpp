#pragma once
/// @file
/// Votes on the merit of a proposal, and the certificate that carries them into the log.
///
/// A certificate lists who voted what and never a weight: everybody recomputes the sums from the replicated
/// credits.

#include <foreshift/consensus/wire.hpp>
#include <foreshift/core/digest.hpp>
#include <foreshift/core/id.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace foreshift::inline FORESHIFT_ABI::consensus {

enum class verdict : std::uint8_t { reject, accept };
constexpr verdict last_of(verdict) { return verdict::accept; }

/// Which credits a vote or a certificate was made under.
struct credit_basis {
  epoch_number epoch;
  digest epoch_digest;
  std::uint64_t credit_version = 0;
  friend bool operator==(const credit_basis&, const credit_basis&) = default;
  static constexpr void fields(auto& self, auto&& f) {
    f(self.epoch, self.epoch_digest, self.credit_version);
  }
};

/// One site's judgement. The voter persists it before it is sent, and repeats it unchanged when asked again
/// within the attempt.
struct vote {
  site_id voter;
  proposal_id proposal;
  std::uint32_t attempt = 0;  ///< a new epoch or new credits open the next attempt
  digest header;              ///< canonical digest of the proposal's header
  credit_basis basis;
  verdict opinion = verdict::reject;
  std::uint16_t reason = 0;  ///< a code of the floors above
  std::string text;          ///< the reason for people, at most `text_size_max` bytes
  friend bool operator==(const vote&, const vote&) = default;
  static constexpr void fields(auto& self, auto&& f) {
    f(self.voter, self.proposal, self.attempt, self.header, self.basis, self.opinion, self.reason, self.text);
  }
};

/// A voter's line in a certificate.
struct counted_vote {
  site_id voter;
  verdict opinion = verdict::reject;
  std::uint16_t reason = 0;
  friend bool operator==(const counted_vote&, const counted_vote&) = default;
  static constexpr void fields(auto& self, auto&& f) { f(self.voter, self.opinion, self.reason); }
};

/// Why the distinguished proposer closed the vote.
enum class vote_outcome : std::uint8_t { approved, rejected, deadline };
constexpr vote_outcome last_of(vote_outcome) { return vote_outcome::deadline; }

/// The evidence for an outcome.
struct certificate {
  std::uint32_t attempt = 0;
  digest header;
  credit_basis basis;
  vote_outcome outcome = vote_outcome::rejected;
  std::vector<counted_vote>
      votes;  ///< sorted by voter, each once; a voter that contradicted itself is absent
  friend bool operator==(const certificate&, const certificate&) = default;
  static constexpr void fields(auto& self, auto&& f) {
    f(self.attempt, self.header, self.basis, self.outcome, self.votes);
  }
};

}  // namespace foreshift::inline FORESHIFT_ABI::consensus
