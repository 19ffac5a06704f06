#pragma once
/// @file
/// The kinds of workloads in a generated fleet, and the part of their demand that repeats itself.
///
/// A role has a curve over the day and a quieter or louder weekend; a workload shows it more or less, earlier
/// or later, in the time zone of its region. Part of `generate_fleet` and frozen with it. Integer and
/// correctly rounded operations only, with each multiply-add written out.

#include <foreshift/core/random.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>

namespace foreshift::inline FORESHIFT_ABI::sim::detail {

/// What a workload is for.
enum class fleet_role : std::uint8_t {
  web,
  office,
  shop,
  streaming,
  batch,
  primary,
  standby,
  steady,
  leaking
};

/// Demand over the day relative to its level at local hours 0 to 23, and what is left of it at the weekend.
struct day_shape {
  const char* name;
  std::size_t of_200;  ///< how many of two hundred workloads have this role
  double weekend;
  std::array<double, 24> hour;
};

inline constexpr std::array<day_shape, 9> fleet_roles{{
    {"web", 50, 0.85, {.70,  .62,  .55,  .52,  .54,  .60,  .72,  .88,  1.02, 1.12, 1.18, 1.20,
                       1.20, 1.18, 1.15, 1.15, 1.18, 1.22, 1.28, 1.32, 1.28, 1.18, 1.0,  .85}},
    {"office", 30, 0.45, {.45,  .42,  .40,  .40,  .40,  .42,  .50, .75, 1.15, 1.50, 1.62, 1.55,
                          1.35, 1.48, 1.62, 1.58, 1.42, 1.12, .85, .70, .60,  .55,  .50,  .47}},
    {"shop", 24, 1.20, {.62,  .50,  .42,  .40,  .40,  .45,  .55,  .72,  .90,  1.05, 1.15, 1.20,
                        1.25, 1.20, 1.15, 1.15, 1.22, 1.32, 1.45, 1.58, 1.62, 1.48, 1.15, .85}},
    {"streaming", 14, 1.15, {.95, .75, .58, .48, .45,  .45,  .50,  .58,  .65,  .70,  .75,  .80,
                             .85, .88, .90, .95, 1.05, 1.20, 1.45, 1.75, 1.95, 1.95, 1.70, 1.30}},
    {"batch", 46, 1.0, {1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1}},
    {"primary", 10, 0.80, {.82,  .78,  .74,  .72,  .74,  .78,  .84,  .92,  1.02, 1.10, 1.14, 1.15,
                           1.14, 1.12, 1.12, 1.12, 1.12, 1.12, 1.14, 1.15, 1.12, 1.06, .98,  .90}},
    {"standby", 10, 0.80, {.82,  .78,  .74,  .72,  .74,  .78,  .84,  .92,  1.02, 1.10, 1.14, 1.15,
                           1.14, 1.12, 1.12, 1.12, 1.12, 1.12, 1.14, 1.15, 1.12, 1.06, .98,  .90}},
    {"steady", 13, 1.0, {1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1}},
    {"leaking", 3, 1.0, {1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1}},
}};

inline constexpr std::array<double, 3> region_offset_hours{0, -6, 8};

/// a + x (b - a).
[[nodiscard]] inline double between(double a, double b, double x) { return std::fma(x, b - a, a); }
[[nodiscard]] inline double pick(random_stream& random, double low, double high) {
  return between(low, high, random.uniform());
}

/// What is fixed about one workload.
struct workload_traits {
  fleet_role role{};
  std::size_t region = 0;
  double size = 1;         ///< cores
  double level = 0.3;      ///< mean share of the size
  double shift_hours = 0;  ///< its day is early or late
  double swing = 1;        ///< how much of its role's daily and weekly pattern it shows
  double roughness = 0;    ///< of its own noise
  double campaign = 0;     ///< how much it grows in a campaign
  double job_every = 24, job_begins = 0, job_lasts = 0;  ///< of a batch job, in hours
  double leak_lasts = 0, leak_age = 0;                   ///< hours between restarts, hours since the last one
  double leak_by = 0;                                    ///< growth until the restart
};

/// The nth workload of its role; every kind takes the same draws, but for its size and level.
[[nodiscard]] inline workload_traits draw_traits(fleet_role role, std::size_t nth, random_stream& random) {
  workload_traits w;
  w.role = role;
  w.region = static_cast<std::size_t>(nth % region_offset_hours.size());
  const double u = random.uniform();
  w.size = u < 0.25 ? 0.5 : u < 0.70 ? 1 : u < 0.95 ? 2 : 4;
  w.level = pick(random, 0.20, 0.52);
  w.shift_hours = pick(random, -1.0, 1.0);
  w.swing = pick(random, 0.15, 0.6);
  w.roughness = pick(random, 0.08, 0.22);
  w.campaign = role == fleet_role::shop      ? pick(random, 0.3, 0.9)
               : role == fleet_role::primary ? pick(random, 0.1, 0.3)
                                             : 0.0;
  constexpr std::array<double, 5> every{24, 24, 12, 6, 4};
  w.job_every = every[random.below(every.size())];
  w.job_begins = pick(random, 0.0, w.job_every);
  w.job_lasts = pick(random, 0.4, 1.6);
  w.leak_lasts = pick(random, 44.0, 76.0);
  w.leak_age = pick(random, 0.0, 30.0);
  w.leak_by = pick(random, 1.2, 2.0);
  if (role == fleet_role::primary) w.size = 2, w.level = pick(random, 0.35, 0.50);
  if (role == fleet_role::standby) w.size = 2, w.level = pick(random, 0.10, 0.18);
  if (role == fleet_role::batch) w.size = random.chance(0.5) ? 2 : 4, w.level = pick(random, 0.17, 0.33);
  if (role == fleet_role::leaking) w.size = 4, w.level = pick(random, 0.22, 0.30);
  return w;
}

/// 0 outside [begin, end), 1 inside, with a ramp of `ramp` after the begin and before the end. All in hours.
[[nodiscard]] inline double plateau(double at, double begin, double end, double ramp) {
  return std::clamp(std::min((at - begin) / ramp, (end - at) / ramp), 0.0, 1.0);
}

/// The predictable factor on the level: day, week or leak. `hour` counts from the Monday on which it starts.
[[nodiscard]] inline double regular_factor(const workload_traits& w, double hour) {
  if (w.role == fleet_role::leaking) {
    const double age = hour + w.leak_age;
    const double share = age / w.leak_lasts - std::floor(age / w.leak_lasts);
    return std::fma(w.leak_by, share, 1.0);
  }
  const auto& shape = fleet_roles[static_cast<std::size_t>(w.role)];
  const double local = hour + region_offset_hours[w.region] + w.shift_hours + 168.0;
  const double day = std::floor(local / 24.0);
  const double of_day = std::fma(-24.0, day, local);
  const auto i = static_cast<std::size_t>(of_day);
  const double factor = between(shape.hour[i], shape.hour[(i + 1) % 24], of_day - std::floor(of_day));
  // Friday turns into Saturday, and Sunday into Monday, in the three hours around midnight.
  const double of_week = std::fma(-168.0, std::floor(local / 168.0), local);
  const double weekend = std::max(plateau(of_week, 118.5, 169.5, 3.0), plateau(of_week, -49.5, 1.5, 3.0));
  return between(1.0, factor * between(1.0, shape.weekend, weekend), w.swing);
}

}  // namespace foreshift::inline FORESHIFT_ABI::sim::detail
