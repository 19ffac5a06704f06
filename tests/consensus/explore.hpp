#pragma once
/// @file
/// Every reachable state of one slot: real acceptors and proposers, forked by copying, under every order of
/// delivery.
///
/// Messages are never used up, so repetition and reordering are included, and loss is a message that is not
/// delivered. A ballot belongs to a proposer of its own, with a value of its own. Three reductions, none of
/// which hides a choice: a ballot is as good as prepared from the beginning, since nobody has to hear of it;
/// a proposer reads the promises of a quorum at once; and what is chosen is read off the acceptances that
/// have been said, by a proposer that hears them all. Breadth first, so the first violation has a shortest
/// story.

#include <foreshift/consensus/acceptor.hpp>
#include <foreshift/consensus/phase_one.hpp>
#include <foreshift/consensus/proposer.hpp>

#include <algorithm>
#include <cstddef>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

namespace consensus_test {

using namespace foreshift;
using namespace foreshift::consensus;

struct exploration {
  std::size_t states = 0;
  std::size_t chosen_states = 0;   ///< in which something is chosen
  std::size_t adopted_states = 0;  ///< in which a proposer had to adopt another's value
  bool complete = false;           ///< every state was seen
  std::vector<std::string> story;  ///< how two values came to be chosen; empty: never
};

template <class Acceptor = acceptor, class PhaseOne = phase_one, class Proposer = proposer>
class explorer {
 public:
  explorer(std::vector<elector> electors, std::size_t ballots)
      : electors_(std::move(electors)), ballots_(ballots) {}

  exploration run(std::size_t states_max) {
    state first;
    first.acceptors.assign(electors_.size(), Acceptor{4});
    first.leading.resize(ballots_);
    add(std::move(first), 0, "");
    std::size_t done = 0;
    for (; done < states_.size() && states_.size() < states_max && found_.story.empty(); ++done) expand(done);
    found_.states = states_.size();
    found_.complete = done == states_.size();
    return found_;
  }

 private:
  struct state {
    std::vector<Acceptor> acceptors;
    std::vector<std::optional<entry>> leading;  // what the ballot proposes, once it leads
    std::vector<std::uint16_t> said;            // indices into letters_, sorted
    bool adopted = false;
    friend bool operator==(const state&, const state&) = default;
  };
  struct letter {
    std::size_t acceptor = 0;
    std::size_t ballot = 0;
    message_body what;
    friend bool operator==(const letter&, const letter&) = default;
  };
  struct origin {
    std::size_t parent = 0;
    std::string by;
  };

  [[nodiscard]] static ballot number_of(std::size_t b) { return {b + 1, site_id{b + 1}}; }
  [[nodiscard]] static entry value_of(std::size_t b) {
    return {{epoch_number{1}, {}}, {byte_string{static_cast<std::byte>(b + 1)}}};
  }
  static std::string told(const char* what, std::size_t b, std::size_t a) {
    return std::string{what} + " " + std::to_string(b + 1) + " reaches site " + std::to_string(a + 1);
  }

  void expand(std::size_t at) {
    for (std::size_t b = 0; b < ballots_; ++b) {
      for (std::size_t a = 0; a < electors_.size(); ++a) {
        state to = states_[at];
        hear(to, a, b, to.acceptors[a].on_prepare({number_of(b), first_slot}));
        add(std::move(to), at, told("prepare", b, a));
        if (const auto value = states_[at].leading[b]) {
          state then = states_[at];
          hear(then, a, b, then.acceptors[a].on_accept({number_of(b), first_slot, {}, *value}));
          add(std::move(then), at, told("accept", b, a));
        }
      }
      if (!states_[at].leading[b]) lead(at, b);
    }
  }

  void hear(state& to, std::size_t a, std::size_t b, const acceptor_answer& answer) {
    if (!answer.reply || std::holds_alternative<nack>(*answer.reply)) return;
    if (std::holds_alternative<promise>(*answer.reply) && to.leading[b]) return;  // too late to matter
    const letter mail{a, b, *answer.reply};
    const auto known = std::find(letters_.begin(), letters_.end(), mail);
    const auto index = static_cast<std::uint16_t>(known - letters_.begin());
    if (known == letters_.end()) letters_.push_back(mail);
    const auto place = std::lower_bound(to.said.begin(), to.said.end(), index);
    if (place == to.said.end() || *place != index) to.said.insert(place, index);
  }

