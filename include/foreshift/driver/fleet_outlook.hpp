#pragma once
/// @file
/// What a site expects of every host, from what it knows: own workloads one by one, other sites' hosts as a
/// whole.
///
/// Moves that are agreed and under way are counted where they will end, so that two decisions in a row do not
/// fill the same host twice.
///
/// There are two measures of a danger. The paths' own is what any host and any move is judged by, since it
/// can be asked of what is not so yet. How likely an own host is to be overloaded as it stands is said by
/// `overload_watch`, which has learned how far the paths are to be believed.

#include <foreshift/core/flat_map.hpp>
#include <foreshift/driver/cycle_book.hpp>
#include <foreshift/driver/forecast_book.hpp>
#include <foreshift/driver/mover.hpp>
#include <foreshift/driver/overload_watch.hpp>
#include <foreshift/placement/class_census.hpp>
#include <foreshift/placement/distance_table.hpp>
#include <foreshift/placement/inventory.hpp>
#include <foreshift/placement/outlook.hpp>
#include <foreshift/placement/workload_classes.hpp>
#include <foreshift/risk/exceedance.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <optional>
#include <set>
#include <span>
#include <utility>
#include <vector>

namespace foreshift::inline FORESHIFT_ABI::driver {

/// One agreed or supposed change of place.
struct relocation {
  workload_id workload;
  host_id from;
  host_id to;
  double demand = 0;  ///< for a workload that this site has no series of
  friend bool operator==(const relocation&, const relocation&) = default;
};

struct outlook_options {
  site_id self;
  resource what = resource::cpu;
  placement::migration_cost moves;
  double tail_share = 0.5;  ///< of a normal tail in every probability of an overload; see `exceedance_of`
  std::size_t evidence_steps = 288;  ///< of a workload's past that go into a proposal
  overload_watch_options watch;      ///< how own hosts are watched
  cycle_options cycle;               ///< how long moves and refusals are remembered
};

template <forecast::Forecaster F>
class fleet_outlook {
 public:
  fleet_outlook(outlook_options options, placement::inventory known, forecast_book<F> book,
                placement::distance_table links = {})
      : options_(std::move(options)),
        known_(std::move(known)),
        book_(std::move(book)),
        links_(std::move(links)),
        watch_(options_.watch),
        cycle_(options_.cycle) {
    FORESHIFT_EXPECT(options_.watch.slow_steps <= book_.options().horizon);
  }

  [[nodiscard]] const placement::inventory& known() const { return known_; }
  [[nodiscard]] forecast_book<F>& book() { return book_; }
  [[nodiscard]] const forecast_book<F>& book() const { return book_; }
  [[nodiscard]] const outlook_options& options() const { return options_; }
  [[nodiscard]] bool is_mine(host_id h) const {
    const auto* record = known_.find(h);
    return record != nullptr && record->site == options_.self;
  }
  /// A workload has moved for good.
  /// @param made when; nothing: so long ago that it counts for no budget
  void settle(workload_id w, host_id to, std::optional<time_point> made = std::nullopt) {
    if (const auto* record = known_.find(w); record != nullptr) {
      other_now_.insert(record->host);
      if (made) cycle_.moved({w, record->host, to}, *made);
    }
    other_now_.insert(to);
    known_.move(w, to);
  }
  /// The destination was turned down: it is left alone for a while.
  void refused(host_id h, time_point at, duration at_least = duration::zero()) {
    cycle_.refused(h, at, at_least);
  }
  /// Decisions are made now: what is over by then is forgotten.
  void at(time_point now) {
    now_ = now;
    cycle_.at(now);
    count_disruptions();
  }
  void classify(workload_id w, class_id c) {
    if (known_.find(w) != nullptr) known_.classify(w, c);
  }
  /// Sorts the own workloads into classes by their histories and writes those into the inventory.
  void take_census(placement::workload_classes& classes) {
    std::vector<placement::workload_history> histories;
    for (const auto& w : known_.workloads())
      if (is_mine(w.host))
        histories.push_back({w.id, book_.recent(w.id, book_.options().history_max), w.limits[options_.what]});
    placement::take_census(classes, known_, histories);
  }
  /// A step of own host h has ended, of which the book has the residents' values already.
  /// @param demand of the host; NaN: no reading
  void observe(host_id h, double demand) {
    if (watch_.knows(h) && !other_now_.contains(h)) return watch_.observe(h, demand);
    watch_.rebase(h, known_.limit(h, options_.what), history(h, options_.watch.past_steps));
    other_now_.erase(h);
  }
  /// The last n steps of a host, or as many as there are of all its residents: as if the workloads that are
  /// there now had always been.
  [[nodiscard]] std::vector<double> history(host_id h, std::size_t n) const {
    std::vector<double> sum(n);
    std::size_t known = n;
    for (const workload_id w : known_.workloads_on(h)) {
      const auto past = book_.recent(w, n).values;
      known = std::min(known, past.size());
      double last = 0;
      for (std::size_t i = 0; i < past.size(); ++i) {
        if (!std::isnan(past[i])) last = past[i];
        sum[n - past.size() + i] += last;
      }
    }
    return {sum.end() - static_cast<std::ptrdiff_t>(known), sum.end()};
  }

