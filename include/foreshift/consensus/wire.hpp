#pragma once
/// @file
/// One canonical encoding for every value that is sent, stored or digested.
///
/// A struct lists its fields once, beside its declaration, and is written and read from that list:
///
///     static constexpr void fields(auto& self, auto&& f) { f(self.round, self.site); }
///
/// A class that keeps promises about its fields, or derives members from them, has a `bool restored()`
/// besides: it is called on what was just read, puts the derived members right, and is false for what cannot
/// have come about.
///
/// One value has one encoding and every decoder refuses the others, so digests can be compared across hosts.
/// Sizes are bounded before memory is asked for; garbage makes the reader bad and is never undefined.

#include <foreshift/core/bytes.hpp>
#include <foreshift/core/digest.hpp>
#include <foreshift/core/flat_map.hpp>
#include <foreshift/core/id.hpp>
#include <foreshift/core/shared_bytes.hpp>
#include <foreshift/core/strong.hpp>
#include <foreshift/core/time.hpp>

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

namespace foreshift::inline FORESHIFT_ABI::consensus {

/// Limits that a decoder holds every message and record to.
inline constexpr std::size_t text_size_max = 1024;
inline constexpr std::size_t blob_size_max = std::size_t{1} << 20;
inline constexpr std::size_t item_count_max = std::size_t{1} << 16;

/// The limits of one decoder. What this site wrote itself, or a digest vouches for, may be larger than a
/// message; a count is held to the bytes that are left in any case.
struct wire_limits {
  std::size_t text_size = text_size_max;
  std::size_t blob_size = blob_size_max;
  std::size_t item_count = item_count_max;
};
inline constexpr wire_limits no_wire_limits{0xFFFFFFFFU, 0xFFFFFFFFU, 0xFFFFFFFFU};

/// A struct that lists its fields.
template <class T>
concept Fielded = requires(T& value) {
  T::fields(value, [](auto&...) {});
};

/// A class that keeps its canonical bytes and so writes and reads itself; reading, it makes the reader bad
/// where they are none of its own.
template <class T>
concept Prewritten = requires(T& value, const T& made, byte_writer& out, byte_reader& in) {
  made.write(out);
  value.read(in, wire_limits{});
};

/// An enumeration with a `last_of(E)` found by argument-dependent lookup: its largest enumerator.
template <class T>
concept BoundedEnum = std::is_enum_v<T> && requires(T value) {
  { last_of(value) } -> std::same_as<T>;
};

/// Writes values in canonical form.
class wire_writer {
 public:
  explicit wire_writer(byte_writer& out) : out_(&out) {}

  void operator()(const auto&... values) { (put(values), ...); }

 private:
  template <std::unsigned_integral U>
  void put(U value) {
    out_->put(value);
  }
  void put(bool value) { out_->put(value); }
  template <BoundedEnum E>
  void put(E value) {
    out_->put(static_cast<std::uint8_t>(value));
  }
  template <class Tag, class Rep>
  void put(strong<Tag, Rep> value) {
    out_->put(value.value);
  }
  template <class Tag, class Rep>
  void put(amount<Tag, Rep> value) {
    out_->put(value.value);
  }
  void put(proposal_id value) { put(value.sponsor), put(value.sequence); }
  void put(duration value) { out_->put(std::int64_t{value.count()}); }
  void put(time_point value) { put(value.time_since_epoch()); }
  void put(const digest& value) { out_->raw(std::as_bytes(std::span{value.value})); }
  void put(const std::string& text) { out_->put(std::string_view{text}); }
  void put(const byte_string& blob) { out_->put(byte_span{blob}); }
  void put(const shared_bytes& blob) { out_->put(blob.view()); }
  template <Prewritten T>
  void put(const T& value) {
    value.write(*out_);
  }
  template <class T>
  void put(const std::optional<T>& value) {
    out_->put(value.has_value());
    if (value) put(*value);
  }
  template <class A, class B>
  void put(const std::pair<A, B>& value) {
    put(value.first), put(value.second);
  }
  template <class T>
  void put(const std::vector<T>& items) {
    out_->put(static_cast<std::uint32_t>(items.size()));
    for (const auto& item : items) put(item);
  }
  template <class K, class V>
  void put(const flat_map<K, V>& items) {
    out_->put(static_cast<std::uint32_t>(items.size()));
    for (const auto& item : items) put(item);
  }
  template <class... Ts>
  void put(const std::variant<Ts...>& value) {
    out_->put(static_cast<std::uint8_t>(value.index()));
    std::visit([this](const auto& held) { this->put(held); }, value);
  }
  template <Fielded T>
  void put(const T& value) {
    T::fields(value, *this);
  }

