#pragma once
/// @file
/// Parts for the replica that can be broken at run time: each derives from the shipped part and departs from
/// it only while the bug is seeded, so with none seeded the shipped rules run.

#include "mutant_list.hpp"

#include <foreshift/consensus/replica.hpp>

#include <optional>
#include <utility>
#include <vector>

namespace consensus_test {

using namespace foreshift;
using namespace foreshift::consensus;

/// The acceptor. While a bug lowers its promises, it keeps account of its own.
class breakable_acceptor : public acceptor {
 public:
  using acceptor::acceptor;

  acceptor_answer on_prepare(const prepare& asked) {
    if (seeded(mutant::accept_does_not_raise_the_promise)) {
      if (asked.number < told_) return {std::nullopt, nack{asked.number, told_}};
      told_ = asked.number;
      promise given{told_, chosen_through(), {}};
      for (const auto& [at, held] : mine_)
        if (at >= asked.from) given.accepted.push_back(held);
      return {promise_record{told_}, given};
    }
    acceptor_answer said = acceptor::on_prepare(asked);
    if (seeded(mutant::promise_reports_one_slot) && said.reply)
      if (auto* given = std::get_if<promise>(&*said.reply); given != nullptr && given->accepted.size() > 1)
        given->accepted.resize(1);
    return said;
  }
  acceptor_answer on_accept(const accept& asked) {
    const bool lower = seeded(mutant::lower_ballot_accepted) && asked.number < promised() &&
                       accepted_at(asked.at) == nullptr;
    if (!lower && !seeded(mutant::accept_does_not_raise_the_promise)) return acceptor::on_accept(asked);
    if (asked.number < promised() && !lower) return {std::nullopt, nack{asked.number, promised()}};
    if (asked.at <= chosen_through()) return {};
    mine_.insert_or_assign(asked.at, {asked.at, asked.number, asked.value});  // the promise stays
    return {accept_record{{asked.at, asked.number, asked.value}}, accepted{asked.number, asked.at}};
  }
  void release_through(slot through) {
    acceptor::release_through(through);
    mine_.erase_if([&](slot at, const accepted_value&) { return at <= through; });
  }
  void restore(const promise_record& kept) {
    told_ = std::max(told_, kept.promised);
    acceptor::restore(kept);
  }
  void restore(const accept_record& kept) {
    if (!seeded(mutant::accept_does_not_raise_the_promise)) return acceptor::restore(kept);
    mine_.insert_or_assign(kept.what.at, kept.what);
  }
  [[nodiscard]] ballot promised() const {
    return seeded(mutant::accept_does_not_raise_the_promise) ? told_ : acceptor::promised();
  }
  void lose(slot at, ballot number) {
    mine_.erase(at);
    acceptor::lose(at, number);
  }
  [[nodiscard]] std::vector<accepted_value> held() const {
    std::vector<accepted_value> all = acceptor::held();
    for (const auto& [at, mine] : mine_) all.push_back(mine);
    return all;
  }
  [[nodiscard]] const entry* accepted_at(slot at) const {
    const auto* held = mine_.find(at);
    return held != nullptr ? &held->value : acceptor::accepted_at(at);
  }
  [[nodiscard]] const entry* accepted_at(slot at, ballot under) const {
    if (seeded(mutant::follower_mixes_ballots)) return acceptor::accepted_at(at);
    if (const auto* held = mine_.find(at); held != nullptr && held->number == under) return &held->value;
    return acceptor::accepted_at(at, under);
  }
  friend bool operator==(const breakable_acceptor&, const breakable_acceptor&) = default;

 private:
  ballot told_;
  flat_map<slot, accepted_value> mine_;
};

/// The members as a wrong rule sees them. `own` is the site that counts.
class wrong_members {
 public:
  wrong_members(const electorate& members, site_id own) : members_(members) {
    if (seeded(mutant::tie_is_a_quorum))
      members_.promises.value = members_.accepts.value = (total_weight(members.electors).value + 1) / 2;
    if (!seeded(mutant::self_reported_weight)) return;
    claimed_.assign(members.electors.begin(), members.electors.end());
    for (auto& member : claimed_)
      if (member.site == own) member.weight += member.weight;
    members_.electors = claimed_;
  }
  wrong_members(const wrong_members&) = delete;
  [[nodiscard]] const electorate& seen() const { return members_; }

 private:
  std::vector<elector> claimed_;
  electorate members_;
};

class breakable_phase_one : public phase_one {
 public:
  using phase_one::phase_one;

