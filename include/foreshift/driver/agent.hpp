#pragma once
/// @file
/// A whole site: one State Monitoring Component.
///
/// It takes in telemetry and the other sites' reports, forecasts, proposes moves for its own hosts in danger,
/// judges everybody's proposals, votes, keeps the log with the others, passes authority, carries its
/// migrations out, and scores everybody when time has told. There is no thread and no wait in it: `poll` does
/// what is due and returns.
///
/// A step ends twice. First the readings are folded, forecasts move on and the site reports its hosts; a
/// little later, when the others' reports have come in, it looks at the dangers and proposes.

#include <foreshift/anomaly/detector.hpp>
#include <foreshift/consensus/merit.hpp>
#include <foreshift/core/bytes.hpp>
#include <foreshift/driver/adjuster.hpp>
#include <foreshift/driver/agent_options.hpp>
#include <foreshift/driver/assembly.hpp>
#include <foreshift/driver/fleet_outlook.hpp>
#include <foreshift/driver/follow_up.hpp>
#include <foreshift/driver/mover.hpp>
#include <foreshift/driver/planner.hpp>
#include <foreshift/driver/replica_driver.hpp>
#include <foreshift/driver/review_desk.hpp>
#include <foreshift/driver/scorekeeper.hpp>
#include <foreshift/driver/site_telemetry.hpp>
#include <foreshift/driver/site_watch.hpp>
#include <foreshift/driver/verdict.hpp>
#include <foreshift/migration/place_record.hpp>
#include <foreshift/ports/observer.hpp>
#include <foreshift/ports/orchestrator.hpp>
#include <foreshift/telemetry/time_grid.hpp>

#include <algorithm>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

namespace foreshift::inline FORESHIFT_ABI::driver {

/// @tparam Host  a bag of ports: clock, transport, storage, orchestrator, telemetry, observer
/// Threads: one call at a time. Stays where it is: it holds on to its host.
template <class Host, forecast::Forecaster Forecaster, anomaly::Detector Detector,
          placement::Selector Selector>
class agent {
 public:
  using log_driver = replica_driver<Host, agreed_fleet>;

  /// Starts from what the storage holds. @pre host outlives the agent
  [[nodiscard]] static result<std::unique_ptr<agent>, driver_error> start(agent_options options,
                                                                          fleet_setup setup, Host& host,
                                                                          Forecaster forecaster,
                                                                          Detector detector,
                                                                          Selector selector) {
    auto replica =
        log_driver::start(options.replica, agreed_fleet{setup.genesis, options.score}, host, options.log);
    if (!replica) return failure{replica.error()};
    options.mover.incarnation = replica->replica().incarnation();
    using orchestrator = std::remove_cvref_t<decltype(host.orchestrator)>;
    options.planner.places_fence = options.mover.executor.places_fence = orchestrator::fences;
    options.mover.how = migration::moves_in(orchestrator::style);
    options.mover.between = migration::moves_in(ports::style_between<orchestrator>);
    return std::unique_ptr<agent>{new agent(std::move(options), std::move(setup), host, std::move(forecaster),
                                            std::move(detector), std::move(selector), std::move(*replica))};
  }
  agent(const agent&) = delete;
  agent& operator=(const agent&) = delete;

  /// Takes a history from before this site ran, of an own workload or of any host.
  void learn(telemetry::entity of, telemetry::series_view history) { fleet_.book().learn(of, history); }
  /// Lets the other sites have what is known of this site's hosts with the next reports: after `learn`, and
  /// when a site has come that may know nothing yet.
  void share_histories() { telemetry_.share_histories(fleet_); }

