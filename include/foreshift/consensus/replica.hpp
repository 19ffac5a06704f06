#pragma once
/// @file
/// One site's copy of the log: acceptor, proposer, learner and election put together.
///
/// A replica is a regular value with one operation: an input goes in, duties come out. It never calls out,
/// reads no clock and rolls no dice of its own, so a test can copy it, step the copies apart, and compare
/// them. Everything it says waits for the records it depends on; what it says to itself waits as well.
///
/// Who counts in which slot is read off the `epoch_table`, which follows what the state machine says it has
/// applied. A site that is no member yet follows what it hears; one that is a member no more serves until
/// `may_leave`.
///
/// Departures from Paxos Made Simple: a probe goes before phase 1; an acceptor that knows more chosen slots
/// than the candidate says so in its promise instead of reporting them, and the candidate learns them and
/// proposes above.

#include <foreshift/consensus/abstention.hpp>
#include <foreshift/consensus/acceptor.hpp>
#include <foreshift/consensus/departure.hpp>
#include <foreshift/consensus/epoch_table.hpp>
#include <foreshift/consensus/journal.hpp>
#include <foreshift/consensus/leadership.hpp>
#include <foreshift/consensus/learner.hpp>
#include <foreshift/consensus/lease.hpp>
#include <foreshift/consensus/read_round.hpp>
#include <foreshift/consensus/ready.hpp>
#include <foreshift/consensus/replica_config.hpp>
#include <foreshift/consensus/snapshot_transfer.hpp>
#include <foreshift/consensus/voter.hpp>

#include <algorithm>
#include <concepts>
#include <optional>
#include <span>
#include <variant>

namespace foreshift::inline FORESHIFT_ABI::consensus {

/// The parts are parameters so that a test can put a broken one in and see it caught. Use `replica`.
///
/// Threads: one step at a time. Cost of a step: O(members + duties), plus what waits in queues.
template <class Acceptor, class PhaseOne, class Proposer>
class basic_replica {
 public:
  /// A member of nothing, which never says a word.
  basic_replica() : basic_replica(replica_config{}) {}

  /// Rebuilds the state from everything that was durable: the last snapshot, if there was one, and the
  /// records after it; without either this is a first start. The first step writes a record of the new run.
  /// The state machine goes on from `image()`, and every delivery comes again from the slot after it on.
  [[nodiscard]] static result<basic_replica, recovery_error> recover(replica_config config,
                                                                     byte_span snapshot,
                                                                     std::span<const stored_record> records);
  [[nodiscard]] static result<basic_replica, recovery_error> recover(replica_config config,
                                                                     std::span<const stored_record> records) {
    return recover(std::move(config), {}, records);
  }

  /// Starts on what a damaged storage gives back. The replica follows and learns, and says nothing as an
  /// acceptor, nor as a voter or client, and has nothing persisted, until it knows again whatever it has
  /// said; then its first duty is a snapshot in the place of all records. Where that can never be it abstains
  /// for good.
  [[nodiscard]] static result<basic_replica, recovery_error> recover_damaged(replica_config config,
                                                                             damaged_log kept);

  /// Total and deterministic: every input is taken in every state; what makes no sense changes nothing. The
  /// duties are put in the place of those in `out`, whose room is used again: in steady state the only memory
  /// asked for is one block for each entry opened here.
  void step(const input& in, duties& out) noexcept;
  [[nodiscard]] duties step(const input& in) noexcept {
    duties out;
    step(in, out);
    return out;
  }

