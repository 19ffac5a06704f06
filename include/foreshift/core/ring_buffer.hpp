#pragma once
/// @file
/// The last n values of a stream. Allocates once; a push over a full buffer drops the oldest.

#include <foreshift/core/contract.hpp>

#include <cstddef>
#include <utility>
#include <vector>

namespace foreshift::inline FORESHIFT_ABI {

/// Index 0 is the oldest value held. All operations O(1) and without allocation after construction.
template <class T>
class ring_buffer {
 public:
  ring_buffer() = default;
  /// @pre capacity > 0
  explicit ring_buffer(std::size_t capacity) : storage_(capacity) { FORESHIFT_EXPECT(capacity > 0); }

  /// @pre capacity() > 0
  void push(T value) {
    FORESHIFT_EXPECT(!storage_.empty());
    storage_[wrapped(first_ + size_)] = std::move(value);
    if (size_ < storage_.size())
      ++size_;
    else
      first_ = wrapped(first_ + 1);
  }
  /// Removes the oldest. @pre !empty()
  T pop_front() {
    FORESHIFT_EXPECT(size_ > 0);
    T value = std::move(storage_[first_]);
    first_ = wrapped(first_ + 1);
    --size_;
    return value;
  }
  void clear() { first_ = size_ = 0; }

  [[nodiscard]] T& operator[](std::size_t i) { return storage_[place(i)]; }
  [[nodiscard]] const T& operator[](std::size_t i) const { return storage_[place(i)]; }
  [[nodiscard]] const T& front() const { return (*this)[0]; }
  [[nodiscard]] const T& back() const { return (*this)[size_ - 1]; }
  [[nodiscard]] std::size_t size() const { return size_; }
  [[nodiscard]] std::size_t capacity() const { return storage_.size(); }
  [[nodiscard]] bool empty() const { return size_ == 0; }
  [[nodiscard]] bool full() const { return size_ == storage_.size(); }

 private:
  friend struct archive_access;
  static void members(auto& self, auto& archive) { archive(self.storage_, self.first_, self.size_); }
  [[nodiscard]] bool consistent() const {
    return size_ <= storage_.size() && (first_ == 0 || first_ < storage_.size());
  }
  [[nodiscard]] std::size_t place(std::size_t i) const {
    FORESHIFT_EXPECT(i < size_);
    return wrapped(first_ + i);
  }
  /// @pre at < 2 capacity(), so one subtraction replaces a division
  [[nodiscard]] std::size_t wrapped(std::size_t at) const {
    return at < storage_.size() ? at : at - storage_.size();
  }
  std::vector<T> storage_;
  std::size_t first_ = 0;
  std::size_t size_ = 0;
};

}  // namespace foreshift::inline FORESHIFT_ABI
