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
#include <foreshift/core/bytes.hpp>
#include <foreshift/driver/agent_options.hpp>
#include <foreshift/driver/council.hpp>
#include <foreshift/driver/fleet_outlook.hpp>
#include <foreshift/driver/mover.hpp>
#include <foreshift/driver/replica_driver.hpp>
#include <foreshift/driver/review_desk.hpp>
#include <foreshift/driver/score_note.hpp>
#include <foreshift/driver/scorekeeper.hpp>
#include <foreshift/driver/site_senses.hpp>
#include <foreshift/driver/verdict.hpp>
#include <foreshift/migration/place_record.hpp>
#include <foreshift/ports/observer.hpp>
#include <foreshift/ports/orchestrator.hpp>

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
  void share_histories() { senses_.share_histories(fleet_); }

  /// Does everything that is due now. Call it when something has arrived and every few seconds.
  void poll() {
    const time_point now = host_->clock.now();
    senses_.read(host_->telemetry, fleet_, now);
    while (senses_.due(now)) close_step(now);

    auto news = replica_.poll([&](site_id from, ports::channel which, byte_span bytes) {
      if (which == ports::channel::monitoring && senses_.hear(from, bytes, fleet_, now)) dirty_ = true;
    });
    if (replica_.halted()) return give_up(now);
    if (replica_.damage() && !std::exchange(told_damage_, true))
      tell(now, ports::alarm{"the storage has lost records: " + replica_.damage()->reason});
    mover_.at(now);
    if (news.installed) adopt();
    for (const auto& entry : news.applied)
      for (const auto& effect : entry.effects)
        std::visit([&](const auto& e) { tell_people_of(e, teller(now)), learn(e, entry, now); }, effect);
    for (const auto& heard : news.heard)
      std::visit([&](const auto& m) { hear(heard.from, m, now); }, heard.what);
    host_->orchestrator.poll([&](const migration::event& answer) { hear(answer, now); });

    if (decide_at_ && now >= *decide_at_) decide(now);
    council_.tick(now, replica_);
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
  [[nodiscard]] const failure_watch& failures() const { return senses_.watch().failures(); }
  /// How strange the last value of a series was; nothing for one that is not watched.
  [[nodiscard]] std::optional<anomaly::score> strangeness(telemetry::entity of) const {
    return senses_.watch().score_of(of);
  }
  [[nodiscard]] const scorekeeper& score() const { return agreed().score(); }
  [[nodiscard]] const flat_map<migration_id, flight>& flights() const { return mover_.flights(); }

 private:
  using entry_type = applied_entry<consensus::effect>;
  using council_type = council<Forecaster, Selector, log_driver>;

  agent(agent_options options, fleet_setup setup, Host& host, Forecaster forecaster, Detector detector,
        Selector selector, log_driver replica)
      : options_(std::move(options)),
        host_(&host),
        replica_(std::move(replica)),
        fleet_(options_.outlook, std::move(setup.inventory),
               forecast_book<Forecaster>{std::move(forecaster), options_.book, setup.calendar},
               std::move(setup.links)),
        senses_(options_, std::move(detector), replica_.replica().incarnation()),
        council_(options_, std::move(setup.calendar), std::move(selector), fleet_.known().workloads().size()),
        mover_(options_.mover),
        reviews_(options_.book.step, options_.outlook.moves) {
    mover_.at(host_->clock.now());
    adopt();
  }

  [[nodiscard]] const agreed_fleet& agreed() const { return replica_.machine(); }
  [[nodiscard]] site_id self() const { return options_.outlook.self; }
  [[nodiscard]] auto session(time_point now) { return typename council_type::session{fleet_, replica_, now}; }
  void tell(time_point at, decltype(ports::note::what) what) {
    host_->observer.observe(ports::note{self(), at, std::move(what)});
  }
  [[nodiscard]] auto teller(time_point now) {
    return [this, now](decltype(ports::note::what) what) { tell(now, std::move(what)); };
  }
  void give_up(time_point now) {
    if (!std::exchange(gave_up_, true))
      tell(now, ports::alarm{"the replica has halted: " + replica_.error().reason});
  }

  /// First end of a step, when its readings have come: what was observed.
  void close_step(time_point now) {
    auto watched = reviews_.watched();
    for (const auto& [id, one] : mover_.flights()) watched.push_back(one.intent.workload);
    std::ranges::sort(watched);
    watched.erase(std::unique(watched.begin(), watched.end()), watched.end());
    decide_at_ = senses_.step_end() + options_.collect + options_.settle;
    const auto& members = log().members().electors();
    const byte_string report = encode(senses_.close(fleet_, watched, members, now, teller(now)));
    for (const auto& peer : members)
      if (peer.site != self())  // a report that cannot be sent is lost; the next one follows
        static_cast<void>(host_->transport.send(peer.site, ports::channel::monitoring, report));
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
    if (council_.propose(session(now), teller(now))) dirty_ = true;  // the plan supposed its own moves
  }
  void refresh() {
    if (!std::exchange(dirty_, false)) return;
    fleet_.refresh(council_.under_way(mover_.flights(), fleet_.known()));
  }

  // What is said.
  void hear(site_id from, const consensus::propose& message, time_point now) {
    const auto* one = council_.hear(from, message, replica_);
    if (one == nullptr) return;
    refresh();
    council_.vote(*one, session(now), teller(now));
  }
  void hear(site_id from, const consensus::vote& paper, time_point now) {
    council_.hear(from, paper, replica_, teller(now));
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

  // What the log says. Every site learns the same, in the same order.
  void learn(const consensus::proposal_decided& e, const entry_type& entry, time_point now) {
    tell(now, verdict_on(e, entry.at, entry.value, log()));
    if (e.reason == consensus::refusal::none) dirty_ = true;
    if (auto what = council_.decided(e, session(now)))
      reviews_.open(std::move(*what), e.reason == consensus::refusal::none);
  }
  void learn(const consensus::proposal_undecided& e, const entry_type&, time_point now) {
    council_.ask_again(e.proposal, now, replica_);
  }
  void learn(const consensus::authority_changed& e, const entry_type&, time_point) {
    mover_.learn(e, fleet_.known(), log().log_time());
    dirty_ = true;
  }
  void learn(const consensus::migration_advanced& e, const entry_type&, time_point now) {
    mover_.learn(e, fleet_.known(), log().log_time());
    if (e.intent.state == consensus::migration_state::started)
      reviews_.started(e.intent.proposal, e.what, now);
    if (e.intent.state == consensus::migration_state::committed && !e.settled) {
      bring(e.intent.workload, e.intent.destination, now);  // from now on the workload counts where it goes
      reviews_.ended(e.intent.proposal, now);
    }
    dirty_ = true;
  }
  void learn(const consensus::credits_changed&, const entry_type&, time_point now) {
    council_.ask_again(std::nullopt, now, replica_);
  }
  void learn(const consensus::epoch_activated&, const entry_type&, time_point now) {
    council_.ask_again(std::nullopt, now, replica_);
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
    const auto passed = [&](proposal_id id) { return passages.contains(id); };
    for (const auto& what : council_.decided_unheard(replica_, fleet_, passed))
      reviews_.open(what, passed(what.id));
    for (const auto& [id, one] : passages) reviews_.catch_up(id, one);
    dirty_ = true;
  }
  void bring(workload_id what, host_id to, std::optional<time_point> made) {
    const auto* workload = fleet_.known().find(what);
    if (workload == nullptr || workload->host == to || fleet_.known().find(to) == nullptr) return;
    const host_id from = workload->host;
    fleet_.settle(what, to, made);
    for (const host_id h : {from, to})
      if (fleet_.is_mine(h)) senses_.residents_changed(h);
  }

  // What comes of it.
  void review(time_point now) {
    reviews_.observe(senses_.table(), fleet_.known());
    for (auto& done : reviews_.finish(now)) {
      const bool sponsor = done.what.id.sponsor == self();
      if (done.known && (sponsor || auditor_of(done.what.id.sponsor, log().members().electors()) == self()))
        replica_.submit(consensus::remark{encode(score_note{outcome_note{done.what.id, done.happened}})});
      council_.forget(done.what.id);
      if (sponsor && done.outcome) {
        refresh();
        council_.follow_up(done.what, *done.outcome, session(now), teller(now));
      }
      const auto* record = fleet_.known().find(done.what.workload);
      if (record != nullptr && !fleet_.is_mine(record->host)) fleet_.book().forget(done.what.workload);
    }
    council_.forget_but([&](proposal_id id) { return reviews_.has(id); });
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
  Host* host_;
  log_driver replica_;
  fleet_outlook<Forecaster> fleet_;
  site_senses<Detector> senses_;
  council_type council_;
  mover mover_;
  review_desk reviews_;
  std::optional<time_point> decide_at_;
  bool dirty_ = true;
  bool gave_up_ = false;
  bool told_damage_ = false;
};

}  // namespace foreshift::inline FORESHIFT_ABI::driver
