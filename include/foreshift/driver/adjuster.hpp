#pragma once
/// @file
/// A site's look at its own workloads once a day: what each is like, and whether its size or the number of
/// its copies should be another.
///
/// The census sorts them into classes; then each, one a step, is looked at for the coming day, and what would
/// help is proposed and voted on like a move. What the sites agree on is a recommendation: nothing here
/// carries it out. From then on the recommended size is taken for the size that there is, so it is not
/// recommended again.

#include <foreshift/core/flat_map.hpp>
#include <foreshift/core/id.hpp>
#include <foreshift/core/time.hpp>
#include <foreshift/driver/fleet_outlook.hpp>
#include <foreshift/placement/adjustment.hpp>
#include <foreshift/placement/adjustment_judgement.hpp>
#include <foreshift/placement/day_demand.hpp>
#include <foreshift/placement/workload_classes.hpp>
#include <foreshift/telemetry/time_grid.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>
#include <utility>
#include <variant>
#include <vector>

namespace foreshift::inline FORESHIFT_ABI::driver {

struct adjuster_options {
  duration every{};    ///< between looks, which are at its multiples; zero: none, and no classes
  bool adjust = true;  ///< false: classes only
  /// Less is proposed only of what has been watched for so long, and not been adjusted meanwhile: weekends
  /// end. More is proposed at any look.
  duration less_after = std::chrono::hours{24 * 7};
  placement::class_options classes;
  placement::size_rule sizes;
  placement::scale_rule copies;
  placement::adjustment_judgement_options judgement;
  std::size_t evidence_steps = 864;  ///< of a workload's past that go into a proposal
};

template <forecast::Forecaster F>
class adjuster {
 public:
  explicit adjuster(adjuster_options options = {})
      : options_(std::move(options)), classes_(options_.classes) {}

  /// Takes the census when it is due, and queues the own workloads. Once a step.
  void review(fleet_outlook<F>& fleet, time_point now) {
    if (options_.every <= duration::zero()) return;
    const auto due = telemetry::align_down(now, options_.every);
    if (!last_) last_ = due, watched_since_ = now;
    if (*last_ == due) return;
    last_ = due;
    fleet.take_census(classes_);
    waiting_.clear();
    if (!options_.adjust) return;
    for (const auto& w : fleet.known().workloads())
      if (fleet.is_mine(w.host)) waiting_.push_back(w.id);
  }
  /// The next adjustment that would help; nothing where all that wait are fine.
  /// @param free says that nothing is under way for a workload; others wait until the next look
  template <class Free>
  [[nodiscard]] std::optional<placement::proposal> next(fleet_outlook<F>& fleet, proposal_id id,
                                                        time_point now, const Free& free) {
    while (!waiting_.empty()) {
      const workload_id w = waiting_.back();
      waiting_.pop_back();
      const auto* record = fleet.known().find(w);
      if (record == nullptr || !fleet.is_mine(record->host) || !free(w)) continue;
      const auto what = fleet.options().what;
      const auto day = day_of(fleet, *record);
      const auto size = size_of(*record, what);
      auto made = placement::propose_adjustment({.record = *record,
                                                 .at = {fleet.options().self, record->host},
                                                 .day = day,
                                                 .recent = fleet.book().recent(w, options_.evidence_steps),
                                                 .history = history_of(fleet, w),
                                                 .limit = size.limit,
                                                 .replicas = size.replicas,
                                                 .room = room_for(fleet, *record, what),
                                                 .what = what,
                                                 .id = id,
                                                 .now = now},
                                                options_.sizes, options_.copies);
      if (!made) continue;
      if (!is_less(*made, size) || now - size.since >= options_.less_after) return made;
    }
    return std::nullopt;
  }

  /// By this site's own forecast: of the workload's whole history where it has that, else of the observations
  /// in the evidence. @pre a resize or a scale
  [[nodiscard]] placement::judgement judge(const placement::proposal& what,
                                           const fleet_outlook<F>& fleet) const {
    const auto* record = fleet.known().find(what.workload);
    const auto own = fleet.book().knows(what.workload) && record != nullptr && fleet.is_mine(record->host);
    const auto day = own ? day_of(fleet, *record)
                         : placement::expected_day(what.why.recent, placement::kind_of(what.workload_class));
    placement::adjustment_view view{.day = &day};
    if (record != nullptr) {
      const auto size = size_of(*record, what.why.what);
      view.limit = size.limit, view.replicas = size.replicas;
      view.requested = record->requested[what.why.what];
      view.room = room_for(fleet, *record, what.why.what);
    }
    return placement::judge_adjustment(what, view, options_.judgement);
  }
  /// Notes that this site votes on the proposal. False where it has done so before.
  bool voted(proposal_id id) {
    if (voted_.size() >= voted_max) voted_.clear();  // of proposals that nobody ever decided
    return voted_.insert(id).second;
  }
  /// The verdict on a resize or a scale.
  void decided(const placement::proposal& what, bool approved) {
    voted_.erase(what.id);
    if (!approved) return;
    auto& size = agreed_[what.workload];
    if (const auto* r = std::get_if<placement::resize>(&what.what))
      size = {r->limits[what.why.what], 1, what.made_at, r->requests[what.why.what]};
    if (const auto* s = std::get_if<placement::scale>(&what.what))
      size = {what.why.limit, s->replicas, what.made_at, size.request};
  }

  [[nodiscard]] const placement::workload_classes& classes() const { return classes_; }

 private:
  static constexpr std::size_t voted_max = 4096;
  struct known_size {
    double limit = 0;
    std::uint32_t replicas = 1;
    time_point since{};
    double request = 0;  ///< agreed, to be set aside; 0: none was
  };
  [[nodiscard]] static bool is_less(const placement::proposal& what, const known_size& than) {
    const auto* size = std::get_if<placement::resize>(&what.what);
    if (size != nullptr) return size->limits[what.why.what] < than.limit;
    return std::get<placement::scale>(what.what).replicas < than.replicas;
  }
  [[nodiscard]] known_size size_of(const placement::workload_record& w, resource what) const {
    const auto* agreed = agreed_.find(w.id);
    return agreed != nullptr ? *agreed : known_size{w.limits[what], 1, watched_since_};
  }
  /// What is not set aside on the workload's host, nor promised to the others there.
  [[nodiscard]] double room_for(const fleet_outlook<F>& fleet, const placement::workload_record& w,
                                resource what) const {
    double room = fleet.known().free_on(w.host)[what];
    for (const workload_id other : fleet.known().workloads_on(w.host))
      if (const auto* agreed = agreed_.find(other); agreed != nullptr && other != w.id)
        room -= std::max(agreed->request - fleet.known().find(other)->requested[what], 0.0);
    return room;
  }
  [[nodiscard]] placement::day_demand day_of(const fleet_outlook<F>& fleet,
                                             const placement::workload_record& w) const {
    return placement::expected_day(history_of(fleet, w.id), placement::kind_of(w.workload_class));
  }
  [[nodiscard]] telemetry::series_view history_of(const fleet_outlook<F>& fleet, workload_id w) const {
    return fleet.book().recent(w, fleet.book().options().history_max);
  }

  adjuster_options options_;
  placement::workload_classes classes_;
  std::optional<time_point> last_;
  time_point watched_since_{};
  std::vector<workload_id> waiting_;
  std::set<proposal_id> voted_;
  flat_map<workload_id, known_size> agreed_;
};

}  // namespace foreshift::inline FORESHIFT_ABI::driver
