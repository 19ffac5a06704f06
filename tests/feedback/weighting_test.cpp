#include <foreshift/feedback/weighting.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

using namespace foreshift;
using feedback::holds, feedback::next_weights, feedback::site_skill, feedback::site_weight,
    feedback::target_weights, feedback::weight_cap, feedback::weighting_error, feedback::weighting_options;

namespace {

constexpr weight_cap caps[] = {{1, 1, 2}, {1, 2, 5}, {2, 1, 2}, {1, 1, 3}, {0, 1, 2}, {2, 3, 5}};

// Every table of n rows with values 0..most, as digits of a counter.
template <class Visit>
void for_each_table(std::size_t n, std::uint32_t most, Visit visit) {
  std::vector<std::uint32_t> digits(n, 0);
  for (;;) {
    visit(digits);
    std::size_t i = 0;
    while (i < n && digits[i] == most) digits[i++] = 0;
    if (i == n) return;
    ++digits[i];
  }
}

// With units = most, a skill of d / most is worth d units exactly.
std::vector<site_skill> skills_of(const std::vector<std::uint32_t>& digits, std::uint32_t most) {
  std::vector<site_skill> out;
  for (std::size_t i = 0; i < digits.size(); ++i) out.push_back({{i + 1}, {digits[i] * 10'000 / most}});
  return out;
}

std::vector<site_weight> weights_of(const std::vector<std::uint32_t>& digits) {
  std::vector<site_weight> out;
  for (std::size_t i = 0; i < digits.size(); ++i) out.push_back({{i + 1}, {digits[i] + 1}});
  return out;
}

// The cap's own words: no set of f sites weighs the share or more.
bool slow_holds(const weight_cap& cap, const std::vector<site_weight>& table) {
  std::uint64_t total = 0;
  for (const auto& row : table) total += row.weight.value;
  for (unsigned set = 0; set < 1U << table.size(); ++set) {
    std::uint64_t weight = 0;
    std::uint32_t size = 0;
    for (std::size_t i = 0; i < table.size(); ++i)
      if ((set >> i & 1U) != 0) weight += table[i].weight.value, ++size;
    if (size <= cap.silent && weight * cap.denominator >= total * cap.numerator) return false;
  }
  return true;
}

std::uint64_t apart(std::uint64_t a, std::uint64_t b) { return a > b ? a - b : b - a; }

}  // namespace

TEST_CASE("the cap is about every set of f sites, ties included") {
  for (std::size_t n = 1; n <= 4; ++n)
    for_each_table(n, 4, [&](const std::vector<std::uint32_t>& digits) {
      const auto table = weights_of(digits);
      for (const auto& cap : caps)
        if (holds(cap, table) != slow_holds(cap, table)) FAIL_CHECK("differs from the words");
    });
  CHECK_FALSE(holds({1, 1, 2}, weights_of({1, 0, 0})));  // 2 of 4 is half, and half is too much
}

TEST_CASE("every target has the floor, the cap and the order of skill, or there are too few sites for it") {
  std::size_t targets = 0, refusals = 0;
  constexpr std::uint32_t most = 5;
  for (std::size_t n = 1; n <= 5; ++n)
    for_each_table(n, most, [&](const std::vector<std::uint32_t>& digits) {
      const auto skills = skills_of(digits, most);
      for (const auto& cap : caps) {
        const auto target = target_weights(skills, {.units = most, .cap = cap});
        // Equal weights are the best there is: refused exactly where they break the cap.
        const bool possible = std::min<std::size_t>(cap.silent, n) * cap.denominator < n * cap.numerator;
        if (target.has_value() != possible) FAIL_CHECK("refused for no reason, or not refused");
        if (!target) {
          ++refusals;
          continue;
        }
        ++targets;
        if (!slow_holds(cap, *target)) FAIL_CHECK("the cap is broken");
        for (std::size_t i = 0; i < n; ++i) {
          const auto weight = (*target)[i].weight.value;
          if (weight < 1 || weight > std::max(digits[i], 1U))
            FAIL_CHECK("below the floor or above the skill");
          for (std::size_t j = 0; j < n; ++j)
            if (digits[i] > digits[j] && weight < (*target)[j].weight.value)
              FAIL_CHECK("weight contradicts skill");
            else if (digits[i] == digits[j] && apart(weight, (*target)[j].weight.value) > 1)
              FAIL_CHECK("equal skill differs by more than a unit");
        }
      }
    });
  CHECK(targets > 0);
  CHECK(refusals > 0);
}

TEST_CASE("where the cap took something, one more unit on a heaviest site that gave would break it") {
  constexpr std::uint32_t most = 6;
  for (std::size_t n = 2; n <= 4; ++n)
    for_each_table(n, most, [&](const std::vector<std::uint32_t>& digits) {
      const weight_cap cap{1, 1, 2};
      const auto target = target_weights(skills_of(digits, most), {.units = most, .cap = cap});
      if (!target) return;
      std::uint64_t heaviest = 0;
      for (const auto& row : *target) heaviest = std::max(heaviest, row.weight.value);
      for (std::size_t i = 0; i < n; ++i) {
        if ((*target)[i].weight.value < heaviest || (*target)[i].weight.value >= digits[i]) continue;
        auto more = *target;
        more[i].weight.value += 1;
        if (slow_holds(cap, more)) FAIL_CHECK("took too much");
      }
    });
}

TEST_CASE("a site that is held keeps its weight, and the others keep the cap around it") {
  constexpr std::uint32_t most = 4;
  for (const auto& cap : {weight_cap{1, 1, 2}, weight_cap{1, 2, 5}})
    for_each_table(3, most - 1, [&](const std::vector<std::uint32_t>& from) {
      const auto last = weights_of(from);
      if (!holds(cap, last)) return;
      for_each_table(3, most, [&](const std::vector<std::uint32_t>& to) {
        const auto next =
            next_weights(last, skills_of(to, most), {.units = most, .cap = cap}, std::array{site_id{2}});
        REQUIRE(next);
        if ((*next)[1] != last[1]) FAIL_CHECK("it moved");
        if (!slow_holds(cap, *next)) FAIL_CHECK("the cap is broken");
        for (std::size_t i = 0; i < 3; ++i)
          if (apart((*next)[i].weight.value, last[i].weight.value) > 1) FAIL_CHECK("a jump");
      });
    });
}

TEST_CASE("an update moves each site by at most one unit and keeps floor and cap, from every table") {
  constexpr std::uint32_t most = 4;
  for (const auto& cap : {weight_cap{1, 1, 2}, weight_cap{1, 2, 5}})
    for_each_table(3, most - 1, [&](const std::vector<std::uint32_t>& from) {
      const auto last = weights_of(from);
      for_each_table(3, most, [&](const std::vector<std::uint32_t>& to) {
        const auto skills = skills_of(to, most);
        const weighting_options options{.units = most, .cap = cap};
        const auto next = next_weights(last, skills, options);
        REQUIRE(next);
        if (!slow_holds(cap, *next)) FAIL_CHECK("the cap is broken");
        if (!holds(cap, last)) {
          if (*next != *target_weights(skills, options)) FAIL_CHECK("a broken table is not left at once");
          return;
        }
        for (std::size_t i = 0; i < 3; ++i) {
          if (apart((*next)[i].weight.value, last[i].weight.value) > 1) FAIL_CHECK("a jump");
          if ((*next)[i].weight.value < 1) FAIL_CHECK("below the floor");
        }
      });
    });
}

TEST_CASE("with skills that stay, updates arrive at the target from every table") {
  for (std::size_t n = 3; n <= 4; ++n) {
    const std::uint32_t most = n == 3 ? 4 : 3;
    for (const auto& cap : {weight_cap{1, 1, 2}, weight_cap{1, 2, 5}})
      for_each_table(n, most - 1, [&](const std::vector<std::uint32_t>& from) {
        for_each_table(n, most, [&](const std::vector<std::uint32_t>& to) {
          const auto skills = skills_of(to, most);
          const weighting_options options{.units = most, .cap = cap};
          auto table = weights_of(from);
          for (int i = 0; i < 12; ++i) table = *next_weights(table, skills, options);
          if (table != *target_weights(skills, options)) FAIL_CHECK("stuck");
        });
      });
  }
}

TEST_CASE("where the members change the table is the target at once") {
  const weighting_options options{.units = 10, .cap = {1, 1, 2}};
  const std::vector<site_skill> skills{{{1}, {9'000}}, {{2}, {8'000}}, {{4}, {7'000}}};
  const std::vector<site_weight> others{{{1}, {1}}, {{2}, {1}}, {{3}, {1}}};
  CHECK(*next_weights(others, skills, options) == *target_weights(skills, options));
  CHECK(*next_weights({}, skills, options) == *target_weights(skills, options));
  CHECK(*target_weights(skills, options) == std::vector<site_weight>{{{1}, {9}}, {{2}, {8}}, {{4}, {7}}});
}

TEST_CASE("a table of many sites and the most units is capped") {
  std::vector<site_skill> skills;
  for (std::uint64_t i = 0; i < 64; ++i) skills.push_back({{i}, {i < 5 ? 10'000U : 0U}});
  const weighting_options options{.units = 1'000, .cap = {5, 2, 5}};
  const auto target = target_weights(skills, options);
  REQUIRE(target);
  CHECK(holds(options.cap, *target));
  // 59 units outside: the five may hold less than 2/3 of that.
  std::uint64_t five = 0;
  for (std::size_t i = 0; i < 5; ++i) five += (*target)[i].weight.value;
  CHECK(five == 39);
}

TEST_CASE("three equal sites survive a silent one at 0.6, and not at two thirds") {
  const std::vector<site_skill> skills{{{1}, {5'000}}, {{2}, {5'000}}, {{3}, {5'000}}};
  CHECK(target_weights(skills, {.cap = {1, 2, 5}}));
  const auto refused = target_weights(skills, {.cap = {1, 1, 3}});
  REQUIRE_FALSE(refused);
  CHECK(refused.error() == weighting_error::too_few_sites);
  CHECK_FALSE(explain(refused.error()).empty());
}
