#include <foreshift/placement/proposal_codec.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <limits>

using namespace foreshift;
using namespace foreshift::placement;
using namespace std::chrono_literals;

namespace {

proposal sample(action what) {
  proposal p;
  p.id = {{3}, 99};
  p.reverses = {{2}, 5};
  p.made_at = time_point{360000h};
  p.subset = {4}, p.workload = {5}, p.workload_class = {6}, p.criticality = 7;
  p.what = std::move(what);
  p.priority = 1.5;
  p.why = {.probability = 0.75,
           .expected_overload = 11min,
           .breach_at = p.made_at + 20min,
           .limit = 6.4,
           .what = resource::io,
           .probability_after = 0.25,
           .destination_probability_after = 0.125,
           .recent = {p.made_at - 15min, 5min, {1, 2.5, 3}}};
  p.gap = 0.01;
  p.alternatives = {{{{1}, {2}}, rejection::costlier, 3.5}, {{{8}, {9}}, last_of(rejection{}), 0}};
  p.expected = {10min, p.made_at + 1h, -5min, 20min};
  p.wave.sources = {{{2}, 10, 4, 0}, {{5}, 9, 9, relief_wave::stays}};
  p.wave.destinations = {{{4}, 0.5}};
  p.wave.offers = {{0, 0, {5}, 3}};
  p.wave.cost = 12, p.wave.bound = 11.5;
  return p;
}
const action actions[] = {migrate{{{1}, {2}}, {{3}, {4}}}, resize{{{1}, {2}}, {{1, 2, 3, 4}}},
                          scale{{{1}, {2}}, 3}};

}  // namespace

TEST_CASE("a proposal comes back as it was, and encodes to the same bytes again") {
  for (const auto& what : actions) {
    const auto p = sample(what);
    const auto bytes = encode(p);
    const auto back = decode(bytes);
    REQUIRE(back.has_value());
    CHECK(*back == p);
    CHECK(encode(*back) == bytes);
  }
}

TEST_CASE("the digest changes with anything in the proposal") {
  const auto base = sample(actions[0]);
  const auto d = proposal_digest(base);
  const auto differs = [&](auto change) {
    auto p = base;
    change(p);
    return proposal_digest(p) != d;
  };
  CHECK(proposal_digest(base) == d);
  CHECK(differs([](auto& p) { p.id.sequence = 1; }));
  CHECK(differs([](auto& p) { p.reverses.sequence = 1; }));
  CHECK(differs([](auto& p) { std::get<migrate>(p.what).to.host = {1}; }));
  CHECK(differs([](auto& p) { p.why.recent.values[1] = 2; }));
  CHECK(differs([](auto& p) { p.alternatives.pop_back(); }));
  CHECK(differs([](auto& p) { p.expected.check_at += 1ns; }));
  CHECK(differs([](auto& p) { p.expected.avoided_low += 1ns; }));
  CHECK(differs([](auto& p) { p.expected.avoided_high += 1ns; }));
  CHECK(differs([](auto& p) { p.gap = 0; }));
  CHECK(differs([](auto& p) { p.wave.sources[0].chosen = relief_wave::stays; }));
  CHECK(differs([](auto& p) { p.wave.destinations[0].price = 0; }));
  CHECK(differs([](auto& p) { p.wave.offers.clear(); }));
  CHECK(differs([](auto& p) { p.wave.bound = 0; }));
}

TEST_CASE("a missing observation survives, and there is one NaN and one zero") {
  auto p = sample(actions[0]);
  p.why.recent.values = {std::nan("7"), -std::nan("1"), -0.0};
  auto q = sample(actions[0]);
  q.why.recent.values = {std::numeric_limits<double>::quiet_NaN(), std::numeric_limits<double>::quiet_NaN(),
                         0.0};
  CHECK(encode(p) == encode(q));
  const auto back = decode(encode(p));
  REQUIRE(back.has_value());
  CHECK(std::isnan(back->why.recent.values[0]));
  CHECK_FALSE(std::signbit(back->why.recent.values[2]));
}

TEST_CASE("every prefix is refused, and so is every byte too many") {
  const auto bytes = encode(sample(actions[0]));
  for (std::size_t n = 0; n < bytes.size(); ++n)
    CHECK(decode(byte_span{bytes}.first(n)).error() == codec_error::truncated_or_malformed);
  auto longer = bytes;
  longer.push_back(std::byte{0});
  CHECK(decode(longer).error() == codec_error::trailing_bytes);
}

TEST_CASE(
    "what is accepted is canonical: flipping any bit gives a refusal or other bytes of another proposal") {
  const auto p = sample(actions[1]);
  const auto bytes = encode(p);
  for (std::size_t bit = 0; bit < bytes.size() * 8; ++bit) {
    auto flipped = bytes;
    flipped[bit / 8] ^= static_cast<std::byte>(1U << (bit % 8));
    const auto back = decode(flipped);
    if (!back) continue;
    CHECK(*back != p);
    CHECK(encode(*back) == flipped);
  }
}

TEST_CASE("another version is refused as such") {
  auto bytes = encode(sample(actions[0]));
  bytes[0] = std::byte{proposal_version + 1};
  CHECK(decode(bytes).error() == codec_error::unknown_version);
}

TEST_CASE("numbers that mean nothing are not well formed") {
  const auto broken = [](auto change) {
    auto p = sample(actions[1]);
    change(p);
    return !well_formed(p);
  };
  constexpr double nan = std::numeric_limits<double>::quiet_NaN(),
                   inf = std::numeric_limits<double>::infinity();
  CHECK_FALSE(broken([](auto&) {}));
  CHECK(broken([](auto& p) { p.criticality = 0; }));
  CHECK(broken([](auto& p) { p.criticality = proposal_criticality_max + 1; }));
  CHECK(broken([](auto& p) { p.priority = -1; }));
  CHECK(broken([](auto& p) { p.why.probability = 1.01; }));
  CHECK(broken([](auto& p) { p.why.probability_after = nan; }));
  CHECK(broken([](auto& p) { p.why.limit = inf; }));
  CHECK(broken([](auto& p) { p.gap = nan; }));
  CHECK(broken([](auto& p) { p.wave.destinations[0].price = -1; }));
  CHECK(broken([](auto& p) { p.wave.sources[1].floor = nan; }));
  CHECK(broken([](auto& p) { p.wave.offers.resize(wave_offer_count_max + 1); }));
  CHECK(broken([](auto& p) { p.expected.avoided_low = p.expected.avoided_high + 1ns; }));
  CHECK(broken([](auto& p) { p.why.recent.step = 0ns; }));
  CHECK(broken([](auto& p) { p.why.recent.values[0] = inf; }));
  CHECK(broken([](auto& p) { p.why.recent.values.resize(recent_count_max + 1); }));
  CHECK(broken([](auto& p) { p.why.recent.start = time_point::max(); }));
  CHECK(broken([](auto& p) { p.made_at = time_point::min(); }));
  CHECK(broken([](auto& p) { p.alternatives[0].cost = nan; }));
  CHECK(broken([](auto& p) { p.alternatives.resize(alternative_count_max + 1); }));
  CHECK(broken([](auto& p) { std::get<resize>(p.what).limits[resource::cpu] = -1; }));
}