  /// Does everything that is due now. Call it when something has arrived and every few seconds.
  void poll() {
    const time_point now = host_->clock.now();
    host_->telemetry.poll([&](const telemetry::reading& r) {
      telemetry_.push(r);
      if (const auto of = r.key.of; of.what == telemetry::entity::kind::host && fleet_.is_mine({of.number}))
        watch_.hear(host_id{of.number}, r, now);
    });
    if (!next_step_) next_step_ = telemetry::align_down(now, step());
    while (now >= *next_step_ + options_.collect) close_step(now);

    auto news = replica_.poll([&](site_id from, ports::channel which, byte_span bytes) {
      if (which != ports::channel::monitoring) return;
      if (const auto report = decode_status_report(bytes)) {
        telemetry_.hear(from, *report, fleet_), dirty_ = true;
        watch_.failures().heard(from, now);
        for (const auto& h : report->hosts)
          if (const auto* known = fleet_.known().find(h.host); known != nullptr && known->site == from)
            watch_.failures().told(h.host, h.failure);
      }
    });
    if (replica_.halted()) return give_up(now);
    if (replica_.damage() && !std::exchange(told_damage_, true))
      tell(now, ports::alarm{"the storage has lost records: " + replica_.damage()->reason});
    mover_.at(now);
    if (news.installed) adopt();
    for (const auto& entry : news.applied)
      for (const auto& effect : entry.effects)
        std::visit([&](const auto& e) { learn(e, entry, now); }, effect);
    for (const auto& heard : news.heard)
      std::visit([&](const auto& m) { hear(heard.from, m, now); }, heard.what);
    host_->orchestrator.poll([&](const migration::event& answer) { hear(answer, now); });

    if (decide_at_ && now >= *decide_at_) decide(now);
    assembly_.tick(now, replica_);
    mover_.tick(now, log().log_time());
    perform(now);
  }

  [[nodiscard]] bool halted() const { return replica_.halted(); }
  [[nodiscard]] const consensus::state_machine& log() const { return agreed().agreement(); }
  [[nodiscard]] const log_driver& replica() const { return replica_; }
  [[nodiscard]] const fleet_outlook<Forecaster>& fleet() const { return fleet_; }
  /// The same, looked at anew if anything has changed since.
  [[nodiscard]] const fleet_outlook<Forecaster>& outlook() { return refresh(), fleet_; }
  /// What speaks for failures of own hosts and of other sites.
  [[nodiscard]] const failure_watch& failures() const { return watch_.failures(); }
  /// How strange the last value of a series was; nothing for one that is not watched.
  [[nodiscard]] std::optional<anomaly::score> strangeness(telemetry::entity of) const {
    return watch_.score_of(of);
  }
  [[nodiscard]] const scorekeeper& score() const { return agreed().score(); }
  [[nodiscard]] const flat_map<migration_id, flight>& flights() const { return mover_.flights(); }

 private:
  using entry_type = applied_entry<consensus::effect>;

  agent(agent_options options, fleet_setup setup, Host& host, Forecaster forecaster, Detector detector,
        Selector selector, log_driver replica)
      : options_(std::move(options)),
        calendar_(setup.calendar),
        host_(&host),
        replica_(std::move(replica)),
        fleet_(options_.outlook, std::move(setup.inventory),
               forecast_book<Forecaster>{std::move(forecaster), options_.book, std::move(setup.calendar)},
               std::move(setup.links)),
        telemetry_(options_.telemetry, options_.outlook.what, options_.book.step,
                   replica_.replica().incarnation()),
        planner_(options_.planner, std::move(selector)),
        adjuster_(options_.adjuster),
        watch_(self(), std::move(detector), options_.failure),
        assembly_(options_.assembly),
        mover_(options_.mover),
        reviews_(options_.book.step, options_.outlook.moves),
        budget_(options_.budget, fleet_.known().workloads().size()) {
    mover_.at(host_->clock.now());
    adopt();
  }

  [[nodiscard]] const agreed_fleet& agreed() const { return replica_.machine(); }
  [[nodiscard]] std::size_t moves_left(time_point now) const {
    return budget_.left(agreed().approvals(), now);
  }
  [[nodiscard]] site_id self() const { return options_.outlook.self; }
  [[nodiscard]] duration step() const { return options_.book.step; }
  void tell(time_point at, decltype(ports::note::what) what) {
    host_->observer.observe(ports::note{self(), at, std::move(what)});
  }
  void give_up(time_point now) {
    if (!std::exchange(gave_up_, true))
      tell(now, ports::alarm{"the replica has halted: " + replica_.error().reason});
  }

