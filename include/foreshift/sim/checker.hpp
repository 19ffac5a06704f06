#pragma once
/// @file
/// Holds a whole cluster to the promises of the agreement, after every poll and for every message.
///
/// The promises themselves stand in consensus/invariants.hpp. This puts the sites together: what one took as
/// chosen another must not contradict, whatever crashed in between, and what a site has told it must still
/// know.

#include <foreshift/consensus/codec.hpp>
#include <foreshift/consensus/invariants.hpp>
#include <foreshift/core/bytes.hpp>
#include <foreshift/core/flat_map.hpp>
#include <foreshift/core/id.hpp>
#include <foreshift/driver/replica_driver.hpp>
#include <foreshift/ports/transport.hpp>

#include <optional>
#include <string>
#include <utility>

namespace foreshift::inline FORESHIFT_ABI::sim {

/// Keeps the first violation. A checker sees one run, from its beginning.
class checker {
 public:
  /// After a poll of `site`, with what it brought about.
  template <class Driver>
  void observe(site_id site, const Driver& driver, const typename Driver::progress_type& news) {
    if (broken_) return;
    const auto& replica = driver.replica();
    keep(agreement_.observe(site, replica.log()));
    keep(messages_.promised(site, replica.promised()));
    for (const auto& applied : news.applied) {
      auto& seen = seen_[site];
      if (applied.at == consensus::first_slot) runs_[site] = {}, seen = {};  // a new run applies all again,
      if (applied.at <= seen) continue;  // or what is behind its snapshot: but a snapshot forgets nothing
      seen = applied.at;
      keep(runs_[site].observe(applied.effects));
    }
    if (!news.applied.empty()) keep(chains_.observe(driver.machine()));
  }
  /// For every message that is sent: give it to `network::tap`.
  void sent(site_id from, ports::channel which, byte_span bytes) {
    if (broken_ || which != ports::channel::resource || bytes.empty() ||
        bytes.front() != driver::agreement_frame)
      return;
    const auto message = consensus::decode(bytes.subspan(1));
    if (!message)
      return keep(consensus::violation{"what is sent can be read", "site " + std::to_string(from.value)});
    keep(messages_.sent(from, message->body));
  }

  [[nodiscard]] const std::optional<consensus::violation>& broken() const { return broken_; }
  /// How many slots have been chosen, as far as any site knew.
  [[nodiscard]] std::size_t slots() const { return agreement_.slots(); }

 private:
  void keep(std::optional<consensus::violation> found) {
    if (found && !broken_) broken_ = std::move(found);
  }

  consensus::agreement_observer agreement_;
  consensus::message_observer messages_;
  consensus::chain_observer chains_;
  flat_map<site_id, consensus::effect_observer> runs_;
  flat_map<site_id, slot> seen_;
  std::optional<consensus::violation> broken_;
};

}  // namespace foreshift::inline FORESHIFT_ABI::sim
