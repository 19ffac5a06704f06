#pragma once
/// @file
/// What a policy achieved, counted from the record of its moves.
///
/// The trace says what every workload would have demanded anywhere, so what would have happened without a
/// move is not estimated but counted. Two counterfactuals are used, both of the move's source and both only
/// within `scenario::judged_within` of the step in which the move takes effect. That of one decision is the
/// host as it really was, plus the demand of the workloads that this decision took away. That of the host is
/// the host as it really was, less the costs of moves, plus the demand of every workload that any decision of
/// that time took away. Neither counts a workload twice or while it runs on that host. Overload counts from
/// the end of the warm-up.

#include <foreshift/sim/scenario.hpp>
#include <foreshift/sim/trace_demand.hpp>
#include <foreshift/sim/world.hpp>

#include <algorithm>
#include <cstddef>
#include <optional>
#include <vector>

namespace foreshift::inline FORESHIFT_ABI::sim {

/// The figures of one run. All of them count the costs of moves as demand.
struct run_figures {
  /// Sum over hosts of the time with demand above the limit.
  double overload_minutes = 0;
  /// 1 - overload_minutes / overload_minutes of the run without moves; none where that run had no overload.
  std::optional<double> avoided_share;
  /// All moves decided, rollbacks included.
  std::size_t moves = 0;
  /// Moves, rollbacks excepted, whose decision was for nothing: in its counterfactual the source is not
  /// overloaded in any step of the window. Moves decided at the same step away from the same host are one
  /// decision.
  std::size_t false_moves = 0;
  /// Maximal runs of steps in which one host is overloaded.
  std::size_t episodes = 0;
  /// Maximal runs of steps in which the counterfactual of a host is overloaded and the host itself never is.
  /// An episode that is only made shorter is not prevented, and several moves that prevent one episode count
  /// once.
  std::size_t prevented_episodes = 0;
  /// Over the prevented episodes: from the decision to the begin of the episode, in minutes, where the
  /// decision is the last one among those whose workloads are missing on the host at that begin. None without
  /// such episodes.
  std::optional<double> lead_minutes_median;
  /// Time in which a host is overloaded and would not be without the workloads that it took within the window
  /// (from the step of the move on) and the costs of taking them.
  double destination_overload_minutes = 0;
  /// Moves of a workload decided within `scenario::ping_pong_within` of the decision of its previous move.
  std::size_t ping_pong = 0;
  /// Moves whose purpose was to take back an earlier one.
  std::size_t rollbacks = 0;
};

/// An overload on one host, real or counterfactual: steps [begin, end).
struct host_episode {
  host_id host;
  std::size_t begin = 0;
  std::size_t end = 0;
  std::size_t decided = 0;  ///< of a prevented episode: the last decision that it took
  friend bool operator==(const host_episode&, const host_episode&) = default;
};

namespace detail {

/// Every move with the steps for which it answers, and where its workload runs in each of them.
class move_review {
 public:
  move_review(const run_record& run, const demand_table& demand, const scenario& rules)
      : run_(&run), demand_(&demand), window_(steps_covering(rules.judged_within, demand.step())) {}

  /// One past the last step for which the move answers.
  [[nodiscard]] std::size_t end_of(const move& m) const {
    return std::min(run_->steps(), m.effective() + window_);
  }
  /// Whether the workload of move `i` runs on host `h` in step `k`. @pre k >= moves[i].effective()
  [[nodiscard]] bool runs_on(std::size_t i, std::size_t k, host_id h) const {
    host_id where = run_->moves[i].to;
    for (std::size_t j = i + 1; j < run_->moves.size() && run_->moves[j].effective() <= k; ++j)
      if (run_->moves[j].workload == run_->moves[i].workload) where = run_->moves[j].to;
    return where == h;
  }
  [[nodiscard]] millionths demand_of(std::size_t i, std::size_t k) const {
    return demand_->at(run_->moves[i].workload, k);
  }
  [[nodiscard]] millionths cost_of(std::size_t i, std::size_t k) const {
    return cost_of_moving(demand_of(i, k), run_->move_cost);
  }

