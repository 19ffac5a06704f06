// Are workloads of known kinds told apart, and does knowing a workload's class make its place a better one?
//
// First the adjusted Rand index over many seeds of labelled workloads. Then packings of whole fleets, made
// from the first days and scored on the days that follow: host-minutes above the limit with as many hosts for
// each way, and the hosts that a way needs to stay below one host-minute in a thousand.
// class_quality [first seed] [number of seeds]; real traces from FORESHIFT_DATA_DIR, skipped without it.

#include "series_rows.hpp"

#include <foreshift/numeric/adjusted_rand_index.hpp>
#include <foreshift/numeric/statistics.hpp>
#include <foreshift/placement/joint_fit.hpp>
#include <foreshift/placement/workload_classes.hpp>
#include <foreshift/sim/labelled_workloads.hpp>
#include <foreshift/sim/workload.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <numeric>
#include <string>
#include <vector>

using namespace foreshift;
using namespace foreshift::placement;

namespace {

/// Demand of every workload in one unit, the first `train` steps of it known.
struct fleet {
  time_point start{std::chrono::sys_days{std::chrono::year{2025} / 3 / 3}.time_since_epoch()};
  duration step = std::chrono::minutes{5};
  std::vector<std::vector<double>> demand;
  std::vector<double> size;
  std::size_t train = 0;

