#pragma once
/// @file
/// Canonical byte strings: one value has one encoding, on every host. Little-endian, fixed width, lengths
/// first.

#include <foreshift/core/contract.hpp>

#include <array>
#include <bit>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace foreshift::inline FORESHIFT_ABI {

using byte_span = std::span<const std::byte>;
using byte_string = std::vector<std::byte>;

[[nodiscard]] inline byte_span bytes_of(std::string_view text) {
  return std::as_bytes(std::span<const char>{text.data(), text.size()});
}

/// Appends values to a byte string.
class byte_writer {
 public:
  template <std::unsigned_integral U>
  requires(!std::same_as<U, bool>) void put(U value) {
    std::array<std::byte, sizeof(U)> bytes;
    for (std::size_t i = 0; i < sizeof(U); ++i)
      bytes[i] = static_cast<std::byte>((static_cast<std::uint64_t>(value) >> (8 * i)) & 0xFFU);
    raw(bytes);
  }
  void put(std::int64_t value) { put(static_cast<std::uint64_t>(value)); }
  /// A template, so that a string literal does not become true.
  template <std::same_as<bool> B>
  void put(B value) {
    put(static_cast<std::uint8_t>(value));
  }
  /// The bits of an IEEE double.
  void put(double value) { put(std::bit_cast<std::uint64_t>(value)); }
  /// Length as 32 bits, then the bytes. @pre shorter than 4 GiB
  void put(byte_span blob) {
    FORESHIFT_EXPECT(blob.size() <= 0xFFFFFFFFU);
    put(static_cast<std::uint32_t>(blob.size()));
    raw(blob);
  }
  void put(std::string_view text) { put(bytes_of(text)); }
  /// The bytes alone.
  void raw(byte_span blob) {
    if (blob.empty()) return;
    const std::size_t before = out_.size();
    out_.resize(before + blob.size());
    std::memcpy(out_.data() + before, blob.data(), blob.size());
  }

  [[nodiscard]] byte_span view() const { return out_; }
  [[nodiscard]] byte_string take() { return std::move(out_); }
  [[nodiscard]] std::size_t size() const { return out_.size(); }
  void clear() { out_.clear(); }

 private:
  byte_string out_;
};

/// Reads what `byte_writer` wrote. The first read past the end, or `fail()`, makes the reader bad for good:
/// every later read gives zero, so a decoder reads straight through and asks `ok()` once.
class byte_reader {
 public:
  explicit byte_reader(byte_span in) : in_(in) {}

  template <std::unsigned_integral U>
  requires(!std::same_as<U, bool>) [[nodiscard]] U get() {
    if (in_.size() < sizeof(U)) return fail(), U{0};
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < sizeof(U); ++i) value |= std::to_integer<std::uint64_t>(in_[i]) << (8 * i);
    in_ = in_.subspan(sizeof(U));
    return static_cast<U>(value);
  }
  [[nodiscard]] std::int64_t get_signed() { return static_cast<std::int64_t>(get<std::uint64_t>()); }
  [[nodiscard]] double get_double() { return std::bit_cast<double>(get<std::uint64_t>()); }
  /// Refuses anything but 0 and 1: one value, one encoding.
  [[nodiscard]] bool get_bool() {
    const auto value = get<std::uint8_t>();
    if (value > 1) fail();
    return value == 1;
  }
  /// A view into the input. @param size_max a longer blob makes the reader bad.
  [[nodiscard]] byte_span get_blob(std::size_t size_max) {
    const std::size_t size = get<std::uint32_t>();
    if (size > size_max || size > in_.size()) return fail(), byte_span{};
    const auto blob = in_.first(size);
    in_ = in_.subspan(size);
    return blob;
  }
  /// The next `size` bytes alone, without a length before them.
  [[nodiscard]] byte_span get_raw(std::size_t size) {
    if (size > in_.size()) return fail(), byte_span{};
    const auto bytes = in_.first(size);
    in_ = in_.subspan(size);
    return bytes;
  }
  [[nodiscard]] std::string get_text(std::size_t size_max) {
    const auto blob = get_blob(size_max);
    return {reinterpret_cast<const char*>(blob.data()), blob.size()};
  }
  /// A count of items that take at least `item_size` bytes each, so a forged count cannot ask for more memory
  /// than the input is long.
  [[nodiscard]] std::size_t get_count(std::size_t item_size, std::size_t count_max) {
    const std::size_t count = get<std::uint32_t>();
    if (count > count_max || count * item_size > in_.size()) return fail(), 0;
    return count;
  }

  void fail() {
    ok_ = false;
    in_ = {};
  }
  [[nodiscard]] bool ok() const { return ok_; }
  /// True when all was read and nothing was wrong.
  [[nodiscard]] bool finished() const { return ok_ && in_.empty(); }
  [[nodiscard]] std::size_t left() const { return in_.size(); }

 private:
  byte_span in_;
  bool ok_ = true;
};

}  // namespace foreshift::inline FORESHIFT_ABI
