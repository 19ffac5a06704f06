#include "fleet.hpp"

#include <foreshift/placement/joint_relief.hpp>
#include <foreshift/placement/propose.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <functional>
#include <limits>

using namespace fleet;

namespace {

constexpr double none = std::numeric_limits<double>::infinity();

/// Hosts 1 to `hot` have five workloads each and are in danger; the others are filled to random degrees.
world crowded(std::uint64_t seed, std::size_t hot, std::size_t others) {
  random_stream random{seed};
  world w{16, 6};
  for (std::size_t h = 0; h < hot + others; ++h) w.host(h + 1, h % 3 + 1);
  for (std::size_t h = hot; h < hot + others; ++h) {
    const double level = 3 + 5 * random.uniform();
    for (auto& x : const_cast<sample_paths*>(w.hosts[h].paths)->flat()) x = level + 0.7 * random.normal();
  }
  for (std::size_t k = 0; k < 5 * hot; ++k) {
    const double level = 3.4 * random.uniform();
    auto p = flat_paths(0, 16, 6);
    for (auto& x : p.flat()) x = std::max(0.0, level * (1 + 0.3 * random.normal()));
    w.workload(100 + k, 1 + k / 5, p, 1 + 30 * random.uniform());
  }
  w.build();
  return w;
}

/// The cheapest admitted departure of a host to each destination, by looking at every pair.
std::vector<double> row_of(const site_view& view, host_id hot, std::size_t hots) {
  const overload_minutes objective;
  const usual_rules rules;
  const auto& from = *view.find(hot);
  const auto before = as_it_is(from);
  const auto leaving = candidates(view, from, 1000);
  std::vector<double> row(view.hosts.size(), none);
  for (std::size_t d = hots; d < view.hosts.size(); ++d)
    for (const auto& w : leaving.candidates) {
      const arrival to{view.hosts[d], *view.known};
      const candidate c{w, from, before, to, view.moves};
      if (!first_refusal(rules, c, view)) row[d] = std::min(row[d], objective.cost(c, view));
    }
  return row;
}
/// The least sum over the rows with each destination at most once.
double cheapest(const std::vector<std::vector<double>>& rows, const std::vector<double>& staying) {
  std::vector<bool> taken(rows.front().size());
  const std::function<double(std::size_t)> from = [&](std::size_t s) -> double {
    if (s == rows.size()) return 0;
    double best = staying[s] + from(s + 1);
    for (std::size_t d = 0; d < taken.size(); ++d) {
      if (taken[d] || rows[s][d] == none) continue;
      taken[d] = true;
      best = std::min(best, rows[s][d] + from(s + 1));
      taken[d] = false;
    }
    return best;
  };
  return from(0);
}
std::vector<host_id> first_hosts(std::size_t n) {
  std::vector<host_id> out;
  for (std::size_t h = 1; h <= n; ++h) out.push_back({h});
  return out;
}

}  // namespace

TEST_CASE("the wave costs what the best of all waves does, within its gap, and its bound is below") {
  int contested = 0, moved = 0;
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    const std::size_t hot = 2 + seed % 3;
    const auto w = crowded(seed, hot, 2 + seed % 4);
    const auto view = w.view();
    const auto hots = first_hosts(hot);
    const auto wave = plan_wave(view, hots, best_fit<>{.options = {.evaluations_max = 0}});
    const auto fault = fault_of(wave);
    CHECK_MESSAGE(!fault.has_value(), fault.value_or(""));
    std::vector<std::vector<double>> rows;
    std::vector<double> staying;
    std::vector<bool> wanted(view.hosts.size());
    bool twice = false;
    for (const auto& s : wave.sources) {
      rows.push_back(row_of(view, s.host, hot));
      const auto& host = *view.find(s.host);
      staying.push_back(overload_minutes{}.staying({host, as_it_is(host)}, view));
      CHECK(s.staying == staying.back());
      const auto best = std::ranges::min_element(rows.back()) - rows.back().begin();
      twice = twice || wanted[static_cast<std::size_t>(best)];
      wanted[static_cast<std::size_t>(best)] = true;
      moved += s.chosen == relief_wave::stays ? 0 : 1;
    }
    contested += twice ? 1 : 0;
    if (rows.empty()) continue;
    const double best = cheapest(rows, staying);
    CHECK(wave.bound <= best + 1e-9);
    CHECK(wave.cost >= best - 1e-9);
    CHECK(wave.gap() < 1e-6);
  }
  CHECK(contested >= 50);
  CHECK(moved >= 200);
}

TEST_CASE("a host that nobody contends with gets what it would have chosen alone") {
  const auto w = crowded(4, 1, 5);
  const auto view = w.view();
  const auto alone = best_fit<>{}.select({view, {1}});
  REQUIRE(alone.has_value());
  const auto wave = plan_wave(view, first_hosts(1), best_fit<>{});
  const auto* chosen = chosen_for(wave, {1});
  REQUIRE(chosen != nullptr);
  CHECK(chosen->workload == alone->workload);
  CHECK(wave.destinations[chosen->destination].host == alone->to.host);
  CHECK(wave.gap() < 1e-8);  // a step of the auction
}

TEST_CASE("with few offers or evaluations the bound stays a bound") {
  for (std::uint64_t seed = 1; seed <= 100; ++seed) {
    const auto w = crowded(seed, 3, 6);
    const auto full = plan_wave(w.view(), first_hosts(3), best_fit<>{.options = {.evaluations_max = 0}});
    for (const std::size_t evaluations : {1U, 5U, 30U}) {
      const best_fit<> hurried{.options = {.evaluations_max = evaluations, .offers_max = 2}};
      const auto wave = plan_wave(w.view(), first_hosts(3), hurried);
      CHECK_FALSE(fault_of(wave).has_value());
      if (wave.sources.size() == full.sources.size()) CHECK(wave.bound <= full.cost + 1e-9);
    }
  }
}

TEST_CASE("a proposal out of a wave carries it, and says who took the destination it would rather have had") {
  int taken = 0;
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    const auto w = crowded(seed, 3, 4);
    const auto view = w.view();
    const auto wave = plan_wave(view, first_hosts(3), best_fit<>{});
    for (const auto& s : wave.sources) {
      const risk::overload_risk danger{.host = s.host, .probability = 0.5};
      const auto made = propose({danger, view, {{1}, 1}, {}}, wave, best_fit<>{});
      CHECK(made.has_value() == (s.chosen != relief_wave::stays));
      if (!made) continue;
      CHECK(made->wave == wave);
      CHECK(made->gap == wave.gap());
      CHECK(std::get<migrate>(made->what).from.host == s.host);
      taken += std::ranges::count(made->alternatives, rejection::place_taken, &alternative::why) > 0 ? 1 : 0;
    }
  }
  CHECK(taken >= 10);
}

TEST_CASE("what the rules refuse after other moves is not proposed") {
  auto w = crowded(4, 1, 5);
  const auto wave = plan_wave(w.view(), first_hosts(1), best_fit<>{});
  const auto* chosen = chosen_for(wave, {1});
  REQUIRE(chosen != nullptr);
  for (auto& h : w.hosts) h.busy = h.host == wave.destinations[chosen->destination].host;
  const risk::overload_risk danger{.host = {1}, .probability = 0.5};
  CHECK_FALSE(propose({danger, w.view(), {{1}, 1}, {}}, wave, best_fit<>{}).has_value());
}
