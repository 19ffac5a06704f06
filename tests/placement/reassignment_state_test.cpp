#include "reassignments.hpp"

#include <foreshift/placement/reassignment_state.hpp>

#include <doctest/doctest.h>

using namespace placement_test;
using placement::reassignment_state;

namespace {

/// Every shift and swap from where the state is, held against the slow way.
void check_neighbours(const reassignment& p, reassignment_state& state, std::size_t (&seen)[4]) {
  const auto now = placement::cost_of(p, state.where()).total();
  REQUIRE(state.cost() == now);
  const auto n = static_cast<std::uint32_t>(p.workloads());
  for (std::uint32_t w = 0; w < n; ++w)
    for (std::uint32_t h = 0; h < p.hosts(); ++h) {
      if (state.where()[w] == h) continue;
      auto then = state.where();
      then[w] = h;
      REQUIRE(state.shift_delta(w, h) == placement::cost_of(p, then).total() - now);
      const bool admitted = !placement::violation_of(p, then);
      REQUIRE((state.has_room(w, h) && state.keeps_service(w, h)) == admitted);
      ++seen[admitted];
      REQUIRE(state.least_moving_delta(w) <= state.moving_delta(w, h));
      REQUIRE(state.leaving_delta(w) + state.arriving_delta(w, h) + state.moving_delta(w, h) ==
              state.shift_delta(w, h));
    }
  for (std::uint32_t v = 0; v < n; ++v)
    for (std::uint32_t w = 0; w < n; ++w) {
      if (state.where()[v] == state.where()[w]) continue;
      auto then = state.where();
      std::swap(then[v], then[w]);
      REQUIRE(state.swap_delta(v, w) == placement::cost_of(p, then).total() - now);
      REQUIRE(state.least_moving_delta(v) + state.least_moving_delta(w) <= state.moving_deltas(v, w));
      const bool admitted = !placement::violation_of(p, then);
      REQUIRE((state.have_room(v, w) && state.keep_services(v, w)) == admitted);
      ++seen[2 + admitted];
    }
}

}  // namespace

TEST_CASE("every shift and every swap is admitted and priced as the whole assignment would be") {
  std::size_t seen[4] = {};
  for (std::uint64_t seed = 1; seed <= 150; ++seed) {
    CAPTURE(seed);
    const auto p = make_reassignment(seed, {.kinds = 3 + static_cast<std::uint32_t>(seed % 7)});
    reassignment_state state{p};
    random_stream random{seed};
    for (int step = 0; step < 20; ++step) {
      check_neighbours(p, state, seen);
      for (int tries = 0; tries < 20; ++tries) {
        const auto v = static_cast<std::uint32_t>(random.below(p.workloads()));
        const auto w = static_cast<std::uint32_t>(random.below(p.workloads()));
        const auto h = static_cast<std::uint32_t>(random.below(p.hosts()));
        if (random.below(2) == 0) {
          if (state.where()[v] == h || !state.has_room(v, h) || !state.keeps_service(v, h)) continue;
          state.put(v, h);
        } else {
          if (state.where()[v] == state.where()[w] || !state.have_room(v, w) || !state.keep_services(v, w))
            continue;
          const auto a = state.where()[v], b = state.where()[w];
          state.put(v, b), state.put(w, a);
        }
        break;
      }
    }
  }
  for (const auto n : seen) CHECK(n > 1000);
}

TEST_CASE("a state put somewhere else and back costs what it did") {
  const auto p = make_reassignment(7);
  reassignment_state state{p};
  const auto before = state.cost();
  for (std::uint32_t w = 0; w < p.workloads(); ++w) state.put(w, 0);
  CHECK(state.cost() == placement::cost_of(p, state.where()).total());
  for (std::uint32_t w = 0; w < p.workloads(); ++w) state.put(w, p.start[w]);
  CHECK(state.cost() == before);
  CHECK(state.where() == p.start);
}
