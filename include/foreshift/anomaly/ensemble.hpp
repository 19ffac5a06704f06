#pragma once
/// @file
/// Many simple measures, one score, and what it was that was strange.
///
/// Each measure's amount becomes a surprise, -log10 p, by its own running tail; what is rarer than one in ten
/// is added up with weights. The sum has a running tail of its own, since measures agree more on some streams
/// than on others; the strength of the evidence is the geometric mean of the sum and of its surprise. What
/// opens an incident is worth its strength, less when there were many of the like (incidents.hpp). All of it
/// is in samples and ranks: one set of options serves every metric, and one threshold means the same on all.
///
/// A value that is missing is not learned, and its time passes: a hold-off goes on, and what compares a value
/// with the one before it does not do so across a gap. A value that comes late teaches nothing either. How
/// much is missing is `missing_data`'s.
///
/// Adding up logarithms is Fisher's method (R. A. Fisher, Statistical Methods for Research Workers, 1925),
/// for independent tests; the tail of the sum stands for the chi-squared distribution that dependent ones
/// lack.

#include <foreshift/anomaly/detector.hpp>
#include <foreshift/anomaly/incidents.hpp>
#include <foreshift/anomaly/nonconformity.hpp>
#include <foreshift/anomaly/sample_clock.hpp>
#include <foreshift/anomaly/score.hpp>
#include <foreshift/anomaly/tail.hpp>
#include <foreshift/core/archive.hpp>
#include <foreshift/core/contract.hpp>
#include <foreshift/core/time.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <tuple>
#include <utility>

namespace foreshift::inline FORESHIFT_ABI::anomaly {

enum class combination : std::uint8_t { sum, maximum };

struct ensemble_options {
  tail_options tail{.shape = 0};  ///< of every measure, and of the sum
  double common = 1;              ///< surprise up to which an amount is no evidence; at least 0
  double most = 50;               ///< evidence that one measure can bring; positive
  combination combine = combination::sum;
  std::uint32_t probation = 100;  ///< finite samples that are never reported
  incident_options incidents{};
  double even_at = 1.2;          ///< worth of an incident whose score is 0.5; positive
  double alert_threshold = 0.5;  ///< an alert needs a score at least this high; in [0, 1]
};

/// @see Detector. Allocates never after construction, as far as its measures do not. Copy one that has seen
/// nothing for each stream.
template <NonconformityMeasure... Measures>
class ensemble {
 public:
  static constexpr std::size_t size = sizeof...(Measures);
  static_assert(size > 0);
  static constexpr std::size_t tails = (0 + ... + (Measures::two_sided ? 2 : 1));

  explicit ensemble(const ensemble_options& options = {}) requires(std::default_initializable<Measures>&&...)
      : ensemble(options, Measures{}...) {}
  ensemble(const ensemble_options& options, Measures... measures)
      : options_(options), measures_(std::move(measures)...), total_(options.tail), book_(options.incidents) {
    weights_.fill(1);
    tails_.fill(running_tail{options.tail});
    FORESHIFT_EXPECT(consistent());
  }
  /// How much the evidence of each measure counts; 1 unless set. @pre all finite and at least 0
  void weigh(const std::array<double, size>& weights) {
    weights_ = weights;
    FORESHIFT_EXPECT(consistent());
  }