  void record(site_id from, promise given) {
    if (seeded(mutant::adopts_nothing)) given.accepted.clear();
    if (seeded(mutant::adopts_the_lowest))
      for (auto& reported : given.accepted) reported.number.round = ~reported.number.round;
    if (seeded(mutant::merges_values))
      for (auto& reported : given.accepted) merge(reported);
    phase_one::record(from, given);
  }
  [[nodiscard]] bool complete(const electorate& members) const {
    return phase_one::complete(wrong_members{members, asked().number.site}.seen());
  }
  friend bool operator==(const breakable_phase_one&, const breakable_phase_one&) = default;

 private:
  /// Makes of it what it says together with what another promise has said.
  void merge(accepted_value& reported) const {
    const entry* other = adopted(reported.at);
    if (other == nullptr || other->commands == reported.value.commands) return;
    std::vector<byte_string> both;
    for (const auto* one : {other, static_cast<const entry*>(&reported.value)})
      for (const auto command : one->commands) both.emplace_back(command.begin(), command.end());
    reported.value.commands = command_batch{both};
    reported.number = asked().number;
  }
};

class breakable_proposer : public basic_proposer<breakable_phase_one> {
  using proposer = basic_proposer<breakable_phase_one>;

 public:
  using proposer::proposer;

  /// Not const: a proposer that passes over gaps does so before it looks at where it stands.
  [[nodiscard]] slot next_slot() {
    while (seeded(mutant::gap_not_filled) && recovering() && recovered() == nullptr) {
      passed_over_[proposer::next_slot()] = true;
      static_cast<void>(proposer::propose({}, {}, {}));
    }
    return proposer::next_slot();
  }
  [[nodiscard]] bool covers(const electorate& members) const {
    return seeded(mutant::promises_reused) || proposer::covers(members);
  }
  [[nodiscard]] bool contradicts(slot at, const entry& chosen) const {
    return !seeded(mutant::overtaken_leads_on) && proposer::contradicts(at, chosen);
  }
  [[nodiscard]] accept propose(entry value, slot chosen_through, time_point now) {
    if (seeded(mutant::invents_a_value) && recovering())
      value.commands = {byte_string{std::byte{1}, std::byte{99}}};
    accept asked = proposer::propose(std::move(value), chosen_through, now);
    if (miscounts()) mine_.insert_or_assign(asked.at, {asked.value, {}, {}});
    return asked;
  }
  [[nodiscard]] std::optional<entry> on_accepted(const electorate& members, site_id from, accepted said) {
    if (seeded(mutant::proposer_mixes_ballots)) said.number = number();
    if (!miscounts()) return proposer::on_accepted(wrong_members{members, number().site}.seen(), from, said);
    const auto electors = members.electors;
    auto* open = said.number == number() ? mine_.find(said.at) : nullptr;
    if (open == nullptr) return std::nullopt;
    const bool news = open->yes.record(electors, from);
    if (!news && !seeded(mutant::counts_repetitions)) return std::nullopt;
    tally one;
    one.record(electors, from);
    open->counted = std::min(open->counted + one.held(electors), total_weight(electors));
    return won(electors, *open) ? std::optional{open->value} : std::nullopt;
  }
  template <class F>
  void retransmit(slot chosen_through, time_point since, time_point now, F again) {
    proposer::retransmit(chosen_through, since, now, [&](const accept& asked, const tally& done) {
      if (!passed_over_.contains(asked.at)) again(asked, done);
    });
  }
  friend bool operator==(const breakable_proposer&, const breakable_proposer&) = default;

 private:
  struct account {
    entry value;
    tally yes;
    quorum_weight counted;
    friend bool operator==(const account&, const account&) = default;
  };
  [[nodiscard]] static bool miscounts() {
    return seeded(mutant::value_dependent_weight) || seeded(mutant::counts_repetitions);
  }
  /// Whose command it is stands in its first byte; of that site an acceptance weighs more, so each value has
  /// quorums of its own.
  [[nodiscard]] static bool won(std::span<const elector> electors, const account& open) {
    if (seeded(mutant::counts_repetitions)) return is_quorum(open.counted, total_weight(electors));
    const auto& commands = open.value.commands;
    const auto favoured =
        commands.empty() || commands[0].empty() ? 0 : std::to_integer<std::uint64_t>(commands[0][0]);
    quorum_weight held = open.yes.held(electors), total = total_weight(electors);
    for (std::size_t i = 0; i < electors.size(); ++i) {
      if (i != favoured % electors.size()) continue;
      total += {2 * electors[i].weight.value};
      if (!tally{open.yes}.record(electors, electors[i].site)) held += {2 * electors[i].weight.value};
    }
    return is_quorum(held, total);
  }

  flat_map<slot, account> mine_;
  flat_map<slot, bool> passed_over_;
};

using breakable_replica = basic_replica<breakable_acceptor, breakable_phase_one, breakable_proposer>;

}  // namespace consensus_test
