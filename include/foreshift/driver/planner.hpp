#pragma once
/// @file
/// A site's own mind: which of its hosts are in danger, what it would move, and what it thinks of others'
/// proposals.
///
/// A move is proposed where the near and the far horizon agree and the best move saves enough; one of them
/// alone is worth a warning. What a move saves is the overload expected without it less that with it, at both
/// ends and with the copying, as the paths have it; since those say how long an overload lasts but not how
/// likely it is, it counts by the learned probability over theirs.
///
/// Where several own hosts want a move in the same step, their moves are one wave: an auction of the
/// destinations, one arrival each, whose prices go with the proposals. A host that finds no place in it is
/// looked at by itself afterwards, as if the wave's moves were made; left without a move, seeds 1 to 3 came
/// to 14350 host-minutes and three PlanetLab days to 3550, where they come to 14210 and 3440.

#include <foreshift/core/flat_map.hpp>
#include <foreshift/driver/fleet_outlook.hpp>
#include <foreshift/driver/hearing.hpp>
#include <foreshift/placement/joint_relief.hpp>
#include <foreshift/placement/judgement.hpp>
#include <foreshift/placement/priority.hpp>
#include <foreshift/placement/proposal_codec.hpp>
#include <foreshift/placement/propose.hpp>
#include <foreshift/placement/relief_wave.hpp>
#include <foreshift/placement/selector.hpp>
#include <foreshift/placement/usual_rules.hpp>
#include <foreshift/risk/risk.hpp>
#include <foreshift/risk/two_horizon_trigger.hpp>

#include <algorithm>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace foreshift::inline FORESHIFT_ABI::driver {

struct planner_options {
  /// Of each own host. With the replay's fleets low thresholds serve best: on seeds 101 to 104 (6 days) 0.07
  /// on both horizons left 9055 host-minutes of overload with 1880 moves, 0.15 left 9905 with 1331, 0.1 left
  /// 9600 with 1642, 0.05 left 9545 with 2150, and one trigger at 0.1 on the paths' own probability 9710 with
  /// 2928.
  risk::two_horizon_options trigger;
  placement::judgement_options judgement;
  std::uint32_t limit_permille = 800;  ///< for claims: the limit as a share of capacity
  /// `fences` of the site's own orchestrator. Where it keeps no tokens nothing may move from or to the site:
  /// it proposes no moves and votes against others'. The agent sets it.
  bool places_fence = true;
};

/// What a site thinks of a proposal: its judgement, and the probability that it claims for the source.
struct opinion {
  placement::judgement what;
  std::optional<double> source_probability;  ///< nothing when it knows too little of the source
};

/// The dangers seen and the moves proposed in one step.
struct plan_of_step {
  struct warning {
    risk::overload_risk what;
    overload_odds odds;
    std::string_view why;  ///< it is left alone
  };
  std::vector<warning>
      warned;  ///< hosts that have come into danger and are left alone, or for another reason
  std::vector<risk::overload_risk> raised;     ///< hosts that a move is proposed for
  std::vector<placement::proposal> proposals;  ///< most urgent first
};

template <forecast::Forecaster F, placement::Selector S>
class planner {
 public:
  planner(planner_options options, S selector)
      : options_(std::move(options)), selector_(std::move(selector)) {}

