#pragma once
/// @file
/// Every short history of one subset with one approved migration and two sites, walked through the real table
/// beside a plain account of the rules: who was granted what, whether it was told to stop, and has stopped.

#include <foreshift/consensus/authority_table.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace consensus_test {

using namespace foreshift;
using namespace foreshift::consensus;

enum class said : std::uint8_t {
  prepare,
  quiesced,
  activate,
  abort_transfer,
  wait,
  start,
  commit,
  abort,
  settled
};

struct utterance {
  said what = said::wait;
  site_id client{1};
  site_id from{1}, to{1};  ///< of prepare; `to` of activate too
  std::size_t grant = 0;   ///< whose token is named: the n-th grant
};

/// The rules in their plainest form, kept apart from the table's data.
struct plain_account {
  struct grant {
    site_id owner;
    fence_token token;
  };
  std::vector<grant> grants;
  bool told_to_stop = false, stopped = false, late = false;
  site_id successor;
  bool started = false, committed = false, aborted = false, settled = false;
  std::size_t started_in = 0;  ///< which grant

  [[nodiscard]] bool passing() const { return told_to_stop || stopped; }
  [[nodiscard]] bool acts(const utterance& u) const {
    return u.grant + 1 == grants.size() && u.client == grants.back().owner;
  }
  [[nodiscard]] bool allows(const utterance& u) const {
    const bool open = started && !committed && !aborted;
    switch (u.what) {
      case said::prepare:
        return !passing() && u.from == grants.back().owner;
      case said::quiesced:
        return told_to_stop && !stopped && acts(u);
      case said::activate:
        return passing() && (stopped || late) && u.to == successor;
      case said::abort_transfer:
        return passing() && late;
      case said::wait:
        return true;
      case said::start:
        return acts(u) && !passing() && !started && !aborted;
      case said::commit:
        return acts(u) && open;
      case said::abort:
        return acts(u) && !committed && !aborted;
      case said::settled:
        return acts(u) && (committed || aborted) && !settled;
    }
    return false;
  }
  void note(const utterance& u, log_position at) {
    switch (u.what) {
      case said::prepare:
        told_to_stop = true, late = false, successor = u.to;
        return;
      case said::quiesced:
        stopped = true;
        return;
      case said::activate:
      case said::abort_transfer:
        grants.push_back({u.what == said::activate ? u.to : grants.back().owner, at});
        told_to_stop = stopped = false;
        return;
      case said::wait:
        late = true;
        return;
      case said::start:
        started = true, started_in = u.grant;
        return;
      case said::commit:
        committed = true;
        return;
      case said::abort:
        aborted = true;
        return;
      case said::settled:
        settled = true;
        return;
    }
  }
};

/// What a walk has met, so that no check is idle.
struct walk_counts {
  std::uint64_t histories = 0, refusals = 0;
  std::uint64_t renewals = 0;             ///< an owner granted anew by itself
  std::uint64_t carried_on_anew = 0;      ///< committed by the owner that started it, under a later token
  std::uint64_t carried_on_by_other = 0;  ///< committed by the other site
  std::uint64_t settlements = 0;
  std::uint64_t taken_over = 0;  ///< activated without the owner's word
};

class authority_walk {
 public:
  authority_walk() {
    std::vector<effect> unheard;
    account_.grants.push_back({site_id{1}, now_.at});
    table_.define({{subset_id{1}, "web", {workload_id{1}}, {place_id{1}}}, site_id{1}}, now_.at, unheard);
    table_.approve(migration, {proposal_id{}, subset_id{1}, workload_id{1}, host_id{7}}, unheard);
  }

  /// Says everything that can be said, and goes on from each that is accepted. The first claim that breaks,
  /// with the history; empty when none does.
  [[nodiscard]] std::string explore(int depth, walk_counts& counts) const {
    ++counts.histories;
    std::vector<std::pair<site_id, fence_token>> actors;
    for (const auto& u : everything()) {
      authority_walk next = *this;
      const bool accepted = next.say(u);
      if (accepted != account_.allows(u)) return tell(u) + (accepted ? " accepted" : " refused");
      if (!accepted) {
        ++counts.refusals;
        if (!(next.table_ == table_)) return tell(u) + " refused, and yet changed something";
        continue;
      }
      if (u.what >= said::start) {
        const std::pair actor{u.client, account_.grants[u.grant].token};
        if (actors.empty()) actors.push_back(actor);
        if (actors.front() != actor) return tell(u) + ": two may act";
      }
      if (auto broken = next.compare(*this, u); !broken.empty()) return tell(u) + ": " + broken;
      next.count(u, *this, counts);
      const bool again = u.what == said::wait && account_.late;
      const bool same_from_another = u.what == said::activate || u.what == said::abort_transfer;
      if (depth == 0 || again || (same_from_another && u.client != site_id{1})) continue;
      next.history_ = tell(u) + "; ";
      if (auto broken = next.explore(depth - 1, counts); !broken.empty()) return broken;
    }
    return {};
  }

