#include "fleet.hpp"

#include <foreshift/placement/objective.hpp>

#include <doctest/doctest.h>

using namespace fleet;

namespace {
struct no_bound {
  double cost(const candidate&, const site_view&) const;
  double staying(const standstill&, const site_view&) const;
};
static_assert(!Objective<no_bound>);
}  // namespace

TEST_CASE("the price is the sum of its four terms in minutes") {
  world w;
  w.host(1, 1), w.host(2, 2, 6);
  w.workload(10, 1, flat_paths(4)), w.workload(11, 1, flat_paths(5));
  w.build();
  const auto view = w.view();
  const auto before = as_it_is(w.hosts[0]);
  const auto& outlook = *view.find(workload_id{10});
  const departure leaving{w.known.find(workload_id{10}), &outlook, if_left(w.hosts[0], outlook, view.moves)};
  const arrival to{w.hosts[1], w.known};
  const candidate c{leaving, w.hosts[0], before, to, view.moves};
  // One step is left at the source, three are added at the destination; 4 of 8 move for 5 min; 6 + 4 of 8.
  CHECK(overload_minutes{1, 0, 0, 0}.cost(c, view) == doctest::Approx(5));
  CHECK(overload_minutes{0, 1, 0, 0}.cost(c, view) == doctest::Approx(15));
  CHECK(overload_minutes{0, 0, 1, 0}.cost(c, view) == doctest::Approx(2.5));
  CHECK(overload_minutes{0, 0, 0, 1}.cost(c, view) == doctest::Approx(1.25));
  CHECK(overload_minutes{}.cost(c, view) == doctest::Approx(23.75));
  CHECK(overload_minutes{}.bound(c, view) == doctest::Approx(8.75));
  CHECK(overload_minutes{}.staying({w.hosts[0], before}, view) == doctest::Approx(20));
}

TEST_CASE("the bound is never above the price") {
  for (std::uint64_t seed = 1; seed <= 30; ++seed) {
    const auto w = random_world(seed, 4, 4, 8, 6);
    const auto view = w.view();
    const auto& from = w.hosts[0];
    const auto before = as_it_is(from);
    for (const auto& leaving : candidates(view, from, 9).candidates)
      for (std::size_t h = 1; h < w.hosts.size(); ++h) {
        const arrival to{w.hosts[h], w.known};
        const candidate c{leaving, from, before, to, view.moves};
        CHECK(overload_minutes{}.bound(c, view) <= overload_minutes{}.cost(c, view));
      }
  }
}