  /// Looks at every own host and proposes at most one move for each that is in danger, the most urgent first.
  /// Every proposal is made as if the ones before it were carried out; where more hosts ask for a move than
  /// may be made, those have one whose moves are the most urgent, each looked at alone. Once a step: the
  /// probabilities looked at are claims that will be learned from.
  /// @param moves_max   how many there may be
  /// @param next_number counts this site's proposals; raised by one for each
  [[nodiscard]] plan_of_step plan(fleet_outlook<F>& fleet, time_point now, std::size_t moves_max,
                                  std::uint64_t& next_number) {
    plan_of_step out;
    fleet.at(now);
    auto all = dangers(fleet, now);
    const auto hot = relieved(all, fleet, now, moves_max);
    const auto wave = wave_of(hot, fleet);
    for (auto& [danger, odds, of_paths] : all) {
      auto& watched = host_of(danger.host);
      const bool was_quiet = watched.last == risk::advice::none;
      const std::string_view before = watched.why;
      watched.why = "only one horizon says so, or a move of it was proposed just now";
      std::optional<placement::proposal> move;
      watched.last = watched.trigger.observe(now, odds.fast, odds.slow, [&]() -> std::optional<duration> {
        watched.why = "the site's places keep no tokens";
        if (!options_.places_fence) return std::nullopt;
        watched.why = "no move is left within this time";
        if (!std::ranges::binary_search(hot, danger.host)) return std::nullopt;
        const auto view = fleet.view();
        const proposal_id id{fleet.options().self, next_number};
        auto made = proposed({danger, view, id, now}, wave);
        watched.why = made ? "the best move avoids too little" : explain(made.error());
        if (!made) return std::nullopt;
        move = std::move(*made);
        return scaled(move->expected.overload_avoided, odds.slow, of_paths);
      });
      if (watched.last == risk::advice::warn && (was_quiet || watched.why != before))
        out.warned.push_back({std::move(danger), odds, watched.why});
      if (watched.last != risk::advice::migrate) continue;
      ++next_number;
      const auto& way = std::get<placement::migrate>(move->what);
      fleet.suppose({move->workload, way.from.host, way.to.host, fleet.book().last(move->workload)});
      out.raised.push_back(std::move(danger));
      out.proposals.push_back(std::move(*move));
    }
    std::ranges::sort(out.proposals, placement::goes_before);
    return out;
  }
  /// A move proposed for this host will not be made: the next may be proposed at once.
  void not_made(host_id h) {
    if (auto* one = hosts_.find(h); one != nullptr) one->trigger.not_made();
  }

  /// Judges another's proposal, or its own, by this site's forecasts.
  /// @param in_maintenance  whether a window concerns the destination within the horizon
  [[nodiscard]] opinion judge(const placement::proposal& what, fleet_outlook<F>& fleet, time_point now,
                              bool in_maintenance) const {
    const auto* move = std::get_if<placement::migrate>(&what.what);
    if (move == nullptr) return {placement::judge(what, {.voter = fleet.options().self}), std::nullopt};
    // The sponsor's own workload is known here; another's is forecast from the evidence.
    const auto* known = fleet.book().paths(what.workload);
    std::optional<forecast::sample_paths> from_evidence;
    if (known == nullptr) {
      from_evidence = fleet.book().paths_of(what.why.recent);
      if (from_evidence) known = &*from_evidence;
    }
    const placement::voter_view view{.voter = fleet.options().self,
                                     .source = known_of(fleet, move->from.host, now),
                                     .destination = known_of(fleet, move->to.host, now),
                                     .workload = known,
                                     .step = fleet.book().options().step,
                                     .moves = fleet.options().moves,
                                     .destination_in_maintenance = in_maintenance,
                                     .destination_busy = false,
                                     .own_places_fence = options_.places_fence,
                                     .refused = refused(what, *move, fleet.view())};
    opinion out{placement::judge(what, view, options_.judgement), std::nullopt};
    if (view.source.paths != nullptr)
      out.source_probability = fleet.is_mine(move->from.host)
                                   ? fleet.odds_of(move->from.host).slow
                                   : fleet.risk_of(move->from.host, now).probability;
    return out;
  }

  /// Puts another threshold in force on every host and both horizons. @pre 0 < p <= 1
  void set_threshold(double p) {
    risk::two_horizon_trigger changed{options_.trigger};
    changed.set_threshold(p);
    options_.trigger = changed.options();
    for (auto& [host, one] : hosts_) one.trigger.set_threshold(p);
  }
  [[nodiscard]] const planner_options& options() const { return options_; }

 private:
  struct watched_host {
    risk::two_horizon_trigger trigger;
    risk::advice last = risk::advice::none;
    std::string_view why{};  ///< it was left alone, if it was
  };
  struct danger_of_host {
    risk::overload_risk what;  ///< its probability is the learned one of the far horizon
    overload_odds odds;
    double of_paths = 0;  ///< the far horizon's probability by the paths alone
  };

