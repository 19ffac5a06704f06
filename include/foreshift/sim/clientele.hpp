#pragma once
/// @file
/// Clients with a few registers in the log, and the history of what they asked and were told.
///
/// A write is a remark in the log; a read is one as well, and its answer is what the register held at its
/// place; or it is confirmed by whoever leads, and answered from what that site has applied. A client waits
/// for the answer at the site it went to, and gives up when that dies or stays silent: then nobody knows, and
/// the call may still take effect. At the end the history of each register has to be linearizable; and on the
/// way each answer has to stand in the log behind every answer that had been given before it was asked for.

#include <foreshift/consensus/command.hpp>
#include <foreshift/consensus/effect.hpp>
#include <foreshift/consensus/invariants.hpp>
#include <foreshift/core/bytes.hpp>
#include <foreshift/core/flat_map.hpp>
#include <foreshift/core/id.hpp>
#include <foreshift/core/random.hpp>
#include <foreshift/core/time.hpp>
#include <foreshift/sim/coverage.hpp>
#include <foreshift/sim/linearizability.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace foreshift::inline FORESHIFT_ABI::sim {

struct clientele_options {
  std::size_t clients = 4;
  std::size_t registers = 3;
  duration patience = std::chrono::seconds{3};
  bool local_reads = false;  ///< a bug to be caught: a site answers from what it has applied, and asks nobody
};

/// The text of a remark.
struct register_remark {
  std::uint64_t which = 0;
  register_call what{};
  static constexpr void fields(auto& self, auto&& f) { f(self.which, self.what.writes, self.what.value); }
};

class clientele {
 public:
  clientele(std::uint64_t seed, coverage& seen, clientele_options options = {})
      : options_(options),
        random_(seed, 0x636c6e74),
        seen_(&seen),
        waiting_(options.clients),
        histories_(options.registers),
        values_(options.registers) {}

  [[nodiscard]] std::size_t size() const { return waiting_.size(); }
  [[nodiscard]] bool waits(std::size_t client) const { return waiting_[client].has_value(); }

  /// A client makes a call through a site. `submit(what)` hands in a command and returns its id.
  /// @pre !waits(client)
  template <class Driver, class Submit>
  void call(std::size_t client, const Driver& driver, time_point now, Submit submit) {
    const std::uint64_t which = random_.below(histories_.size());
    const bool writes = random_.chance(0.5);
    auto& history = histories_[which];
    history.push_back({++moment_, never, {writes, writes ? ++written_ : 0}});
    pending call{driver.replica().self(), {}, which, history.size() - 1, now + options_.patience, latest_};
    if (options_.local_reads && !writes) {
      answer(call, {driver.machine().applied(), batch_end});
      return;
    }
    call.id = submit(consensus::remark{consensus::canonical(register_remark{which, history.back().what})});
    waiting_[client] = std::move(call);
  }
  /// A client reads through a site that takes itself for the distinguished proposer. `ask()` asks it for a
  /// linearizable read and returns the read's id. @pre !waits(client)
  template <class Ask>
  void read(std::size_t client, site_id at, time_point now, Ask ask) {
    const std::uint64_t which = random_.below(histories_.size());
    histories_[which].push_back({++moment_, never, {}});
    waiting_[client] = pending{at, {}, which, histories_[which].size() - 1, now + options_.patience, latest_};
    waiting_[client]->read = ask();
  }
  /// What became of a site's reads, when it had applied the log through `applied`. After `learn` has seen it.
  [[nodiscard]] std::optional<consensus::violation> hear_reads(site_id site,
                                                               const std::vector<std::uint64_t>& ready,
                                                               const std::vector<std::uint64_t>& refused,
                                                               slot applied, bool leased) {
    for (auto& held : waiting_) {
      if (!held || held->at != site || !held->read) continue;
      const auto among = [&](const std::vector<std::uint64_t>& ids) {
        return std::find(ids.begin(), ids.end(), *held->read) != ids.end();
      };
      if (among(refused)) {
        seen_->note(occasion::read_refused);
        held.reset();
      } else if (among(ready)) {
        const pending call = *std::exchange(held, std::nullopt);
        if (applied < call.latest.at)
          return consensus::violation{"a read misses nothing that was answered before it was asked for",
                                      "site " + std::to_string(site.value)};
        seen_->note(occasion::read_confirmed);
        if (leased) seen_->note(occasion::read_by_lease);
        answer(call, {applied, batch_end});
      }
    }
    return std::nullopt;
  }
  /// The log, in order, once: from the one full replay.
  void learn(const std::vector<consensus::effect>& effects) {
    std::optional<register_remark> said;
    for (const auto& e : effects) {
      if (const auto* read = std::get_if<consensus::remarked>(&e))
        said = consensus::from_canonical<register_remark>(read->body);
      const auto* done = std::get_if<consensus::command_done>(&e);
      if (done == nullptr || !said) continue;
      if (said->what.writes && said->which < values_.size())
        values_[said->which].emplace_back(done->at, said->what.value);
      said.reset();
    }
  }
  /// What a site has applied: the answers that it owes. After `learn` has seen it.
  [[nodiscard]] std::optional<consensus::violation> hear(site_id site,
                                                         const std::vector<consensus::effect>& effects) {
    for (const auto& e : effects) {
      const auto* done = std::get_if<consensus::command_done>(&e);
      if (done == nullptr || done->command.client != site) continue;
      for (auto& held : waiting_) {
        if (!held || held->read || held->id != done->command) continue;
        const pending call = *std::exchange(held, std::nullopt);
        if (done->reason != consensus::refusal::none) continue;  // nobody knows: as if there were no answer
        if (done->at <= call.latest)
          return consensus::violation{"an answer stands behind what was answered before it was asked for",
                                      "command " + std::to_string(call.id.sequence)};
        latest_ = std::max(latest_, done->at);
        answer(call, done->at);
      }
    }
    return std::nullopt;
  }
  /// The site is gone, and with it whoever waited there.
  void gone(site_id site) {
    for (auto& held : waiting_)
      if (held && held->at == site) give_up(held);
  }
  void tick(time_point now) {
    for (auto& held : waiting_)
      if (held && now > held->until) give_up(held);
  }

