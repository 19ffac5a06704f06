#pragma once
/// @file
/// A site's voice in the agreement: the proposals it makes, its votes on everybody's, and what a verdict
/// changes for the next ones.
///
/// Moves out of danger come first, adjustments wait while there is anything to move. A move is judged by the
/// site's own forecasts and by how many moves the hour has left; the vote on it is also a claim that the site
/// will be scored by. Sites disagree and may be wrong: the log decides, and only what it says is acted on.

#include <foreshift/consensus/effect.hpp>
#include <foreshift/consensus/message.hpp>
#include <foreshift/driver/adjuster.hpp>
#include <foreshift/driver/agent_options.hpp>
#include <foreshift/driver/assembly.hpp>
#include <foreshift/driver/fleet_outlook.hpp>
#include <foreshift/driver/follow_up.hpp>
#include <foreshift/driver/mover.hpp>
#include <foreshift/driver/planner.hpp>
#include <foreshift/driver/score_note.hpp>
#include <foreshift/feedback/claim.hpp>
#include <foreshift/migration/plan.hpp>
#include <foreshift/ports/observer.hpp>
#include <foreshift/telemetry/calendar.hpp>

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace foreshift::inline FORESHIFT_ABI::driver {

/// @tparam Replica a `replica_driver` of an `agreed_fleet`
/// What is worth telling people goes to `say`, which takes any alternative of a note.
template <forecast::Forecaster F, placement::Selector Selector, class Replica>
class council {
 public:
  /// What it deliberates over: the fleet as this site sees it, refreshed, and its replica.
  struct session {
    fleet_outlook<F>& fleet;
    Replica& replica;
    time_point now;
  };

  /// @param events announced ones: nothing moves to a host that is about to be maintained
  /// @param workloads in the fleet, of which a share may move in an hour
  council(const agent_options& options, telemetry::calendar events, Selector selector, std::size_t workloads)
      : self_(options.outlook.self),
        limit_permille_(options.planner.limit_permille),
        places_fence_(options.planner.places_fence),
        look_ahead_(static_cast<duration::rep>(options.book.horizon) * options.book.step),
        rollback_(options.rollback),
        events_(std::move(events)),
        planner_(options.planner, std::move(selector)),
        adjuster_(options.adjuster),
        assembly_(options.assembly),
        budget_(options.budget, workloads) {}

  /// What hosts in danger and the adjuster ask for, put to the vote. True when moves were proposed: the fleet
  /// supposes them made.
  template <class Say>
  bool propose(const session& s, const Say& say) {
    const std::size_t open = assembly_.open().moves(), left = moves_left(s);
    auto plan = planner_.plan(s.fleet, s.now, left > open ? left - open : 0, proposal_number(s.replica));
    for (auto& w : plan.warned)
      say(ports::risk_warned{std::move(w.what), w.odds.fast, w.odds.slow, std::string{w.why}});
    for (auto& danger : plan.raised) say(ports::risk_raised{std::move(danger)});
    const bool moves = !plan.proposals.empty();
    for (auto& what : plan.proposals) sponsor(std::move(what), s, say);
    adjuster_.review(s.fleet, s.now);
    if (!moves) adjust(s, say);
    return moves;
  }
  /// Takes a move back, or sends the workload on, where it did not deliver: by a proposal like any other.
  template <class Say>
  void follow_up(const placement::proposal& was, migration::outcome judged, const session& s,
                 const Say& say) {
    const auto next = advice_on(was, judged, s.fleet, {s.now, rollback_});
    judged.rolled_back = next.what != migration::recommendation::leave;
    say(ports::outcome_judged{judged, next.text});
    if (!judged.rolled_back || moves_left(s) == 0 || !places_fence_) return;
    sponsor(follow_up_of(was, next, s.fleet, {{self_, proposal_number(s.replica)++}, s.now}), s, say);
  }

  /// A proposal that came: to be voted on, or nothing.
  [[nodiscard]] const heard_proposal* hear(site_id from, const consensus::propose& message,
                                           Replica& replica) {
    return assembly_.hear(from, message, replica);
  }
  template <class Say>
  void hear(site_id from, const consensus::vote& paper, Replica& replica, const Say& say) {
    if (assembly_.hear(from, paper, replica))
      say(ports::alarm{"site " + std::to_string(from.value) +
                       " has cast two different votes on one proposal"});
  }
  template <class Say>
  void vote(const heard_proposal& one, const session& s, const Say& say) {
    if (!std::holds_alternative<placement::migrate>(one.what.what)) return vote_on_adjustment(one, s, say);
    const auto& what = one.what;
    const auto to = std::get<placement::migrate>(what.what).to.host;
    auto mine = planner_.judge(what, s.fleet, s.now, in_maintenance(to, s));
    if (mine.what.opinion == placement::stance::accept && assembly_.open().ahead_of(what) >= moves_left(s)) {
      mine.what.opinion = placement::stance::reject;
      mine.what.reason = placement::vote_reason::moves_are_short;
      mine.what.text = "Rejected: the moves left this hour go to more urgent proposals.";
    }
    const bool first = !demand_of_.contains(what.id);
    demand_of_[what.id] = what.why.recent.values.empty() ? 0 : what.why.recent.values.back();
    if (mine.what.opinion == placement::stance::abstain) return;
    const bool accepts = mine.what.opinion == placement::stance::accept;
    if (first) {
      say(ports::voted{what.id, accepts, mine.what.text, mine.source_probability.value_or(0)});
      if (mine.source_probability) claim(what, *mine.source_probability, s);
    }
    assembly_.cast(one, accepts, static_cast<std::uint16_t>(mine.what.reason), mine.what.text, s.replica);
  }

  /// A verdict of the log. Gives the proposal back where this site has heard it.
  std::optional<placement::proposal> decided(const consensus::proposal_decided& verdict, const session& s) {
    auto what = assembly_.decided(verdict.proposal, s.replica);
    if (!what) return std::nullopt;
    heed(*what, verdict.reason == consensus::refusal::none, s.fleet);
    if (const auto* move = std::get_if<placement::migrate>(&what->what);
        move != nullptr && verdict.reason == consensus::refusal::voted_down && what->id.sponsor == self_)
      s.fleet.refused(move->to.host, s.now);  // the next best has its turn
    return what;
  }
  /// The same for what the log has decided unheard. `passed(id)` says whether it was approved.
  template <class Passed>
  std::vector<placement::proposal> decided_unheard(Replica& replica, fleet_outlook<F>& fleet,
                                                   const Passed& passed) {
    auto all = assembly_.decided_unheard(replica);
    for (const auto& what : all) heed(what, passed(what.id), fleet);
    return all;
  }
  /// Credits or members have changed, or one verdict could not be counted.
  void ask_again(std::optional<proposal_id> only, time_point now, Replica& replica) {
    assembly_.ask_again(only, now, replica);
  }
  void tick(time_point now, Replica& replica) { assembly_.tick(now, replica); }

  /// The moves under way that have not arrived, each with what its sponsor said that the workload needs.
  [[nodiscard]] std::vector<relocation> under_way(const flat_map<migration_id, flight>& flights,
                                                  const placement::inventory& known) const {
    std::vector<relocation> out;
    for (const auto& [id, one] : flights) {
      const auto* workload = known.find(one.intent.workload);
      if (workload == nullptr || workload->host == one.to.host) continue;
      const auto* said = demand_of_.find(one.intent.proposal);
      out.push_back({one.intent.workload, one.from.host, one.to.host, said == nullptr ? 0 : *said});
    }
    return out;
  }
  /// What its sponsor said of a move is not needed any more.
  void forget(proposal_id id) { demand_of_.erase(id); }
  /// Nor is what was said of moves that are not open, but for those that somebody needs.
  template <class Needed>
  void forget_but(const Needed& needed) {
    demand_of_.erase_if([&](const proposal_id& id, double) {
      return !needed(id) && !assembly_.open().proposals().contains(id);
    });
  }
  [[nodiscard]] const hearing& open() const { return assembly_.open(); }

 private:
  [[nodiscard]] std::size_t moves_left(const session& s) const {
    return budget_.left(s.replica.machine().approvals(), s.now);
  }
  /// Counts this site's proposals; no earlier life of it has used these numbers.
  [[nodiscard]] std::uint64_t& proposal_number(const Replica& replica) {
    const auto first = std::uint64_t{replica.replica().incarnation()} << 32;
    if (proposal_number_ < first) proposal_number_ = first + 1;
    return proposal_number_;
  }
  template <class Say>
  void sponsor(placement::proposal what, const session& s, const Say& say) {
    say(ports::proposed{what});
    assembly_.sponsor(std::move(what), s.now, s.replica);
  }
  /// Adjustments wait while there is anything to move: a verdict on one makes moves to its host stale.
  template <class Say>
  void adjust(const session& s, const Say& say) {
    const auto& log = agreement_of(s.replica.machine());
    const auto free = [&](workload_id w) {
      const auto* record = s.fleet.known().find(w);
      return !open().is_about(w) && !log.authorities().moving(w) &&
             (record == nullptr || !open().leads_to(record->host));
    };
    auto& number = proposal_number(s.replica);
    auto what = adjuster_.next(s.fleet, {self_, number}, s.now, free);
    if (!what) return;
    ++number;
    sponsor(std::move(*what), s, say);
  }
  /// Nobody learns from it: it makes no claim about a host.
  template <class Say>
  void vote_on_adjustment(const heard_proposal& one, const session& s, const Say& say) {
    const auto mine = adjuster_.judge(one.what, s.fleet);
    if (mine.opinion == placement::stance::abstain) return;
    const bool accepts = mine.opinion == placement::stance::accept;
    if (adjuster_.voted(one.what.id))
      say(ports::voted{one.what.id, accepts, mine.text, one.what.why.probability});
    assembly_.cast(one, accepts, static_cast<std::uint16_t>(mine.reason), mine.text, s.replica);
  }
  void claim(const placement::proposal& what, double probability, const session& s) {
    const auto& from = std::get<placement::migrate>(what.what).from;
    feedback::claim made;
    made.id = {self_, proposal_number(s.replica)++};
    made.workload_class = what.workload_class;
    made.made = std::min(s.now, agreement_of(s.replica.machine()).log_time());
    made.due = what.expected.check_at;
    made.probability = feedback::quantise(probability);
    made.about = {from.host, what.why.what, limit_permille_};
    s.replica.submit(consensus::remark{encode(score_note{claim_note{what.id, made}})});
  }
  /// Whether a window announced for this host overlaps the horizon.
  [[nodiscard]] bool in_maintenance(host_id h, const session& s) const {
    const auto* record = s.fleet.known().find(h);
    return record != nullptr && std::ranges::any_of(events_.events, [&](const telemetry::calendar_event& e) {
             return e.kind == telemetry::event_kind::maintenance_window && e.label == record->name &&
                    e.start < s.now + look_ahead_ && e.end > s.now;
           });
  }
  void heed(const placement::proposal& what, bool approved, fleet_outlook<F>& fleet) {
    const auto* move = std::get_if<placement::migrate>(&what.what);
    if (move == nullptr) return adjuster_.decided(what, approved);
    if (!approved) {
      if (what.id.sponsor == self_) planner_.not_made(move->from.host);
      return;
    }
    fleet.classify(what.workload, what.workload_class);
    if (move->to.site == self_ && !fleet.book().knows(what.workload))
      fleet.book().learn(what.workload, what.why.recent);
  }

  site_id self_;
  std::uint32_t limit_permille_;
  bool places_fence_;
  duration look_ahead_;
  migration::rollback_options rollback_;
  telemetry::calendar events_;
  planner<F, Selector> planner_;
  adjuster<F> adjuster_;
  assembly<Replica> assembly_;
  migration::move_budget budget_;
  flat_map<proposal_id, double> demand_of_;  ///< of the workload, as the sponsor said; for those heard
  std::uint64_t proposal_number_ = 0;
};

}  // namespace foreshift::inline FORESHIFT_ABI::driver
