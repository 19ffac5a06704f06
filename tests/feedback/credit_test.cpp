#include <foreshift/core/random.hpp>
#include <foreshift/feedback/credit.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <vector>

using namespace foreshift;
using feedback::claim, feedback::credit_book, feedback::credit_options, feedback::settlement,
    feedback::skill_bp, feedback::track_record;

namespace {

constexpr class_id batch{1}, web{2};

settlement settled(site_id site, class_id workload_class, std::uint32_t claimed, bool happened) {
  return {.what = claim{.id = {site, 0}, .workload_class = workload_class, .probability = {claimed}},
          .happened = happened,
          .score = feedback::brier({claimed}, happened)};
}

// The formula in floating point, over the whole history.
double slow_skill(const std::vector<settlement>& history, const credit_options& o) {
  double claims = 0, happened = 0, loss = 0;
  for (const auto& s : history) {
    const double kept = 1 - 1.0 / o.memory;
    const double error = s.what.probability.value / 1e4 - (s.happened ? 1 : 0);
    claims = claims * kept + 1, happened = happened * kept + (s.happened ? 1 : 0),
    loss = loss * kept + error * error;
  }
  const double reference = claims > 0 ? happened * (1 - happened / claims) : 0;
  const double weight = o.prior_claims * 0.25;
  return std::max(0.0, (o.prior.value / 1e4 * weight + reference - loss) / (weight + reference));
}

}  // namespace

TEST_CASE("a new site has the prior") {
  const credit_book book;
  CHECK(book.skill({1}, batch) == credit_options{}.prior);
  CHECK(book.records().empty());
}

TEST_CASE("no claim that never changes earns more than the prior, whatever happens") {
  // Every history of ten outcomes, repeated, against claims on a grid that holds their rates.
  for (unsigned outcomes = 0; outcomes < 1024; outcomes += 7)
    for (std::uint32_t claimed = 0; claimed <= 10'000; claimed += 1'000) {
      credit_book book;
      for (int round = 0; round < 3; ++round)
        for (unsigned i = 0; i < 10; ++i) book.learn(settled({1}, batch, claimed, (outcomes >> i & 1U) != 0));
      CHECK(book.skill({1}, batch) <= credit_options{}.prior);
    }
}

TEST_CASE("a site that always says 0 about a rare event loses its credit, though its plain score is good") {
  credit_book book;
  random_stream random{4};
  for (int i = 0; i < 2'000; ++i) {
    const bool happens = random.chance(0.05);
    book.learn(settled({1}, batch, 0, happens));
    // This one sees half of them coming, at the price of as many false claims.
    book.learn(settled({2}, batch,
                       happens == random.chance(0.5) && happens ? 6'000
                       : random.chance(0.02)                    ? 6'000
                                                                : 200,
                       happens));
  }
  CHECK(book.skill({1}, batch) < credit_options{}.prior);
  CHECK(book.skill({2}, batch) > credit_options{}.prior);
}