  /// The hosts that ask for a move and may have one, ascending.
  [[nodiscard]] std::vector<host_id> relieved(const std::vector<danger_of_host>& all,
                                              const fleet_outlook<F>& fleet, time_point now,
                                              std::size_t moves_max) {
    std::vector<host_id> hot;
    std::vector<placement::proposal> alone;
    const bool move = options_.places_fence && moves_max > 0;
    for (const auto& [danger, odds, of_paths] : all)
      if (move && host_of(danger.host).trigger.asks(now, odds.fast, odds.slow)) hot.push_back(danger.host);
    if (hot.size() > moves_max) {
      const auto view = fleet.view();
      for (const auto& [danger, odds, of_paths] : all) {
        if (std::ranges::find(hot, danger.host) == hot.end()) continue;
        auto made = placement::propose({danger, view, {fleet.options().self, alone.size()}, now}, selector_);
        if (made) alone.push_back(std::move(*made));
      }
      std::ranges::sort(alone, placement::goes_before);
      if (alone.size() > moves_max) alone.resize(moves_max);
      hot.clear();
      for (const auto& one : alone) hot.push_back(std::get<placement::migrate>(one.what).from.host);
    }
    std::ranges::sort(hot);
    return hot;
  }
  /// The moves of the step, settled together, where more than one host wants one; nothing otherwise.
  [[nodiscard]] std::optional<placement::relief_wave> wave_of(std::span<const host_id> hot,
                                                              const fleet_outlook<F>& fleet) const {
    if constexpr (placement::JointSelector<S>)
      if (hot.size() > 1)
        return placement::plan_wave(
            fleet.view(), hot.first(std::min(hot.size(), placement::wave_source_count_max)), selector_);
    return std::nullopt;
  }
  [[nodiscard]] result<placement::proposal, placement::why_none> proposed(
      const placement::proposal_request& request, const std::optional<placement::relief_wave>& wave) const {
    if constexpr (placement::JointSelector<S>)
      if (wave)
        if (auto made = placement::propose(request, *wave, selector_)) return *std::move(made);
    return placement::propose(request, selector_);
  }
  /// Those of all own hosts, the longest overload first.
  [[nodiscard]] std::vector<danger_of_host> dangers(fleet_outlook<F>& fleet, time_point now) const {
    std::vector<danger_of_host> out;
    for (const auto& host : fleet.known().hosts()) {
      if (!fleet.is_mine(host.id) || fleet.paths(host.id) == nullptr) continue;
      danger_of_host one{fleet.risk_of(host.id, now), fleet.claim_odds_of(host.id), 0};
      one.of_paths = one.what.probability;
      one.what.probability = one.odds.slow;
      one.what.expected_overload = scaled(one.what.expected_overload, one.odds.slow, one.of_paths);
      out.push_back(std::move(one));
    }
    std::ranges::stable_sort(out, [](const auto& a, const auto& b) {
      return a.what.expected_overload > b.what.expected_overload;
    });
    return out;
  }
  /// A mean over the paths, `of_paths` of which are overloaded, if as many as `learned` were.
  [[nodiscard]] static duration scaled(duration mean, double learned, double of_paths) {
    if (!(of_paths > 1e-6)) return mean;  // next to none: the ratio says nothing, and may be infinite
    return duration{static_cast<duration::rep>(static_cast<double>(mean.count()) * (learned / of_paths))};
  }
  [[nodiscard]] watched_host& host_of(host_id h) {
    auto* one = hosts_.find(h);
    return one != nullptr
               ? *one
               : hosts_.insert_or_assign(h, watched_host{risk::two_horizon_trigger{options_.trigger}});
  }
  /// By this site's inventory; nothing as well where it does not know what the move is about.
  [[nodiscard]] static std::optional<placement::rejection> refused(const placement::proposal& what,
                                                                   const placement::migrate& move,
                                                                   const placement::site_view& view) {
    const auto* record = view.known->find(what.workload);
    const auto *from = view.known->find(move.from.host), *to = view.known->find(move.to.host);
    if (record == nullptr || record->host != move.from.host || from == nullptr || to == nullptr)
      return std::nullopt;
    const placement::workload_outlook as_known{.workload = what.workload};
    const placement::departure leaving{record, &as_known, {}};
    const placement::exceedance before{};
    const placement::host_outlook source{from->id, from->site}, destination{to->id, to->site};
    const placement::arrival taker{destination, *view.known};
    return placement::first_refusal(placement::standing_rules{},
                                    placement::candidate{leaving, source, before, taker, view.moves}, view);
  }
  [[nodiscard]] placement::known_host known_of(fleet_outlook<F>& fleet, host_id h, time_point now) const {
    const auto* outlook = fleet.outlook(h);
    if (outlook == nullptr) return {};
    const duration age = fleet.is_mine(h) ? duration::zero() : now - fleet.book().end(h);
    return {outlook->paths, outlook->limit, outlook->pending, age, outlook->tail_share};
  }

  planner_options options_;
  S selector_;
  flat_map<host_id, watched_host> hosts_;
};

}  // namespace foreshift::inline FORESHIFT_ABI::driver
