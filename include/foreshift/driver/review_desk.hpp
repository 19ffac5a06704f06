#pragma once
/// @file
/// What became of proposals: each is watched until its promise falls due, whether it was carried out or
/// refused.
///
/// Of a move the observations are held against what would have been without it; of a refused proposal they
/// are what would have been. Either way time tells whether the overload that the sponsor saw coming was real,
/// and that is what everybody's claims are scored by.

#include <foreshift/core/flat_map.hpp>
#include <foreshift/driver/agreed_fleet.hpp>
#include <foreshift/driver/step_readings.hpp>
#include <foreshift/migration/monitor.hpp>
#include <foreshift/migration/outcome.hpp>
#include <foreshift/placement/inventory.hpp>
#include <foreshift/placement/migration_cost.hpp>
#include <foreshift/placement/proposal.hpp>

#include <cmath>
#include <optional>
#include <utility>
#include <variant>
#include <vector>

namespace foreshift::inline FORESHIFT_ABI::driver {

/// A proposal whose time has come.
struct finished_review {
  placement::proposal what;
  bool happened = false;  ///< the source was overloaded within the horizon, or would have been
  bool known = false;     ///< at least one step of it was observed
  std::optional<migration::outcome> outcome;  ///< of an approved one
};

/// Bounded by the proposals decided within one horizon.
class review_desk {
 public:
  review_desk(duration step, placement::migration_cost moves) : step_(step), moves_(moves) {}

  /// A verdict has been agreed. Moves are reviewed, and nothing else.
  void open(placement::proposal what, bool approved) {
    if (!std::holds_alternative<placement::migrate>(what.what)) return;
    const auto id = what.id;
    reviews_.insert_or_assign(id, review{std::move(what), approved, {}, {}, {}, false, false, {}});
  }
  /// The first word counts.
  void started(proposal_id id, migration_id migration, time_point at) {
    auto* one = reviews_.find(id);
    if (one != nullptr && !one->started_at) one->migration = migration, one->started_at = at;
  }
  void ended(proposal_id id, time_point at) {
    if (auto* one = reviews_.find(id); one != nullptr && !one->ended_at) one->ended_at = at;
  }
  /// The log has gone on by entries that were not heard one by one: how far the move has come.
  void catch_up(proposal_id id, const passage& now) {
    if (now.started_at) started(id, now.migration, *now.started_at);
    if (now.committed_at) ended(id, *now.committed_at);
  }

  [[nodiscard]] bool has(proposal_id id) const { return reviews_.contains(id); }
  /// Workloads whose readings are needed to judge.
  [[nodiscard]] std::vector<workload_id> watched() const {
    std::vector<workload_id> out;
    for (const auto& [id, one] : reviews_)
      if (one.approved) out.push_back(one.what.workload);
    return out;
  }

  /// The readings of one more step. A step that was seen before is left alone.
  void observe(const step_table& table, const placement::inventory& known) {
    if (table.step_start <= last_) return;
    last_ = table.step_start;
    for (auto& [id, one] : reviews_) look(one, table, known);
  }

  /// The reviews that are due, which are closed by this.
  [[nodiscard]] std::vector<finished_review> finish(time_point now) {
    std::vector<finished_review> out;
    reviews_.erase_if([&](const proposal_id&, review& one) {
      if (now < one.what.expected.check_at) return false;
      out.push_back({std::move(one.what), one.happened, one.seen, std::nullopt});
      if (!one.approved) return true;
      const auto& p = out.back().what;
      out.back().outcome = one.watcher ? one.watcher->judge()
                                       : migration::not_carried_out(p.id, one.migration, p.expected,
                                                                    one.started_at.value_or(p.made_at), now);
      return true;
    });
    return out;
  }

 private:
  struct review {
    placement::proposal what;
    bool approved = false;
    migration_id migration;
    std::optional<time_point> started_at;
    std::optional<time_point> ended_at;
    bool happened = false;
    bool seen = false;
    std::optional<migration::monitor> watcher;  ///< once the move is over
  };

  void look(review& one, const step_table& table, const placement::inventory& known) {
    const auto& move = std::get<placement::migrate>(one.what.what);
    const time_point at = table.step_start;
    if (at + step_ <= one.what.made_at || at >= one.what.expected.check_at) return;
    const migration::observed_step seen{.source = table.of(move.from.host),
                                        .destination = table.of(move.to.host),
                                        .workload = table.of(one.what.workload),
                                        .copying = one.started_at && at <= *one.started_at};
    const bool moved = one.started_at && one.ended_at;
    const double source =
        moved || seen.copying ? migration::without_the_move(seen, moves_.overhead_share).source : seen.source;
    if (std::isfinite(source)) one.seen = true, one.happened = one.happened || source > one.what.why.limit;
    if (!moved) return;
    if (!one.watcher)
      one.watcher.emplace(migration::watch{.proposal = one.what.id,
                                           .migration = one.migration,
                                           .expected = one.what.expected,
                                           .started_at = *one.started_at,
                                           .ended_at = *one.ended_at,
                                           .source_limit = one.what.why.limit,
                                           .destination_limit = known.limit(move.to.host, one.what.why.what),
                                           .step = step_,
                                           .overhead_share = moves_.overhead_share});
    one.watcher->observe(at, seen);
  }

  duration step_;
  placement::migration_cost moves_;
  time_point last_ = time_point::min();
  flat_map<proposal_id, review> reviews_;
};

}  // namespace foreshift::inline FORESHIFT_ABI::driver
