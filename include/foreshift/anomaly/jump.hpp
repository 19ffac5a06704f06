#pragma once
/// @file
/// A measure: how far a value is from the one before it.
///
/// The absolute first difference. It needs no memory of a level and finds what comes at once, on any level.
/// The plainest rule there is; no paper is behind it.

#include <foreshift/anomaly/nonconformity.hpp>
#include <foreshift/core/archive.hpp>

namespace foreshift::inline FORESHIFT_ABI::anomaly {

class jump {
 public:
  static constexpr std::string_view name = "jump";
  static constexpr bool two_sided = false;

  nonconformity measure(const telemetry::sample& s) {
    const double before = seen_ ? last_ : s.value;
    seen_ = true;
    last_ = s.value;
    return {distance_between(s.value, before), s.value, before};
  }

  /// The next value is far from the last one in time: their difference is no jump.
  void interrupt() { seen_ = false; }

 private:
  friend struct foreshift::archive_access;
  static void members(auto& self, auto& archive) { archive(self.seen_, self.last_); }
  [[nodiscard]] bool consistent() const { return std::isfinite(last_); }
  bool seen_ = false;
  double last_ = 0;
};
static_assert(NonconformityMeasure<jump>);

}  // namespace foreshift::inline FORESHIFT_ABI::anomaly
