#pragma once
/// @file
/// How rare a nonconformity is, judged by those before it.
///
/// Past amounts are counted in buckets of an eighth of an octave. A new amount below the upper `tail_share`
/// of them has the share of past amounts that are as large; above, the excess over that quantile follows a
/// generalised Pareto distribution with the observed mean and a fixed shape, so that what has never been seen
/// still has a probability. A floor keeps the mean excess from vanishing: an amount a hair over a quantile is
/// no wonder, and a stream that repeats itself never scores high.
///
/// Peaks over threshold as in A. Siffer, P.-A. Fouque, A. Termier, C. Largouet, "Anomaly detection in streams
/// with extreme value theory" (KDD 2017). There both parameters are fitted by maximum likelihood; with twenty
/// excesses a fixed shape is steadier and costs nothing.

#include <foreshift/core/archive.hpp>
#include <foreshift/core/config.hpp>
#include <foreshift/core/contract.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <utility>

namespace foreshift::inline FORESHIFT_ABI::anomaly {

struct tail_options {
  double tail_share = 0.05;        ///< of past amounts that are extrapolated from; in (0, 1)
  double shape = 0.2;              ///< of the generalised Pareto distribution, in [0, 1); 0 is exponential
  double excess_floor = 0.02;      ///< of the mean excess, as a share of the quantile it starts at; positive
  std::uint32_t warm_up = 30;      ///< amounts before anything is rare
  std::uint32_t memory = 1 << 16;  ///< amounts after which all counts are halved; at least 2
};

namespace detail {
/// 1/2, 1/4, ...: where the octaves below 1 begin.
inline constexpr auto octave_starts = [] {
  std::array<double, 24> out{};
  double start = 1;
  for (double& o : out) o = start /= 2;
  return out;
}();
}  // namespace detail

/// Memory: 0.8 kB. Allocates never.
class running_tail {
 public:
  explicit running_tail(const tail_options& options = {}) : options_(options) {
    FORESHIFT_EXPECT(consistent());
  }

  /// -log10 of the probability of an amount at least this large: 0 is as usual, 3 is one in a thousand.
  /// 0 while warming up, for 0 and for what is no number. O(buckets).
  [[nodiscard]] double surprise(double amount) const {
    if (seen_ < options_.warm_up || seen_ == 0 || !(amount > 0)) return 0;
    const double n = seen_, room = std::max(options_.tail_share * n, 1.0);
    const double x = scaled(amount);
    double above = 0, excess = 0, edge = 2;  // of buckets [b - 1] and higher; edge: where they begin
    std::size_t b = 0;
    for (; b < buckets; ++b) {
      if (counts_[b] == 0) continue;
      const double next = above + counts_[b];
      if (next > room && above > 0) break;
      above = next;
      excess += counts_[b] * middle(b);
      edge = lower(b);
      if (next > room) {
        ++b;
        break;
      }
    }
    if (above <= 0) return std::log10(n + 1);  // nothing but zeros so far
    if (x >= edge) {
      const double mean = std::max(excess / above - edge, options_.excess_floor * edge);
      return std::log10(std::max(n / above, 1.0)) + pareto((x - edge) / (mean * (1 - options_.shape)));
    }
    if (const std::size_t own = place(x); b <= own) {
      std::uint32_t between = 0;
      for (const std::size_t end = std::min(own, buckets); b < end; ++b) between += counts_[b];
      above += between;
      if (own < buckets) above += counts_[own] * (lower(own) + width(own) - x) / width(own);
    }
    return std::log10((n + 1) / (above + 0.5 > n ? n + 1 : above + 0.5));
  }

  /// What is no number is not learned. O(1), but O(buckets) when the octaves that are told apart move.
  void learn(double amount) {
    if (std::isnan(amount)) return;
    if (seen_ >= options_.memory) forget();
    ++seen_;
    if (!(amount > 0)) return;
    int exponent = 0;
    std::frexp(std::min(amount, largest), &exponent);
    if (counted_ == 0 && below_ == 0) top_ = exponent + headroom;
    if (exponent > top_) rise(exponent - top_);
    if (const std::size_t b = place(scaled(amount)); b < buckets) {
      ++counts_[b];
      ++counted_;
    } else if (++below_ > counted_) {
      sink(exponent + headroom, amount);
    }
  }

  [[nodiscard]] std::uint32_t seen() const { return seen_; }

 private:
  friend struct foreshift::archive_access;
  static constexpr std::size_t per_octave = 8, buckets = per_octave * detail::octave_starts.size();
  static constexpr int headroom = 4;  ///< octaves above the first amount
  static constexpr double largest = 1.7e308;

