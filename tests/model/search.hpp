#pragma once
/// @file
/// Every state that a few sites and their network can reach, breadth first, so that the first violation has
/// a shortest story.
///
/// A state is the numbers of its sites' states (site.hpp), 16 bytes, kept exactly: nothing is taken for seen
/// that was not. Partial-order reduction: a quiet sync (`quiet_sync`) at a site that can crash no more is
/// taken alone; it only makes messages available, which nobody has to receive, so every run without it has
/// its like after it.

#include "site.hpp"

#include <ctime>
#include <deque>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace model {

inline constexpr std::size_t sites_max = 4;
using world = std::array<number, sites_max>;

struct findings {
  std::size_t states = 0;
  std::size_t transitions = 0;
  std::size_t depth = 0;
  std::size_t choices = 0;  ///< states in which some site has taken an entry as chosen
  bool complete = false;
  std::string broken{};  ///< empty: nothing
  std::vector<std::string> story{};
  double seconds = 0;                                           ///< of processor time
  std::size_t sites = 0, replicas = 0, letters = 0, steps = 0;  ///< distinct ones
};

template <class Replica>
class search {
 public:
  explicit search(bounds limits, bool reduce = true) : sites_(std::move(limits)), reduce_(reduce) {
    FORESHIFT_EXPECT(sites_.size() <= sites_max);
  }

  /// `progress(states)` is called now and then.
  findings run(std::size_t states_max, const std::function<void(std::size_t)>& progress = {}) {
    const auto begin = std::clock();
    findings found;
    world first{};
    for (std::size_t i = 0; i < sites_.size(); ++i) first[i] = sites_.start(i);
    table_.assign(1024, none);
    add(first, 0, found);
    std::size_t level_end = 1;
    std::size_t done = 0;
    for (; done < states_.size() && states_.size() < states_max && found.broken.empty(); ++done) {
      if (done == level_end) level_end = states_.size(), ++found.depth;
      expand(done, found);
      if (progress && done % 1048576 == 0) progress(states_.size());
    }
    found.complete = done == states_.size() && found.broken.empty();
    found.states = states_.size();
    const auto counted = sites_.count();
    found.sites = counted.sites, found.replicas = counted.replicas;
    found.letters = counted.letters, found.steps = counted.steps;
    found.seconds = static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC;
    return found;
  }

 private:
  static constexpr number none = ~number{};
  using action = typename site_model<Replica>::action;

  [[nodiscard]] spending spent(const world& w) const {
    spending sum;
    for (std::size_t i = 0; i < sites_.size(); ++i) {
      const auto& one = sites_[w[i]].spent;
      sum.crashes = static_cast<std::uint8_t>(sum.crashes + one.crashes);
      sum.beats = static_cast<std::uint8_t>(sum.beats + one.beats);
    }
    return sum;
  }
  [[nodiscard]] bool affords(const action& what, spending so_far) const {
    const auto& limits = sites_.limits();
    return !((what.kind == action::crash && so_far.crashes >= limits.crashes) ||
             (what.kind == action::beat && so_far.beats >= limits.beats));
  }

  [[nodiscard]] std::string delivery(const world& from, std::size_t i, std::size_t j, number to) {
    for (const number mail : sites_.sent_to(from[j], i))
      if (sites_.deliver(i, from[i], mail) == to)
        return "site " + std::to_string(i + 1) + " receives from " + std::to_string(j + 1) + ": " +
               model::tell(sites_.letter_of(mail).what);
    return {};
  }
  /// Calls `visit(successor, site, how)` for each; `how` gives the words.
  template <class Visit>
  void successors(const world& from, Visit visit) {
    const spending so_far = spent(from);
    const bool may_crash = so_far.crashes < sites_.limits().crashes;
    if (reduce_ && !may_crash)
      for (std::size_t i = 0; i < sites_.size(); ++i)
        if (const number to = sites_.quiet_sync(from[i]); to != none) {
          world then = from;
          then[i] = to;
          return visit(then, i, [&, i] { return "site " + std::to_string(i + 1) + " has synced"; });
        }
    if (reduce_)
      for (std::size_t i = 0; i < sites_.size(); ++i)
        for (std::size_t j = 0; j < sites_.size(); ++j)
          if (j != i)
            if (const number to = sites_.due_delivery(i, from[i], from[j]); to != none) {
              world then = from;
              then[i] = to;
              return visit(then, i, [&, i, j, to] { return delivery(from, i, j, to); });
            }
    for (std::size_t i = 0; i < sites_.size(); ++i) {
      for (const auto& option : sites_.options(i, from[i])) {
        if (!affords(option.what, so_far)) continue;
        world then = from;
        then[i] = option.to;
        visit(then, i, [&, i] { return sites_.tell(i, from[i], option.what); });
      }
      for (std::size_t j = 0; j < sites_.size(); ++j) {
        if (j == i) continue;
        for (const number to : sites_.deliveries(i, from[i], from[j])) {
          world then = from;
          then[i] = to;
          visit(then, i, [&, i, j, to] { return delivery(from, i, j, to); });
        }
      }
    }
  }

