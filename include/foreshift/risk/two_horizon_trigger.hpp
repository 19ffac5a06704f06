#pragma once
/// @file
/// A warning when one horizon is in danger, a migration when two agree and it is worth it.
///
/// The near horizon knows more and leaves less time, the far one the other way round. Either alone is a
/// reason to look; both together are a reason to move, provided that the move saves more than a stated
/// minimum. Each has a Schmitt trigger of its own. After a migration was advised none is for a while, so that
/// its effect is seen before the next.
///
/// Source: the pair of windows is that of alerts on burn rates, B. Beyer et al., The Site Reliability
/// Workbook (2018), chapter 5, turned from the past to the future.

#include <foreshift/core/contract.hpp>
#include <foreshift/core/time.hpp>
#include <foreshift/risk/trigger.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace foreshift::inline FORESHIFT_ABI::risk {

enum class advice : std::uint8_t {
  none,     ///< no cause for action
  warn,     ///< one horizon is in danger, or a move is not worth it or not due yet
  migrate,  ///< move now; said once, then not again before the cool-down has passed
};

[[nodiscard]] constexpr std::string_view name_of(advice a) {
  constexpr std::string_view names[] = {"none", "warn", "migrate"};
  return names[static_cast<std::size_t>(a)];
}

struct two_horizon_options {
  trigger_options fast{
      .p_on = 0.5, .p_off = 0.2, .looks = 1, .cool_down = duration::zero(), .repeat_after = {}};
  trigger_options slow{
      .p_on = 0.5, .p_off = 0.2, .looks = 2, .cool_down = duration::zero(), .repeat_after = {}};
  duration benefit_min = std::chrono::minutes{1};  ///< expected overload that a move has to save; at least 0
  duration cool_down = std::chrono::hours{1};      ///< between two migrations; at least 0
};

/// What one look sees.
struct two_horizon_look {
  double fast = 0;     ///< probability within the near horizon
  double slow = 0;     ///< within the far one
  duration benefit{};  ///< expected overload without the move less that with it, the move's own included
};

/// Of one host. A value of fixed size; no allocation.
class two_horizon_trigger {
 public:
  explicit constexpr two_horizon_trigger(const two_horizon_options& o = {})
      : options_(o), fast_(o.fast), slow_(o.slow) {
    FORESHIFT_EXPECT(o.benefit_min >= duration::zero() && o.cool_down >= duration::zero());
  }

  /// @pre probabilities in [0, 1]; `now` is not before the last look. O(1).
  constexpr advice observe(time_point now, const two_horizon_look& seen) {
    return observe(now, seen.fast, seen.slow, [&] { return std::optional{seen.benefit}; });
  }
  /// The same where the benefit is dear: `benefit()` is asked for a std::optional<duration> only where a
  /// migration hangs on it. Nothing: no move can be made.
  constexpr advice observe(time_point now, double fast, double slow, auto&& benefit) {
    fast_.observe(now, fast), slow_.observe(now, slow);
    if (!fast_.raised() && !slow_.raised()) return advice::none;
    if (!fast_.raised() || !slow_.raised() || now < quiet_until_) return advice::warn;
    const std::optional<duration> saved = benefit();
    if (!saved || *saved < options_.benefit_min) return advice::warn;
    quiet_until_ = now + options_.cool_down;
    return advice::migrate;
  }
  /// Whether `observe` would ask for the benefit of a move.
  [[nodiscard]] constexpr bool asks(time_point now, double fast, double slow) const {
    auto copy = *this;
    bool asked = false;
    copy.observe(now, fast, slow, [&] { return asked = true, std::optional<duration>{}; });
    return asked;
  }
  /// The migration advised last is not made, e.g. because others refused it: there is no effect to wait for.
  constexpr void not_made() { quiet_until_ = time_point::min(); }

  [[nodiscard]] constexpr const two_horizon_options& options() const { return options_; }
  /// Puts another upper threshold in force on both horizons; each lower one keeps its ratio to it.
  /// @pre 0 < p_on <= 1
  constexpr void set_threshold(double p_on) {
    fast_.set_threshold(p_on), slow_.set_threshold(p_on);
    options_.fast = fast_.options(), options_.slow = slow_.options();
  }

 private:
  two_horizon_options options_;
  trigger fast_, slow_;
  time_point quiet_until_ = time_point::min();
};

}  // namespace foreshift::inline FORESHIFT_ABI::risk