  static void members(auto& self, auto& archive) {
    archive(self.options_.tail_share, self.options_.shape, self.options_.excess_floor, self.options_.warm_up,
            self.options_.memory, self.seen_, self.top_, self.counted_, self.below_, self.counts_);
  }
  [[nodiscard]] bool consistent() const {
    std::uint64_t counted = 0;
    for (const std::uint32_t c : counts_) counted += c;
    return options_.tail_share > 0 && options_.tail_share < 1 && options_.shape >= 0 && options_.shape < 1 &&
           options_.excess_floor > 0 && options_.excess_floor < 1e9 && options_.memory >= 2 &&
           counted == counted_ && counted + below_ <= seen_ && top_ > -1100 && top_ < 1100;
  }

  /// In units in which the top octave is [0.5, 1). No overflow: what is larger than all is cut.
  [[nodiscard]] double scaled(double amount) const { return std::ldexp(std::min(amount, largest), -top_); }
  /// Bucket 0 is the highest, and takes what is above it; an x that scaling has made zero is below them all.
  [[nodiscard]] static std::size_t place(double x) {
    if (x >= 1) return 0;
    if (!(x > 0)) return buckets;
    int exponent = 0;
    const double mantissa = std::frexp(x, &exponent);  // in [0.5, 1)
    const auto octave = static_cast<std::size_t>(-exponent);
    const auto part = static_cast<std::size_t>((mantissa - 0.5) * 2 * per_octave);
    return octave * per_octave + (per_octave - 1 - part);
  }
  [[nodiscard]] static double width(std::size_t b) {
    return detail::octave_starts[b / per_octave] / per_octave;
  }
  [[nodiscard]] static double lower(std::size_t b) {
    return detail::octave_starts[b / per_octave] +
           width(b) * static_cast<double>(per_octave - 1 - b % per_octave);
  }
  [[nodiscard]] static double middle(std::size_t b) { return lower(b) + width(b) / 2; }
  [[nodiscard]] double pareto(double z) const {
    constexpr double log10_e = 0.43429448190325182765;
    return (options_.shape > 0 ? std::log1p(options_.shape * z) / options_.shape : z) * log10_e;
  }

  /// Makes room above, unless more than half of all amounts would fall out below: then the newcomer counts as
  /// the largest there is room for. One absurd amount must not blind the tail to the others.
  void rise(int octaves) {
    const std::size_t by = std::min(static_cast<std::size_t>(octaves) * per_octave, buckets);
    std::uint32_t lost = 0;
    for (std::size_t b = buckets - by; b < buckets; ++b) lost += counts_[b];
    if (2 * std::uint64_t{below_ + lost} > std::uint64_t{counted_} + below_) return;
    std::copy_backward(counts_.begin(), counts_.end() - static_cast<std::ptrdiff_t>(by), counts_.end());
    std::fill_n(counts_.begin(), by, 0U);
    below_ += lost;
    counted_ -= lost;
    top_ += octaves;
  }
  /// Most amounts are below the buckets: these move down to them, and the old ones pile up at the top.
  void sink(int top, double amount) {
    const std::size_t by = std::min(static_cast<std::size_t>(std::max(top_ - top, 0)) * per_octave, buckets);
    for (std::size_t b = 0; b < by; ++b) {
      const std::uint32_t moved = std::exchange(counts_[b], 0U);
      if (by < buckets)
        counts_[by] += moved;
      else
        counts_[0] += moved;
    }
    if (by < buckets) {
      std::copy(counts_.begin() + static_cast<std::ptrdiff_t>(by), counts_.end(), counts_.begin());
      std::fill(counts_.end() - static_cast<std::ptrdiff_t>(by), counts_.end(), 0U);
    }
    top_ = top;
    counts_[place(scaled(amount))] += below_;
    counted_ += std::exchange(below_, 0U);
  }
  void forget() {
    seen_ /= 2;
    below_ /= 2;
    counted_ = 0;
    for (std::uint32_t& c : counts_) counted_ += c /= 2;
  }

  tail_options options_;
  std::uint32_t seen_ = 0;
  int top_ = 0;
  std::uint32_t counted_ = 0;  ///< in buckets
  std::uint32_t below_ = 0;    ///< positive and smaller than all of these
  std::array<std::uint32_t, buckets> counts_{};
};

}  // namespace foreshift::inline FORESHIFT_ABI::anomaly