  /// Looks at everything anew: after a step, or after an agreement. O(workloads x paths x horizon).
  /// @param under_way agreed moves whose workloads still run at their source
  void refresh(std::span<const relocation> under_way) {
    paths_.clear(), hosts_.clear(), workloads_.clear(), moving_.clear(), storage_.clear(), changing_.clear();
    known_.abandon_moves();
    storage_.resize(known_.hosts().size());
    for (std::size_t i = 0; i < storage_.size(); ++i) {
      const auto& host = known_.hosts()[i];
      auto& sum = storage_[i];
      if (host.site == options_.self)
        add_residents(host.id, sum);
      else if (const auto* whole = book_.paths(host.id); whole != nullptr)
        sum = *whole;
      if (sum.count() == 0) continue;
      paths_.insert_or_assign(host.id, i);
      hosts_.push_back(placement::outlook_of(host.id, host.site, known_.limit(host.id, options_.what), sum, 0,
                                             false, options_.tail_share));
    }
    std::ranges::sort(workloads_, {}, &placement::workload_outlook::workload);
    supposed_.clear();
    count_disruptions();
    for (const auto& r : under_way) suppose(r);
  }

  /// Counts a move as if it had been made. The workload is taken as moving from now on: what it requests is
  /// held at both ends.
  void suppose(const relocation& r) {
    const auto* workload = book_.paths(r.workload);
    shift(r.from, workload, r.demand, false);
    shift(r.to, workload, r.demand, true);
    for (const host_id h : {r.from, r.to}) changing_.insert(h);
    moving_.insert(std::ranges::lower_bound(moving_, r.workload), r.workload);
    const auto* record = known_.find(r.workload);
    if (record != nullptr && record->host != r.to && known_.find(r.to) != nullptr &&
        !known_.is_moving(r.workload))
      known_.begin_move(r.workload, r.to);
    supposed_.push_back({r.workload, r.from, r.to});
    count_disruptions();
  }

