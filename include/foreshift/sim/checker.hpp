#pragma once
/// @file
/// Holds a whole cluster to the promises of the agreement, after every poll and for every message.
///
/// The promises themselves stand in consensus/invariants.hpp, word_checker.hpp and reference.hpp. This puts
/// the sites together: what one took as chosen another must not contradict, whatever crashed in between, and
/// what a site has told it must still know.

#include <foreshift/consensus/codec.hpp>
#include <foreshift/consensus/invariants.hpp>
#include <foreshift/core/bytes.hpp>
#include <foreshift/core/id.hpp>
#include <foreshift/driver/replica_driver.hpp>
#include <foreshift/ports/transport.hpp>
#include <foreshift/sim/coverage.hpp>
#include <foreshift/sim/reference.hpp>
#include <foreshift/sim/word_checker.hpp>

#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace foreshift::inline FORESHIFT_ABI::sim {

/// Keeps the first violation. A checker sees one run, from its beginning.
template <class Machine>
class basic_checker {
 public:
  /// @param first the state that every site starts from
  explicit basic_checker(const Machine& first) : words_(first.members()), replay_(first) {}

  /// A site has started, the first time or again.
  void started(site_id site) { words_.started(site); }
  /// A client has handed a command to a site.
  void submitted(consensus::command_id id) { replay_.submitted(id); }
  /// After a poll of `site`, with what it brought about.
  template <class Driver>
  void observe(site_id site, const Driver& driver, const typename Driver::progress_type& news) {
    if (broken_) return;
    const auto& replica = driver.replica();
    keep(agreement_.observe(site, replica.log()));
    if (!replica.abstains().holds())
      keep(messages_.promised(site, replica.promised()));  // else it says nothing
    observe_last(news);
    if (news.installed) seen_.note(occasion::snapshot_installed);
    if (!news.applied.empty()) keep(chains_.observe(driver.machine()));
  }
  /// After the poll in which a site has halted: what it applied is chosen, and may be in its snapshot.
  template <class Progress>
  void observe_last(const Progress& news) {
    if (broken_) return;
    for (const auto& applied : news.applied) {
      if (applied.at > replay_.machine().applied()) learn(applied.at, applied.value, applied.effects);
      keep(replay_.applied(applied.at, applied.value, applied.effects));
    }
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
    keep(words_.sent(from, message->body));
    seen_.sent(message->body);
  }
  /// A promise of somebody else's.
  void keep(std::optional<consensus::violation> found) {
    if (found && !broken_) broken_ = std::move(found);
  }

  [[nodiscard]] const std::optional<consensus::violation>& broken() const { return broken_; }
  /// How many slots have been chosen, as far as any site knew.
  [[nodiscard]] std::size_t slots() const { return agreement_.slots(); }
  [[nodiscard]] basic_reference<Machine>& replay() { return replay_; }
  [[nodiscard]] const basic_reference<Machine>& replay() const { return replay_; }
  /// What there was to see.
  [[nodiscard]] coverage seen() const {
    coverage all = seen_;
    all += replay_.seen();
    all.note(occasion::value_adopted, words_.adopted());
    all.note(occasion::promises_recounted, words_.recounted());
    return all;
  }

 private:
  void learn(slot at, const consensus::entry& value, const std::vector<consensus::effect>& did) {
    words_.learned(at, value);
    for (const auto& e : did)
      if (const auto* decided = std::get_if<consensus::epoch_decided>(&e)) words_.governs(decided->what);
  }

  consensus::agreement_observer agreement_;
  consensus::message_observer messages_;
  consensus::chain_observer chains_;
  word_checker words_;
  basic_reference<Machine> replay_;
  coverage seen_;
  std::optional<consensus::violation> broken_;
};
using checker = basic_checker<consensus::state_machine>;

}  // namespace foreshift::inline FORESHIFT_ABI::sim