  /// A value that is not finite, or is from before others that have been seen, scores 0 and teaches nothing.
  score observe(const telemetry::sample& s) {
    why_ = {};
    strength_ = 0;
    const auto tick = clock_.observe(s.at);
    if (tick.late) return {};
    const std::uint32_t missed = tick.missed + (std::isfinite(s.value) ? 0 : 1);
    if (missed > 0) interrupted_ = true, book_.pass(missed);
    if (!std::isfinite(s.value)) return {};
    if (std::exchange(interrupted_, false)) std::apply([](auto&... m) { (interrupt(m), ...); }, measures_);
    evidence_ = leading_ = 0;
    [&]<std::size_t... I>(std::index_sequence<I...>) { (consider<I>(s), ...); }
    (std::make_index_sequence<size>{});
    const double own = total_.surprise(evidence_);
    total_.learn(evidence_);
    if (seen_ < options_.probation) return ++seen_, score{};
    strength_ = std::sqrt(evidence_ * own);
    const auto opened = book_.step(strength_, static_cast<std::uint32_t>(why_.index));
    if (opened) {
      const double value = *opened / (*opened + options_.even_at);
      return {value, value >= options_.alert_threshold};
    }
    return {0.3 * strength_ / (strength_ + options_.even_at), false};
  }

  /// Of the last sample.
  [[nodiscard]] const cause& why() const { return why_; }
  /// How improbable the last sample's strangest amount is where nothing has changed, by Bonferroni's
  /// correction for as many tails as were looked at. In [0, 1]; 1 in the probation, and where nothing is
  /// strange.
  [[nodiscard]] double p_value() const {
    if (seen_ < options_.probation) return 1;
    return std::min(1.0, static_cast<double>(tails) * std::pow(10.0, -why_.surprise));
  }
  /// Evidence of the last sample, before hold-off and habituation.
  [[nodiscard]] double strength() const { return strength_; }

 private:
  friend struct foreshift::archive_access;
  static void members(auto& self, auto& archive) {
    auto& o = self.options_;
    archive(o.common, o.most, o.combine, o.probation, o.even_at, o.alert_threshold, self.weights_);
    std::apply([&](auto&... m) { archive(m...); }, self.measures_);
    archive(self.tails_, self.since_, self.total_, self.book_, self.seen_, self.clock_, self.interrupted_);
  }
  [[nodiscard]] bool consistent() const {
    for (const double w : weights_)
      if (!(w >= 0) || !std::isfinite(w)) return false;
    const auto& o = options_;
    return o.common >= 0 && o.most > 0 && o.most < 1e100 && o.even_at > 0 && o.alert_threshold >= 0 &&
           o.alert_threshold <= 1 && o.combine <= combination::maximum && seen_ <= o.probation;
  }

  template <class Measure>
  static void interrupt(Measure& m) {
    if constexpr (requires { m.interrupt(); }) m.interrupt();
  }
  template <std::size_t I>
  void consider(const telemetry::sample& s) {
    using measure_type = std::tuple_element_t<I, std::tuple<Measures...>>;
    const nonconformity off = std::get<I>(measures_).measure(s);
    const bool above = off.observed > off.expected;
    const std::size_t side = measure_type::two_sided && !above ? 2 * I + 1 : 2 * I;
    const double surprise = tails_[side].surprise(off.amount);
    tails_[side].learn(off.amount);
    if (measure_type::two_sided) tails_[side ^ 1U].learn(0);

    if (surprise <= options_.common)
      since_[I].reset();
    else if (!since_[I])
      since_[I] = s.at;
    const double brings = weights_[I] * std::min(std::max(surprise - options_.common, 0.0), options_.most);
    evidence_ = options_.combine == combination::sum ? evidence_ + brings : std::max(evidence_, brings);
    if (brings <= leading_) return;
    leading_ = brings;
    why_ = {measure_type::name, I, above, surprise, off.observed, off.expected, *since_[I]};
  }

  ensemble_options options_;
  std::tuple<Measures...> measures_;
  std::array<double, size> weights_{};
  std::array<running_tail, 2 * size> tails_;  ///< above and below, where the measure tells them apart
  std::array<std::optional<time_point>, size> since_{};
  running_tail total_;
  incidents book_;
  std::uint32_t seen_ = 0;
  sample_clock clock_;
  bool interrupted_ = false;  ///< samples are missing before the next one
  double evidence_ = 0, leading_ = 0, strength_ = 0;
  cause why_;
};

}  // namespace foreshift::inline FORESHIFT_ABI::anomaly
