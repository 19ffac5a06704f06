#pragma once
/// @file
/// A fleet replayed step by step under somebody's moves.
///
/// The world plays back what workloads demanded and answers for where they run. Whoever decides sees the
/// steps up to `now()` and nothing later. A move decided at step t occupies step t + 1: meanwhile the
/// workload still runs at its source and costs a share of its demand more on both ends; from t + 2 on it runs
/// at its destination.

#include <foreshift/core/contract.hpp>
#include <foreshift/core/id.hpp>
#include <foreshift/core/result.hpp>
#include <foreshift/core/time.hpp>
#include <foreshift/sim/scenario.hpp>
#include <foreshift/sim/trace_demand.hpp>

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

namespace foreshift::inline FORESHIFT_ABI::sim {

/// Why a move was decided.
enum class move_purpose : std::uint8_t { relief, rollback };

/// One move, as it was decided.
struct move {
  workload_id workload;
  host_id from;
  host_id to;
  std::size_t decided = 0;  ///< the last step that was observed then
  move_purpose purpose = move_purpose::relief;

  /// The first step in which the workload runs at its destination.
  [[nodiscard]] constexpr std::size_t effective() const { return decided + 2; }
  friend bool operator==(const move&, const move&) = default;
};

/// Everything that happened in a replay.
struct run_record {
  std::size_t hosts = 0;
  std::size_t scored_from = 0;          ///< the first step that counts
  millionths limit = 0;                 ///< demand above it is overload
  double move_cost = 0;                 ///< share of the demand added on both ends of a move
  std::vector<host_id> start;           ///< by workload
  std::vector<move> moves;              ///< in the order of the decisions
  std::vector<millionths> host_demand;  ///< steps x hosts, one step after the other, with the costs of moves

  [[nodiscard]] std::size_t steps() const { return hosts == 0 ? 0 : host_demand.size() / hosts; }
  [[nodiscard]] millionths demand(std::size_t step, host_id h) const {
    return host_demand[step * hosts + h.value];
  }
  [[nodiscard]] bool overloaded(std::size_t step, host_id h) const {
    return step >= scored_from && demand(step, h) > limit;
  }
};

/// What a move adds on each of its ends while it lasts.
[[nodiscard]] inline millionths cost_of_moving(millionths demand, double share) {
  return std::llround(static_cast<double>(demand) * share);
}

/// Why a move was not begun.
enum class move_refusal : std::uint8_t { unknown_workload, unknown_host, same_host, already_moving, budget };

[[nodiscard]] constexpr std::string_view name_of(move_refusal why) {
  constexpr std::string_view names[] = {"unknown workload", "unknown host", "already on that host",
                                        "already moving", "move budget of the hour used up"};
  return names[static_cast<std::size_t>(why)];
}

/// The replay itself: `while (!w.done()) { decide(w); w.advance(); }`.
/// It begins with the warm-up observed, so the first decision can take effect in the first scored step but
/// one.
class world {
 public:
  /// @param demand must outlive the world
  /// @pre as `place_at_start`
  world(const demand_table& demand, const scenario& rules)
      : demand_(&demand), rules_(rules), window_(steps_covering(rules.warm_up, demand.step())) {
    auto placed = place_at_start(demand, rules);
    record_.hosts = placed.hosts;
    record_.scored_from = window_;
    record_.limit = to_millionths(rules.limit * rules.host_capacity);
    record_.move_cost = rules.move_cost;
    record_.start = placed.host_of;
    record_.host_demand.reserve(demand.steps() * placed.hosts);
    host_of_ = std::move(placed.host_of);
    destination_ = host_of_;
    for (now_ = 0; now_ < window_; ++now_) observe();
    --now_;
  }

  // What is there.
  [[nodiscard]] const scenario& rules() const { return rules_; }
  [[nodiscard]] std::size_t workloads() const { return demand_->workloads(); }
  [[nodiscard]] std::size_t hosts() const { return record_.hosts; }
  [[nodiscard]] site_id site_of(host_id h) const { return site_id{h.value % rules_.sites}; }
  /// In cores: demand above it is overload.
  [[nodiscard]] double limit() const { return to_cores(record_.limit); }

