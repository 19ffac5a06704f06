#pragma once
/// @file
/// The median of everything so far, from a bounded and evenly spread part of it.
///
/// Every value is kept until there is no room; then every second one is dropped, and from there on only
/// every second value is kept, and so on. What is held is always an even sample of the whole stream, without
/// chance, so that equal streams have equal medians.

#include <foreshift/core/archive.hpp>
#include <foreshift/core/config.hpp>
#include <foreshift/core/contract.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace foreshift::inline FORESHIFT_ABI::anomaly {

class thinned_history {
 public:
  /// @param capacity values held; at least 2. Allocates here, twice, and later never.
  explicit thinned_history(std::size_t capacity = 256) : capacity_(capacity) {
    FORESHIFT_EXPECT(capacity >= 2);
    held_.reserve(capacity);
    sorted_.reserve(capacity);
  }
  thinned_history(const thinned_history& other) : thinned_history(other.capacity_) { *this = other; }
  thinned_history& operator=(const thinned_history& other) {
    capacity_ = other.capacity_;
    stride_ = other.stride_;
    skip_ = other.skip_;
    held_.reserve(capacity_);
    sorted_.reserve(capacity_);
    held_.assign(other.held_.begin(), other.held_.end());
    sorted_.assign(other.sorted_.begin(), other.sorted_.end());
    return *this;
  }

  /// O(1) for what is not kept, O(capacity) for what is, which becomes ever rarer. @pre x is finite
  void learn(double x) {
    if (skip_ > 0) return void(--skip_);
    if (held_.size() == capacity_) thin();
    held_.push_back(x);
    sorted_.insert(std::ranges::upper_bound(sorted_, x), x);
    skip_ = stride_ - 1;
  }
  /// The upper median of what is held. @pre !empty()
  [[nodiscard]] double median() const {
    FORESHIFT_EXPECT(!empty());
    return sorted_[sorted_.size() / 2];
  }
  [[nodiscard]] bool empty() const { return held_.empty(); }
  [[nodiscard]] std::size_t size() const { return held_.size(); }

 private:
  friend struct foreshift::archive_access;
  static void members(auto& self, auto& archive) {
    archive(self.capacity_, self.stride_, self.skip_, self.held_, self.sorted_);
  }
  [[nodiscard]] bool consistent() const {
    return capacity_ >= 2 && stride_ >= 1 && skip_ < stride_ && held_.size() <= capacity_ &&
           sorted_.size() == held_.size() && std::ranges::is_sorted(sorted_) &&
           std::ranges::all_of(held_, [](double x) { return std::isfinite(x); }) &&
           std::ranges::all_of(sorted_, [](double x) { return std::isfinite(x); });
  }

  void thin() {
    std::size_t kept = 0;
    for (std::size_t i = 0; i < held_.size(); i += 2) held_[kept++] = held_[i];
    held_.resize(kept);
    sorted_.assign(held_.begin(), held_.end());
    std::ranges::sort(sorted_);
    stride_ *= 2;
  }

  std::size_t capacity_;
  std::uint64_t stride_ = 1;
  std::uint64_t skip_ = 0;  ///< values until the next one that is kept
  std::vector<double> held_, sorted_;
};

}  // namespace foreshift::inline FORESHIFT_ABI::anomaly