  [[nodiscard]] site_id self() const { return config_.self; }
  /// The newest epoch in force here.
  [[nodiscard]] const epoch& members() const { return epochs_.of(next(applied_)); }
  [[nodiscard]] const epoch_table& epochs() const { return epochs_; }
  /// Through which slot the state machine is known to have applied.
  [[nodiscard]] slot applied_through() const { return applied_; }
  /// True for a site that is no member and whose help nobody needs any more: its process may end for good.
  [[nodiscard]] bool may_leave() const {
    return !members().has(config_.self) && (!leaving() || departure_.over(members()));
  }
  [[nodiscard]] bool leads() const { return std::holds_alternative<leading<Proposer>>(role_); }
  /// Who leads as far as this site knows.
  [[nodiscard]] std::optional<site_id> distinguished_proposer() const;
  /// How long a site waits before it takes the lead for lost.
  [[nodiscard]] duration patience() const { return config_.times.election_timeout; }
  /// Whether this site may answer reads without asking anybody, as far as it knew the time at the last tick.
  [[nodiscard]] bool holds_lease() const { return leased(); }
  /// A hand-over has been asked for and is neither done nor given up.
  [[nodiscard]] bool handing_over() const {
    const auto* own = std::get_if<leading<Proposer>>(&role_);
    return own != nullptr && own->handing_over.has_value();
  }
  /// False for good after an I/O failure.
  [[nodiscard]] bool halted() const { return halted_; }
  /// Whether records are lost, so that it only learns.
  [[nodiscard]] const abstention& abstains() const { return abstention_; }
  /// How often this site has started, this run included; the upper half of command sequence numbers.
  [[nodiscard]] std::uint32_t incarnation() const { return incarnation_; }
  [[nodiscard]] ballot promised() const { return acceptor_.promised(); }
  [[nodiscard]] const Acceptor& acceptor_state() const { return acceptor_; }
  [[nodiscard]] const chosen_log& log() const { return log_; }
  [[nodiscard]] slot chosen_through() const { return log_.through(); }
  /// What stands for the log up to some slot; slot zero: nothing does yet. A copy.
  [[nodiscard]] log_image image() const { return image_.what(); }
  [[nodiscard]] lsn last_lsn() const { return journal_.last(); }
  /// The record that must become durable before this replica goes on by itself; nothing when it waits for
  /// none.
  [[nodiscard]] lsn awaited() const { return journal_.awaited(); }
  [[nodiscard]] std::size_t submitted() const { return submitted_.size(); }
  /// A message under its epoch: that of its slot in phase 2, else the newest in force. For bodies that do not
  /// come from the replica too: `propose`.
  [[nodiscard]] message envelope(message_body body) const {
    const epoch& named = named_by(body);
    return {named.number(), named.identity(), std::move(body)};
  }
  friend bool operator==(const basic_replica&, const basic_replica&) = default;

 private:
  explicit basic_replica(replica_config config);
  bool restore(const record& kept);
  bool restore(replica_snapshot kept);

  void on(const received& in, duties& out);
  void on(const tick& in, duties& out);
  void on(const durable& in, duties&) { journal_.on_durable(in.through); }
  void on(const io_failed&, duties& out) {
    halted_ = true;
    reads_.refuse_all(out.reads);
  }
  void on(const submit& in, duties& out);
  void on(const cast& in, duties& out);
  void on(const closed& in, duties&) { voter_.close(in.proposal, applied_); }
  void on(const snapshotted& in, duties& out);
  void on(const applied& in, duties& out);
  void on(const ask_read& in, duties& out) {
    if (!reads_.add(in.id)) out.reads.push_back({in.id, {}, false});
  }
  void on(const step_aside& in, duties&);

  void hear(site_id from, const probe& m, duties& out);
  void hear(site_id from, const probe_answer& m, duties& out);
  void hear(site_id from, const prepare& m, duties& out) {
    if (!abstention_.holds() && grant_.allows(m.number, now_)) answer(from, acceptor_.on_prepare(m), out);
  }
  void hear(site_id from, const promise& m, duties& out);
  void hear(site_id from, const nack& m, duties& out);
  void hear(site_id from, const accept& m, duties& out);
  void hear(site_id from, const accepted& m, duties& out);
  void hear(site_id from, const heartbeat& m, duties& out);
  void hear(site_id from, const heartbeat_answer& m, duties& out);
  void hear(site_id from, const catch_up_request& m, duties& out);
  void hear(site_id from, const catch_up_reply& m, duties& out);
  void hear(site_id from, const forward& m, duties& out);
  void hear(site_id from, const epoch_notice& m, duties& out);
  void hear(site_id from, const hand_over& m, duties& out);
  void hear(site_id, const propose&, duties&) {}  // the business of the floors above
  void hear(site_id, const vote&, duties&) {}
  void hear(site_id from, const snapshot_offer& m, duties& out);
  void hear(site_id from, const snapshot_request& m, duties& out);
  void hear(site_id from, const snapshot_chunk& m, duties& out);

