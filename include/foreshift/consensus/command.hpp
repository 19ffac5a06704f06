#pragma once
/// @file
/// The commands that the state machine understands. Paxos carries their bytes and cannot see what they say.

#include <foreshift/consensus/authority.hpp>
#include <foreshift/consensus/certificate.hpp>
#include <foreshift/consensus/membership.hpp>
#include <foreshift/consensus/proposal_header.hpp>
#include <foreshift/consensus/weight.hpp>

#include <cstdint>
#include <variant>
#include <vector>

namespace foreshift::inline FORESHIFT_ABI::consensus {

/// Names a command for duplicate suppression. A client never reuses a sequence number: the upper 32 bits are
/// its incarnation, which its replica persists.
struct command_id {
  site_id client;
  std::uint64_t sequence = 0;
  friend constexpr auto operator<=>(command_id, command_id) = default;
  static constexpr void fields(auto& self, auto&& f) { f(self.client, self.sequence); }
};

/// Changes nothing; its place in the log is the answer.
struct noop {
  friend bool operator==(const noop&, const noop&) = default;
  static constexpr void fields(auto&, auto&& f) { f(); }
};

/// Something that the floors above want every site to have read in the same order. Means nothing to the
/// agreement.
struct remark {
  byte_string body;  ///< at most `remark_size_max` bytes
  friend bool operator==(const remark&, const remark&) = default;
  static constexpr void fields(auto& self, auto&& f) { f(self.body); }
};
inline constexpr std::size_t remark_size_max = 4096;

/// A new subset and its first owner.
struct define_subset {
  subset what{};
  site_id owner{};
  friend bool operator==(const define_subset&, const define_subset&) = default;
  static constexpr void fields(auto& self, auto&& f) { f(self.what, self.owner); }
};

/// The verdict on a proposal, with its evidence.
struct decide {
  proposal_header header;
  certificate evidence;
  friend bool operator==(const decide&, const decide&) = default;
  static constexpr void fields(auto& self, auto&& f) { f(self.header, self.evidence); }
};

/// Step 1 of a transfer: the owner is to start nothing new.
struct prepare_transfer {
  subset_id what;
  site_id from;
  site_id to;
  migration_id cause;   ///< zero: not for a migration
  time_point deadline;  ///< in log time
  friend bool operator==(const prepare_transfer&, const prepare_transfer&) = default;
  static constexpr void fields(auto& self, auto&& f) {
    f(self.what, self.from, self.to, self.cause, self.deadline);
  }
};

/// Step 2, by the owner: it has stopped.
struct quiesced {
  subset_id what;
  fence_token token;
  friend bool operator==(const quiesced&, const quiesced&) = default;
  static constexpr void fields(auto& self, auto&& f) { f(self.what, self.token); }
};

/// Step 3: mints the successor's token.
struct activate {
  subset_id what;
  site_id to;
  friend bool operator==(const activate&, const activate&) = default;
  static constexpr void fields(auto& self, auto&& f) { f(self.what, self.to); }
};

/// Ends a transfer that has not been activated by its deadline: the owner is granted anew. From any site.
struct abort_transfer {
  subset_id what;
  friend bool operator==(const abort_transfer&, const abort_transfer&) = default;
  static constexpr void fields(auto& self, auto&& f) { f(self.what); }
};

/// What an owner does to an intent under its current token.
struct migration_step {
  migration_id what;
  fence_token token;
  friend bool operator==(const migration_step&, const migration_step&) = default;
  static constexpr void fields(auto& self, auto&& f) { f(self.what, self.token); }
};
struct start : migration_step {};
struct commit : migration_step {};
struct abort : migration_step {};
struct settled : migration_step {};

/// One credit: of a site, on a class of workloads.
struct credit_entry {
  site_id site;
  class_id on;
  credit earned;
  friend bool operator==(const credit_entry&, const credit_entry&) = default;
  static constexpr void fields(auto& self, auto&& f) { f(self.site, self.on, self.earned); }
};

/// New credits by compare-and-swap on their version. No site reports its own.
struct credit_update {
  std::uint64_t from_version = 0;
  std::vector<credit_entry> credits;
  friend bool operator==(const credit_update&, const credit_update&) = default;
  static constexpr void fields(auto& self, auto&& f) { f(self.from_version, self.credits); }
};

/// The next epoch, by compare-and-swap on the digest of the one in force. What is wished for is computed into
/// an epoch when it is applied: its number follows, its weights are capped. It takes force alpha slots later.
struct change_epoch {
  digest from;
  epoch_spec to{};  ///< the number is not read
  friend bool operator==(const change_epoch&, const change_epoch&) = default;
  static constexpr void fields(auto& self, auto&& f) { f(self.from, self.to); }
};

/// A member is away, or back: meanwhile neither its weight nor its credits change. In the log, because sites
/// that judged it each for itself would compute different epochs.
struct freeze {
  site_id what;
  bool held = true;  ///< false: it is back
  friend bool operator==(const freeze&, const freeze&) = default;
  static constexpr void fields(auto& self, auto&& f) { f(self.what, self.held); }
};

/// A command as its client submitted it.
struct command {
  command_id id;
  std::variant<noop, define_subset, decide, prepare_transfer, quiesced, activate, abort_transfer, start,
               commit, abort, settled, credit_update, remark, change_epoch, freeze>
      what;
  friend bool operator==(const command&, const command&) = default;
  static constexpr void fields(auto& self, auto&& f) { f(self.id, self.what); }
};

}  // namespace foreshift::inline FORESHIFT_ABI::consensus
