#pragma once
/// @file
/// A queue in one block: goes in at the back, out at the front. Once it has grown it allocates no more.

#include <foreshift/core/contract.hpp>

#include <algorithm>
#include <cstddef>
#include <utility>
#include <vector>

namespace foreshift::inline FORESHIFT_ABI {

/// A regular value. Amortised O(1) at both ends; any change invalidates references.
template <class T>
class fifo {
 public:
  using iterator = typename std::vector<T>::iterator;
  using const_iterator = typename std::vector<T>::const_iterator;

  void push_back(T value) { emplace_back() = std::move(value); }
  /// A new last one, made by its default constructor.
  T& emplace_back() {
    if (first_ > 0 && items_.size() == items_.capacity() && 2 * first_ >= items_.size()) {
      items_.erase(items_.begin(), begin());
      first_ = 0;
    }
    return items_.emplace_back();
  }
  /// @pre n <= size()
  void pop_front(std::size_t n = 1) {
    FORESHIFT_EXPECT(n <= size());
    for (; n > 0; --n) items_[first_++] = T{};  // what it holds is let go of now
    if (first_ == items_.size()) clear();
  }
  /// The others keep their order. O(distance to the front).
  void erase(iterator at) {
    std::move_backward(begin(), at, at + 1);
    pop_front();
  }
  void clear() {
    items_.clear();
    first_ = 0;
  }

  [[nodiscard]] iterator begin() { return items_.begin() + static_cast<std::ptrdiff_t>(first_); }
  [[nodiscard]] iterator end() { return items_.end(); }
  [[nodiscard]] const_iterator begin() const { return items_.begin() + static_cast<std::ptrdiff_t>(first_); }
  [[nodiscard]] const_iterator end() const { return items_.end(); }
  [[nodiscard]] std::size_t size() const { return items_.size() - first_; }
  [[nodiscard]] bool empty() const { return size() == 0; }
  friend bool operator==(const fifo& a, const fifo& b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end());
  }

 private:
  std::vector<T> items_;
  std::size_t first_ = 0;
};

}  // namespace foreshift::inline FORESHIFT_ABI