  [[nodiscard]] const forecast::sample_paths* paths(host_id h) const {
    const auto* at = paths_.find(h);
    return at == nullptr ? nullptr : &storage_[*at];
  }
  [[nodiscard]] const placement::host_outlook* outlook(host_id h) const { return view().find(h); }
  /// For a decision; valid until the next refresh or supposition.
  [[nodiscard]] placement::site_view view() const {
    return {.known = &known_,
            .links = &links_,
            .hosts = hosts_,
            .workloads = workloads_,
            .moving = moving_,
            .what = options_.what,
            .step = book_.options().step,
            .moves = options_.moves,
            .now = now_,
            .disruptions = disruptions_,
            .refusals = cycle_.refusals()};
  }
  /// How likely an own host is to be overloaded as it stands. Where a move from or to it is under way or
  /// supposed, and before its first step has ended, by the paths alone. @pre paths(h) != nullptr, an own host
  [[nodiscard]] overload_odds odds_of(host_id h) const {
    const auto learned = changing_.contains(h) ? std::nullopt : watch_.look(h, *paths(h), outlook(h)->room());
    return learned ? *learned : odds_of_paths(h);
  }
  /// The same, said once a step: what comes of it will be learned from.
  overload_odds claim_odds_of(host_id h) {
    const auto learned =
        changing_.contains(h) ? std::nullopt : watch_.claim(h, *paths(h), outlook(h)->room());
    return learned ? *learned : odds_of_paths(h);
  }
  /// The danger that a host is in, by the paths. @pre paths(h) != nullptr
  [[nodiscard]] risk::overload_risk risk_of(host_id h, time_point from) const {
    const auto& host = *outlook(h);
    auto danger = risk::exceedance(
        *host.paths,
        {.host = h, .what = options_.what, .limit = host.room(), .from = from, .step = book_.options().step});
    // The same measure as the choice of a move, so that what raises the alarm is what a move is judged by.
    const auto measured = placement::as_it_is(host);
    danger.probability = measured.probability;
    danger.expected_overload =
        duration{static_cast<duration::rep>(measured.steps * static_cast<double>(danger.step.count()))};
    return danger;
  }
  /// The probability of an overload of a host if a workload with these paths came to it; 1 for a host of
  /// which nothing is known.
  [[nodiscard]] double risk_with(host_id h, const forecast::sample_paths& workload) const {
    const auto* host = outlook(h);
    if (host == nullptr) return 1;
    return placement::exceedance_if_moved(*host->paths, workload, host->room(), options_.moves,
                                          placement::at_destination(options_.moves), host->tail_share)
        .probability;
  }

 private:
  void count_disruptions() { disruptions_ = cycle_.disruptions(known_, supposed_); }
  [[nodiscard]] overload_odds odds_of_paths(host_id h) const {
    const auto& host = *outlook(h);
    const double slow = placement::as_it_is(host).probability;
    return {std::min(slow, risk::opinion_of(*host.paths, host.room(), options_.watch.fast_steps).probability),
            slow};
  }
  /// Nothing where no resident has a forecast; a host without residents has all its room.
  void add_residents(host_id h, forecast::sample_paths& sum) {
    const auto& book = book_.options();
    if (known_.workloads_on(h).empty()) sum = forecast::sample_paths{book.plan.size(), book.horizon};
    for (const workload_id w : known_.workloads_on(h)) {
      const auto* one = book_.paths(w);
      if (one == nullptr) continue;
      sum += *one;
      workloads_.push_back({w, one, book_.last(w), book_.recent(w, options_.evidence_steps)});
    }
  }
  void shift(host_id h, const forecast::sample_paths* workload, double demand, bool comes) {
    const auto* at = paths_.find(h);
    if (at == nullptr) return;
    auto& host = *std::ranges::lower_bound(hosts_, h, {}, &placement::host_outlook::host);
    auto& sum = storage_[*at];
    double pending = host.pending;
    if (workload == nullptr)
      pending += comes ? demand : -demand;
    else if (comes)
      sum += *workload;
    else
      sum -= *workload;
    host = placement::outlook_of(h, host.site, host.limit, sum, pending, false, options_.tail_share);
  }

  outlook_options options_;
  placement::inventory known_;
  forecast_book<F> book_;
  placement::distance_table links_;
  std::vector<forecast::sample_paths> storage_;  ///< by place in the inventory
  flat_map<host_id, std::size_t> paths_;         ///< into storage_
  std::vector<placement::host_outlook> hosts_;
  std::vector<placement::workload_outlook> workloads_;
  std::vector<workload_id> moving_;
  overload_watch watch_;
  cycle_book cycle_;
  std::vector<placement::move_made> supposed_;
  std::vector<placement::disruption> disruptions_;  ///< of the cycle and of what is supposed
  time_point now_{};
  std::set<host_id> changing_;   ///< hosts that a move under way or supposed will change
  std::set<host_id> other_now_;  ///< hosts whose residents have changed since their last step
};

}  // namespace foreshift::inline FORESHIFT_ABI::driver