 private:
  static constexpr migration_id migration{99};
  static constexpr duration transfer_time = std::chrono::minutes{5};

  [[nodiscard]] std::vector<utterance> everything() const {
    constexpr site_id sites[] = {{1}, {2}};
    std::vector<utterance> all{{said::wait, {1}, {1}, {1}, 0}};
    for (const auto client : sites) {
      for (const auto to : sites) {
        all.push_back({said::prepare, {1}, client, to, 0});  // from `client`: it matters not who says it
        all.push_back({said::activate, client, {1}, to, 0});
      }
      all.push_back({said::abort_transfer, client, {1}, {1}, 0});
      for (std::size_t grant = 0; grant < account_.grants.size(); ++grant)
        for (const auto what : {said::quiesced, said::start, said::commit, said::abort, said::settled})
          all.push_back({what, client, {1}, {1}, grant});
    }
    return all;
  }

  bool say(const utterance& u) {
    now_.at.at = next(now_.at.at);
    now_.client = u.client;
    std::vector<effect> out;
    const fence_token token = account_.grants[u.grant].token;
    const migration_step step{migration, token};
    const auto answer = [&] {
      switch (u.what) {
        case said::prepare:
          return table_.prepare({subset_id{1}, u.from, u.to, {}, now_.log_time + transfer_time}, now_, out);
        case said::quiesced:
          return table_.quiesce({subset_id{1}, token}, now_, out);
        case said::activate:
          return table_.activate_successor({subset_id{1}, u.to}, now_, out);
        case said::abort_transfer:
          return table_.abort_late({subset_id{1}}, now_, out);
        case said::start:
          return table_.apply(consensus::start{step}, now_, out);
        case said::commit:
          return table_.apply(consensus::commit{step}, now_, out);
        case said::abort:
          return table_.apply(consensus::abort{step}, now_, out);
        case said::settled:
          return table_.apply(consensus::settled{step}, now_, out);
        case said::wait:
          break;
      }
      now_.log_time += 2 * transfer_time;
      return refusal::none;
    }();
    if (answer != refusal::none) return false;
    account_.note(u, now_.at);
    return true;
  }

  /// What must hold of the table after each accepted step, whatever the account says.
  [[nodiscard]] std::string compare(const authority_walk& before, const utterance& u) const {
    const auto& was = *before.table_.find(subset_id{1});
    const auto& is = *table_.find(subset_id{1});
    const bool grants = u.what == said::activate || u.what == said::abort_transfer;
    if (grants != (is.token != was.token)) return "a token changes with a grant, and only then";
    for (const auto& g : before.account_.grants)
      if (grants && !(g.token < is.token)) return "a token that is not above all before it";
    if (!grants && is.owner != was.owner) return "an owner without a grant";
    if (is.version < was.version || (!(is == was) && is.version == was.version))
      return "changed under one version";
    if (is.owner != account_.grants.back().owner || is.token != account_.grants.back().token)
      return "not the last grant";
    const auto* intent = table_.find_intent(migration);
    if ((intent == nullptr) != account_.settled) return "an intent ends when it is settled, and not before";
    if (intent != nullptr && account_.started &&
        intent->started_under != account_.grants[account_.started_in].token)
      return "started under another token than it says";
    return {};
  }

  void count(const utterance& u, const authority_walk& before, walk_counts& counts) const {
    const auto& grants = account_.grants;
    const bool later = u.what == said::commit && account_.started_in + 1 < grants.size();
    const bool same = later && grants[account_.started_in].owner == u.client;
    counts.renewals += u.what == said::activate && u.to == before.account_.grants.back().owner ? 1U : 0U;
    counts.carried_on_anew += same ? 1U : 0U;
    counts.carried_on_by_other += later && !same ? 1U : 0U;
    counts.taken_over += u.what == said::activate && !before.account_.stopped ? 1U : 0U;
    counts.settlements += u.what == said::settled ? 1U : 0U;
  }

  [[nodiscard]] std::string tell(const utterance& u) const {
    constexpr const char* words[] = {"prepare", "quiesced", "activate", "abort_transfer", "wait",
                                     "start",   "commit",   "abort",    "settled"};
    return history_ + "site " + std::to_string(u.client.value) + " " +
           words[static_cast<std::size_t>(u.what)] + " from " + std::to_string(u.from.value) + " to " +
           std::to_string(u.to.value) + " under grant " + std::to_string(u.grant);
  }

  authority_table table_;
  command_context now_{{slot{1}, 0}, site_id{1}, time_point{std::chrono::hours{12}}};
  plain_account account_;
  std::string history_;
};

}  // namespace consensus_test
