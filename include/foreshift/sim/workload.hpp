#pragma once
/// @file
/// A made-up fleet for the replay: two weeks of about two hundred workloads that follow days, weeks, each
/// other and chance.
///
/// It holds what operators meet: offices that sleep at the weekend, shops and web sites in three time zones,
/// evening streaming, nightly batch jobs, primaries with standbys, services that leak memory until they are
/// restarted. Two campaigns and two maintenance windows are announced in a calendar; flash crowds are not.
/// Noise is correlated in time, shared in part by the workloads of one role and region, and has heavy tails.
/// A variant keeps levels and sizes but draws every value independently: it has nothing to predict.
///
/// The fleet is part of what foreshift is measured with, so it does not change: another fleet gets another
/// name. It uses integer and correctly rounded operations only, with each multiply-add written out (see
/// core/random.hpp), and ends in hundredths of a percent: the same seed gives the same fleet everywhere.

#include <foreshift/core/contract.hpp>
#include <foreshift/core/random.hpp>
#include <foreshift/core/time.hpp>
#include <foreshift/sim/trace_demand.hpp>
#include <foreshift/sim/workload_roles.hpp>
#include <foreshift/telemetry/calendar.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace foreshift::inline FORESHIFT_ABI::sim {

/// What a generated fleet is made from.
struct fleet_recipe {
  std::uint64_t seed = 1;
  bool signal = true;  ///< false: independent noise around constant levels, an empty calendar
  std::size_t workloads = 200;
  std::size_t hosts = 24;  ///< that the demand is made for, with 8 cores each
  std::size_t days = 14;   ///< the first is a Monday
  duration step = std::chrono::minutes{5};
};

struct generated_fleet {
  fleet_trace trace;
  telemetry::calendar calendar;  ///< what is announced; labels name the role that an event concerns
};

namespace detail {

/// First-order autoregressive noise with mean 0 and standard deviation 1.
class drifting_noise {
 public:
  explicit drifting_noise(double memory)
      : memory_(memory), fresh_(std::sqrt(std::fma(-memory, memory, 1.0))) {}
  double next(random_stream& random) { return value_ = std::fma(memory_, value_, fresh_ * random.normal()); }

 private:
  double memory_;
  double fresh_;
  double value_ = 0;
};

/// The factor of a batch job: it waits, and runs at about the same times, for about as long.
class job_runs {
 public:
  double at(double hour, const workload_traits& w, random_stream& random) {
    while (hour >= end_) {
      begin_ = std::fma(w.job_every, static_cast<double>(run_++), w.job_begins - w.job_every) +
               pick(random, 0.0, 0.4);
      end_ = std::fma(w.job_lasts, pick(random, 0.8, 1.2), begin_);
    }
    return std::fma(1.9, plateau(hour, begin_, end_, 0.15), 0.6);
  }

 private:
  double begin_ = 0;
  double end_ = -1e9;
  int run_ = 0;
};

/// Bursts of a few steps with heavy tails, and flash crowds of hours: the demand that nobody announces.
class surprises {
 public:
  double next(random_stream& random, double step_hours) {
    double fresh = 0;
    if (random.chance(0.08 * step_hours)) {
      fresh = 0.6 * random.exponential();
      fresh *= random.exponential();
    }
    burst_ = std::fma(0.6, burst_, fresh);
    if (crowd_hours_ > 0) crowd_hours_ -= step_hours;
    if (random.chance(step_hours / 300.0))
      crowd_hours_ = pick(random, 0.3, 2.0), crowd_ = pick(random, 0.4, 1.2);
    return burst_ + (crowd_hours_ > 0 ? crowd_ : 0.0);
  }

 private:
  double burst_ = 0;
  double crowd_ = 0;
  double crowd_hours_ = 0;
};

struct fleet_event {
  int begin_hour;
  int end_hour;
  double strength;
};
[[nodiscard]] inline double plateau(double at, const fleet_event& e, double ramp) {
  return plateau(at, static_cast<double>(e.begin_hour), static_cast<double>(e.end_hour), ramp);
}
inline constexpr std::array<fleet_event, 2> fleet_campaigns{{{57, 72, 0.75}, {199, 240, 0.95}}};
inline constexpr std::array<fleet_event, 2> fleet_maintenance{{{121, 125, 1}, {264, 268, 1}}};

/// Percent in hundredths, as monitoring systems report it.
[[nodiscard]] inline double to_percent(double share) {
  return std::round(std::clamp(share, 0.002, 1.0) * 1e4) / 100.0;
}

}  // namespace detail