  /// The verdict on everything. Costly: once, at the end.
  [[nodiscard]] std::optional<consensus::violation> judge() const {
    for (std::size_t which = 0; which < histories_.size(); ++which)
      if (!linearizable<register_model>(essential(histories_[which]), {}))
        return consensus::violation{"client histories are linearizable", "register " + std::to_string(which)};
    return std::nullopt;
  }
  [[nodiscard]] const std::vector<client_call<register_call>>& history(std::size_t which) const {
    return histories_[which];
  }

 private:
  static constexpr std::uint32_t batch_end = ~std::uint32_t{};
  struct pending {
    site_id at;
    consensus::command_id id;
    std::uint64_t which = 0;
    std::size_t call = 0;
    time_point until;
    log_position latest;                  // the last answer anybody had when this was asked for
    std::optional<std::uint64_t> read{};  // not a command: a read of the driver
  };

  void answer(const pending& call, log_position at) {
    auto& entry = histories_[call.which][call.call];
    entry.answered = ++moment_;
    seen_->note(occasion::answer_given);
    if (entry.what.writes) return;
    const auto& values = values_[call.which];
    const auto end = std::upper_bound(values.begin(), values.end(), at,
                                      [](log_position p, const auto& written) { return p < written.first; });
    entry.what.value = end == values.begin() ? 0 : std::prev(end)->second;
    for (const auto& other : waiting_)
      if (other && other->which == call.which && histories_[call.which][other->call].what.writes)
        return seen_->note(occasion::read_while_written);
  }
  void give_up(std::optional<pending>& held) {
    held.reset();
    seen_->note(occasion::answer_unknown);
  }

  clientele_options options_;
  random_stream random_;
  coverage* seen_;
  std::vector<std::optional<pending>> waiting_;
  std::vector<std::vector<client_call<register_call>>> histories_;
  std::vector<std::vector<std::pair<log_position, std::uint64_t>>> values_;  // of each register, in log order
  std::uint64_t moment_ = 0;
  std::uint64_t written_ = 0;
  log_position latest_;
};

}  // namespace foreshift::inline FORESHIFT_ABI::sim