  /// Every way in which ballot `b` can complete phase 1 with what has been promised.
  void lead(std::size_t at, std::size_t b) {
    std::vector<std::uint16_t> mine;
    for (const auto i : states_[at].said)
      if (letters_[i].ballot == b && std::holds_alternative<promise>(letters_[i].what)) mine.push_back(i);
    for (unsigned set = 1; set < 1U << mine.size(); ++set) {
      PhaseOne asking{prepare{number_of(b), first_slot}};
      std::string heard;
      for (std::size_t k = 0; k < mine.size() && !asking.complete(electors_); ++k) {
        if ((set >> k & 1U) == 0) continue;
        const auto& mail = letters_[mine[k]];
        asking.record(electors_[mail.acceptor].site, std::get<promise>(mail.what));
        heard += " " + std::to_string(mail.acceptor + 1);
      }
      if (!asking.complete(electors_)) continue;
      const Proposer leading{asking, slot{}};
      const entry* adopted = leading.recovering() ? leading.recovered() : nullptr;
      state to = states_[at];
      to.adopted |= adopted != nullptr;
      to.leading[b] = adopted != nullptr ? *adopted : value_of(b);
      std::erase_if(to.said, [&](std::uint16_t i) {
        return letters_[i].ballot == b && std::holds_alternative<promise>(letters_[i].what);
      });
      add(std::move(to), at, "ballot " + std::to_string(b + 1) + " leads with the promises of" + heard);
    }
  }

  [[nodiscard]] std::vector<entry> chosen_in(const state& s) const {
    std::vector<entry> chosen;
    for (std::size_t b = 0; b < ballots_; ++b) {
      if (!s.leading[b]) continue;
      Proposer hearing{PhaseOne{prepare{number_of(b), first_slot}}, slot{}};
      static_cast<void>(hearing.propose(*s.leading[b], slot{}, {}));
      for (int repetition = 0; repetition < 2; ++repetition)
        for (const auto i : s.said) {
          const auto* heard = std::get_if<accepted>(&letters_[i].what);
          if (heard == nullptr || letters_[i].ballot != b) continue;
          const auto value = hearing.on_accepted(electors_, electors_[letters_[i].acceptor].site, *heard);
          if (value && std::find(chosen.begin(), chosen.end(), *value) == chosen.end())
            chosen.push_back(*value);
        }
    }
    return chosen;
  }

  void add(state next_state, std::size_t parent, std::string by) {
    auto& bucket = index_[key_of(next_state)];
    for (const std::size_t known : bucket)
      if (states_[known] == next_state) return;
    bucket.push_back(states_.size());
    const std::size_t choices = chosen_in(next_state).size();
    found_.chosen_states += choices > 0 ? 1U : 0U;
    found_.adopted_states += next_state.adopted ? 1U : 0U;
    states_.push_back(std::move(next_state));
    origins_.push_back({parent, std::move(by)});
    if (choices < 2 || !found_.story.empty()) return;
    for (std::size_t i = states_.size() - 1; i != 0; i = origins_[i].parent)
      found_.story.push_back(origins_[i].by);
    std::reverse(found_.story.begin(), found_.story.end());
  }
  // Only a hash: states that differ elsewhere share a bucket and are told apart by ==.
  [[nodiscard]] std::uint64_t key_of(const state& s) const {
    std::uint64_t key = 1469598103934665603U;
    const auto mix = [&](std::uint64_t word) { key = (key ^ word) * 1099511628211U; };
    const auto mark = [](const entry* held) {
      return held == nullptr ? 0 : std::to_integer<std::uint64_t>(held->commands[0][0]);
    };
    for (const auto& a : s.acceptors) mix(a.promised().round * 16 + mark(a.accepted_at(first_slot)));
    for (const auto& value : s.leading) mix(mark(value ? &*value : nullptr));
    for (const auto i : s.said) mix(i);
    return key;
  }

  std::vector<elector> electors_;
  std::size_t ballots_;
  std::vector<letter> letters_;
  std::vector<state> states_;
  std::vector<origin> origins_;
  std::unordered_map<std::uint64_t, std::vector<std::size_t>> index_;
  exploration found_;
};

}  // namespace consensus_test