/// Makes the fleet. O(workloads x steps). @pre step > 0, days > 0, workloads > 0
[[nodiscard]] inline generated_fleet generate_fleet(const fleet_recipe& recipe = {}) {
  using namespace detail;
  FORESHIFT_EXPECT(recipe.step > duration::zero() && recipe.days > 0 && recipe.workloads > 0);
  const time_point start{std::chrono::sys_days{std::chrono::year{2025} / 3 / 3}.time_since_epoch()};
  const auto steps = static_cast<std::size_t>(static_cast<duration::rep>(recipe.days) *
                                              std::chrono::hours{24} / recipe.step);
  const auto hour_of = [&](std::size_t t) {  // a division last: it cannot melt into an addition
    return static_cast<double>(static_cast<duration::rep>(t) * recipe.step.count()) / 3.6e12;
  };
  const double step_hours = hour_of(1);

  // Moods: slow noise that the workloads of one role in one region have in common.
  std::vector<std::vector<double>> mood(fleet_roles.size() * region_offset_hours.size());
  for (std::size_t g = 0; g < mood.size(); ++g) {
    random_stream random(recipe.seed, 1 + g);
    drifting_noise noise(0.99);
    for (std::size_t t = 0; t < steps; ++t) mood[g].push_back(std::fma(0.05, noise.next(random), 1.0));
  }

  generated_fleet fleet;
  fleet.trace.start = start;
  fleet.trace.step = recipe.step;
  std::vector<std::size_t> primaries, standbys;
  std::vector<std::vector<double>> share;  // of the size, before it is cut off at all of it
  for (std::size_t n = 0; n < recipe.workloads; ++n) {
    // Roles in the proportions of two hundred: role r takes the places up to its cumulated count.
    std::size_t r = 0;
    std::size_t place = n * 200 / recipe.workloads;
    for (; place >= fleet_roles[r].of_200; ++r) place -= fleet_roles[r].of_200;
    random_stream random(recipe.seed, 1000 + n);
    const auto w = draw_traits(static_cast<fleet_role>(r), place, random);
    const auto& group = mood[r * region_offset_hours.size() + w.region];
    drifting_noise own(0.92);
    surprises unannounced;
    job_runs job;
    drifting_noise drift(0.997);
    std::vector<double> values(steps);
    for (std::size_t t = 0; t < steps; ++t) {
      if (!recipe.signal) {
        values[t] = w.level * std::fma(0.35, random.exponential(), 0.65);
        continue;
      }
      double factor =
          w.role == fleet_role::batch ? job.at(hour_of(t), w, random) : regular_factor(w, hour_of(t));
      for (const auto& c : fleet_campaigns)
        factor *= std::fma(w.campaign * c.strength, plateau(hour_of(t), c, 1.0), 1.0);
      double noise = unannounced.next(random, step_hours);
      noise = std::fma(w.roughness, own.next(random), noise);
      noise = std::fma(0.04, random.normal(), noise);
      const double lately = std::max(0.4, std::fma(0.10, drift.next(random), 1.0));
      values[t] = w.level * factor * group[t] * lately * std::max(0.2, 1.0 + noise);
    }
    std::string number = std::to_string(n);
    number.insert(0, number.size() < 3 ? 3 - number.size() : 0, '0');
    fleet.trace.workloads.push_back({fleet_roles[r].name + ("-" + number), w.size, {}, {}});
    if (w.role == fleet_role::primary) primaries.push_back(n);
    if (w.role == fleet_role::standby) standbys.push_back(n);
    share.push_back(std::move(values));
  }

  if (recipe.signal) {
    // While a primary is maintained, its standby does its work.
    for (std::size_t k = 0; k < std::min(primaries.size(), standbys.size()); ++k)
      for (std::size_t t = 0; t < steps; ++t)
        for (const auto& m : fleet_maintenance) {
          double& primary = share[primaries[k]][t];
          const double moved = 0.95 * plateau(hour_of(t), m, 0.25);
          double& standby = share[standbys[k]][t];
          standby = std::fma(moved, primary, standby);
          primary = std::fma(-moved, primary, primary);
        }
    const auto announce = [&](const auto& events, telemetry::event_kind kind, fleet_role role) {
      for (const auto& e : events)
        fleet.calendar.events.push_back({start + std::chrono::hours{e.begin_hour},
                                         start + std::chrono::hours{e.end_hour}, kind,
                                         fleet_roles[static_cast<std::size_t>(role)].name});
    };
    announce(fleet_campaigns, telemetry::event_kind::campaign, fleet_role::shop);
    announce(fleet_maintenance, telemetry::event_kind::maintenance_window, fleet_role::primary);
  }
  for (std::size_t n = 0; n < recipe.workloads; ++n)
    for (const double s : share[n]) fleet.trace.workloads[n].cpu.push_back(to_percent(s));
  return fleet;
}

}  // namespace foreshift::inline FORESHIFT_ABI::sim