 private:
  const run_record* run_;
  const demand_table* demand_;
  std::size_t window_;
};

/// Whether the moves [first, last), one decision about one host, were for nothing.
[[nodiscard]] inline bool for_nothing(const run_record& run, const move_review& review,
                                      const std::vector<std::size_t>& decision) {
  const move& any = run.moves[decision.front()];
  for (std::size_t k = any.effective(); k < review.end_of(any); ++k) {
    millionths without = run.demand(k, any.from);
    for (const std::size_t i : decision)
      if (!review.runs_on(i, k, any.from)) without += review.demand_of(i, k);
    if (k >= run.scored_from && without > run.limit) return false;
  }
  return true;
}

/// The episodes in one host's row of flags.
[[nodiscard]] inline std::vector<host_episode> runs_of(const std::vector<bool>& flags, host_id h) {
  std::vector<host_episode> found;
  for (std::size_t k = 0; k < flags.size(); ++k) {
    if (!flags[k]) continue;
    if (k == 0 || !flags[k - 1]) found.push_back({h, k, k, 0});
    found.back().end = k + 1;
  }
  return found;
}

}  // namespace detail

/// The overloads that really happened, host by host. O(steps x hosts).
[[nodiscard]] inline std::vector<host_episode> overload_episodes(const run_record& run) {
  std::vector<host_episode> all;
  for (std::size_t h = 0; h < run.hosts; ++h) {
    std::vector<bool> over(run.steps());
    for (std::size_t k = 0; k < over.size(); ++k) over[k] = run.overloaded(k, host_id{h});
    const auto found = detail::runs_of(over, host_id{h});
    all.insert(all.end(), found.begin(), found.end());
  }
  return all;
}

/// The overloads that moves made not happen, host by host.
/// O(steps x hosts + moves x window x moves of that time).
[[nodiscard]] inline std::vector<host_episode> prevented_episodes(const run_record& run,
                                                                  const demand_table& demand,
                                                                  const scenario& rules) {
  const detail::move_review review(run, demand, rules);
  std::vector<host_episode> all;
  for (std::size_t h = 0; h < run.hosts; ++h) {
    const host_id host{h};
    std::vector<millionths> counterfactual(run.steps());
    std::vector<std::size_t> last_decision(run.steps());
    for (std::size_t k = 0; k < run.steps(); ++k) counterfactual[k] = run.demand(k, host);
    for (std::size_t i = 0; i < run.moves.size(); ++i) {
      const move& m = run.moves[i];
      if (const std::size_t k = m.decided + 1; k < run.steps() && (m.from == host || m.to == host))
        counterfactual[k] -= review.cost_of(i, k);
      if (m.from != host) continue;
      for (std::size_t k = m.effective(); k < review.end_of(m); ++k) {
        if (review.runs_on(i, k, host)) continue;
        // A workload that left twice within one window is missing once: its later departure counts.
        bool left_again = false;
        for (std::size_t j = i + 1; j < run.moves.size() && run.moves[j].effective() <= k; ++j)
          left_again |= run.moves[j].workload == m.workload && run.moves[j].from == host;
        if (left_again) continue;
        counterfactual[k] += review.demand_of(i, k);
        last_decision[k] = std::max(last_decision[k], m.decided);
      }
    }
    std::vector<bool> over(run.steps());
    for (std::size_t k = run.scored_from; k < over.size(); ++k) over[k] = counterfactual[k] > run.limit;
    for (host_episode e : detail::runs_of(over, host)) {
      bool happened = false;
      for (std::size_t k = e.begin; k < e.end; ++k) happened |= run.overloaded(k, host);
      if (happened) continue;
      e.decided = last_decision[e.begin];
      all.push_back(e);
    }
  }
  return all;
}

/// Steps in which a host is overloaded because of what it took, over all hosts.
[[nodiscard]] inline std::size_t destination_overload_steps(const run_record& run, const demand_table& demand,
                                                            const scenario& rules) {
  const detail::move_review review(run, demand, rules);
  std::size_t caused = 0;
  for (std::size_t h = 0; h < run.hosts; ++h) {
    const host_id host{h};
    std::vector<millionths> taken(run.steps());
    for (std::size_t i = 0; i < run.moves.size(); ++i) {
      const move& m = run.moves[i];
      if (m.to != host) continue;
      if (m.decided + 1 < run.steps()) taken[m.decided + 1] += review.cost_of(i, m.decided + 1);
      for (std::size_t k = m.effective(); k < review.end_of(m); ++k) {
        if (!review.runs_on(i, k, host)) break;  // it left; should it come back, that is another move
        taken[k] += review.demand_of(i, k);
      }
    }
    for (std::size_t k = run.scored_from; k < run.steps(); ++k)
      caused += run.overloaded(k, host) && run.demand(k, host) - taken[k] <= run.limit;
  }
  return caused;
}

/// All figures of a run. `without` is the run of the same scenario without moves; a null pointer leaves
/// `avoided_share` empty. @pre `run` was made from `demand` under `rules`
[[nodiscard]] inline run_figures judge(const run_record& run, const demand_table& demand,
                                       const scenario& rules, const run_figures* without = nullptr) {
  const double step_minutes = to_seconds(demand.step()) / 60.0;
  const auto minutes = [&](std::size_t steps) { return static_cast<double>(steps) * step_minutes; };
  run_figures f;

  std::size_t overloaded = 0;
  for (const host_episode& e : overload_episodes(run)) overloaded += e.end - e.begin, ++f.episodes;
  f.overload_minutes = minutes(overloaded);
  if (without != nullptr && without->overload_minutes > 0)
    f.avoided_share = 1.0 - f.overload_minutes / without->overload_minutes;

  const detail::move_review review(run, demand, rules);
  const std::size_t soon = steps_covering(rules.ping_pong_within, demand.step());
  f.moves = run.moves.size();
  for (std::size_t i = 0; i < run.moves.size(); ++i) {
    const move& m = run.moves[i];
    f.rollbacks += m.purpose == move_purpose::rollback;
    for (std::size_t j = i; j-- > 0 && run.moves[j].decided + soon >= m.decided;)
      if (run.moves[j].workload == m.workload) {
        ++f.ping_pong;
        break;
      }
    if (m.purpose == move_purpose::rollback) continue;
    std::vector<std::size_t> decision;
    bool first = true;
    for (std::size_t j = 0; j < run.moves.size(); ++j) {
      const move& other = run.moves[j];
      if (other.decided != m.decided || other.from != m.from || other.purpose != m.purpose) continue;
      first &= j >= i;
      decision.push_back(j);
    }
    if (first && detail::for_nothing(run, review, decision)) f.false_moves += decision.size();
  }

  std::vector<std::size_t> leads;
  for (const host_episode& e : prevented_episodes(run, demand, rules)) leads.push_back(e.begin - e.decided);
  f.prevented_episodes = leads.size();
  if (!leads.empty()) {
    std::sort(leads.begin(), leads.end());
    const std::size_t n = leads.size();
    f.lead_minutes_median = (minutes(leads[(n - 1) / 2]) + minutes(leads[n / 2])) / 2.0;
  }
  f.destination_overload_minutes = minutes(destination_overload_steps(run, demand, rules));
  return f;
}

}  // namespace foreshift::inline FORESHIFT_ABI::sim
