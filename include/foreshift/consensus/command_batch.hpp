#pragma once
/// @file
/// The commands of an entry, one after the other in one shared block.
///
/// The block is their canonical encoding, a count and then each with its length before it, so that an entry
/// is copied, sent, stored and digested without looking at its commands one by one.

#include <foreshift/consensus/wire.hpp>
#include <foreshift/core/contract.hpp>
#include <foreshift/core/shared_bytes.hpp>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <initializer_list>
#include <span>
#include <vector>

namespace foreshift::inline FORESHIFT_ABI::consensus {

/// A regular value; a copy shares the block.
class command_batch {
 public:
  /// Reads the commands in order.
  class iterator {
   public:
    explicit iterator(const std::byte* at) : at_(at) {}
    [[nodiscard]] byte_span operator*() const { return {at_ + sizeof(std::uint32_t), number_at(at_)}; }
    iterator& operator++() {
      at_ += sizeof(std::uint32_t) + number_at(at_);
      return *this;
    }
    friend bool operator==(iterator, iterator) = default;

   private:
    const std::byte* at_;
  };

  command_batch() = default;
  /// Copies them.
  command_batch(const std::vector<byte_string>& commands) { fill(commands); }
  command_batch(std::initializer_list<byte_string> commands) { fill(commands); }
  /// The same from any commands that are views or become one.
  template <class Commands>
  [[nodiscard]] static command_batch of(const Commands& commands) {
    command_batch made;
    made.fill(commands);
    return made;
  }

  [[nodiscard]] std::size_t size() const { return block_.empty() ? 0 : number_at(block_.view().data()); }
  [[nodiscard]] bool empty() const { return block_.empty(); }
  [[nodiscard]] iterator begin() const {
    return iterator{block_.empty() ? nullptr : block_.view().data() + sizeof(std::uint32_t)};
  }
  [[nodiscard]] iterator end() const {
    return iterator{block_.empty() ? nullptr : block_.view().data() + block_.size()};
  }
  /// O(i). @pre i < size()
  [[nodiscard]] byte_span operator[](std::size_t i) const {
    FORESHIFT_EXPECT(i < size());
    auto at = begin();
    for (; i > 0; --i) ++at;
    return *at;
  }
  /// Of all commands together with what frames them.
  [[nodiscard]] std::size_t bytes() const { return block_.size(); }
  friend bool operator==(const command_batch&, const command_batch&) = default;

  void write(byte_writer& out) const {
    if (block_.empty())
      out.put(std::uint32_t{0});
    else
      out.raw(block_.view());
  }
  void read(byte_reader& in, const wire_limits& limits) {
    *this = {};
    byte_reader ahead = in;
    const std::size_t count = ahead.get_count(sizeof(std::uint32_t), limits.item_count);
    for (std::size_t i = 0; i < count; ++i) static_cast<void>(ahead.get_blob(limits.blob_size));
    if (!ahead.ok()) return in.fail();
    const auto block = in.get_raw(in.left() - ahead.left());
    if (count > 0) block_ = block;
  }

 private:
  [[nodiscard]] static std::uint32_t number_at(const std::byte* at) {
    std::uint32_t value = 0;
    for (unsigned i = 0; i < sizeof(value); ++i) value |= std::to_integer<std::uint32_t>(at[i]) << (8 * i);
    return value;
  }
  static std::byte* put_number(std::byte* at, std::size_t value) {
    for (unsigned i = 0; i < sizeof(std::uint32_t); ++i) *at++ = static_cast<std::byte>(value >> (8 * i));
    return at;
  }
  template <class Commands>
  void fill(const Commands& commands) {
    std::size_t count = 0, size = sizeof(std::uint32_t);
    for (const byte_span command : commands) ++count, size += sizeof(std::uint32_t) + command.size();
    if (count == 0) return;
    FORESHIFT_EXPECT(size <= 0xFFFFFFFFU);
    block_ = shared_bytes::made_by(size, [&](std::span<std::byte> block) {
      auto* at = put_number(block.data(), count);
      for (const byte_span command : commands) {
        at = put_number(at, command.size());
        if (!command.empty()) std::memcpy(at, command.data(), command.size());
        at += command.size();
      }
    });
  }

  shared_bytes block_;
};

}  // namespace foreshift::inline FORESHIFT_ABI::consensus
