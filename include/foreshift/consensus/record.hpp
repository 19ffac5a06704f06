#pragma once
/// @file
/// What a replica writes down so that it keeps its word after a crash.

#include <foreshift/consensus/message.hpp>

#include <variant>

namespace foreshift::inline FORESHIFT_ABI::consensus {

/// The first record of every run: whose log this is, under which epoch, and how often the site has started.
struct run_record {
  site_id self;
  epoch_number epoch;
  digest epoch_digest;
  std::uint32_t incarnation = 0;
  friend bool operator==(const run_record&, const run_record&) = default;
  static constexpr void fields(auto& self, auto&& f) {
    f(self.self, self.epoch, self.epoch_digest, self.incarnation);
  }
};
/// A ballot of this site's own, before its first use.
struct ballot_record {
  ballot opened;
  friend bool operator==(const ballot_record&, const ballot_record&) = default;
  static constexpr void fields(auto& self, auto&& f) { f(self.opened); }
};
struct promise_record {
  ballot promised;
  friend bool operator==(const promise_record&, const promise_record&) = default;
  static constexpr void fields(auto& self, auto&& f) { f(self.promised); }
};
/// Also raises the promise to its ballot.
struct accept_record {
  accepted_value what;
  friend bool operator==(const accept_record&, const accept_record&) = default;
  static constexpr void fields(auto& self, auto&& f) { f(self.what); }
};
/// A chosen entry. `value` is absent where the accepted value of that slot, at this point of the records, is
/// it.
struct chosen_record {
  slot at;
  std::optional<entry> value;
  friend bool operator==(const chosen_record&, const chosen_record&) = default;
  static constexpr void fields(auto& self, auto&& f) { f(self.at, self.value); }
};
/// This site's own vote on a proposal.
struct vote_record {
  vote cast;
  friend bool operator==(const vote_record&, const vote_record&) = default;
  static constexpr void fields(auto& self, auto&& f) { f(self.cast); }
};

using record =
    std::variant<run_record, ballot_record, promise_record, accept_record, chosen_record, vote_record>;

}  // namespace foreshift::inline FORESHIFT_ABI::consensus
