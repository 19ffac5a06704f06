#pragma once
/// @file
/// Relieves several hosts in danger at once: who takes which destination is settled by an auction.
///
/// Each host brings its cheapest admitted departure to each of some destinations, the hosts bid for the
/// destinations' one place each, and the final prices are the proof (relief_wave.hpp). A host that nobody
/// else contends with gets what it would have chosen alone.

#include <foreshift/core/contract.hpp>
#include <foreshift/placement/auction.hpp>
#include <foreshift/placement/outlook.hpp>
#include <foreshift/placement/relief_wave.hpp>
#include <foreshift/placement/selector.hpp>

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <span>
#include <tuple>
#include <utility>
#include <vector>

namespace foreshift::inline FORESHIFT_ABI::placement {

/// A selector that can also say what else a host could do, and explain a choice that was made for it.
///
/// Syntax        `offers(request, besides)` and `chosen(request, workload, to)`.
/// Semantics     `offers` gives the cheapest admitted departure to each of some destinations, none of them in
///               `besides`, and a floor under what it left out. `chosen` is the selection of that very move,
///               or the rule that refuses it in this view.
/// Model         `placement::best_fit`.
template <class S>
concept JointSelector = Selector<S> && requires(const S& selector, const selection_request& request,
                                                std::span<const host_id> besides, workload_id w, host_id to) {
  { selector.offers(request, besides) } -> std::same_as<result<departure_offers, why_none>>;
  { selector.chosen(request, w, to) } -> std::same_as<result<selection, rejection>>;
};

/// Hosts that nothing can be done for, by the selector, are none of the wave's sources.
/// @param hot ascending, in the view. Cost: that of the offers, and an auction of them.
template <JointSelector S>
[[nodiscard]] relief_wave plan_wave(const site_view& view, std::span<const host_id> hot, const S& selector) {
  relief_wave wave;
  std::vector<departure_offers> rows;
  for (const host_id h : hot) {
    auto row = selector.offers({view, h}, hot);
    if (!row) continue;
    wave.sources.push_back({h, row->staying, row->floor, relief_wave::stays});
    rows.push_back(std::move(*row));
  }
  std::vector<host_id> places;
  for (const auto& row : rows)
    for (const auto& o : row.offers) places.push_back(o.to);
  std::ranges::sort(places);
  places.erase(std::unique(places.begin(), places.end()), places.end());
  for (const host_id h : places) wave.destinations.push_back({h, 0});

  batch_problem batch;
  batch.places.assign(places.size(), 1);
  batch.first.push_back(0);
  for (std::uint32_t s = 0; s < rows.size(); ++s) {
    auto& row = rows[s].offers;
    std::ranges::sort(row, {}, &departure_offers::entry::to);
    for (const auto& o : row) {
      const auto place = static_cast<std::uint32_t>(std::ranges::lower_bound(places, o.to) - places.begin());
      batch.offers.push_back({o.cost, place});
      wave.offers.push_back({s, place, o.workload, o.cost});
    }
    batch.first.push_back(static_cast<std::uint32_t>(batch.offers.size()));
    batch.unplaced_cost.push_back(rows[s].staying);
  }
  const auto first = batch.first;
  auction market{std::move(batch), {.tolerance = 1e-9}};
  market.solve();
  for (std::uint32_t s = 0; s < rows.size(); ++s)
    for (std::uint32_t i = first[s]; i < first[s + 1]; ++i)
      if (wave.offers[i].destination == market.where()[s]) wave.sources[s].chosen = i;
  for (std::size_t d = 0; d < places.size(); ++d) wave.destinations[d].price = market.prices()[d];
  std::tie(wave.cost, wave.bound) = recomputed(wave);
  return wave;
}

}  // namespace foreshift::inline FORESHIFT_ABI::placement
