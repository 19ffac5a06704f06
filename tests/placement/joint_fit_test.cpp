#include <foreshift/core/random.hpp>
#include <foreshift/placement/joint_fit.hpp>
#include <foreshift/placement/workload_classes.hpp>
#include <foreshift/sim/labelled_workloads.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

using namespace foreshift;
using namespace foreshift::placement;

namespace {

day_demand day(auto mean, double sd = 0.1) {
  day_demand d;
  for (std::size_t h = 0; h < 24; ++h)
    d.mean.push_back(mean(h)), d.variance.push_back(sd * sd), d.third.push_back(0);
  return d;
}
const auto early = [](std::size_t h) { return h < 12 ? 4.0 : 1.0; };
const auto late = [](std::size_t h) { return h < 12 ? 1.0 : 4.0; };

double hours(std::span<const joint_host> hosts) {
  double sum = 0;
  for (const auto& h : hosts) sum += expected_overload_hours(h.load, h.limit);
  return sum;
}

/// Minutes over the limit on days `from` on, if the workloads run there.
double overload_minutes(const std::vector<sim::labelled_workload>& all, const std::vector<std::size_t>& where,
                        std::size_t hosts, double limit, std::size_t from) {
  double minutes = 0;
  std::vector<double> load(hosts);
  for (std::size_t t = from * 288; t < all[0].demand.size(); ++t) {
    std::ranges::fill(load, 0.0);
    for (std::size_t w = 0; w < all.size(); ++w)
      if (const double x = all[w].demand.values[t]; !std::isnan(x)) load[where[w]] += x;
    for (const double x : load) minutes += x > limit ? 5 : 0;
  }
  return minutes;
}

}  // namespace

TEST_CASE("complementary workloads share a host: two that fit together only in opposite phase do") {
  const std::vector<day_demand> workloads{day(early), day(early), day(late), day(late)};
  std::vector<joint_host> hosts{{6.0}, {6.0}};
  const auto where = joint_fit(workloads, hosts);
  CHECK(where[0] != where[1]);
  CHECK(where[2] != where[3]);
  CHECK(hours(hosts) < 1e-6);
}

TEST_CASE("what is on a host already counts") {
  std::vector<joint_host> hosts{{6.0, day(early)}, {6.0, day(late)}};
  CHECK(joint_fit(std::vector{day(early)}, hosts) == std::vector<std::size_t>{1});
}

TEST_CASE("no single change of place makes a packing of few much better") {
  // Every packing of six workloads on two hosts, against the greedy one.
  random_stream random{1};
  double ours = 0, best_sum = 0;
  for (int round = 0; round < 20; ++round) {
    std::vector<day_demand> w;
    for (int i = 0; i < 6; ++i) {
      const auto peak = random.below(24);
      const double high = 1 + 3 * random.uniform();
      w.push_back(day([&](std::size_t h) { return (h + 24 - peak) % 24 < 8 ? high : 0.5; }, 0.4));
    }
    std::vector<joint_host> hosts{{7.0}, {7.0}};
    static_cast<void>(joint_fit(w, hosts));
    ours += hours(hosts);
    double best = 1e9;
    for (unsigned mask = 0; mask < 64; ++mask) {
      std::vector<joint_host> all{{7.0}, {7.0}};
      for (unsigned i = 0; i < 6; ++i) all[mask >> i & 1U].load += w[i];
      best = std::min(best, hours(all));
    }
    CHECK(best <= hours(hosts) + 1e-9);
    best_sum += best;
  }
  CHECK(ours <= 2 * best_sum + 1);
}

TEST_CASE("placed by class, workloads overload less on the days that follow than by the sum of quantiles") {
  // Seven days to learn from, three held back, as many hosts for each way.
  double by_class = 0, by_sizes = 0, without_class = 0;
  for (std::uint64_t seed = 101; seed <= 104; ++seed) {
    const auto all = sim::labelled_workloads({.seed = seed, .of_each = 15, .days = 10, .growth_days = 7});
    std::vector<workload_features> features;
    double total = 0;
    for (const auto& w : all) {
      features.push_back(features_of(w.demand.view().first(7 * 288), 1));
      total += numeric::mean(std::span{w.demand.values}.first(7 * 288));
    }
    workload_classes classes;
    classes.learn(features);
    constexpr std::size_t n = 9;
    const double limit = total / n / 0.55;
    std::vector<day_demand> classed, plain;
    std::vector<double> q99;
    for (std::size_t i = 0; i < all.size(); ++i) {
      const auto history = all[i].demand.view().first(7 * 288);
      classed.push_back(expected_day(history, classes.classify(features[i]).kind, 1.5));
      plain.push_back(expected_day(history, workload_kind::unknown));
      q99.push_back(numeric::quantile(history.values, 0.99));
    }
    const auto score = [&](const auto& days) {
      std::vector<joint_host> hosts(n, joint_host{limit});
      return overload_minutes(all, joint_fit(days, hosts), n, limit, 7);
    };
    by_class += score(classed), without_class += score(plain);
    // Each on the host with the least sum, the largest first.
    std::vector<std::size_t> order(all.size()), where(all.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::ranges::stable_sort(order, [&](auto a, auto b) { return q99[a] > q99[b]; });
    std::vector<double> sum(n);
    for (const auto w : order) {
      where[w] = static_cast<std::size_t>(std::ranges::min_element(sum) - sum.begin());
      sum[where[w]] += q99[w];
    }
    by_sizes += overload_minutes(all, where, n, limit, 7);
  }
  MESSAGE("overload minutes: by class " << by_class << ", joint without class " << without_class
                                        << ", by the sum of quantiles " << by_sizes);
  CHECK(by_class < 0.5 * by_sizes);
  CHECK(by_class < without_class);
}