  /// First end of a step, when its readings have come: what was observed.
  void close_step(time_point now) {
    const time_point closed = *next_step_ - step();
    const auto say = [&](decltype(ports::note::what) what) { tell(now, std::move(what)); };
    watch_.next_step();
    for (const auto& v : telemetry_.close(*next_step_, fleet_)) watch_.observe(v, own_host_of(v.of), say);
    auto watched = reviews_.watched();
    for (const auto& [id, one] : mover_.flights()) watched.push_back(one.intent.workload);
    std::ranges::sort(watched);
    watched.erase(std::unique(watched.begin(), watched.end()), watched.end());
    auto status = telemetry_.report(closed, fleet_, watched);
    watch_.suspect(status, log().members().electors(), now, say);
    const byte_string report = encode(status);
    for (const auto& peer : log().members().electors())
      if (peer.site != self())  // a report that cannot be sent is lost; the next one follows
        static_cast<void>(host_->transport.send(peer.site, ports::channel::monitoring, report));
    decide_at_ = *next_step_ + options_.collect + options_.settle;
    *next_step_ += step();
    dirty_ = true;
  }
  /// Second end of a step: what follows.
  void decide(time_point now) {
    decide_at_.reset();
    if (replica_.replica().abstains().holds())
      return;  // whether this number of a proposal is free is lost too
    if (replica_.replica().leads()) replica_.submit(consensus::noop{});  // keeps log time near the clock
    review(now);
    refresh();
    const std::size_t open = assembly_.open().moves(), left = moves_left(now);
    auto plan = planner_.plan(fleet_, now, left > open ? left - open : 0, proposal_number());
    for (auto& w : plan.warned)
      tell(now, ports::risk_warned{std::move(w.what), w.odds.fast, w.odds.slow, std::string{w.why}});
    for (auto& danger : plan.raised) tell(now, ports::risk_raised{std::move(danger)});
    for (auto& what : plan.proposals) {
      tell(now, ports::proposed{what});
      assembly_.sponsor(std::move(what), now, replica_);
    }
    dirty_ = dirty_ || !plan.proposals.empty();  // the plan supposed its own moves
    adjuster_.review(fleet_, now);
    if (plan.proposals.empty()) adjust(now);
  }
  /// Adjustments wait while there is anything to move: a verdict on one makes moves to its host stale.
  void adjust(time_point now) {
    const auto free = [&](workload_id w) {
      const auto* record = fleet_.known().find(w);
      return !assembly_.open().is_about(w) && !log().authorities().moving(w) &&
             (record == nullptr || !assembly_.open().leads_to(record->host));
    };
    auto what = adjuster_.next(fleet_, {self(), proposal_number()}, now, free);
    if (!what) return;
    ++proposal_number();
    tell(now, ports::proposed{*what});
    assembly_.sponsor(std::move(*what), now, replica_);
  }
  /// The own host that a series tells of: itself, or where the workload runs.
  [[nodiscard]] std::optional<host_id> own_host_of(telemetry::entity series) const {
    const host_id named{series.number};
    if (series.what == telemetry::entity::kind::host)
      return fleet_.is_mine(named) ? std::optional{named} : std::nullopt;
    const auto* record = fleet_.known().find(workload_id{series.number});
    if (record == nullptr || !fleet_.is_mine(record->host)) return std::nullopt;
    return record->host;
  }
  void refresh() {
    if (!std::exchange(dirty_, false)) return;
    std::vector<relocation> under_way;
    for (const auto& [id, one] : mover_.flights()) {
      const auto* workload = fleet_.known().find(one.intent.workload);
      if (workload == nullptr || workload->host == one.to.host) continue;  // has arrived
      const auto* said = demand_of_.find(one.intent.proposal);
      under_way.push_back({one.intent.workload, one.from.host, one.to.host, said == nullptr ? 0 : *said});
    }
    fleet_.refresh(under_way);
  }
  /// Counts this site's proposals; no earlier life of it has used these numbers.
  [[nodiscard]] std::uint64_t& proposal_number() {
    const auto first = std::uint64_t{replica_.replica().incarnation()} << 32;
    if (proposal_number_ < first) proposal_number_ = first + 1;
    return proposal_number_;
  }