  [[nodiscard]] telemetry::series_view history(std::size_t w) const {
    return {start, step, std::span{demand[w]}.first(train)};
  }
  [[nodiscard]] std::size_t steps() const { return demand[0].size(); }
  [[nodiscard]] double ahead_days() const {
    return static_cast<double>(steps() - train) * to_seconds(step) / 86400 / 2;
  }
};

using places = std::vector<std::size_t>;

double overload_minutes(const fleet& f, const places& where, std::size_t hosts, double limit) {
  double steps = 0;
  std::vector<double> load(hosts);
  for (std::size_t t = f.train; t < f.steps(); ++t) {
    std::ranges::fill(load, 0.0);
    for (std::size_t w = 0; w < f.demand.size(); ++w)
      if (!std::isnan(f.demand[w][t])) load[where[w]] += f.demand[w][t];
    for (const double x : load) steps += x > limit ? 1 : 0;
  }
  return steps * to_seconds(f.step) / 60;
}

constexpr std::array ways{"sum of means", "sum of 99 % quantiles", "joint, no class", "joint, all daily",
                          "joint, by class"};

/// What a way to place knows of a fleet: either one number or one day a workload.
struct knowledge {
  std::vector<double> numbers;
  std::vector<day_demand> days;
};

knowledge known_by(std::size_t way, const fleet& f) {
  knowledge out;
  std::vector<workload_features> features;
  for (std::size_t w = 0; w < f.demand.size(); ++w) features.push_back(features_of(f.history(w), f.size[w]));
  workload_classes classes;
  classes.learn(features);
  for (std::size_t w = 0; w < f.demand.size(); ++w) {
    const auto past = f.history(w);
    const double number = way == 0 ? numeric::mean(past.values) : numeric::quantile(past.values, 0.99);
    if (way < 2) out.numbers.push_back(std::isnan(number) ? 0 : number);
    if (way == 2) out.days.push_back(expected_day(past, workload_kind::unknown, f.ahead_days()));
    if (way == 3) out.days.push_back(expected_day(past, workload_kind::daily, f.ahead_days()));
    if (way == 4) out.days.push_back(expected_day(past, classes.classify(features[w]).kind, f.ahead_days()));
  }
  return out;
}

/// The largest first, each on the emptiest host.
places by_numbers(const std::vector<double>& size, std::size_t hosts) {
  places order(size.size()), where(size.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(order, [&](std::size_t a, std::size_t b) { return size[a] > size[b]; });
  std::vector<double> sum(hosts);
  for (const auto w : order) {
    where[w] = static_cast<std::size_t>(std::ranges::min_element(sum) - sum.begin());
    sum[where[w]] += size[w];
  }
  return where;
}

places place(const knowledge& k, std::size_t hosts, double limit) {
  if (k.days.empty()) return by_numbers(k.numbers, hosts);
  std::vector<joint_host> on(hosts, joint_host{limit, {}});
  return joint_fit(k.days, on);
}

struct tally {
  std::array<double, ways.size()> minutes{};
  std::array<std::size_t, ways.size()> hosts{};
  double host_minutes = 0;
};

/// @param fill the mean demand of the days that are known as a share of all hosts' limits
void score(const fleet& f, std::size_t hosts, double fill, tally& into) {
  double total = 0;
  for (std::size_t w = 0; w < f.demand.size(); ++w) {
    const double m = numeric::mean(f.history(w).values);
    total += std::isnan(m) ? 0 : m;
  }
  const double limit = total / static_cast<double>(hosts) / fill;
  const double minutes = static_cast<double>(f.steps() - f.train) * to_seconds(f.step) / 60;
  into.host_minutes += minutes * static_cast<double>(hosts);
  for (std::size_t way = 0; way < ways.size(); ++way) {
    const auto k = known_by(way, f);
    into.minutes[way] += overload_minutes(f, place(k, hosts, limit), hosts, limit);
    std::size_t needed = std::max<std::size_t>(hosts / 2, 1);
    while (needed < 4 * hosts && overload_minutes(f, place(k, needed, limit), needed, limit) * 1000 >
                                     minutes * static_cast<double>(needed))
      ++needed;
    into.hosts[way] += needed;
  }
}

void print(const std::string& title, const tally& t) {
  std::printf("%-34s %9.0f |", title.c_str(), t.host_minutes);
  for (const double m : t.minutes) std::printf(" %7.0f", m);
  std::printf(" |");
  for (const auto h : t.hosts) std::printf(" %5zu", h);
  std::printf("\n");
}

/// Rows of equal length: shorter ones end in gaps.
fleet fleet_of(const std::vector<named_series>& rows, duration step, std::size_t from_day, std::size_t days,
               std::size_t train_days) {
  fleet f;
  f.step = step;
  const auto a_day = static_cast<std::size_t>(std::chrono::hours{24} / step);
  f.train = train_days * a_day;
  for (const auto& row : rows) {
    auto values = row.values;
    values.resize((from_day + days) * a_day, NAN);
    f.demand.emplace_back(values.begin() + static_cast<std::ptrdiff_t>(from_day * a_day), values.end());
    f.size.push_back(100);
  }
  return f;
}

/// The machines of all five PlanetLab days as series of five days.
std::vector<named_series> planetlab(const std::string& folder) {
  std::map<std::string, std::vector<double>> rows;
  std::size_t days = 0;
  for (const char* day : {"20110303", "20110306", "20110309", "20110322", "20110325"}) {
    ++days;
    for (auto& row : read_wide(folder + "/planetlab/" + day + ".csv", false)) {
      row.values.resize(288, NAN);
      auto& values = rows[row.name];
      if (values.size() == (days - 1) * 288)
        values.insert(values.end(), row.values.begin(), row.values.end());
    }
  }
  std::vector<named_series> out;
  for (auto& [name, values] : rows)
    if (values.size() == 5 * 288) out.push_back({name, std::move(values)});
  return out;
}

void rand_index(std::uint64_t first, std::uint64_t seeds) {
  std::printf("Adjusted Rand index, 120 workloads of 6 kinds, 7 days, seeds %llu to %llu\n",
              static_cast<unsigned long long>(first), static_cast<unsigned long long>(first + seeds - 1));
  double sum = 0, rule_sum = 0, worst = 1;
  std::uint64_t worst_seed = first;
  std::size_t below = 0;
  for (std::uint64_t seed = first; seed < first + seeds; ++seed) {
    std::vector<workload_features> features;
    std::vector<std::uint64_t> truth, found, by_rule;
    for (const auto& w : sim::labelled_workloads({.seed = seed})) {
      features.push_back(features_of(w.demand, 1));
      truth.push_back(static_cast<std::uint64_t>(w.kind));
      by_rule.push_back(class_of(features.back()).value);
    }
    workload_classes classes;
    classes.learn(features);
    for (const auto& f : features) found.push_back(classes.classify(f).of.value);
    const double index = numeric::adjusted_rand_index(truth, found);
    sum += index, rule_sum += numeric::adjusted_rand_index(truth, by_rule);
    below += index < 0.8 ? 1 : 0;
    if (index < worst) worst = index, worst_seed = seed;
  }
  const auto n = static_cast<double>(seeds);
  std::printf(
      "  mean %.3f, worst %.3f (seed %llu), below 0.8: %zu; the naming rule without clusters: mean %.3f\n\n",
      sum / n, worst, static_cast<unsigned long long>(worst_seed), below, rule_sum / n);
}

}  // namespace

int main(int argc, char** argv) {
  const std::uint64_t first = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 101;
  const std::uint64_t seeds = argc > 2 ? std::strtoull(argv[2], nullptr, 10) : 200;
  rand_index(first, seeds);

  std::printf("Overload on the days held back, host-minutes | hosts needed. Ways:");
  for (std::size_t w = 0; w < ways.size(); ++w) std::printf(" %zu %s%s", w + 1, ways[w], w < 4 ? "," : "\n");
  std::printf("%-34s %9s |       1       2       3       4       5 |     1     2     3     4     5\n",
              "fleet", "of");
  const std::uint64_t fleets = std::max<std::uint64_t>(seeds / 10, 1);
  tally labelled, generated;
  for (std::uint64_t seed = first; seed < first + fleets; ++seed) {
    fleet f;
    f.train = 7 * 288;
    for (const auto& w : sim::labelled_workloads({.seed = seed, .days = 10, .growth_days = 7}))
      f.demand.push_back(w.demand.values), f.size.push_back(1);
    score(f, 12, 0.55, labelled);
    fleet g;
    g.train = 7 * 288;
    for (const auto& w : sim::generate_fleet({.seed = seed, .days = 10}).trace.workloads) {
      auto& values = g.demand.emplace_back();
      for (const double percent : w.cpu) values.push_back(percent / 100 * w.size);
      g.size.push_back(w.size);
    }
    score(g, 24, 0.6, generated);
  }
  print("labelled, " + std::to_string(fleets) + " seeds, 7 + 3 days", labelled);
  print("fleet, " + std::to_string(fleets) + " seeds, 7 + 3 days", generated);

  const char* folder = std::getenv("FORESHIFT_DATA_DIR");
  if (folder == nullptr) return std::printf("real traces: skipped, FORESHIFT_DATA_DIR is not set\n"), 0;
  const std::string data = folder;
  const auto azure = read_wide(data + "/server-load/azure_v1_100vm_5min_avg.csv", false);
  const auto bitbrains = read_wide(data + "/server-load/rnd_hourly_cpu_mean.csv", false);
  const auto nodes = planetlab(data);
  tally of_azure, of_bitbrains, of_planetlab;
  for (const std::size_t hosts : {8, 10, 12}) {
    score(fleet_of(azure, std::chrono::minutes{5}, 0, 28, 14), hosts, 0.5, of_azure);
    score(fleet_of(bitbrains, std::chrono::hours{1}, 56, 28, 14), hosts, 0.3, of_bitbrains);
  }
  for (const std::size_t hosts : {20, 25, 30})
    for (const std::size_t days : {4, 5})
      score(fleet_of(nodes, std::chrono::minutes{5}, 0, days, days - 1), hosts, 0.4, of_planetlab);
  print("Azure mean, 14 + 14 days", of_azure);
  print("Bitbrains CPU, 14 + 14 days", of_bitbrains);
  print("PlanetLab, 3 + 1 and 4 + 1 days", of_planetlab);
}
