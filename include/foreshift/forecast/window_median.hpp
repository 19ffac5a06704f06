#pragma once
/// @file
/// The median of a window that moves over values known beforehand.
///
/// Where many windows over the same values are asked for their median, the values are sorted once. A window
/// is then a set of ranks, one bit each: a value comes or goes in O(1), and the median is found by counting
/// bits, word by word. Selecting anew for each window costs more as soon as neighbouring ones overlap.

#include <foreshift/core/contract.hpp>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <numeric>
#include <span>
#include <vector>

namespace foreshift::inline FORESHIFT_ABI::forecast {

/// A regular value. Begins with an empty window; allocates only in its constructor.
class window_median {
 public:
  /// O(n log n). @param values a NaN among them may not come into a window
  explicit window_median(std::span<const double> values)
      : rank_(values.size()), sorted_(values.size()), bits_(values.size() / 64 + 1), in_word_(bits_.size()) {
    std::vector<std::uint32_t> order(values.size());
    std::iota(order.begin(), order.end(), 0U);
    const auto last =
        std::partition(order.begin(), order.end(), [&](std::uint32_t i) { return !std::isnan(values[i]); });
    std::sort(order.begin(), last, [&](std::uint32_t a, std::uint32_t b) { return values[a] < values[b]; });
    for (std::size_t r = 0; r < order.size(); ++r)
      rank_[order[r]] = static_cast<std::uint32_t>(r), sorted_[r] = values[order[r]];
  }

  /// Value i comes in. @pre it is not in
  void insert(std::size_t i) {
    const std::size_t r = rank_[i];
    bits_[r / 64] |= std::uint64_t{1} << r % 64;
    ++in_word_[r / 64], ++size_;
  }
  /// Value i goes. @pre it is in
  void remove(std::size_t i) {
    const std::size_t r = rank_[i];
    bits_[r / 64] &= ~(std::uint64_t{1} << r % 64);
    --in_word_[r / 64], --size_;
  }
  void clear() {
    std::ranges::fill(bits_, 0U);
    std::ranges::fill(in_word_, 0U);
    size_ = 0;
  }
  [[nodiscard]] std::size_t size() const { return size_; }

  /// The middle value, or the mean of the middle two; NaN of none. O(n / 64).
  [[nodiscard]] double median() const {
    if (size_ == 0) return std::numeric_limits<double>::quiet_NaN();
    const double upper = smallest(size_ / 2);
    return size_ % 2 == 1 ? upper : (upper + smallest(size_ / 2 - 1)) / 2;
  }

 private:
  /// Of those in the window, from 0. @pre k < size()
  [[nodiscard]] double smallest(std::size_t k) const {
    std::size_t word = 0;
    while (k >= in_word_[word]) k -= in_word_[word++];
    std::uint64_t bits = bits_[word];
    for (; k > 0; --k) bits &= bits - 1;  // the lowest is passed over
    return sorted_[word * 64 + static_cast<std::size_t>(std::countr_zero(bits))];
  }

  std::vector<std::uint32_t> rank_;  ///< of each value
  std::vector<double> sorted_;
  std::vector<std::uint64_t> bits_;  ///< by rank: whether the value is in
  std::vector<std::uint32_t> in_word_;
  std::size_t size_ = 0;
};

}  // namespace foreshift::inline FORESHIFT_ABI::forecast