  // Time. Steps count from 0; the world can see steps 0 to now().
  [[nodiscard]] duration step() const { return demand_->step(); }
  [[nodiscard]] std::size_t now() const { return now_; }
  [[nodiscard]] std::size_t steps() const { return demand_->steps(); }
  /// The end of step now(): when its values are known.
  [[nodiscard]] time_point time() const {
    return demand_->start() + static_cast<duration::rep>(now_ + 1) * demand_->step();
  }
  [[nodiscard]] bool done() const { return now_ + 1 == demand_->steps(); }

  // What has been observed.
  /// Demand in cores at steps 0 to now(). Stays valid; a later call shows more.
  [[nodiscard]] std::span<const double> observed(workload_id w) const {
    return demand_->cores(w).first(now_ + 1);
  }
  /// Where the workload runs in step now().
  [[nodiscard]] host_id host_of(workload_id w) const { return host_of_[w.value]; }
  /// Where it will run once its move is over; host_of(w) when it does not move.
  [[nodiscard]] host_id destination_of(workload_id w) const { return destination_[w.value]; }
  [[nodiscard]] bool moving(workload_id w) const { return host_of(w) != destination_of(w); }
  /// Demand on the host in step now(), in cores, with the costs of moves.
  [[nodiscard]] double host_demand(host_id h) const { return to_cores(record_.demand(now_, h)); }
  [[nodiscard]] bool overloaded(host_id h) const { return record_.demand(now_, h) > record_.limit; }

  // Moves.
  /// How many moves may still be decided now.
  [[nodiscard]] std::size_t moves_left() const {
    const auto allowed = static_cast<std::size_t>(
        std::max(1.0, std::floor(rules_.moves_per_hour * static_cast<double>(workloads()) + 1e-9)));
    const std::size_t hour = steps_covering(std::chrono::hours{1}, step());
    std::size_t used = 0;
    for (auto m = record_.moves.rbegin(); m != record_.moves.rend() && m->decided + hour > now_; ++m) ++used;
    return used < allowed ? allowed - used : 0;
  }
  /// Decides a move at now(). It cannot be taken back; a workload that moves can be moved again once it has
  /// arrived.
  result<void, move_refusal> request_move(workload_id w, host_id to,
                                          move_purpose purpose = move_purpose::relief) {
    if (w.value >= workloads()) return failure{move_refusal::unknown_workload};
    if (to.value >= hosts()) return failure{move_refusal::unknown_host};
    if (moving(w)) return failure{move_refusal::already_moving};
    if (host_of(w) == to) return failure{move_refusal::same_host};
    if (moves_left() == 0) return failure{move_refusal::budget};
    record_.moves.push_back({w, host_of(w), to, now_, purpose});
    destination_[w.value] = to;
    return {};
  }
  /// Goes on to the next step. @pre !done()
  void advance() {
    FORESHIFT_EXPECT(!done());
    ++now_;
    for (auto m = record_.moves.rbegin(); m != record_.moves.rend() && m->effective() >= now_; ++m)
      if (m->effective() == now_) host_of_[m->workload.value] = m->to;
    observe();
  }

  [[nodiscard]] const run_record& record() const { return record_; }

 private:
  void observe() {
    const std::size_t begin = record_.host_demand.size();
    record_.host_demand.resize(begin + record_.hosts);
    const auto on = [&](host_id h) -> millionths& { return record_.host_demand[begin + h.value]; };
    for (std::size_t w = 0; w < workloads(); ++w) on(host_of_[w]) += demand_->at(workload_id{w}, now_);
    for (auto m = record_.moves.rbegin(); m != record_.moves.rend() && m->effective() > now_; ++m) {
      const millionths cost = cost_of_moving(demand_->at(m->workload, now_), rules_.move_cost);
      on(m->from) += cost;
      on(m->to) += cost;
    }
  }

  const demand_table* demand_;
  scenario rules_;
  std::size_t window_;
  std::size_t now_ = 0;
  std::vector<host_id> host_of_;
  std::vector<host_id> destination_;
  run_record record_;
};

}  // namespace foreshift::inline FORESHIFT_ABI::sim
