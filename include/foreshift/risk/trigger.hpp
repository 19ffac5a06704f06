#pragma once
/// @file
/// When a probability becomes a cause for action, and when it stops being one.
///
/// A single threshold on a noisy probability raises and clears with every look. A Schmitt trigger has two: it
/// turns on only after the probability has been at or above the upper one for several looks in a row, and off
/// only below the lower one; what lies between changes nothing. After it has turned off, a cool-down keeps it
/// off, so that a host which has just been relieved is not disturbed again at once.
///
/// Source: O. H. Schmitt, A thermionic trigger, J. Scientific Instruments 15 (1938).

#include <foreshift/core/contract.hpp>
#include <foreshift/core/time.hpp>

#include <cstdint>
#include <optional>
#include <string_view>

namespace foreshift::inline FORESHIFT_ABI::risk {

/// What one look at the probability means.
enum class decision : std::uint8_t {
  quiet,  ///< no cause for action
  raise,  ///< act now
  hold,   ///< the cause persists; it has been raised before
  clear,  ///< the cause has just gone
};

[[nodiscard]] constexpr std::string_view name_of(decision d) {
  constexpr std::string_view names[] = {"quiet", "raise", "hold", "clear"};
  return names[static_cast<std::size_t>(d)];
}

/// @invariant 0 <= p_off <= p_on <= 1
struct trigger_options {
  double p_on = 0.5;
  double p_off = 0.2;
  std::uint32_t looks = 2;                     ///< in a row at or above p_on before it is raised; at least 1
  duration cool_down = std::chrono::hours{1};  ///< after a clear, during which nothing is raised; at least 0
  /// A cause that persists this long at or above p_on is raised again, e.g. because a move was refused or was
  /// not enough. Nothing: it is raised once.
  std::optional<duration> repeat_after{};
};

/// The trigger of one host. A value of fixed size; no allocation.
class trigger {
 public:
  explicit constexpr trigger(const trigger_options& options = {}) : options_(options) {
    FORESHIFT_EXPECT(0 <= options.p_off && options.p_off <= options.p_on && options.p_on <= 1);
    FORESHIFT_EXPECT(options.looks > 0 && options.cool_down >= duration::zero());
    FORESHIFT_EXPECT(!options.repeat_after || *options.repeat_after > duration::zero());
  }

  /// One look. Looks within a cool-down count towards the row of looks, so that a probability which stays
  /// high through it is raised as it ends.
  /// @pre 0 <= probability <= 1; `now` is not before the last look. O(1).
  constexpr decision observe(time_point now, double probability) {
    FORESHIFT_EXPECT(probability >= 0 && probability <= 1);
    FORESHIFT_EXPECT(now >= last_look_);
    last_look_ = now;
    const bool high = probability >= options_.p_on;
    if (raised_) {
      if (probability < options_.p_off) {
        raised_ = false;
        row_ = 0;
        cool_until_ = now + options_.cool_down;
        return decision::clear;
      }
      if (!high || !options_.repeat_after || now - raised_at_ < *options_.repeat_after) return decision::hold;
      raised_at_ = now;
      return decision::raise;
    }
    row_ = !high ? 0 : row_ < options_.looks ? row_ + 1 : row_;
    if (row_ < options_.looks || cooling(now)) return decision::quiet;
    raised_ = true;
    raised_at_ = now;
    return decision::raise;
  }

  /// Whether there is a cause for action as of the last look.
  [[nodiscard]] constexpr bool raised() const { return raised_; }
  /// Whether the cool-down after the last clear still runs.
  [[nodiscard]] constexpr bool cooling(time_point now) const { return now < cool_until_; }
  [[nodiscard]] constexpr const trigger_options& options() const { return options_; }
  /// Puts another upper threshold in force, e.g. a learned one; the lower one keeps its ratio to it.
  /// @pre 0 < p_on <= 1
  constexpr void set_threshold(double p_on) {
    FORESHIFT_EXPECT(p_on > 0 && p_on <= 1);
    options_.p_off = options_.p_on > 0 ? options_.p_off / options_.p_on * p_on : 0;
    if (options_.p_off > p_on) options_.p_off = p_on;
    options_.p_on = p_on;
  }

 private:
  trigger_options options_;
  std::uint32_t row_ = 0;  // looks in a row at or above p_on, while not raised
  bool raised_ = false;
  time_point raised_at_{};
  time_point cool_until_ = time_point::min();
  time_point last_look_ = time_point::min();
};

}  // namespace foreshift::inline FORESHIFT_ABI::risk