  byte_writer* out_;
};

/// Reads what `wire_writer` wrote; the outcome counts only if the reader is `ok()` afterwards.
class wire_reader {
 public:
  explicit wire_reader(byte_reader& in, wire_limits limits = {}) : in_(&in), limits_(limits) {}

  void operator()(auto&... values) { (get(values), ...); }

 private:
  template <std::unsigned_integral U>
  void get(U& value) {
    value = in_->get<U>();
  }
  void get(bool& value) { value = in_->get_bool(); }
  template <BoundedEnum E>
  void get(E& value) {
    const auto raw = in_->get<std::uint8_t>();
    if (raw > static_cast<std::uint8_t>(last_of(E{}))) return in_->fail();
    value = static_cast<E>(raw);
  }
  template <class Tag, class Rep>
  void get(strong<Tag, Rep>& value) {
    value.value = in_->get<Rep>();
  }
  template <class Tag, class Rep>
  void get(amount<Tag, Rep>& value) {
    value.value = in_->get<Rep>();
  }
  void get(proposal_id& value) { get(value.sponsor), get(value.sequence); }
  void get(duration& value) { value = duration{in_->get_signed()}; }
  void get(time_point& value) { value = time_point{duration{in_->get_signed()}}; }
  void get(digest& value) {
    const auto bytes = in_->get_raw(value.value.size());
    std::transform(bytes.begin(), bytes.end(), value.value.begin(), std::to_integer<std::uint8_t>);
  }
  void get(std::string& text) { text = in_->get_text(limits_.text_size); }
  void get(byte_string& blob) {
    const auto view = in_->get_blob(limits_.blob_size);
    blob.assign(view.begin(), view.end());
  }
  void get(shared_bytes& blob) { blob = in_->get_blob(limits_.blob_size); }
  template <Prewritten T>
  void get(T& value) {
    value.read(*in_, limits_);
  }
  template <class T>
  void get(std::optional<T>& value) {
    value.reset();
    if (in_->get_bool()) get(value.emplace());
  }
  template <class A, class B>
  void get(std::pair<A, B>& value) {
    get(value.first), get(value.second);
  }
  template <class T>
  void get(std::vector<T>& items) {
    items.clear();
    // No reserve: a forged count then costs no more memory than the input pays for, item by item.
    for (std::size_t left = in_->get_count(1, limits_.item_count); left > 0 && in_->ok(); --left)
      get(items.emplace_back());
  }
  template <class K, class V>
  void get(flat_map<K, V>& items) {
    items.clear();
    for (std::size_t left = in_->get_count(1, limits_.item_count); left > 0 && in_->ok(); --left) {
      K key{};
      V value{};
      get(key), get(value);
      if (!items.empty() && !((items.end() - 1)->first < key)) return in_->fail();  // one order only
      items.insert_or_assign(key, std::move(value));
    }
  }
  template <class... Ts>
  void get(std::variant<Ts...>& value) {
    const std::size_t index = in_->get<std::uint8_t>();
    if (index >= sizeof...(Ts)) return in_->fail();
    pick(value, index, std::index_sequence_for<Ts...>{});
  }
  template <class V, std::size_t... Is>
  void pick(V& value, std::size_t index, std::index_sequence<Is...>) {
    ((Is == index ? get(value.template emplace<Is>()) : void()), ...);
  }
  template <Fielded T>
  void get(T& value) {
    T::fields(value, *this);
    if constexpr (requires {
                    { value.restored() } -> std::same_as<bool>;
                  })
      if (in_->ok() && !value.restored()) in_->fail();
  }

  byte_reader* in_;
  wire_limits limits_;
};

/// The canonical bytes of a value.
template <class T>
[[nodiscard]] byte_string canonical(const T& value) {
  byte_writer out;
  wire_writer{out}(value);
  return out.take();
}

/// The digest of a value's canonical bytes.
template <class T>
[[nodiscard]] digest canonical_digest(const T& value) {
  return digest_of(canonical(value));
}

/// Gives the fields of `into` the values whose canonical bytes these are; what it has besides stays. False
/// for any other bytes: some fields may have been read by then.
template <class T>
[[nodiscard]] bool read_canonical(byte_span bytes, T& into, wire_limits limits = {}) {
  byte_reader in{bytes};
  wire_reader{in, limits}(into);
  return in.finished();
}
/// The value whose canonical bytes these are, or nothing.
template <std::default_initializable T>
[[nodiscard]] std::optional<T> from_canonical(byte_span bytes, wire_limits limits = {}) {
  std::optional<T> value{std::in_place};
  if (!read_canonical(bytes, *value, limits)) value.reset();
  return value;
}

}  // namespace foreshift::inline FORESHIFT_ABI::consensus
