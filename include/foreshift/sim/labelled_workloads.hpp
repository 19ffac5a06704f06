#pragma once
/// @file
/// Made-up workloads whose kind is known: what a classification is scored against.
///
/// Each kind is a simple process with parameters drawn anew for each workload - level, noise, phase, how
/// often a job runs and for how long - and some readings are missing. The kinds overlap a little, as real
/// ones do: a noisy steady workload next to a mildly bursty one. Not to be confused with `generate_fleet`,
/// whose roles are what operators call their services: several roles there behave alike.

#include <foreshift/core/contract.hpp>
#include <foreshift/core/random.hpp>
#include <foreshift/core/time.hpp>
#include <foreshift/sim/workload.hpp>
#include <foreshift/telemetry/series.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string_view>
#include <vector>

namespace foreshift::inline FORESHIFT_ABI::sim {

enum class known_kind : std::uint8_t { steady, daily, bursty, idle, growing, batch };
inline constexpr std::size_t known_kinds = 6;

[[nodiscard]] constexpr std::string_view name_of(known_kind k) {
  constexpr std::string_view names[] = {"steady", "daily", "bursty", "idle", "growing", "batch"};
  return names[static_cast<std::size_t>(k)];
}

struct labelled_recipe {
  std::uint64_t seed = 1;
  std::size_t of_each = 20;  ///< workloads of each kind
  std::size_t days = 7;      ///< the first is a Monday
  duration step = std::chrono::minutes{5};
  /// Of growth: the length over which it is drawn. 0: `days`. Set it to the days that are learned from where
  /// more follow.
  std::size_t growth_days = 0;
};

struct labelled_workload {
  known_kind kind{};
  telemetry::series demand;  ///< share of its size, in [0, 1]; NaN where a reading is missing
};

namespace detail {

/// Demand at an hour, counted from the first Monday, of one workload.
class known_process {
 public:
  known_process(known_kind kind, double days, random_stream& random) : kind_(kind), days_(days) {
    using enum known_kind;
    level_ = pick(random, 0.15, 0.35);
    noise_ = pick(random, 0.04, 0.22);
    peak_ = pick(random, 0.0, 24.0), wide_ = pick(random, 6.0, 11.0);
    swing_ = pick(random, 0.4, 1.8), weekend_ = pick(random, 0.6, 1.0);
    growth_ = pick(random, 0.4, 1.4);
    constexpr std::array<double, 4> every{24, 12, 8, 6};
    every_ = every[random.below(every.size())];
    begins_ = pick(random, 0.0, every_), lasts_ = pick(random, 0.7, 2.5);
    jitter_ = random.chance(0.5) ? 0.5 : every_ / 2;  // at about the same times, or at any
    rate_ = pick(random, 3.0, 12.0), height_ = pick(random, 1.0, 3.0);
    if (kind == bursty) level_ *= 0.5;
    if (kind == idle) level_ = pick(random, 0.004, 0.02), noise_ = 0.25;
    if (kind == batch) level_ = pick(random, 0.02, 0.06);
  }
  double next(double hour, double step_hours, random_stream& random) {
    using enum known_kind;
    double value = level_ * std::max(0.1, std::fma(noise_, drift_.next(random), 1.0));
    if (kind_ == daily) {
      const bool off = std::fmod(hour, 168.0) >= 120;
      const double of_day = std::fmod(std::fmod(hour, 24.0) - peak_ + 36.0, 24.0) - 12.0;  // 0 at the peak
      value *= std::fma(swing_ * (off ? weekend_ : 1.0), plateau(of_day, -wide_ / 2, wide_ / 2, 3.0), 1.0);
    }
    if (kind_ == growing) value *= std::fma(growth_, hour / 24 / days_, 1.0);
    if (kind_ == bursty) {
      if (burst_steps_ > 0) --burst_steps_;
      if (burst_steps_ == 0 && random.chance(rate_ / 24 * step_hours))
        burst_steps_ = 1 + static_cast<int>(random.below(5)), burst_ = height_ * (1 + random.exponential());
      if (burst_steps_ > 0) value *= 1 + burst_;
    }
    if (kind_ == idle && random.chance(0.5 / 24 * step_hours)) value += pick(random, 0.05, 0.4);
    if (kind_ == batch) {
      while (hour >= end_) {
        const double begin = std::fma(every_, static_cast<double>(run_++), begins_) - every_;
        begin_ = begin + pick(random, 0.0, jitter_), end_ = begin_ + lasts_ * pick(random, 0.8, 1.2);
      }
      if (hour >= begin_) value += height_ / 4 * std::max(0.3, std::fma(noise_, drift_.next(random), 1.0));
    }
    return std::clamp(value, 0.0, 1.0);
  }

 private:
  known_kind kind_;
  double days_;
  double level_, noise_, peak_, wide_, swing_, weekend_, growth_, every_, begins_, lasts_, jitter_, rate_,
      height_;
  drifting_noise drift_{0.9};
  double begin_ = 0, end_ = -1e9;
  int run_ = 0;
  double burst_ = 0;
  int burst_steps_ = 0;
};

}  // namespace detail

/// Kind by kind, `of_each` of each. O(workloads x steps). @pre step > 0, days > 0
[[nodiscard]] inline std::vector<labelled_workload> labelled_workloads(const labelled_recipe& recipe = {}) {
  FORESHIFT_EXPECT(recipe.step > duration::zero() && recipe.days > 0);
  const time_point monday{std::chrono::sys_days{std::chrono::year{2025} / 3 / 3}.time_since_epoch()};
  const double step_hours = to_seconds(recipe.step) / 3600;
  const auto steps = static_cast<std::size_t>(std::chrono::hours{24} / recipe.step) * recipe.days;
  const auto growth_days = static_cast<double>(recipe.growth_days > 0 ? recipe.growth_days : recipe.days);
  std::vector<labelled_workload> out;
  for (std::size_t n = 0; n < known_kinds * recipe.of_each; ++n) {
    random_stream random{recipe.seed, n};
    const auto kind = static_cast<known_kind>(n / recipe.of_each);
    detail::known_process process{kind, growth_days, random};
    const double missing = random.chance(0.3) ? 0.04 : 0.0;
    auto& one = out.emplace_back(labelled_workload{kind, {monday, recipe.step, {}}});
    for (std::size_t t = 0; t < steps; ++t) {
      const double value = process.next(static_cast<double>(t) * step_hours, step_hours, random);
      one.demand.values.push_back(random.chance(missing) ? std::numeric_limits<double>::quiet_NaN() : value);
    }
  }
  return out;
}

}  // namespace foreshift::inline FORESHIFT_ABI::sim
