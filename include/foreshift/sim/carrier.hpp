#pragma once
/// @file
/// The part of a site that carries migrations out: the mover that hosts run (driver/mover.hpp), which asks
/// the log for its steps, and the places for theirs.
///
/// It keeps nothing over a crash. What the log says again it learns again, with all that it then wants done
/// once more; where a snapshot stands for the log, it adopts what the state machine holds.

#include <foreshift/consensus/authority.hpp>
#include <foreshift/consensus/command.hpp>
#include <foreshift/consensus/effect.hpp>
#include <foreshift/consensus/log_time.hpp>
#include <foreshift/core/contract.hpp>
#include <foreshift/driver/mover.hpp>
#include <foreshift/migration/event.hpp>
#include <foreshift/migration/phase.hpp>
#include <foreshift/placement/inventory.hpp>
#include <foreshift/sim/atlas.hpp>
#include <foreshift/sim/coverage.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace foreshift::inline FORESHIFT_ABI::sim {

/// `Machine` in the members is a state_machine.
class carrier {
 public:
  /// @param run of the site's replica: its incarnation
  carrier(site_id self, std::uint32_t run, migration::style how, const atlas& map, coverage& seen)
      : run_(run), map_(&map), seen_(&seen), options_(options(self, how)), hand_(next_life()) {}

  /// Begins anew with what the machine holds: it was restored, and how it came to that is not told.
  template <class Machine>
  void resume(const Machine& machine) {
    hand_ = driver::mover{next_life()};
    if (!machine.authorities().intents().empty()) seen_->note(occasion::moves_resumed);
    hand_.adopt(machine, everywhere(), [&](migration_id id, const consensus::migration_intent&) {
      const auto* from = map_->source.find(id);
      return from == nullptr ? std::nullopt : std::optional{host_id{from->value}};
    });
  }
  /// An effect of the log, in log order.
  template <class Machine>
  void learn(const consensus::effect& what, const Machine& machine) {
    const auto* advanced = std::get_if<consensus::migration_advanced>(&what);
    hand_.learn(what, advanced != nullptr ? concerned(*advanced) : placement::inventory{},
                machine.log_time());
  }
  /// Does what is due. Call it about ten times a second. @param now by the site's clock
  /// `submit(what)` hands in a command at this site.
  template <class Machine, class Orchestrator, class Submit>
  void work(const Machine& machine, time_point now, Orchestrator& places, Submit submit) {
    places.poll([&](const migration::event& e) { hear(e); });
    hand_.tick(now, machine.log_time());
    auto due = hand_.take();
    for (auto& what : due.log) {
      if (const auto* asked = std::get_if<consensus::prepare_transfer>(&what)) note(*asked);
      std::visit([&](auto& c) { submit(std::move(c)); }, what);
    }
    for (const auto& c : due.commands) static_cast<void>(places.submit(c));
    for (const auto& change : due.changes) {
      const auto* one = hand_.flights().find(change.what);
      if (one != nullptr && one->from == one->to && change.to == migration::phase::undone)
        seen_->note(occasion::moved_nowhere);
    }
  }
  /// Why a migration that this site acts on has come to where only an operator can help; empty: none has.
  [[nodiscard]] std::string contradiction() const {
    for (const auto& [id, one] : hand_.flights())
      if (one.run.acts() && one.run.at() == migration::phase::suspect)
        return "migration " + std::to_string(id.value) + " at site " + std::to_string(options_.self.value) +
               ": " + one.run.why();
    return {};
  }
  [[nodiscard]] const driver::mover& hand() const { return hand_; }

 private:
  static driver::mover_options options(site_id self, migration::style how) {
    using std::chrono::milliseconds, std::chrono::seconds;
    return {.self = self,
            .incarnation = 0,
            .how = how,
            .between = how,
            .transfer_within = seconds{3},
            .executor = {.patience = {.retry = milliseconds{300}, .retry_max = seconds{1}},
                         .query_every = milliseconds{400},
                         .observe_for = milliseconds{200},
                         .give_up_after = seconds{6}}};
  }
  /// Requests of one life are never taken for those of another, also within a run of the site.
  driver::mover_options next_life() {
    options_.incarnation = run_ << 8U | ++lives_;
    return options_;
  }
  /// All places, as hosts.
  [[nodiscard]] placement::inventory everywhere() const {
    std::vector<placement::host_record> hosts;
    for (const auto& [place, site] : map_->site_of) {
      hosts.emplace_back();
      hosts.back().id = host_id{place.value}, hosts.back().site = site;
    }
    auto made = placement::inventory::make(std::move(hosts), {});
    FORESHIFT_EXPECT(made.has_value());
    return std::move(*made);
  }
  /// The workload where it was when the move was approved, and the two hosts.
  [[nodiscard]] placement::inventory concerned(const consensus::migration_advanced& advanced) const {
    const auto* from = map_->source.find(advanced.what);
    FORESHIFT_EXPECT(from != nullptr);
    const place_id to{advanced.intent.destination.value};
    std::vector<placement::host_record> hosts(from->value == to.value ? 1 : 2);
    for (std::size_t i = 0; i < hosts.size(); ++i) {
      const place_id place = i == 0 ? *from : to;
      hosts[i].id = host_id{place.value};
      hosts[i].site = *map_->site_of.find(place);
    }
    placement::workload_record moved;
    moved.id = advanced.intent.workload;
    moved.host = host_id{from->value};
    auto made = placement::inventory::make(std::move(hosts), {moved});
    FORESHIFT_EXPECT(made.has_value());
    return std::move(*made);
  }
  void hear(const migration::event& e) {
    if (e.what == migration::event_kind::unreachable) seen_->note(occasion::place_unreachable);
    if (e.what == migration::event_kind::refused && e.answers == migration::verb::start)
      seen_->note(occasion::start_refused);
    hand_.learn(e);
  }
  void note(const consensus::prepare_transfer& asked) {
    const auto* one = hand_.flights().find(asked.cause);
    if (one != nullptr && asked.to == options_.self && one->to.site != asked.to)
      seen_->note(occasion::authority_renewed);
  }

  std::uint32_t run_;
  std::uint32_t lives_ = 0;
  const atlas* map_;
  coverage* seen_;
  driver::mover_options options_;
  driver::mover hand_;
};

}  // namespace foreshift::inline FORESHIFT_ABI::sim
