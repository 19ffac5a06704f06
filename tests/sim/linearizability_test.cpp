#include <foreshift/sim/linearizability.hpp>

#include <foreshift/core/random.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <numeric>
#include <vector>

using namespace foreshift;
using sim::client_call, sim::register_call, sim::register_model, sim::never;

namespace {

using history = std::vector<client_call<register_call>>;

/// The definition, word for word: some order of some calls, all answered ones among them.
bool obviously_linearizable(const history& calls) {
  for (std::size_t chosen = 0; chosen < std::size_t{1} << calls.size(); ++chosen) {
    std::vector<std::size_t> order;
    bool complete = true;
    for (std::size_t i = 0; i < calls.size(); ++i) {
      if ((chosen >> i & 1U) != 0)
        order.push_back(i);
      else if (calls[i].answered != never)
        complete = false;
    }
    if (!complete) continue;
    do {
      bool fits = true;
      register_model model;
      for (std::size_t k = 0; fits && k < order.size(); ++k) {
        for (std::size_t l = k + 1; l < order.size(); ++l)
          if (calls[order[l]].answered < calls[order[k]].made) fits = false;
        fits = fits && model.apply(calls[order[k]].what, calls[order[k]].answered != never);
      }
      if (fits) return true;
    } while (std::next_permutation(order.begin(), order.end()));
  }
  return false;
}

bool judge(const history& calls) { return sim::linearizable<register_model>(calls, {}); }

constexpr register_call write(std::uint64_t value) { return {true, value}; }
constexpr register_call read(std::uint64_t value) { return {false, value}; }

/// Calls `visit` with the moments of every way in which `n` calls can overlap, calls in the order of their
/// beginnings, every answer at some later moment or never.
template <class Visit>
void every_overlap(history& calls, std::size_t begun, std::vector<std::size_t> open, std::uint64_t moment,
                   Visit visit) {
  if (begun == calls.size()) {
    // Answers after the last call: their order among each other decides nothing.
    for (std::size_t kept = 0; kept < std::size_t{1} << open.size(); ++kept) {
      for (std::size_t k = 0; k < open.size(); ++k)
        calls[open[k]].answered = (kept >> k & 1U) != 0 ? moment + k : never;
      visit();
    }
    return;
  }
  for (std::size_t ended = 0; ended < std::size_t{1} << open.size(); ++ended) {
    std::vector<std::size_t> still;
    std::uint64_t at = moment;
    for (std::size_t k = 0; k < open.size(); ++k)
      if ((ended >> k & 1U) != 0)
        calls[open[k]].answered = at++;
      else
        still.push_back(open[k]);
    calls[begun].made = at++;
    still.push_back(begun);
    every_overlap(calls, begun + 1, still, at, visit);
  }
}

}  // namespace

TEST_CASE("the search agrees with the definition on every history of up to four calls") {
  constexpr register_call kinds[] = {write(1), write(2), read(0), read(1), read(2)};
  std::size_t yes = 0, no = 0;
  for (std::size_t n = 1; n <= 4; ++n) {
    history calls(n);
    std::size_t combinations = 1;
    const std::size_t choices = n < 4 ? 5 : 4;
    for (std::size_t i = 0; i < n; ++i) combinations *= choices;
    for (std::size_t c = 0; c < combinations; ++c) {
      for (std::size_t i = 0, rest = c; i < n; ++i, rest /= choices) calls[i].what = kinds[rest % choices];
      every_overlap(calls, 0, {}, 0, [&] {
        const bool answer = judge(calls);
        (answer ? yes : no) += 1;
        if (answer != obviously_linearizable(calls)) FAIL("history ", c, " of ", n, " calls");
      });
    }
  }
  CHECK(yes > 1000);
  CHECK(no > 1000);
}

TEST_CASE("a stale read is no history of a register, and one that overlaps the write is") {
  CHECK(judge({{0, 1, write(1)}, {2, 3, read(1)}}));
  CHECK_FALSE(judge({{0, 1, write(1)}, {2, 3, read(0)}}));
  CHECK(judge({{0, 3, write(1)}, {1, 2, read(0)}}));
  // Two reads that overlap one write may not see it come and go.
  CHECK_FALSE(judge({{0, 5, write(1)}, {1, 2, read(1)}, {3, 4, read(0)}}));
}

TEST_CASE("a write without an answer takes effect late, or never, but not before it was made") {
  CHECK(judge({{0, never, write(1)}, {1, 2, read(0)}, {3, 4, read(1)}}));
  CHECK(judge({{0, never, write(1)}, {1, 2, read(0)}}));
  CHECK_FALSE(judge({{0, 1, read(1)}, {2, never, write(1)}}));
  CHECK_FALSE(judge({{0, never, write(1)}, {1, 2, read(1)}, {3, 4, read(0)}}));
}

TEST_CASE("what decides nothing can be left out, and long histories are judged") {
  random_stream random{5};
  for (int round = 0; round < 20; ++round) {
    // Six clients call at random moments; the register does each call somewhere between call and answer.
    history calls;
    std::uint64_t moment = 0, value = 0, written = 0;
    struct client {
      std::size_t call = 0;
      int phase = 0;
    };
    std::vector<client> clients(6);
    for (int event = 0; event < 1500; ++event) {
      auto& c = clients[random.below(clients.size())];
      ++moment;
      if (c.phase == 0) {
        c.call = calls.size();
        calls.push_back({moment, never, random.chance(0.5) ? write(++written) : read(0)});
        c.phase = random.chance(0.05) ? 3 : 1;
      } else if (c.phase == 1 || c.phase == 3) {
        auto& what = calls[c.call].what;
        if (what.writes)
          value = what.value;
        else
          what.value = value;
        c.phase = c.phase == 3 ? 0 : 2;  // of 3 the answer is lost
      } else {
        calls[c.call].answered = moment;
        c.phase = 0;
      }
    }
    CHECK(judge(sim::essential(calls)));
    // One read that answers with a value overwritten long ago.
    const auto late = std::find_if(calls.rbegin(), calls.rend(), [](const auto& c) {
      return !c.what.writes && c.answered != never && c.what.value > 50;
    });
    REQUIRE(late != calls.rend());
    late->what.value = 1;
    CHECK_FALSE(judge(sim::essential(calls)));
  }
}
