#pragma once
/// @file
/// The promises of the agreement as code: checkers that a test or a simulator runs after every step.
///
/// They only look. Each returns the first violation in words, or nothing. The observers remember what has
/// been seen, so that a promise about the past ("only grows", "at most once") can be checked at all.

#include <foreshift/consensus/log.hpp>
#include <foreshift/consensus/message.hpp>
#include <foreshift/consensus/state_machine.hpp>

#include <optional>
#include <string>
#include <utility>

namespace foreshift::inline FORESHIFT_ABI::consensus {

/// What was promised and does not hold.
struct violation {
  std::string claim;
  std::string what;
  friend bool operator==(const violation&, const violation&) = default;
};

namespace detail {
inline std::string text_of(slot at) { return "slot " + std::to_string(at.value); }
inline std::string text_of(ballot number) {
  return "ballot " + std::to_string(number.round) + "." + std::to_string(number.site.value);
}
}  // namespace detail

/// Agreement: whatever any site ever took as chosen in a slot is the same entry; a slot once chosen stays.
class agreement_observer {
 public:
  /// O(new slots); a log that has grown is read from where it was left. What is below its base cannot be
  /// read.
  [[nodiscard]] std::optional<violation> observe(site_id site, const chosen_log& log) {
    slot& seen = seen_[site];
    if (log.through() < seen) seen = {};  // a restart: read all of it again
    for (slot at = next(std::max(seen, log.base())); at <= log.through(); at = next(at)) {
      const digest name = canonical_digest(log[at]);
      if (const auto* first = chosen_.find(at); first == nullptr)
        chosen_.insert_or_assign(at, name);
      else if (*first != name)
        return violation{"agreement per slot", detail::text_of(at) + " is chosen twice, site " +
                                                   std::to_string(site.value) + " differs"};
    }
    seen = log.through();
    return std::nullopt;
  }
  [[nodiscard]] std::size_t slots() const { return chosen_.size(); }

 private:
  flat_map<site_id, slot> seen_;
  flat_map<slot, digest> chosen_;
};

/// What leaves and enters the wire: one value per (slot, ballot), and promises that only grow.
class message_observer {
 public:
  [[nodiscard]] std::optional<violation> sent(site_id from, const message_body& body) {
    if (const auto* asked = std::get_if<accept>(&body))
      return proposed(asked->at, asked->number, asked->value);
    if (const auto* given = std::get_if<promise>(&body)) {
      for (const auto& reported : given->accepted)
        if (auto broken = proposed(reported.at, reported.number, reported.value)) return broken;
    }
    if (const auto* said = std::get_if<accepted>(&body)) return accepted_in_order(from, *said);
    if (const auto* given = std::get_if<promise>(&body))
      promised_[from] = std::max(promised_[from], given->number);
    return std::nullopt;
  }
  /// The state itself: a promise never shrinks, also over a restart, once it has been told.
  [[nodiscard]] std::optional<violation> promised(site_id site, ballot now) {
    if (now < promised_[site])
      return violation{"promises only grow", "site " + std::to_string(site.value) + " fell from " +
                                                 detail::text_of(promised_[site]) + " to " +
                                                 detail::text_of(now)};
    return std::nullopt;
  }

 private:
  std::optional<violation> proposed(slot at, ballot number, const entry& value) {
    const digest name = canonical_digest(value);
    const std::pair key{at, number};
    if (const auto* first = values_.find(key); first == nullptr)
      values_.insert_or_assign(key, name);
    else if (*first != name)
      return violation{"one value per (slot, ballot)",
                       detail::text_of(at) + " has two values under " + detail::text_of(number)};
    return std::nullopt;
  }
  // An acceptance that was told is a promise as well.
  std::optional<violation> accepted_in_order(site_id from, const accepted& said) {
    promised_[from] = std::max(promised_[from], said.number);
    return std::nullopt;
  }

  flat_map<std::pair<slot, ballot>, digest> values_;
  flat_map<site_id, ballot> promised_;
};

/// Applied prefixes are identical: equal slots have equal chains, whichever site applied them.
class chain_observer {
 public:
  template <class Machine>
  [[nodiscard]] std::optional<violation> observe(const Machine& machine) {
    const auto* first = chains_.find(machine.applied());
    if (first == nullptr)
      chains_.insert_or_assign(machine.applied(), machine.chain());
    else if (*first != machine.chain())
      return violation{"applied prefixes are identical",
                       "chains differ at " + detail::text_of(machine.applied())};
    return std::nullopt;
  }