  // What is said.
  void hear(site_id from, const consensus::propose& message, time_point now) {
    const auto* one = assembly_.hear(from, message, replica_);
    if (one == nullptr) return;
    refresh();
    const auto& what = one->what;
    if (!std::holds_alternative<placement::migrate>(what.what)) return judge_adjustment(*one, now);
    const auto to = std::get<placement::migrate>(what.what).to.host;
    auto mine = planner_.judge(what, fleet_, now, in_maintenance(to, now));
    if (mine.what.opinion == placement::stance::accept &&
        assembly_.open().ahead_of(what) >= moves_left(now)) {
      mine.what.opinion = placement::stance::reject;
      mine.what.reason = placement::vote_reason::moves_are_short;
      mine.what.text = "Rejected: the moves left this hour go to more urgent proposals.";
    }
    const bool first = !demand_of_.contains(what.id);
    demand_of_[what.id] = what.why.recent.values.empty() ? 0 : what.why.recent.values.back();
    if (mine.what.opinion == placement::stance::abstain) return;
    const bool accepts = mine.what.opinion == placement::stance::accept;
    if (first) {
      tell(now, ports::voted{what.id, accepts, mine.what.text, mine.source_probability.value_or(0)});
      if (mine.source_probability) claim(what, *mine.source_probability, now);
    }
    assembly_.cast(*one, accepts, static_cast<std::uint16_t>(mine.what.reason), mine.what.text, replica_);
  }
  /// Nobody learns from it: it makes no claim about a host.
  void judge_adjustment(const heard_proposal& one, time_point now) {
    const auto mine = adjuster_.judge(one.what, fleet_);
    if (mine.opinion == placement::stance::abstain) return;
    const bool accepts = mine.opinion == placement::stance::accept;
    if (adjuster_.voted(one.what.id))
      tell(now, ports::voted{one.what.id, accepts, mine.text, one.what.why.probability});
    assembly_.cast(one, accepts, static_cast<std::uint16_t>(mine.reason), mine.text, replica_);
  }
  /// A destination that refused a copy, failed it or asked for quiet is left alone for a while.
  void hear(const migration::event& answer, time_point now) {
    using kind = migration::event_kind;
    const bool no = answer.retry_after > duration::zero() || answer.what == kind::failed ||
                    (answer.what == kind::refused && answer.answers == migration::verb::start);
    if (no && answer.end == migration::endpoint::destination)
      fleet_.refused(host_id{answer.place.value}, now, answer.retry_after);
    mover_.learn(answer);
  }
  void hear(site_id from, const consensus::vote& paper, time_point now) {
    if (assembly_.hear(from, paper, replica_))
      tell(now, ports::alarm{"site " + std::to_string(from.value) +
                             " has cast two different votes on one proposal"});
  }
  void claim(const placement::proposal& what, double probability, time_point now) {
    const auto& from = std::get<placement::migrate>(what.what).from;
    feedback::claim made;
    made.id = {self(), proposal_number()++};
    made.workload_class = what.workload_class;
    made.made = std::min(now, log().log_time()), made.due = what.expected.check_at;
    made.probability = feedback::quantise(probability);
    made.about = {from.host, what.why.what, options_.planner.limit_permille};
    replica_.submit(consensus::remark{encode(score_note{claim_note{what.id, made}})});
  }
  /// Whether a window announced for this host, or for all of them, overlaps the horizon.
  [[nodiscard]] bool in_maintenance(host_id h, time_point now) const {
    const auto* record = fleet_.known().find(h);
    const time_point end = now + static_cast<duration::rep>(options_.book.horizon) * step();
    return record != nullptr &&
           std::ranges::any_of(calendar_.events, [&](const telemetry::calendar_event& e) {
             return e.kind == telemetry::event_kind::maintenance_window && e.label == record->name &&
                    e.start < end && e.end > now;
           });
  }

