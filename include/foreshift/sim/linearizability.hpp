#pragma once
/// @file
/// Could a history of concurrent calls have come from one object that does them one at a time?
///
/// A history is linearizable when its calls can be put in one order that a sequential model allows and in
/// which no call stands before another that had been answered before it was made. The search takes calls that
/// may come next, depth first, and turns back at the first answer that the model cannot give; a state that
/// was reached before with the same calls done is not searched again. A call whose answer is unknown may have
/// taken effect at any time after it was made, or never.
///
/// Sources: J. Wing, C. Gong, "Testing and verifying concurrent objects", JPDC 17, 1993; G. Lowe, "Testing
/// for linearizability", Concurrency and Computation 29(4), 2017 (the memory of states).

#include <foreshift/core/config.hpp>

#include <algorithm>
#include <compare>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <set>
#include <span>
#include <utility>
#include <vector>

namespace foreshift::inline FORESHIFT_ABI::sim {

/// The moment of an answer that never came.
inline constexpr std::uint64_t never = std::numeric_limits<std::uint64_t>::max();

/// One call of a client. Moments are places in the order of all events of the run, no two alike.
template <class What>
struct client_call {
  std::uint64_t made = 0;
  std::uint64_t answered = never;  ///< never: the answer in `what` means nothing
  What what{};
};

/// A sequential object. `apply(what, known)` does a call and returns whether the answer in `what` is the one
/// it gives; `known` false: any answer is right. An object that returned false is not used again.
template <class M>
concept SequentialModel = std::regular<M> && std::totally_ordered<M> &&
    requires(M& model, const typename M::call_type& what, bool known) {
  { model.apply(what, known) } -> std::same_as<bool>;
};

namespace detail {

/// The calls and answers of a history in the order in which they happened, as a list from which a call that
/// has been placed is taken out together with its answer.
class open_history {
 public:
  /// The list ends at 0 and begins after it.
  template <class What>
  explicit open_history(std::span<const client_call<What>> history) : answer_of_(history.size()) {
    std::vector<std::pair<std::uint64_t, std::size_t>> moments;  // 2 i: call i; 2 i + 1: its answer
    for (std::size_t i = 0; i < history.size(); ++i) {
      moments.emplace_back(history[i].made, 2 * i);
      if (history[i].answered != never) moments.emplace_back(history[i].answered, 2 * i + 1);
    }
    std::sort(moments.begin(), moments.end());
    nodes_.resize(moments.size() + 1);
    for (std::size_t k = 0; k < moments.size(); ++k) {
      auto& n = nodes_[k + 1];
      n.call = moments[k].second / 2;
      n.answer = moments[k].second % 2 == 1;
      if (n.answer) answer_of_[n.call] = k + 1;
    }
    for (std::size_t k = 0; k < nodes_.size(); ++k) {
      nodes_[k].next = (k + 1) % nodes_.size();
      nodes_[nodes_[k].next].last = k;
    }
  }
  [[nodiscard]] std::size_t first() const { return nodes_[0].next; }
  [[nodiscard]] std::size_t after(std::size_t node) const { return nodes_[node].next; }
  [[nodiscard]] std::size_t call(std::size_t node) const { return nodes_[node].call; }
  [[nodiscard]] bool is_answer(std::size_t node) const { return nodes_[node].answer; }

  void take_out(std::size_t node) {
    unlink(node);
    if (const auto answer = answer_of_[nodes_[node].call]; answer != 0) unlink(answer);
  }
  void put_back(std::size_t node) {
    if (const auto answer = answer_of_[nodes_[node].call]; answer != 0) link(answer);
    link(node);
  }

 private:
  struct place {
    std::size_t call = 0;
    bool answer = false;
    std::size_t next = 0, last = 0;
  };
  void unlink(std::size_t node) {
    nodes_[nodes_[node].last].next = nodes_[node].next;
    nodes_[nodes_[node].next].last = nodes_[node].last;
  }
  void link(std::size_t node) {
    nodes_[nodes_[node].last].next = node;
    nodes_[nodes_[node].next].last = node;
  }
  std::vector<place> nodes_;
  std::vector<std::size_t> answer_of_;  // 0: none
};

}  // namespace detail

/// True when the history could have come from `start`. The model is checked, not the object: keep objects
/// apart, a history of several is linearizable when each one's is. Exponential in the number of calls that
/// overlap, unknown answers above all.
template <SequentialModel Model>
[[nodiscard]] bool linearizable(std::span<const client_call<typename Model::call_type>> history,
                                Model start) {
  struct choice {
    std::size_t node;
    Model before;
  };
  std::size_t answers = 0;
  for (const auto& c : history) answers += c.answered != never ? 1U : 0U;
  detail::open_history open{history};
  std::vector<std::uint64_t> done((history.size() + 63) / 64);
  const auto flip = [&](std::size_t call) { done[call / 64] ^= std::uint64_t{1} << call % 64; };
  std::set<std::pair<std::vector<std::uint64_t>, Model>> searched;
  std::vector<choice> taken;

  for (std::size_t node = open.first(); answers > 0;) {
    if (node != 0 && !open.is_answer(node)) {
      const auto& c = history[open.call(node)];
      Model then = start;
      if (then.apply(c.what, c.answered != never)) {
        flip(open.call(node));
        if (searched.insert({done, then}).second) {
          taken.push_back({node, std::exchange(start, std::move(then))});
          answers -= c.answered != never ? 1U : 0U;
          open.take_out(node);
          node = open.first();
          continue;
        }
        flip(open.call(node));
      }
      node = open.after(node);
      continue;
    }
    // Here an answer was given to a call that could not be placed before it.
    if (taken.empty()) return false;
    choice back = std::move(taken.back());
    taken.pop_back();
    flip(open.call(back.node));
    answers += history[open.call(back.node)].answered != never ? 1U : 0U;
    start = std::move(back.before);
    open.put_back(back.node);
    node = open.after(back.node);
  }
  return true;
}

/// A call on one register: a write says what, a read what it found.
struct register_call {
  bool writes = false;
  std::uint64_t value = 0;
  friend bool operator==(register_call, register_call) = default;
};

/// The register as a model, 0 at first.
struct register_model {
  using call_type = register_call;
  std::uint64_t value = 0;
  bool apply(const register_call& what, bool known) {
    if (what.writes) value = what.value;
    return what.writes || !known || what.value == value;
  }
  friend auto operator<=>(const register_model&, const register_model&) = default;
};

/// Leaves out what decides nothing: reads without an answer, and writes without one whose value was never
/// read. @pre no value is written twice
[[nodiscard]] inline std::vector<client_call<register_call>> essential(
    std::span<const client_call<register_call>> history) {
  std::set<std::uint64_t> read;
  for (const auto& c : history)
    if (!c.what.writes && c.answered != never) read.insert(c.what.value);
  std::vector<client_call<register_call>> out;
  for (const auto& c : history)
    if (c.answered != never || (c.what.writes && read.contains(c.what.value))) out.push_back(c);
  return out;
}

}  // namespace foreshift::inline FORESHIFT_ABI::sim
