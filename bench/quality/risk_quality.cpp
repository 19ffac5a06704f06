// How good is the probability that a load exceeds its limit within the next 30 minutes, and within the next
// hour? On 100 virtual machines of Azure (28 days) and on five days of PlanetLab (1,000 machines a day), at
// every 5-minute step of the second half of each series, strictly causal: the fleet is streamed in the order
// of time, and what came of a claim is learned when its horizon has passed. On 100 machines of Bitbrains (88
// days by the hour, with gaps) the same for CPU, memory, disk and network, within 1 and 6 hours. The limits:
// risk_sets.hpp.
//
//     FORESHIFT_DATA_DIR=... risk_quality [--validate] [SET...]
//     sets: max avg 20110303 20110306 20110309 20110322 20110325 cpu mem disk net
//
// --validate judges the second quarter only, and looks at nothing after it: choices have to be made there.
// Streaming begins at the first eighth. Beside the risk stand the past event rate of the series (Krichevsky
// and Trofimov's estimate) and the share of the forecast's joint paths alone.
//
// Brier score: mean (p - o)^2. Skill: 1 - score / score of the past event rate. Calibration error: bins of
// risk/calibration.hpp. Families by what the past before the judged part was like: quiet, no step over the
// limit; rare, below 1 %; daily, correlated above 0.5 with the day before; restless, the others.
//
// Lead: an episode begins with a step over the limit after one that is not. An alarm is raised where the
// score reaches a threshold on a host that is not over the limit, and stands for 6 steps; it is false when no
// episode begins within them. An episode is met when an alarm stands that was raised at least one step
// before: 5 minutes or an hour, of which a migration needs 60 s. The score is the risk within the shorter
// horizon; beside it, the least squares line through the last 10 steps, one step ahead, as CloudSim's local
// regression has it, and the furthest it gets within 6: factor x line / limit, for every factor.

#include "risk_sets.hpp"

#include <foreshift/forecast/auto_forecaster.hpp>
#include <foreshift/forecast/backtested.hpp>
#include <foreshift/forecast/observation.hpp>
#include <foreshift/forecast/prediction.hpp>
#include <foreshift/forecast/scenario.hpp>
#include <foreshift/risk.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <optional>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

using namespace foreshift;

