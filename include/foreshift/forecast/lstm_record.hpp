#pragma once
/// @file
/// A whole history as the LSTM sees it, so that training can ask for any origin and lead.
///
/// A profile changes at its own place only. What it held at an origin is therefore what it held when its
/// place was last visited, and one value a step says it for all origins and leads.

#include <foreshift/core/contract.hpp>
#include <foreshift/forecast/lstm_memory.hpp>

#include <algorithm>
#include <cstddef>
#include <limits>
#include <span>
#include <vector>

namespace foreshift::inline FORESHIFT_ABI::forecast::detail {

/// O(n) memory: some thirty numbers a step, and three for each regressor.
class lstm_record {
 public:
  /// Plays a history through a memory. @param z standardised, NaN for gaps
  /// @param events scaled and finite, `memory.events()` for each value
  lstm_record(const lstm& spec, std::span<const double> z, std::span<const double> events,
              lstm_memory& memory)
      : season_(spec.season_length),
        cycle_(spec.cycle()),
        events_(memory.events()),
        columns_(lstm_memory::input_columns + events_),
        inputs_(z.size() * columns_),
        event_(events.begin(), events.end()),
        usual_(z.size() * events_) {
    FORESHIFT_EXPECT(events.size() == z.size() * events_);
    steps_.reserve(z.size());
    for (std::size_t t = 0; t < z.size(); ++t) {
      memory.observe(z[t], events.subspan(t * events_, events_));
      memory.write_inputs(inputs_.data() + t * columns_);
      memory.write_usual_events(cycle_, usual_.data() + t * events_);
      steps_.push_back({z[t], memory.profile(cycle_), memory.present()});  // a cycle ahead is the same place
    }
  }

  [[nodiscard]] std::size_t size() const { return steps_.size(); }
  [[nodiscard]] std::size_t events() const { return events_; }
  /// What the recurrent layer sees of step t.
  [[nodiscard]] std::span<const float> inputs(std::size_t t) const {
    return std::span{inputs_}.subspan(t * columns_, columns_);
  }
  /// NaN for a gap and beyond the end.
  [[nodiscard]] double target(std::size_t t) const {
    return t < steps_.size() ? steps_[t].z : std::numeric_limits<double>::quiet_NaN();
  }
  /// What the head sees, at the end of step `origin`, for the step `lead` later. @pre target(origin + lead)
  /// exists
  template <class Real>
  void write_lead(std::size_t origin, std::size_t lead, Real* past, Real* event) const {
    const std::size_t day_back = (lead + season_ - 1) / season_ * season_,
                      week_back = (lead + cycle_ - 1) / cycle_ * cycle_;
    const std::size_t t = origin + lead;
    lstm_profile p;
    if (t >= day_back) p = steps_[t - day_back].at_place;
    const lstm_profile a_week_ago = t >= week_back ? steps_[t - week_back].at_place : lstm_profile{};
    p.week = a_week_ago.week;
    p.last_week = a_week_ago.last_week;
    write_past(p, steps_[origin].present, past);
    for (std::size_t e = 0; e < events_; ++e) event[e] = static_cast<Real>(event_[t * events_ + e]);
    for (std::size_t e = 0; e < events_; ++e)
      event[events_ + e] = t >= day_back ? static_cast<Real>(usual_[(t - day_back) * events_ + e]) : Real{0};
  }

 private:
  struct step {
    double z;
    lstm_profile at_place;  ///< after the step
    lstm_present present;
  };
  std::size_t season_, cycle_, events_, columns_;
  std::vector<float> inputs_, event_, usual_;
  std::vector<step> steps_;
};

}  // namespace foreshift::inline FORESHIFT_ABI::forecast::detail