  // What the log says. Every site learns the same, in the same order.
  void learn(const consensus::proposal_decided& e, const entry_type& entry, time_point now) {
    tell(now, verdict_on(e, entry.at, entry.value, log()));
    if (e.reason == consensus::refusal::none) dirty_ = true;
    if (const auto what = assembly_.decided(e.proposal, replica_)) {
      decided(*what, e.reason == consensus::refusal::none);
      if (const auto* move = std::get_if<placement::migrate>(&what->what);
          move != nullptr && e.reason == consensus::refusal::voted_down && what->id.sponsor == self())
        fleet_.refused(move->to.host, now);  // the next best has its turn
    }
  }
  void decided(const placement::proposal& what, bool approved) {
    if (!std::holds_alternative<placement::migrate>(what.what)) return adjuster_.decided(what, approved);
    if (approved) fleet_.classify(what.workload, what.workload_class);
    reviews_.open(what, approved);
    const auto& move = std::get<placement::migrate>(what.what);
    if (!approved && what.id.sponsor == self()) planner_.not_made(move.from.host);
    if (approved && move.to.site == self() && !fleet_.book().knows(what.workload))
      fleet_.book().learn(what.workload, what.why.recent);
  }
  void learn(const consensus::proposal_undecided& e, const entry_type&, time_point now) {
    assembly_.ask_again(e.proposal, now, replica_);
  }
  void learn(const consensus::authority_changed& e, const entry_type&, time_point now) {
    if (e.now.state == consensus::authority_state::active)
      tell(now, ports::authority_passed{e.what, e.now.owner, e.now.token});
    mover_.learn(e, fleet_.known(), log().log_time());
    dirty_ = true;
  }
  void learn(const consensus::migration_advanced& e, const entry_type&, time_point now) {
    mover_.learn(e, fleet_.known(), log().log_time());
    if (e.intent.state == consensus::migration_state::started)
      reviews_.started(e.intent.proposal, e.what, now);
    if (e.intent.state == consensus::migration_state::committed && !e.settled) arrived(e.intent, now);
    dirty_ = true;
  }
  void learn(const consensus::credits_changed& e, const entry_type&, time_point now) {
    assembly_.ask_again(std::nullopt, now, replica_);
    tell(now, ports::credits_updated{e.version});
  }
  void learn(const consensus::credits_refused& e, const entry_type&, time_point now) {
    tell(now, ports::alarm{"the credits on class " + std::to_string(e.blocked.value) +
                           " stay: with those that the log leads to, silent sites could block every vote"});
  }
  void learn(const consensus::command_done& e, const entry_type&, time_point now) {
    if (e.reason == consensus::refusal::credits_computed && !e.duplicate)
      tell(now, ports::alarm{"site " + std::to_string(e.command.client.value) +
                             " has submitted credits: refused, they follow from the log"});
  }
  void learn(const consensus::epoch_activated&, const entry_type&, time_point now) {
    assembly_.ask_again(std::nullopt, now, replica_);
  }
  void learn(const auto&, const entry_type&, time_point) {}

