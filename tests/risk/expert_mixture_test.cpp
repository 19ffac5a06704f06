#include "support/nasty_streams.hpp"

#include <foreshift/core/random.hpp>
#include <foreshift/risk/expert_mixture.hpp>

#include <doctest/doctest.h>

#include <array>
#include <cmath>
#include <cstddef>
#include <deque>

using namespace foreshift;
using risk::expert_mixture;

namespace {

double loss(double p, bool happened) { return -std::log(happened ? p : 1 - p); }

struct totals {
  double mixture = 0;
  std::array<double, 3> experts{};
};

/// `say(t)` gives the opinions, `happens(t)` the outcome, which is known `delay` looks later.
totals play(std::size_t delay, std::size_t looks, auto say, auto happens) {
  expert_mixture<3> mix{{0.2, 0.5, 0.3}, delay};
  totals out;
  std::deque<std::array<double, 3>> said;
  for (std::size_t t = 0; t < looks; ++t) {
    if (t >= delay) mix.learn(t - delay, said.front(), happens(t - delay)), said.pop_front();
    said.push_back(say(t));
    out.mixture += loss(mix(t, said.back()), happens(t));
    for (std::size_t i = 0; i < 3; ++i) out.experts[i] += loss(said.back()[i], happens(t));
  }
  return out;
}

void bound_holds(const totals& seen, std::size_t delay) {
  const std::array first = {0.2, 0.5, 0.3};
  for (std::size_t i = 0; i < 3; ++i)
    CHECK(seen.mixture <= seen.experts[i] + static_cast<double>(delay) * -std::log(first[i]) + 1e-6);
}

}  // namespace

TEST_CASE("a mixture is never worse than an expert by more than delay times ln of its first weight") {
  for (const std::size_t delay : {1U, 4U, 12U})
    for (const std::uint64_t seed : {1U, 2U, 3U}) {
      random_stream random{seed};
      std::array<std::array<double, 3>, 600> said{};
      std::array<bool, 600> happened{};
      for (std::size_t t = 0; t < 600; ++t) {
        for (double& p : said[t]) p = 0.01 + 0.98 * random.uniform();
        happened[t] = random.uniform() < said[t][t / 200];  // a different expert is right in each third
      }
      const auto say = [&](std::size_t t) { return said[t]; };
      bound_holds(play(delay, 600, say, [&](std::size_t t) { return happened[t]; }), delay);
      // The worst that can come: whatever the heaviest expert holds for unlikely.
      bound_holds(play(delay, 600, say, [&](std::size_t t) { return said[t][1] < 0.5; }), delay);
    }
}

TEST_CASE(
    "learning before the outcome is due, or from a wrong turn, breaks the bound: it is worth checking") {
  // Two experts that take turns being right with a period of the delay: one set of weights for all looks
  // believes each of them when it is wrong.
  const std::size_t delay = 2;
  const auto say = [](std::size_t) { return std::array{0.02, 0.98, 0.5}; };
  const auto happens = [](std::size_t t) { return t % 2 == 0; };
  const auto dealt = play(delay, 2000, say, happens);
  expert_mixture<3> one{{0.2, 0.5, 0.3}, 1};
  double single = 0;
  for (std::size_t t = 0; t < 2000; ++t) {
    if (t >= delay + 1) one.learn(0, say(0), happens(t - delay - 1));
    single += loss(one(0, say(t)), happens(t));
  }
  CHECK(dealt.mixture < 100);
  CHECK(single > 1000);
}

TEST_CASE("the expert that is right ends with the weight, and one that was wrong for long can come back") {
  expert_mixture<2> mix{{0.5, 0.5}, 1};
  for (int t = 0; t < 5000; ++t) mix.learn(0, {0.9, 0.1}, true);
  CHECK(mix.weights_of(0)[0] > 0.999);
  for (int t = 0; t < 400; ++t) mix.learn(0, {0.9, 0.1}, false);
  CHECK(mix.weights_of(0)[1] > 0.999);
}

TEST_CASE("opinions of 0 and 1 that are wrong cost much and not everything") {
  expert_mixture<2> mix{{0.5, 0.5}, 1};
  mix.learn(0, {0, 1}, true);
  mix.learn(0, {1, 0}, false);
  CHECK(std::isfinite(mix.weights_of(0)[0]));
  CHECK(mix(0, {0, 0}) > 0);
  CHECK(mix(0, {1, 1}) < 1);
}

TEST_CASE("a mixture comes back from an archive, one without turns does not") {
  expert_mixture<2> mix{{0.3, 0.7}, 3};
  for (std::size_t t = 0; t < 20; ++t) mix.learn(t, {0.2, 0.6}, t % 3 == 0);
  const auto back = test_support::through_archive(mix, expert_mixture<2>{{0.5, 0.5}, 1});
  for (std::size_t t = 0; t < 3; ++t) CHECK(back.weights_of(t) == mix.weights_of(t));
  archive_writer out;
  out(std::vector<std::array<double, 2>>{});
  const auto bytes = out.take();
  archive_reader in{bytes};
  expert_mixture<2> none{{0.5, 0.5}, 1};
  in(none);
  CHECK_FALSE(in.ok());
}
