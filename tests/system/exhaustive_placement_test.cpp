// Best fit against trying every move by rules and prices that are stated again, in thousands of small fleets
// under all rules; and whether it is noticed when a rule is missing.

#include "system/small_fleet.hpp"

#include <doctest/doctest.h>

#include <array>
#include <cmath>
#include <string>
#include <utility>

using namespace small_fleet;

namespace {

constexpr std::uint64_t fleets = 6000;

/// Takes the place of a rule that is missing.
struct anything_goes {
  [[nodiscard]] std::optional<rejection> admits(const candidate&, const site_view&) const {
    return std::nullopt;
  }
};

/// All rules but one.
template <std::size_t Missing, std::size_t... I>
auto rules_without(const every_rule& rules, std::index_sequence<I...>) {
  const auto pick = [&]<std::size_t K>() {
    if constexpr (K == Missing)
      return anything_goes{};
    else
      return std::get<K>(rules);
  };
  return std::tuple{pick.template operator()<I>()...};
}

template <class Objective, class Rules>
result<selection, why_none> chosen_by(const looked_at& fleet, const Objective& objective,
                                      const Rules& rules) {
  const best_fit<Objective, Rules> search{
      .objective = objective, .rules = rules, .options = {.evaluations_max = 0}};
  return search.select({fleet.view, {1}});
}

/// Whether the choice is one that trying all moves gives.
bool agrees(const fleet& f, const result<selection, why_none>& got, const cheapest& best) {
  const bool worth = best.to != 0 && best.price < best.staying;
  if (!got) return !worth || std::abs(best.price - best.staying) < 1e-9;
  if (!worth || std::abs(got->cost - best.price) > 1e-9) return false;
  const std::size_t w = got->workload.value - 1, to = got->to.host.value - 1;
  return best.alone ? w == best.workload && to == best.to : !stated_again(f, w, to).refused();
}

template <std::size_t... I>
std::array<int, sizeof...(I)> times_noticed(std::index_sequence<I...> all) {
  std::array<int, sizeof...(I)> noticed{};
  for (std::uint64_t seed = 1; seed <= fleets; ++seed) {
    const auto f = random_fleet(seed);
    const looked_at seen{f};
    if (as_it_is(seen.hosts[0]).steps == 0) continue;  // there is no reason to move
    const auto best = try_all(f);
    const auto objective = objective_of(f);
    const auto rules = rules_of(f);
    ((noticed[I] += agrees(f, chosen_by(seen, objective, rules_without<I>(rules, all)), best) ? 0 : 1), ...);
  }
  return noticed;
}

}  // namespace

TEST_CASE("each rule refuses what its statement refuses, and nothing else") {
  std::array<int, rule_count> refused{};
  int pairs = 0;
  for (std::uint64_t seed = 1; seed <= fleets; ++seed) {
    const auto f = random_fleet(seed);
    const looked_at seen{f};
    const auto& from = seen.hosts[0];
    const auto before = as_it_is(from);
    const auto rules = rules_of(f);
    const auto leaving = candidates(seen.view, from, 100);
    for (const auto& w : leaving.candidates)
      for (std::size_t to = 1; to < f.hosts.size(); ++to) {
        const arrival destination{seen.hosts[to], seen.known};
        const candidate what{w, from, before, destination, seen.view.moves};
        const auto expected = stated_again(f, w.record->id.value - 1, to).refusals();
        const auto got = std::apply(
            [&](const auto&... rule) {
              return std::vector<bool>{rule.admits(what, seen.view).has_value()...};
            },
            rules);
        INFO("fleet ", seed, ", workload ", w.record->id.value, " to host ", to + 1);
        REQUIRE(got == expected);
        ++pairs;
        for (std::size_t i = 0; i < rule_count; ++i) refused[i] += expected[i] ? 1 : 0;
      }
  }
  CHECK(pairs > 20000);
  for (std::size_t i = 0; i < rule_count; ++i) {
    INFO("rule ", i);
    CHECK(refused[i] > (i == 1 ? -1 : 200));  // pinned workloads are no candidates in the first place
    CHECK(refused[i] < pairs / 2);
  }
}

TEST_CASE("best fit chooses what trying every move finds best") {
  int moved = 0, stayed = 0, at_risk = 0;
  for (std::uint64_t seed = 1; seed <= fleets; ++seed) {
    const auto f = random_fleet(seed);
    const looked_at seen{f};
    const auto got = chosen_by(seen, objective_of(f), rules_of(f));
    if (!got && got.error() == why_none::nothing_at_risk) {
      CHECK(stated_again(f, 0, 1).steps_over(0, 0) == 0);
      continue;
    }
    ++at_risk;
    const auto best = try_all(f);
    INFO("fleet ", seed);
    CHECK(agrees(f, got, best));
    if (got) CHECK(got->gap == 0);
    ++(got ? moved : stayed);
  }
  CHECK(at_risk > 2000);
  CHECK(moved > 300);
  CHECK(stayed > 300);
}

TEST_CASE("a rule that is missing is noticed") {
  const auto noticed = times_noticed(std::make_index_sequence<rule_count>{});
  for (std::size_t i = 0; i < rule_count; ++i) {
    INFO("rule ", i, " was missed in ", noticed[i], " fleets");
    if (i == 1)
      CHECK(noticed[i] == 0);  // pinned workloads are no candidates in the first place
    else
      CHECK(noticed[i] >= 5);
  }
}