  /// The log has gone on by entries that this site did not hear of one by one: before it was started, or
  /// where another site's image took their place. What it needs of them is in the machine.
  void adopt() {
    if (log().applied() == slot{}) return;
    mover_.adopt(log(), fleet_.known(), [&](migration_id, const consensus::migration_intent& intent) {
      return source_of(intent, agreed(), fleet_.known());
    });
    for (const auto& [workload, now] : agreed().residences()) bring(workload, now.at, std::nullopt);
    const auto& passages = agreed().passages();
    for (const auto& what : assembly_.decided_unheard(replica_)) decided(what, passages.contains(what.id));
    for (const auto& [id, one] : passages) reviews_.catch_up(id, one);
    dirty_ = true;
  }
  void bring(workload_id what, host_id to, std::optional<time_point> made) {
    const auto* workload = fleet_.known().find(what);
    if (workload == nullptr || workload->host == to || fleet_.known().find(to) == nullptr) return;
    const host_id from = workload->host;
    fleet_.settle(what, to, made);
    for (const host_id h : {from, to})
      if (fleet_.is_mine(h)) telemetry_.residents_changed(h);
  }
  /// The move is committed: from now on the workload counts where it goes.
  void arrived(const consensus::migration_intent& intent, time_point now) {
    bring(intent.workload, intent.destination, now);
    reviews_.ended(intent.proposal, now);
  }
  // What comes of it.
  void review(time_point now) {
    reviews_.observe(telemetry_.table(), fleet_.known());
    for (auto& done : reviews_.finish(now)) {
      const bool sponsor = done.what.id.sponsor == self();
      demand_of_.erase(done.what.id);
      if (done.known && (sponsor || auditor_of(done.what.id.sponsor, log().members().electors()) == self()))
        replica_.submit(consensus::remark{encode(score_note{outcome_note{done.what.id, done.happened}})});
      if (sponsor && done.outcome) follow_up(done.what, *done.outcome, now);
      const auto* record = fleet_.known().find(done.what.workload);
      if (record != nullptr && !fleet_.is_mine(record->host)) fleet_.book().forget(done.what.workload);
    }
    demand_of_.erase_if([&](const proposal_id& id, double) {  // of what was never decided
      return !reviews_.has(id) && !assembly_.open().proposals().contains(id);
    });
  }
  /// Takes a move back, or sends the workload on, where it did not deliver: by a proposal like any other.
  void follow_up(const placement::proposal& was, migration::outcome judged, time_point now) {
    refresh();
    const auto next = advice_on(was, judged, fleet_, {now, options_.rollback});
    judged.rolled_back = next.what != migration::recommendation::leave;
    tell(now, ports::outcome_judged{judged, next.text});
    if (!judged.rolled_back || moves_left(now) == 0 || !options_.planner.places_fence) return;
    auto again = follow_up_of(was, next, fleet_, {{self(), proposal_number()++}, now});
    tell(now, ports::proposed{again});
    assembly_.sponsor(std::move(again), now, replica_);
  }
  void perform(time_point now) {
    if (replica_.replica().abstains().holds()) return;  // later: no command would be taken
    auto tasks = mover_.take();
    for (auto& change : tasks.changes)
      tell(now, ports::migration_advanced{change.what, change.proposal, std::string{name_of(change.to)},
                                          std::move(change.why)});
    for (auto& what : tasks.log) std::visit([&](auto& c) { replica_.submit(std::move(c)); }, what);
    for (const auto& c : tasks.commands)  // an error says that nothing was sent; the executor asks again
      static_cast<void>(host_->orchestrator.submit(c));
  }

  agent_options options_;
  telemetry::calendar calendar_;
  Host* host_;
  log_driver replica_;
  fleet_outlook<Forecaster> fleet_;
  site_telemetry telemetry_;
  planner<Forecaster, Selector> planner_;
  adjuster<Forecaster> adjuster_;
  site_watch<Detector> watch_;
  assembly<log_driver> assembly_;
  mover mover_;
  review_desk reviews_;
  migration::move_budget budget_;
  flat_map<proposal_id, double> demand_of_;  ///< of the workload, as the sponsor said; for those heard
  std::optional<time_point> next_step_;      ///< the end of the step that is open
  std::optional<time_point> decide_at_;
  std::uint64_t proposal_number_ = 0;
  bool dirty_ = true;
  bool gave_up_ = false;
  bool told_damage_ = false;
};

}  // namespace foreshift::inline FORESHIFT_ABI::driver