  void expand(std::size_t at, findings& found) {
    const world from = states_[at];
    successors(from, [&](const world& then, std::size_t, const auto&) {
      ++found.transitions;
      if (found.broken.empty()) add(then, static_cast<number>(at), found);
    });
  }

  void add(const world& w, number parent, findings& found) {
    if (states_.size() * 2 >= table_.size()) grow();
    std::size_t at = place(w);
    for (; table_[at] != none; at = (at + 1) & (table_.size() - 1))
      if (states_[table_[at]] == w) return;
    table_[at] = static_cast<number>(states_.size());
    states_.push_back(w);
    parents_.push_back(parent);
    judge(w, found);
  }
  [[nodiscard]] std::size_t place(const world& w) const {
    std::uint64_t key = (std::uint64_t{w[0]} << 32 | w[1]) * 0x9E3779B97F4A7C15U;
    key ^= key >> 29;
    key = (key ^ (std::uint64_t{w[2]} << 32 | w[3])) * 0xBF58476D1CE4E5B9U;
    return (key ^ key >> 32) & (table_.size() - 1);
  }
  void grow() {
    std::vector<number> larger(2 * table_.size(), none);
    table_.swap(larger);
    for (number i = 0; i < states_.size(); ++i) {
      std::size_t at = place(states_[i]);
      while (table_[at] != none) at = (at + 1) & (table_.size() - 1);
      table_[at] = i;
    }
  }

  void judge(const world& w, findings& found) {
    const std::string what = first_broken(w, found);
    if (what.empty()) return;
    found.broken = what;
    std::vector<number> path;
    for (auto at = static_cast<number>(states_.size() - 1); at != 0; at = parents_[at]) path.push_back(at);
    for (number at = 0; !path.empty(); path.pop_back()) {
      const world from = states_[at], to = states_[path.back()];
      std::string line;
      successors(from, [&](const world& then, std::size_t i, const auto& words) {
        if (line.empty() && then == to) line = words() + sites_.tell_change(from[i], to[i]);
      });
      found.story.push_back(line);
      at = path.back();
    }
  }
  [[nodiscard]] std::string first_broken(const world& w, findings& found) const {
    bool choice = false;
    for (std::size_t i = 0; i < sites_.size(); ++i) {
      if (!sites_.broken(w[i]).empty()) return sites_.broken(w[i]);
      choice |= !sites_.book(w[i]).empty();
    }
    found.choices += choice ? 1U : 0U;
    if (choice)
      for (std::size_t i = 0; i < sites_.size(); ++i)
        for (const auto& [at, value] : sites_.book(w[i]))
          if (!proposed(w, sites_.entry_of(value)))
            return "site " + std::to_string(i + 1) + " takes " + tell(sites_.entry_of(value)) +
                   " as chosen in slot " + std::to_string(at) + ", which nobody has proposed";
    if (choice)
      for (std::size_t i = 0; i < sites_.size(); ++i)
        for (std::size_t j = i + 1; j < sites_.size(); ++j)
          for (const auto& [at, value] : sites_.book(w[i]))
            for (const auto& [there, other] : sites_.book(w[j]))
              if (at == there && value != other)
                return "slot " + std::to_string(at) + " is chosen twice: site " + std::to_string(i + 1) +
                       " takes " + tell(sites_.entry_of(value)) + ", site " + std::to_string(j + 1) + " " +
                       tell(sites_.entry_of(other));
    for (std::size_t i = 0; i < sites_.size(); ++i)
      for (const auto hole : sites_.holes(w[i]))
        if (!known_somewhere(w, hole))
          return "site " + std::to_string(i + 1) + " leads and has passed over slot " + std::to_string(hole);
    return {};
  }
  /// A no-op, or one command, as the model's batches hold no more, which its client has handed in by now.
  /// A command names its site and how many were submitted there with it.
  [[nodiscard]] bool proposed(const world& w, const entry& value) const {
    if (value.commands.empty()) return true;
    const auto command = value.commands[0];
    if (value.commands.size() != 1 || command.size() != 2) return false;
    const auto client = std::to_integer<std::size_t>(command[0]),
               count = std::to_integer<std::size_t>(command[1]);
    return client >= 1 && client <= sites_.size() && count >= 1 && count <= sites_[w[client - 1]].submitted;
  }
  [[nodiscard]] bool known_somewhere(const world& w, number at) const {
    for (std::size_t i = 0; i < sites_.size(); ++i)
      for (const auto& [there, value] : sites_.book(w[i]))
        if (there == at) return true;
    return false;
  }

  site_model<Replica> sites_;
  bool reduce_;
  std::deque<world> states_;
  std::deque<number> parents_;
  std::vector<number> table_;
};

}  // namespace model