 private:
  flat_map<slot, digest> chains_;
};

/// What ONE site's state machine did, from its first slot on: one owner per subset and token, tokens only
/// grow; a migration starts at most once and never both commits and aborts; a proposal is decided once; a
/// command is applied once.
class effect_observer {
 public:
  [[nodiscard]] std::optional<violation> observe(const std::vector<effect>& effects) {
    for (const auto& happened : effects)
      if (auto broken = std::visit([&](const auto& e) { return this->on(e); }, happened)) return broken;
    return std::nullopt;
  }
  /// An approved decision, held against the state just before it was applied.
  [[nodiscard]] static std::optional<violation> approval(const decide& asked, const ruling_state& before) {
    const auto count = count_merit(asked.evidence.votes, asked.header.stakes, before.members, before.credits);
    if (!count || !count->passes() || before.log_time > asked.header.expires_at)
      return violation{"an approval recomputes", "proposal " + std::to_string(asked.header.id.sequence)};
    return std::nullopt;
  }

 private:
  struct life {
    int starts = 0;
    bool committed = false;
    bool aborted = false;
    bool settled = false;
  };
  static std::string name(migration_id id) { return "migration " + std::to_string(id.value); }

  std::optional<violation> on(const authority_changed& e) {
    const auto* last = granted_.find(e.what);
    const bool same = last != nullptr && last->token == e.now.token;
    if (last != nullptr && e.now.token < last->token)
      return violation{"tokens only grow", "subset " + std::to_string(e.what.value)};
    if (same && e.now.owner != last->owner)
      return violation{"one owner per subset and token", "subset " + std::to_string(e.what.value)};
    granted_.insert_or_assign(e.what, e.now);
    return std::nullopt;
  }
  std::optional<violation> on(const migration_advanced& e) {
    auto& so_far = lives_[e.what];
    if (so_far.settled) return violation{"settled is the end", name(e.what)};
    so_far.settled = e.settled;
    if (e.settled) return std::nullopt;
    if (e.intent.state == migration_state::started && ++so_far.starts > 1)
      return violation{"a migration starts at most once", name(e.what)};
    so_far.committed |= e.intent.state == migration_state::committed;
    so_far.aborted |= e.intent.state == migration_state::aborted;
    if (so_far.committed && so_far.aborted)
      return violation{"a migration never both commits and aborts", name(e.what)};
    return std::nullopt;
  }
  std::optional<violation> on(const proposal_decided& e) {
    if (decided_.contains(e.proposal))
      return violation{"a proposal is decided once", "proposal " + std::to_string(e.proposal.sequence)};
    decided_[e.proposal] = true;
    return std::nullopt;
  }
  std::optional<violation> on(const command_done& e) {
    if (e.duplicate) return std::nullopt;
    if (applied_.contains(e.command) && e.reason != refusal::not_a_member)
      return violation{"a command is applied once", "command " + std::to_string(e.command.sequence)};
    applied_[e.command] = true;
    return std::nullopt;
  }
  // By the slots, not by a flag: the effects of slots behind another site's snapshot are never seen.
  std::optional<violation> on(const epoch_decided& e) {
    if (!tolerates(e.what.members.voters(), e.what.members.tolerated()))
      return violation{"every epoch meets its cap", detail::text_of(e.what.from)};
    if (epoch_ && e.what.members.number() == next(epoch_->members.number()) &&
        e.what.from.value <= epoch_->from.value + epoch_->members.alpha())
      return violation{"one epoch pending at a time", detail::text_of(e.what.from)};
    epoch_ = e.what;
    return std::nullopt;
  }
  std::optional<violation> on(const epoch_activated& e) {
    if (epoch_ && e.what.members.number() == epoch_->members.number() && e.what != *epoch_)
      return violation{"an epoch is in force from where it was decided to be", detail::text_of(e.what.from)};
    return std::nullopt;
  }
  static std::optional<violation> on(const epoch_refused&) { return std::nullopt; }
  static std::optional<violation> on(const site_frozen&) { return std::nullopt; }
  static std::optional<violation> on(const proposal_undecided&) { return std::nullopt; }
  static std::optional<violation> on(const credits_changed&) { return std::nullopt; }
  static std::optional<violation> on(const credits_refused&) { return std::nullopt; }
  static std::optional<violation> on(const remarked&) { return std::nullopt; }
  static std::optional<violation> on(const unreadable_command&) { return std::nullopt; }

  flat_map<subset_id, authority> granted_;
  flat_map<migration_id, life> lives_;
  flat_map<proposal_id, bool> decided_;
  flat_map<command_id, bool> applied_;
  std::optional<decided_epoch> epoch_;  // decided last
};

}  // namespace foreshift::inline FORESHIFT_ABI::consensus
