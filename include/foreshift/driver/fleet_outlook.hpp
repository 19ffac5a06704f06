#pragma once
/// @file
/// What a site expects of every host, from what it knows: own workloads one by one, other sites' hosts as a
/// whole.
///
/// Moves that are agreed and under way are counted where they will end, so that two decisions in a row do not
/// fill the same host twice.

#include <foreshift/core/flat_map.hpp>
#include <foreshift/driver/forecast_book.hpp>
#include <foreshift/driver/mover.hpp>
#include <foreshift/placement/inventory.hpp>
#include <foreshift/placement/outlook.hpp>
#include <foreshift/risk/exceedance.hpp>

#include <algorithm>
#include <cstddef>
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
};

template <forecast::Forecaster F>
class fleet_outlook {
 public:
  fleet_outlook(outlook_options options, placement::inventory known, forecast_book<F> book)
      : options_(std::move(options)), known_(std::move(known)), book_(std::move(book)) {}

  [[nodiscard]] const placement::inventory& known() const { return known_; }
  [[nodiscard]] forecast_book<F>& book() { return book_; }
  [[nodiscard]] const forecast_book<F>& book() const { return book_; }
  [[nodiscard]] const outlook_options& options() const { return options_; }
  [[nodiscard]] bool is_mine(host_id h) const {
    const auto* record = known_.find(h);
    return record != nullptr && record->site == options_.self;
  }
  /// A workload has moved for good.
  void settle(workload_id w, host_id to) { known_.move(w, to); }

  /// Looks at everything anew: after a step, or after an agreement. O(workloads x paths x horizon).
  /// @param under_way agreed moves whose workloads still run at their source
  void refresh(std::span<const relocation> under_way) {
    paths_.clear(), hosts_.clear(), workloads_.clear(), moving_.clear(), storage_.clear();
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
    for (const auto& r : under_way) suppose(r);
  }

  /// Counts a move as if it had been made. The workload is taken as moving from now on.
  void suppose(const relocation& r) {
    const auto* workload = book_.paths(r.workload);
    shift(r.from, workload, r.demand, false);
    shift(r.to, workload, r.demand, true);
    moving_.insert(std::ranges::lower_bound(moving_, r.workload), r.workload);
  }

  [[nodiscard]] const forecast::sample_paths* paths(host_id h) const {
    const auto* at = paths_.find(h);
    return at == nullptr ? nullptr : &storage_[*at];
  }
  [[nodiscard]] const placement::host_outlook* outlook(host_id h) const { return view().find(h); }
  /// For a decision; valid until the next refresh or supposition.
  [[nodiscard]] placement::site_view view() const {
    return {.known = &known_,
            .links = nullptr,
            .hosts = hosts_,
            .workloads = workloads_,
            .moving = moving_,
            .what = options_.what,
            .step = book_.options().step,
            .moves = options_.moves};
  }
  /// The danger that a host is in. @pre paths(h) != nullptr
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
  void add_residents(host_id h, forecast::sample_paths& sum) {
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
  std::vector<forecast::sample_paths> storage_;  ///< by place in the inventory
  flat_map<host_id, std::size_t> paths_;         ///< into storage_
  std::vector<placement::host_outlook> hosts_;
  std::vector<placement::workload_outlook> workloads_;
  std::vector<workload_id> moving_;
};

}  // namespace foreshift::inline FORESHIFT_ABI::driver