namespace {

constexpr std::size_t stands = 6, most_paths = 288, looks_ahead = 2;

struct score {
  double squares = 0, logs = 0;
  risk::reliability_table reliability;
  void add(double p, bool over) {
    const double o = over ? 1 : 0, q = std::clamp(p, risk::probability_min, 1 - risk::probability_min);
    squares += (p - o) * (p - o), logs -= std::log(over ? q : 1 - q);
    reliability.record(p, over);
  }
};

enum contender { stacked, past_rate, paths_alone, contenders };
constexpr std::array<const char*, contenders> names{"risk", "past event rate", "joint paths alone"};
enum family { quiet, rare, daily, restless, families };
constexpr std::array<const char*, families> family_names{"quiet", "rare", "daily", "restless"};

family family_of(const std::vector<double>& y, double limit, std::size_t day, std::size_t n) {
  double over = 0, seen = 0, sum = 0, squares = 0, products = 0, pairs = 0;
  for (std::size_t t = 0; t < n; ++t)
    if (forecast::is_observed(y[t])) over += y[t] > limit, seen += 1, sum += y[t], squares += y[t] * y[t];
  if (over == 0) return quiet;
  if (over < 0.01 * seen) return rare;
  const double mean = sum / seen, variance = squares / seen - mean * mean;
  for (std::size_t t = day; t < n; ++t)
    if (forecast::is_observed(y[t]) && forecast::is_observed(y[t - day]))
      products += (y[t] - mean) * (y[t - day] - mean), pairs += 1;
  return pairs > static_cast<double>(day) && products / pairs > 0.5 * variance ? daily : restless;
}

/// Alarms on one host: scores and values of the judged steps.
struct track {
  std::vector<double> y;
  double limit = 0;
  std::array<std::vector<float>, 3> scores;  // risk, line, furthest of the line
};

struct alarms {
  double met = 0, episodes = 0, false_alarms = 0, host_days = 0;
  [[nodiscard]] double rate() const { return false_alarms / host_days; }
  [[nodiscard]] double share() const { return episodes > 0 ? met / episodes : 0; }
};

alarms play(const std::vector<track>& all, std::size_t day, std::size_t which, float threshold) {
  alarms out;
  for (const auto& host : all) {
    const auto& y = host.y;
    const double limit = host.limit;
    out.host_days += static_cast<double>(y.size()) / static_cast<double>(day);
    std::size_t until = 0;  // an alarm covers the steps before this one
    bool useful = true;
    for (std::size_t t = 0; t < y.size(); ++t) {
      const bool begins = t > 0 && y[t] > limit && y[t - 1] <= limit;
      out.episodes += begins ? 1 : 0;
      if (begins && t < until) out.met += 1, useful = true;
      if (t + 1 >= until && !useful) out.false_alarms += 1, useful = true;
      if (t + 1 < until || !(y[t] <= limit) || !(host.scores[which][t] >= threshold)) continue;
      if (t + stands >= y.size()) break;  // what comes of it is not seen
      until = t + 1 + stands, useful = false;
    }
  }
  return out;
}

void lead_curves(const std::vector<track>& all, std::size_t day) {
  constexpr std::array<const char*, 3> who{"risk", "line, 1 step", "line, 6 steps"};
  constexpr std::array rates{0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 40.0};
  std::printf("%-15s", "false/host-day");
  for (const double r : rates) std::printf(" %6.2f", r);
  std::printf("\n");
  for (std::size_t w = 0; w < who.size(); ++w) {
    std::vector<float> sorted;
    for (const auto& host : all)
      for (std::size_t t = 0; t < host.y.size(); ++t)
        if (host.y[t] <= host.limit) sorted.push_back(host.scores[w][t]);
    std::ranges::sort(sorted, std::greater{});
    // Thresholds by rank, denser where alarms are few.
    std::vector<alarms> curve{alarms{}};
    curve[0].host_days = 1;
    const auto n = static_cast<double>(sorted.size());
    for (double rank = 4; rank < n; rank *= 1.15)
      curve.push_back(play(all, day, w, sorted[static_cast<std::size_t>(rank)]));
    curve.push_back(play(all, day, w, sorted.back()));
    std::printf("%-15s", who[w]);
    for (const double r : rates) {
      double best = 0;  // the largest share at no more false alarms, on the line to the next point
      for (std::size_t i = 0; i < curve.size(); ++i) {
        if (curve[i].rate() <= r) best = std::max(best, curve[i].share());
        if (i > 0 && curve[i - 1].rate() <= r && curve[i].rate() > r)
          best =
              std::max(best, std::lerp(curve[i - 1].share(), curve[i].share(),
                                       (r - curve[i - 1].rate()) / (curve[i].rate() - curve[i - 1].rate())));
      }
      std::printf(" %6.3f", best);
    }
    if (w > 0) {
      const auto usual = play(all, day, w, static_cast<float>(1 / 1.2));
      std::printf("   x 1.2: %.3f at %.2f", usual.share(), usual.rate());
    } else {
      std::printf("   %.0f episodes, %.0f host-days", curve.back().episodes, curve.back().host_days);
    }
    std::printf("\n");
  }
}

/// The least squares line through the last 10 values: one step ahead, and the furthest of 6.
std::array<double, 2> line_through(const std::vector<double>& y, std::size_t t) {
  double n = 0, sx = 0, sy = 0, sxx = 0, sxy = 0;
  for (std::size_t back = 0; back < 10 && back <= t; ++back) {
    if (!forecast::is_observed(y[t - back])) continue;
    const double x = -static_cast<double>(back), v = y[t - back];
    n += 1, sx += x, sy += v, sxx += x * x, sxy += x * v;
  }
  if (n == 0) return {0, 0};
  const double slope = n > 1 ? (n * sxy - sx * sy) / (n * sxx - sx * sx) : 0;
  const double here = (sy - slope * sx) / n;
  return {here + slope, std::max(here + slope, here + 6 * slope)};
}

using auto_model = forecast::backtested<forecast::auto_forecaster>::model;

struct machine {
  std::vector<double> y;
  double limit = 0;
  std::optional<auto_model> model;
  std::vector<risk::stacked_risk> risks;  // one for each horizon
  family kind = quiet;
  track judged;
};

struct tallies {
  std::array<std::array<score, contenders>, looks_ahead> all;
  std::array<std::array<std::array<score, contenders>, families>, looks_ahead> by_family;
  std::array<double, families> machines{};
};

void judge(std::vector<machine>& fleet, const std::array<std::size_t, looks_ahead>& horizons,
           std::size_t steps, bool validate, tallies& out) {
  const std::size_t from = validate ? steps / 4 : steps / 2, to = validate ? steps / 2 : steps;
  std::array<risk::overload_stack, looks_ahead> stacks;
  forecast::prediction next;
  for (std::size_t t = steps / 8; t + horizons.back() < to; ++t)
    for (auto& m : fleet) {
      if (!m.model || t + horizons.back() >= m.y.size()) continue;
      update(*m.model, m.y[t], {});
      forecast::scenario_plan plan;
      const auto ages = static_cast<std::uint32_t>(std::min(most_paths, m.model->errors().complete()));
      for (std::uint32_t age = 0; age < ages; ++age) plan.error_age.push_back(age);
      predict_into(*m.model, {.horizon = horizons.back(), .plan = &plan}, next);
      for (std::size_t k = 0; k < looks_ahead; ++k) {
        const std::size_t h = horizons[k];
        const auto said = risk::opinion_of(next.paths, m.limit, h);
        m.risks[k].observe(m.y[t], stacks[k]);
        const auto estimate = m.risks[k].claim(said, stacks[k]);
        if (t < from) continue;
        if (k == 0) {
          const auto line = line_through(m.y, t);
          m.judged.y.push_back(m.y[t]);
          m.judged.scores[0].push_back(static_cast<float>(estimate.probability));
          m.judged.scores[1].push_back(static_cast<float>(line[0] / m.limit));
          m.judged.scores[2].push_back(static_cast<float>(line[1] / m.limit));
        }
        bool over = false, seen = false;
        for (std::size_t i = t + 1; i <= t + h; ++i)
          over |= m.y[i] > m.limit, seen |= forecast::is_observed(m.y[i]);
        if (!seen) continue;
        const std::array<double, contenders> p{estimate.probability, estimate.past_rate, said.probability};
        for (std::size_t c = 0; c < contenders; ++c)
          out.all[k][c].add(p[c], over), out.by_family[k][m.kind][c].add(p[c], over);
      }
    }
  for (const auto& m : fleet) out.machines[m.kind] += m.model ? 1 : 0;
}

void report(const risk_set& set, const tallies& of) {
  for (std::size_t k = 0; k < looks_ahead; ++k) {
    const auto& table = of.all[k][past_rate].reliability;
    double events = 0;
    for (const auto& b : table.bins()) events += b.happened;
    std::printf("%s, within %zu min: %.0f looks, %.0f of them before an overload\n", set.title.c_str(),
                static_cast<std::size_t>(set.step.count()) * set.horizons[k], table.claims(), events);
    std::printf("  %-18s %8s %8s %12s %9s\n", "", "Brier", "skill", "calibration", "log loss");
    for (std::size_t c = 0; c < contenders; ++c) {
      const auto& s = of.all[k][c];
      const double n = table.claims();
      std::printf("  %-18s %8.5f %+8.4f %12.4f %9.5f\n", names[c], s.squares / n,
                  1 - s.squares / of.all[k][past_rate].squares, s.reliability.calibration_error(),
                  s.logs / n);
    }
    for (std::size_t f = 0; f < families; ++f) {
      const auto& s = of.by_family[k][f];
      const double n = s[stacked].reliability.claims();
      if (n == 0) continue;
      std::printf("  log loss, %-8s %5.0f machines: risk %.5f, past event rate %.5f%s\n", family_names[f],
                  of.machines[f], s[stacked].logs / n, s[past_rate].logs / n,
                  s[stacked].logs > s[past_rate].logs ? "  WORSE" : "");
    }
  }
}

bool run(risk_set set, bool validate) {
  const auto begin = std::clock();
  std::vector<machine> fleet;
  std::size_t steps = 0;
  for (auto& [y, limit] : set.machines) {
    steps = std::max(steps, y.size());
    auto& m = fleet.emplace_back();
    m.y = std::move(y), m.limit = m.judged.limit = limit;
  }
  if (fleet.empty()) return false;
  for (auto& m : fleet) {
    const auto spec =
        calibrated(forecast::auto_forecaster{.season_length = set.day, .horizon = set.horizons.back()});
    const telemetry::series_view whole{{}, set.step, m.y};
    auto model = fit(spec, whole.first(std::min(steps / 8, m.y.size())), {});
    if (!model || !std::isfinite(m.limit)) continue;
    m.model = *std::move(model);
    m.kind = family_of(m.y, m.limit, set.day, std::min(validate ? steps / 4 : steps / 2, m.y.size()));
    for (const std::size_t h : set.horizons)
      m.risks.emplace_back(
          risk::stacked_risk_options{.limit = m.limit, .horizon = h, .season_length = set.day});
  }
  tallies out;
  judge(fleet, set.horizons, steps, validate, out);
  report(set, out);
  std::vector<track> tracks;
  for (auto& m : fleet) tracks.push_back(std::move(m.judged));
  lead_curves(tracks, set.day);
  std::printf("%.1f CPU s\n\n", static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC);
  std::fflush(stdout);
  return true;
}

}  // namespace

int main(int argc, char** argv) {
  const char* folder = std::getenv("FORESHIFT_DATA_DIR");
  if (folder == nullptr) {
    std::printf("risk_quality: FORESHIFT_DATA_DIR is not set: nothing measured\n");
    return 0;
  }
  bool validate = false;
  std::vector<std::string> sets;
  for (int i = 1; i < argc; ++i)
    if (std::string_view{argv[i]} == "--validate")
      validate = true;
    else
      sets.emplace_back(argv[i]);
  if (sets.empty())
    sets = {"max",      "avg", "20110303", "20110306", "20110309", "20110322",
            "20110325", "cpu", "mem",      "disk",     "net"};
  for (const auto& name : sets)
    if (!run(read_risk_set(folder, name), validate)) std::printf("%s: no such data\n", name.c_str());
}