TEST_CASE("about what never happens nothing is learned by silence, and false alarms cost") {
  credit_book book;
  for (int i = 0; i < 500; ++i) {
    book.learn(settled({1}, batch, 0, false));
    book.learn(settled({2}, batch, 3'000, false));
  }
  CHECK(book.skill({1}, batch) == credit_options{}.prior);
  CHECK(book.skill({2}, batch) == skill_bp{0});
}

TEST_CASE("a site that is always right comes close to 1, and one that turns bad falls back") {
  credit_book book;
  for (int i = 0; i < 1'000; ++i) book.learn(settled({1}, batch, i % 3 == 0 ? 10'000 : 0, i % 3 == 0));
  CHECK(book.skill({1}, batch) > skill_bp{8'500});
  const auto best = book.skill({1}, batch);
  for (int i = 0; i < 1'000; ++i) book.learn(settled({1}, batch, i % 3 == 0 ? 0 : 10'000, i % 3 == 0));
  CHECK(book.skill({1}, batch) < best);
  CHECK(book.skill({1}, batch) == skill_bp{0});
}

TEST_CASE("skill in one class says nothing about another, nor about another site") {
  credit_book book;
  for (int i = 0; i < 100; ++i) book.learn(settled({1}, batch, i % 2 == 0 ? 10'000 : 0, i % 2 == 0));
  CHECK(book.skill({1}, web) == credit_options{}.prior);
  CHECK(book.skill({2}, batch) == credit_options{}.prior);
  CHECK(book.skill({1}, batch) > credit_options{}.prior);
  book.keep([](site_id site) { return site != site_id{1}; });
  CHECK(book.skill({1}, batch) == credit_options{}.prior);
}

TEST_CASE("a better claim never lowers the skill") {
  random_stream random{12};
  for (int round = 0; round < 200; ++round) {
    credit_book worse, better;
    for (int i = 0; i < 60; ++i) {
      const bool happens = random.chance(0.3);
      const auto a = static_cast<std::uint32_t>(random.below(10'001)),
                 b = static_cast<std::uint32_t>(random.below(10'001));
      const auto closer = happens ? std::max(a, b) : std::min(a, b),
                 further = happens ? std::min(a, b) : std::max(a, b);
      better.learn(settled({1}, batch, closer, happens));
      worse.learn(settled({1}, batch, further, happens));
      CHECK(better.skill({1}, batch) >= worse.skill({1}, batch));
    }
  }
}

TEST_CASE("the integers follow the formula, for the longest memory and any history") {
  random_stream random{8};
  for (int round = 0; round < 60; ++round) {
    const credit_options o{.memory = static_cast<std::uint32_t>(2 + random.below(1'023)),
                           .prior = {static_cast<std::uint32_t>(random.below(10'001))},
                           .prior_claims = static_cast<std::uint32_t>(1 + random.below(1'024))};
    const double rate = random.uniform(), sharp = random.uniform();
    credit_book book{o};
    std::vector<settlement> history;
    for (std::size_t n = random.below(4'000); n > 0; --n) {
      const bool happens = random.chance(rate);
      const double claimed = (1 - sharp) * random.uniform() + sharp * (happens ? 1 : 0);
      history.push_back(settled({1}, batch, feedback::quantise(claimed).value, happens));
      book.learn(history.back());
    }
    // Rounded down to a part in 10^4; each sum is short by at most `memory` parts of 10^8.
    CHECK(std::abs(book.skill({1}, batch).value / 1e4 - slow_skill(history, o)) < 1.5e-4);
  }
}

TEST_CASE("the sums stay within their bounds when everything is as bad as can be for ever") {
  credit_book book{{.memory = 1024, .prior = {10'000}, .prior_claims = 1024}};
  for (int i = 0; i < 20'000; ++i) book.learn(settled({1}, batch, i % 2 == 0 ? 0 : 10'000, i % 2 == 0));
  const auto& record = book.records().begin()->second;
  CHECK(record.claims <= 1024 * feedback::brier_worst.value);
  CHECK(record.loss == record.claims);
  CHECK(record.reference_loss() <= record.claims / 4 + 1);
  CHECK(book.skill({1}, batch) == skill_bp{0});
}

TEST_CASE("the reference is the loss of the best constant claim, rounded down") {
  static_assert(track_record{}.reference_loss() == 0);
  // The largest sums that can occur.
  constexpr std::uint64_t most = 1024 * feedback::brier_worst.value;
  static_assert(track_record{.claims = most, .happened = most / 2}.reference_loss() == most / 4);
  static_assert(track_record{.claims = most, .happened = most}.reference_loss() == 0);
  static_assert(track_record{.claims = most, .happened = 0}.reference_loss() == 0);
  for (std::uint64_t n = 1; n <= 60; ++n)
    for (std::uint64_t k = 0; k <= n; ++k) {
      const std::uint64_t unit = 100'000'000;
      const auto got = track_record{.claims = n * unit, .happened = k * unit}.reference_loss();
      const double exact =
          static_cast<double>(k * unit) * (1 - static_cast<double>(k) / static_cast<double>(n));
      CHECK(static_cast<double>(got) <= exact + 1);  // 1 for the rounding of `exact` itself
      CHECK(static_cast<double>(got) >= exact - static_cast<double>(n * unit) / (1U << 26) - 2);
    }
}