  void answer(site_id to, acceptor_answer said, duties& out);
  template <class Body>
  void send(site_id to, Body body, lsn after, duties& out);
  void send_to_electors(slot at, const accept& body, duties& out);
  void beat_all(std::uint64_t number, duties& out);
  void ask_how_far(duties& out);
  void hear_other_epoch(const received& in, duties& out);
  void hear_stranger(const received& in, duties& out);
  [[nodiscard]] bool slot_agrees(const message& what) const;
  void begin_epoch(duties& out);
  template <class Promises>
  void ask_for_promises(const Promises& held, duties& out);
  [[nodiscard]] bool promises_fall_short(const Proposer& proposing) const;
  void open_ballot(duties& out);
  void lead(duties& out);
  void beat(duties& out);
  void step_down();
  void obey(ballot leader);
  void learn(slot at, entry value, duties& out);
  void learn_under(ballot number, slot through, duties& out);
  void on_news(site_id from, slot through, duties& out);
  void settle(slot before, duties& out);
  void offer(duties& out);
  void propose_due(duties& out);
  void serve_reads(duties& out);
  void serve_leased_reads(duties& out);
  [[nodiscard]] bool leased() const;
  void hand_over_due(duties& out);
  void deliver_due(duties& out);
  void install(const log_image& image, duties& out);
  void write_snapshot(duties& out);
  [[nodiscard]] std::optional<slot> patch(const damaged_log& kept);
  void speak_again(duties& out);
  [[nodiscard]] run_record this_run() const;
  /// The slot of a message of phase 2.
  [[nodiscard]] static std::optional<slot> slot_of(const message_body& body) {
    if (const auto* asked = std::get_if<accept>(&body)) return asked->at;
    if (const auto* said = std::get_if<accepted>(&body)) return said->at;
    return std::nullopt;
  }
  /// The epoch that a message goes under.
  template <class Body>
  [[nodiscard]] const epoch& named_by(const Body& body) const {
    if constexpr (std::same_as<Body, message_body>) {
      const auto at = slot_of(body);
      return at ? epochs_.of(*at) : members();
    } else if constexpr (std::same_as<Body, accept> || std::same_as<Body, accepted>) {
      return epochs_.of(body.at);
    } else {
      return members();
    }
  }
  /// Member of any epoch that may still matter.
  [[nodiscard]] bool knows(site_id site) const {
    const auto rows = epochs_.rows();
    return std::any_of(rows.begin(), rows.end(), [&](const auto& row) { return row.members.has(site); });
  }
  /// No member any more. One that no epoch kept has heard of was a member if it ever promised anything, and
  /// left before the last change.
  [[nodiscard]] bool leaving() const {
    if (members().has(config_.self)) return false;
    const auto rows = epochs_.rows();
    const auto has_self = [&](const auto& row) { return row.members.has(config_.self); };
    const auto with = std::find_if(rows.begin(), rows.end(), has_self);
    return with != rows.end() ? with->from <= applied_ : acceptor_.promised() != ballot{};
  }
  /// The largest entry under every epoch that may still govern an open slot.
  [[nodiscard]] std::size_t entry_limit() const {
    return std::min(entry_size_max(members()), entry_size_max(epochs_.newest().members));
  }

  replica_config config_;
  epoch_table epochs_;
  slot applied_;
  departure departure_;
  read_round reads_;
  lease_grant grant_;
  election election_;
  Acceptor acceptor_;
  chosen_log log_;
  catch_up catch_up_;
  kept_image image_;
  image_transfer transfer_;
  journal journal_;
  voter voter_;
  submitted_commands submitted_;
  std::variant<following, probing, preparing<PhaseOne>, leading<Proposer>> role_;
  time_point now_{};
  std::optional<time_point> first_tick_;
  ballot highest_seen_;  // own ballots included: the next one is above
  lsn opened_at_;        // the record of the own ballot
  lsn run_at_;           // the record of this run
  slot delivered_;
  std::uint32_t incarnation_ = 0;
  abstention abstention_;
  bool halted_ = false;
};

using replica = basic_replica<acceptor, phase_one, proposer>;

}  // namespace foreshift::inline FORESHIFT_ABI::consensus

#include <foreshift/consensus/replica_damage.hpp>
#include <foreshift/consensus/replica_epochs.hpp>
#include <foreshift/consensus/replica_lead.hpp>
#include <foreshift/consensus/replica_roles.hpp>
#include <foreshift/consensus/replica_snapshots.hpp>
#include <foreshift/consensus/replica_step.hpp>

static_assert(std::regular<foreshift::consensus::replica>);
