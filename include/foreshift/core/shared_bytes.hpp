#pragma once
/// @file
/// Bytes that never change and that copies share: handing on a command or a batch of them costs the same,
/// however long they are.

#include <foreshift/core/bytes.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <span>
#include <utility>

namespace foreshift::inline FORESHIFT_ABI {

/// What differs early on, as commands do that begin with their number, is told apart without a call.
[[nodiscard]] inline bool same_bytes(byte_span a, byte_span b) {
  constexpr std::size_t head = 16;
  if (a.size() != b.size()) return false;
  if (a.size() >= head) {
    std::array<std::uint64_t, 2> first, second;
    std::memcpy(first.data(), a.data(), head);
    std::memcpy(second.data(), b.data(), head);
    if (first != second) return false;
  }
  return a.empty() || std::memcmp(a.data(), b.data(), a.size()) == 0;
}

/// A regular value. Copies in different threads may be used at once.
class shared_bytes {
 public:
  shared_bytes() = default;
  /// Copies the bytes, once.
  shared_bytes(byte_span bytes) : size_(bytes.size()) {
    if (bytes.empty()) return;
    auto block = std::make_shared_for_overwrite<std::byte[]>(bytes.size());
    std::copy(bytes.begin(), bytes.end(), block.get());
    block_ = std::move(block);
  }
  shared_bytes(const byte_string& bytes) : shared_bytes(byte_span{bytes}) {}
  /// Calls `fill(span)` once, with room for `size` bytes.
  template <class F>
  static shared_bytes made_by(std::size_t size, F&& fill) {
    shared_bytes made;
    auto block = std::make_shared_for_overwrite<std::byte[]>(size);
    fill(std::span{block.get(), size});
    made.block_ = std::move(block);
    made.size_ = size;
    return made;
  }

  [[nodiscard]] byte_span view() const { return {block_.get(), size_}; }
  operator byte_span() const { return view(); }
  [[nodiscard]] std::size_t size() const { return size_; }
  [[nodiscard]] bool empty() const { return size_ == 0; }
  friend bool operator==(const shared_bytes& a, const shared_bytes& b) {
    return (a.block_ == b.block_ && a.size_ == b.size_) || same_bytes(a.view(), b.view());
  }

 private:
  std::shared_ptr<const std::byte[]> block_;
  std::size_t size_ = 0;
};

}  // namespace foreshift::inline FORESHIFT_ABI
