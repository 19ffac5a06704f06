// How good is the ensemble on the Numenta Anomaly Benchmark, and how much of that is owed to choosing its
// threshold, its parameters and its measures on the files it is judged by?
//
//     FORESHIFT_DATA_DIR=... nab_quality [--parameters] [--measures]
//
// Halves are the files in the order of their names, one and one. A threshold from one half is judged on the
// other, both ways round. --parameters chooses four parameters too, on a grid by factors of 2 around the
// defaults and on one by factors of 3 which the defaults are not in, by two rules: the best of the half, and
// the mean level of all combinations, each weighted by its score inside the half (threshold from one part of
// it, judged on the other, over 40 splits). --measures says what each other measure adds on the first half.

#include "nab_scores.hpp"

#include <foreshift/anomaly.hpp>
#include <foreshift/core/random.hpp>

#include <array>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <numeric>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

using namespace foreshift;
using namespace foreshift::anomaly;

namespace {

using scored = std::vector<nab::gains>;  // by file
using scored_by_profile = std::array<scored, std::size(nab::profiles)>;

template <class D>
scored_by_profile score_all(const std::vector<nab::labelled_series>& all, const D& fresh) {
  scored_by_profile out;
  std::vector<float> scores;
  for (const auto& f : all) {
    D d = fresh;
    scores.clear();
    for (const auto& row : f.rows) scores.push_back(static_cast<float>(d.observe(row).value));
    for (std::size_t p = 0; p < out.size(); ++p) out[p].push_back(nab::gains_of(f, scores, nab::profiles[p]));
  }
  return out;
}
/// Half 0 or 1 of the files, or all of them.
nab::files half(const scored& all, int which) {
  nab::files out;
  for (std::size_t i = 0; i < all.size(); ++i)
    if (which < 0 || static_cast<int>(i % 2) == which) out.push_back(&all[i]);
  return out;
}
/// Threshold from one part of a set, judged on the other: the mean over random splits.
double score_inside(const nab::files& set, int splits = 40) {
  random_stream random{1};
  std::vector<std::size_t> order(set.size());
  std::iota(order.begin(), order.end(), 0U);
  double sum = 0;
  for (int s = 0; s < splits; ++s) {
    for (std::size_t i = order.size(); i > 1; --i) std::swap(order[i - 1], order[random.below(i)]);
    nab::files a, b;
    for (std::size_t i = 0; i < order.size(); ++i) (i < order.size() / 2 ? a : b).push_back(set[order[i]]);
    sum += nab::score_at(b, nab::best_of(a).threshold) + nab::score_at(a, nab::best_of(b).threshold);
  }
  return sum / (2 * splits);
}

void thresholds(const std::vector<nab::labelled_series>& all) {
  const auto s = score_all(all, make_standard_ensemble());
  std::printf("%-20s %10s %10s   %s\n", "", "best", "at 0.5", "threshold from the other half");
  for (std::size_t p = 0; p < s.size(); ++p) {
    const auto whole = half(s[p], -1), a = half(s[p], 0), b = half(s[p], 1);
    const double to_b = nab::score_at(b, nab::best_of(a).threshold),
                 to_a = nab::score_at(a, nab::best_of(b).threshold);
    std::printf("%-20s %10.2f %10.2f   %.2f and %.2f, mean %.2f\n", nab::profiles[p].name,
                nab::best_of(whole).score, nab::score_at(whole, 0.5F), to_b, to_a, (to_a + to_b) / 2);
  }
}

struct grid {
  const char* name;
  std::array<double, 3> hold_off, habituation, tail_share, larger_by;
};
constexpr grid grids[] = {{"factors of 2", {60, 120, 240}, {0.25, 0.5, 1}, {0.025, 0.05, 0.1}, {1.5, 2, 3}},
                          {"factors of 3, without the defaults",
                           {60, 180, 540},
                           {0.1, 0.3, 0.9},
                           {0.02, 0.06, 0.18},
                           {1.4, 1.8, 2.7}}};

void parameters(const std::vector<nab::labelled_series>& all, const grid& g) {
  constexpr std::size_t combinations = 81;
  const auto level = [](std::size_t c, std::size_t k) {
    constexpr std::array<std::size_t, 4> stride{27, 9, 3, 1};
    return c / stride[k] % 3;
  };
  std::vector<scored_by_profile> s;
  for (std::size_t c = 0; c < combinations; ++c) {
    ensemble_options o;
    o.incidents.hold_off = static_cast<std::uint32_t>(g.hold_off[level(c, 0)]);
    o.incidents.habituation = g.habituation[level(c, 1)];
    o.tail.tail_share = g.tail_share[level(c, 2)];
    o.incidents.larger_by = g.larger_by[level(c, 3)];
    o.incidents.different_by = 0.75 * o.incidents.larger_by;
    s.push_back(score_all(all, make_standard_ensemble(o)));
  }
  std::printf("\n%s\n%-20s %-14s %s\n", g.name, "", "best of a half", "weighted mean level");
  for (std::size_t p = 0; p < std::size(nab::profiles); ++p) {
    std::array<double, 2> best{}, mean{};
    for (const int from : {0, 1}) {
      std::vector<double> on_half, inside;
      for (const auto& one : s) {
        on_half.push_back(nab::best_of(half(one[p], from)).score);
        inside.push_back(score_inside(half(one[p], from)));
      }
      const auto judged = [&](std::size_t c) {
        return nab::score_at(half(s[c][p], 1 - from), nab::best_of(half(s[c][p], from)).threshold);
      };
      const auto at = static_cast<std::size_t>(from);
      best[at] = judged(static_cast<std::size_t>(std::ranges::max_element(on_half) - on_half.begin()));
      double centre = 0, spread = 0, total = 0;
      for (const double x : inside) centre += x / combinations;
      for (const double x : inside) spread += (x - centre) * (x - centre) / combinations;
      std::array<double, 4> levels{};
      for (std::size_t c = 0; c < combinations; ++c) {
        const double weight = std::exp((inside[c] - centre) / std::sqrt(spread));
        total += weight;
        for (std::size_t k = 0; k < 4; ++k) levels[k] += weight * static_cast<double>(level(c, k));
      }
      std::size_t chosen = 0;
      for (std::size_t k = 0; k < 4; ++k)
        chosen = 3 * chosen + static_cast<std::size_t>(std::lround(levels[k] / total));
      mean[at] = judged(chosen);
    }
    std::printf("%-20s %-14.1f %.1f (%.1f and %.1f)\n", nab::profiles[p].name, (best[0] + best[1]) / 2,
                (mean[0] + mean[1]) / 2, mean[0], mean[1]);
    std::fflush(stdout);
  }
}

/// A detector's odds as an amount.
template <class D>
struct amount_of {
  static constexpr std::string_view name = "detector";
  static constexpr bool two_sided = false;
  D detector{};
  nonconformity measure(const telemetry::sample& s) {
    const double v = std::min(detector.observe(s).value, 1 - 1e-9);
    return {v / (1 - v), v, 0};
  }
};
/// Samples missing before this one.
struct gap {
  static constexpr std::string_view name = "gap";
  static constexpr bool two_sided = false;
  sample_clock clock;
  nonconformity measure(const telemetry::sample& s) {
    const double missed = clock.observe(s.at).missed;
    return {missed, missed, 0};
  }
};

/// The standard ensemble's measures and the others, of which one at a time weighs anything.
void measures(const std::vector<nab::labelled_series>& all) {
  using every = ensemble<range_excess, jump, level_shift, level_shift, level_shift, variance_change,
                         median_distance, seasonal_deviation, seasonal_deviation, amount_of<ewma_chart>,
                         amount_of<cusum>, seasonal_hybrid_esd, spectral_residual, half_space_trees,
                         pattern_novelty, amount_of<change_points>, flatline, gap>;
  constexpr std::size_t standard = standard_ensemble::size;
  constexpr std::array names{"EWMA chart",
                             "CUSUM",
                             "seasonal hybrid ESD",
                             "spectral residual",
                             "half-space trees",
                             "pattern novelty",
                             "change points",
                             "flatlines",
                             "gaps"};
  static_assert(standard + names.size() == every::size);
  const every fresh = std::apply(
      [](auto... usual) {
        return every{{},
                     std::move(usual)...,
                     amount_of<ewma_chart>{},
                     amount_of<cusum>{},
                     seasonal_hybrid_esd{},
                     spectral_residual{},
                     half_space_trees{},
                     pattern_novelty{},
                     amount_of<change_points>{},
                     flatline{},
                     gap{}};
      },
      standard_measures());
  std::vector<nab::labelled_series> first;
  for (std::size_t i = 0; i < all.size(); i += 2) first.push_back(all[i]);
  std::printf("\nthe first half, standard: best, over splits inside it\n");
  for (std::size_t more = 0; more <= names.size(); ++more) {
    std::array<double, every::size> weights{};
    std::fill_n(weights.begin(), standard, 1.0);
    if (more > 0) weights[standard + more - 1] = 1;
    every d = fresh;
    d.weigh(weights);
    const auto s = score_all(first, d);
    const auto files = half(s[0], -1);
    std::printf("%-24s %6.1f %14.1f\n", more == 0 ? "as it is" : names[more - 1], nab::best_of(files).score,
                score_inside(files));
    std::fflush(stdout);
  }
}

}  // namespace

int main(int argc, char** argv) {
  const char* folder = std::getenv("FORESHIFT_DATA_DIR");
  const auto all =
      folder == nullptr ? std::vector<nab::labelled_series>{} : nab::read(std::string{folder} + "/nab");
  if (all.empty()) {
    std::printf("nab_quality: no nab/ in FORESHIFT_DATA_DIR: nothing measured\n");
    return 0;
  }
  thresholds(all);
  for (int i = 1; i < argc; ++i) {
    if (std::string_view{argv[i]} == "--parameters")
      for (const auto& g : grids) parameters(all, g);
    if (std::string_view{argv[i]} == "--measures") measures(all);
  }
}
