#pragma once
/// @file
/// The dull driver: performs a replica's duties on the ports of a host, in their order.
///
/// A poll takes in the messages that have come and the time, appends every record that follows, syncs once
/// for all of them if anything depends on them, and only then lets go of that; what has been chosen goes to
/// the state machine last. Every so many entries the state machine is saved, so that log and storage stay
/// bounded. There is no judgement in here: a failed port stops the replica for good.

#include <foreshift/consensus/codec.hpp>
#include <foreshift/consensus/command.hpp>
#include <foreshift/consensus/ready.hpp>
#include <foreshift/consensus/replica.hpp>
#include <foreshift/consensus/state_machine.hpp>
#include <foreshift/core/bytes.hpp>
#include <foreshift/core/id.hpp>
#include <foreshift/core/result.hpp>
#include <foreshift/driver/outgoing.hpp>
#include <foreshift/driver/progress.hpp>
#include <foreshift/driver/unanswered.hpp>
#include <foreshift/ports/storage.hpp>
#include <foreshift/ports/transport.hpp>

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace foreshift::inline FORESHIFT_ABI::driver {

/// A state machine that can be saved and restored. Others are never: their log only grows.
template <class M>
concept SavableMachine = requires(M& machine, const M& saved, byte_span bytes) {
  { saved.save() } -> std::same_as<byte_string>;
  { machine.restore(bytes).has_value() } -> std::same_as<bool>;
};

/// Drives one replica over the transport, storage and clock of `Host`, which outlives the driver.
///
/// Threads: one poll at a time. A driver can be moved between polls.
template <class Host, class Machine = consensus::state_machine, class Replica = consensus::replica>
class replica_driver {
 public:
  using effect_type = typename decltype(std::declval<Machine&>().apply(
      slot{}, std::declval<const consensus::entry&>()))::value_type;
  using progress_type = progress<effect_type>;

  /// Reads back what the storage kept and starts on it, also where some of it is lost: then the replica only
  /// learns (`damage`, `consensus::abstention`). `machine` starts in its first state, or is restored
  /// from the snapshot; the first polls deliver what is known of the log behind it again.
  [[nodiscard]] static result<replica_driver, driver_error> start(consensus::replica_config config,
                                                                  Machine machine, Host& host,
                                                                  driver_options options = {}) {
    auto kept = host.storage.recover();
    std::optional<driver_error> damage;
    if (!kept) damage = {driver_fault::storage_unreadable, kept.error().where + ": " + kept.error().reason};
    auto recovered = kept ? Replica::recover(std::move(config), kept->snapshot, records_of(*kept))
                          : Replica::recover_damaged(std::move(config), damaged(kept.error()));
    if (!recovered)
      return failure{driver_error{driver_fault::records_unusable, std::string{explain(recovered.error())}}};
    if (const auto image = recovered->image(); image.through != slot{} && !restored(machine, image.machine))
      return failure{driver_error{driver_fault::image_unusable, "the state machine cannot be restored"}};
    replica_driver made{std::move(*recovered), std::move(machine), host, options};
    made.damage_ = std::move(damage);
    return made;
  }

  /// Does everything there is to do now. The poll in which it halts still tells what was applied before: a
  /// snapshot may cover that, and then no later start tells it again. What waits for an answer is unknown
  /// then, and reads are refused. `others(from, channel, bytes)` gets the messages that are not the
  /// agreement's.
  template <class Others>
  progress_type poll(Others&& others) {
    if (halted()) return last_words();
    host_->transport.poll([&](site_id from, ports::channel which, byte_span bytes) {
      if (which == ports::channel::resource && !bytes.empty() && bytes.front() == agreement_frame)
        receive(from, bytes.subspan(1));
      else
        others(from, which, bytes);
    });
    step(consensus::tick{host_->clock.now()});
    do {  // what has been applied lets the replica go on
      while (!halted() && perform()) {
      }
      if (halted()) return last_words();
    } while (deliver_all());
    if (halted()) return last_words();
    settle_reads();
    unanswered_.overdue(host_->clock.now(), [&](consensus::command_id id) { news_.unknown.push_back(id); });
    return std::exchange(news_, {});
  }
  progress_type poll() {
    return poll([](site_id, ports::channel, byte_span) {});
  }

  /// Submits a command under an id of its own. It is kept and handed on until it is seen in the log; a crash
  /// forgets it. The effects hold a `command_done` with this id once it has been applied.
  template <class What>
  consensus::command_id submit(What what) {
    const consensus::command_id id{replica_.self(),
                                   std::uint64_t{replica_.incarnation()} << 32 | ++submitted_};
    const auto refused = news_.refused.size();
    step(consensus::submit{canonical(consensus::command{id, std::move(what)})});
    if (news_.refused.size() == refused)
      unanswered_.add(id, host_->clock.now() + replica_.patience() + options_.round_trip);
    return id;
  }
  /// Asks for a linearizable read: a poll to come names the id among `reads_ready`, when the state machine is
  /// at least as new as anything finished before this call, or among `reads_refused`.
  std::uint64_t read() {
    step(consensus::ask_read{++reads_asked_});
    return reads_asked_;
  }
  /// Has another site lead instead of this one, if it leads; within an election timeout it does, or has not.
  void step_aside(site_id to) { step(consensus::step_aside{to}); }
  /// Casts this site's vote: persisted, then sent to the sponsor and to the distinguished proposer. Cast it
  /// again to send it again.
  void cast(consensus::vote paper) { step(consensus::cast{std::move(paper)}); }
  /// The proposal is decided: its votes need not be kept.
  void close(proposal_id decided) { step(consensus::closed{decided}); }
  /// Sends a proposal to be judged, at the next poll; to itself as well.
  void propose(site_id to, consensus::propose what) {
    outgoing_.add({to, replica_.envelope(std::move(what)), lsn{}});
  }

  [[nodiscard]] const Replica& replica() const { return replica_; }
  [[nodiscard]] const Machine& machine() const { return machine_; }
  [[nodiscard]] bool halted() const { return error_.has_value(); }
  /// Why it has halted. @pre halted()
  [[nodiscard]] const driver_error& error() const { return error_.value(); }
  /// What was found damaged at the start, whether or not the replica has come to speak again.
  [[nodiscard]] const std::optional<driver_error>& damage() const { return damage_; }
  /// Bytes on the agreement's frame that were no message, by what was wrong with them.
  [[nodiscard]] const consensus::decode_counts& garbled() const { return garbled_; }

 private:
  replica_driver(Replica replica, Machine machine, Host& host, driver_options options)
      : options_(options),
        replica_(std::move(replica)),
        machine_(std::move(machine)),
        host_(&host),
        outgoing_(replica_.last_lsn()) {}

  static std::vector<consensus::stored_record> records_of(const ports::recovered_log& kept) {
    std::vector<consensus::stored_record> records;
    for (const auto& r : kept.records) records.push_back({r.at, r.bytes});
    return records;
  }
  static consensus::damaged_log damaged(const ports::storage_fault& fault) {
    consensus::damaged_log kept{fault.readable.snapshot,
                                fault.what != ports::damage::records,
                                records_of(fault.readable),
                                {},
                                fault.last};
    for (const auto& r : fault.lost) kept.lost.push_back({r.at, r.identity});
    return kept;
  }

  void receive(site_id from, byte_span bytes) {
    auto message = consensus::decode(bytes);
    if (!message) return garbled_.add(message.error());
    if (hand_over(from, *message)) return;
    step(consensus::received{from, std::move(*message)});
  }
  /// Proposals and votes are not the replica's business.
  bool hand_over(site_id from, consensus::message& message) {
    auto* proposal = std::get_if<consensus::propose>(&message.body);
    auto* paper = std::get_if<consensus::vote>(&message.body);
    if (proposal == nullptr && paper == nullptr) return false;
    auto& heard = news_.heard.emplace_back();
    heard.from = from;
    if (proposal != nullptr)
      heard.what = std::move(*proposal);
    else
      heard.what = std::move(*paper);
    return true;
  }

  void step(const consensus::input& in) {
    const auto append = [](auto& to, auto& from) {
      to.insert(to.end(), std::make_move_iterator(from.begin()), std::make_move_iterator(from.end()));
    };
    replica_.step(in, due_);
    outgoing_.add(due_);
    if (due_.install) deliveries_.push_back(std::move(*due_.install));
    append(deliveries_, due_.deliver);
    append(news_.refused, due_.refused);
    append(reads_, due_.reads);
  }
  /// Of a halted driver, which will learn of nothing any more.
  progress_type last_words() {
    unanswered_.overdue(time_point::max(), [&](consensus::command_id id) { news_.unknown.push_back(id); });
    for (const auto& due : std::exchange(reads_, {})) news_.reads_refused.push_back(due.id);
    return std::exchange(news_, {});
  }
  void settle_reads() {
    std::erase_if(reads_, [&](const consensus::read_duty& due) {
      if (due.ready && due.through > replica_.applied_through()) return false;
      (due.ready ? news_.reads_ready : news_.reads_refused).push_back(due.id);
      return true;
    });
  }
  void answer(const effect_type& effect) {
    if constexpr (std::same_as<effect_type, consensus::effect>)
      if (const auto* done = std::get_if<consensus::command_done>(&effect))
        if (unanswered_.settle(done->command)) news_.answered.push_back(*done);
  }
  /// False when there is nothing to deliver now, or the driver has halted. What comes behind an image waits
  /// for the next poll: whoever goes by the effects then finds the machine as the image has left it.
  bool deliver_all() {
    if (deliveries_.empty() || news_.installed) return false;
    auto due = std::exchange(deliveries_, {});
    auto one = due.begin();
    for (; one != due.end() && !news_.installed; ++one)
      if (!std::visit([&](auto& what) { return this->deliver(what); }, *one)) return false;
    deliveries_.insert(deliveries_.begin(), std::make_move_iterator(one), std::make_move_iterator(due.end()));
    return true;
  }
  static bool restored(Machine& machine, byte_span saved) {
    if constexpr (SavableMachine<Machine>)
      return machine.restore(saved).has_value();
    else
      return false;
  }
  bool deliver(consensus::deliver_duty& due) {
    auto effects = machine_.apply(due.at, due.value);
    for (const auto& effect : effects) answer(effect);
    unsaved_ += due.value.commands.bytes();
    news_.applied.push_back({due.at, std::move(due.value), std::move(effects)});
    tell_applied(due.at);
    save_when_due(due.at);
    return true;
  }
  /// What an entry that was applied means for the replica: where it may go on, and under which epoch.
  void tell_applied(slot at) {
    consensus::applied done{at, {}};
    if constexpr (requires { machine_.epochs(); })
      if (const auto& newest = machine_.epochs().newest();
          newest.members.number() > replica_.epochs().newest().members.number())
        done.decided = newest;
    step(done);
  }
  bool deliver(consensus::install_duty& due) {
    if (!restored(machine_, due.machine))
      return halt({driver_fault::image_unusable, "another site's state machine cannot be restored"});
    news_.applied.clear();
    news_.installed = due.through;
    unsaved_ = 0;
    return true;
  }
  void save_when_due(slot applied) {
    if constexpr (SavableMachine<Machine>) {
      const auto every = options_.snapshot_slots;
      if ((every == 0 || applied.value % every != 0) && unsaved_ < options_.snapshot_bytes) return;
      unsaved_ = 0;
      step(consensus::snapshotted{applied, machine_.save()});
    }
  }
  /// Writes and sends what is due; false when there is nothing to wait for.
  bool perform() {
    outgoing_.send(host_->transport, replica_.self(),
                   [&](consensus::message& what) { hand_over(replica_.self(), what); });
    auto all_durable = outgoing_.write(host_->storage, replica_.awaited());
    if (!all_durable) return halt(std::move(all_durable.error()));
    if (*all_durable) step(consensus::durable{outgoing_.durable()});
    return *all_durable;
  }
  bool halt(driver_error why) {
    error_ = std::move(why);
    step(consensus::io_failed{});
    return false;
  }

  driver_options options_;
  Replica replica_;
  Machine machine_;
  Host* host_;
  consensus::duties due_;  // of the last step; its room is used again
  outgoing outgoing_;
  std::vector<std::variant<consensus::install_duty, consensus::deliver_duty>> deliveries_;
  progress_type news_;
  std::size_t unsaved_ = 0;  // bytes applied since the last snapshot
  std::uint64_t submitted_ = 0;
  unanswered_commands unanswered_;
  std::uint64_t reads_asked_ = 0;
  std::vector<consensus::read_duty> reads_;
  consensus::decode_counts garbled_;
  std::optional<driver_error> error_;
  std::optional<driver_error> damage_;
};

}  // namespace foreshift::inline FORESHIFT_ABI::driver
