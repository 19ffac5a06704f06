#pragma once
/// @file
/// How surprising the growth of a counter is that a host keeps of its faults.
///
/// What is read is how many faults there have been since some beginning; what counts is how many were added
/// since the last reading. A counter that falls has been started again, and its value is what was added
/// since (as Prometheus reads counters). Steps without a reading are one interval with the step that ends
/// them, whose mean is judged: cautious, since a fault in one of them may be lost in it.

#include <foreshift/core/archive.hpp>
#include <foreshift/core/time.hpp>
#include <foreshift/risk/error_counter.hpp>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <optional>

namespace foreshift::inline FORESHIFT_ABI::risk {

/// A value of fixed size; no allocation.
class fault_counter {
 public:
  fault_counter() : fault_counter(1000) {}
  /// @param memory steps after which a count counts 1/e, at least 1
  explicit fault_counter(double memory) : usual_(memory) {}

  /// A reading. What is older than the last one, below 0 or not a number is passed over; the first one only
  /// says where to begin.
  void read(time_point at, double value) {
    if (!(value >= 0) || !std::isfinite(value) || (last_ && at <= at_)) return;
    if (last_) added_ = std::min(added_ + (value >= *last_ ? value - *last_ : value), most), read_ = true;
    last_ = value, at_ = at;
  }
  /// A step has ended: the probability of so many faults or more in it, if all were as before; 1 where
  /// nothing was read. In (0, 1].
  double close() {
    if (!last_) return 1;
    ++steps_;
    if (!read_) return 1;
    const auto a_step = static_cast<std::uint64_t>(added_ / static_cast<double>(steps_));
    const double p = usual_.p_value(a_step);
    usual_.learn(a_step);
    added_ = 0, steps_ = 0, read_ = false;
    return p;
  }

 private:
  friend struct foreshift::archive_access;
  static constexpr double most = 1e9;
  static void members(auto& self, auto& archive) {
    archive(self.usual_, self.last_, self.at_, self.added_, self.steps_, self.read_);
  }
  [[nodiscard]] bool consistent() const {
    return added_ >= 0 && added_ <= most && (!last_ || *last_ >= 0) && (!read_ || last_);
  }
  error_counter usual_;
  std::optional<double> last_;
  time_point at_{};
  double added_ = 0;         ///< since the step began that the last reading ended
  std::uint64_t steps_ = 0;  ///< ended since then
  bool read_ = false;        ///< something was, since then
};

}  // namespace foreshift::inline FORESHIFT_ABI::risk
