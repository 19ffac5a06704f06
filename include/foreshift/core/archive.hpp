#pragma once
/// @file
/// One list of members for writing a value and for reading it back.
///
/// A type names its members once, in a static template `members(self, archive)`; the writer and the reader
/// both walk that list, so the two cannot drift apart. What is read is not trusted: counts are bounded by the
/// bytes that are left, nothing is allocated on the word of the input, and a type that has a `consistent()`
/// is asked whether it could have come about.
///
///     class model {
///       friend struct archive_access;
///       static void members(auto& self, auto& archive) { archive(self.level_, self.past_); }
///       bool consistent() const { return !past_.empty(); }   // optional
///     };

#include <foreshift/core/bytes.hpp>
#include <foreshift/core/time.hpp>

#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <type_traits>
#include <utility>
#include <vector>

namespace foreshift::inline FORESHIFT_ABI {

/// For `consistent()`: sizes up to this may be multiplied by one another without overflow.
inline constexpr std::size_t archived_size_max = 0x7FFFFFFF;
/// A size of something that is not empty.
[[nodiscard]] constexpr bool is_archived_size(std::size_t n) { return n >= 1 && n <= archived_size_max; }

/// Befriend it to keep `members`, `consistent` and the empty constructor private.
struct archive_access {
  /// Whether T says what its members are, and so can be written.
  template <class T, class Archive>
  [[nodiscard]] static constexpr bool lists_members() {
    return requires(T & value, Archive & archive) { std::remove_const_t<T>::members(value, archive); };
  }
  template <class T>
  [[nodiscard]] static constexpr bool has_blank() {
    return requires { T{}; };
  }
  template <class T, class Archive>
  static void members(T& value, Archive& archive) {
    std::remove_const_t<T>::members(value, archive);
  }
  template <class T>
  [[nodiscard]] static bool consistent(const T& value) {
    if constexpr (requires { value.consistent(); })
      return value.consistent();
    else
      return true;
  }
  /// An empty value to read into. @pre has_blank<T>()
  template <class T>
  [[nodiscard]] static T blank() {
    return T{};
  }
};

/// Writes members, in their order: numbers at fixed width, counts before items. A value that does not list
/// its members makes the writer bad: what it gives then is no saved value.
class archive_writer {
 public:
  static constexpr bool reading = false;

  template <class... T>
  void operator()(const T&... members) {
    (put(members), ...);
  }
  [[nodiscard]] byte_writer& bytes() { return out_; }
  void fail() { ok_ = false; }
  [[nodiscard]] bool ok() const { return ok_; }
  [[nodiscard]] byte_string take() { return out_.take(); }

 private:
  template <class T>
  void put(const T& value) {
    if constexpr (std::same_as<T, bool> || std::same_as<T, double>)
      out_.put(value);
    else if constexpr (std::is_enum_v<T>)
      out_.put(static_cast<std::uint64_t>(value));
    else if constexpr (std::integral<T>)
      out_.put(static_cast<std::uint64_t>(value));  // negative numbers come back by wrapping
    else if constexpr (archive_access::lists_members<const T, archive_writer>())
      archive_access::members(value, *this);
    else
      fail();
  }
  void put(const duration& d) { out_.put(static_cast<std::int64_t>(d.count())); }
  void put(const time_point& t) { put(t.time_since_epoch()); }
  template <class T>
  void put(const std::vector<T>& items) {
    out_.put(static_cast<std::uint64_t>(items.size()));
    for (const auto& item : items) put(item);
  }
  template <class T, std::size_t N>
  void put(const std::array<T, N>& items) {
    for (const auto& item : items) put(item);
  }
  template <class T>
  void put(const std::optional<T>& value) {
    out_.put(value.has_value());
    if (value) put(*value);
  }
  template <class A, class B>
  void put(const std::pair<A, B>& value) {
    put(value.first);
    put(value.second);
  }

  byte_writer out_;
  bool ok_ = true;
};

/// Reads what `archive_writer` wrote into members that exist already. After the first mismatch `ok()` is
/// false, and what was read is good for nothing but destruction.
class archive_reader {
 public:
  static constexpr bool reading = true;
  explicit archive_reader(byte_span in) : in_(in) {}

  template <class... T>
  void operator()(T&... members) {
    (get(members), ...);
  }
  [[nodiscard]] byte_reader& bytes() { return in_; }
  void fail() { in_.fail(); }
  [[nodiscard]] bool ok() const { return in_.ok(); }
  [[nodiscard]] bool finished() const { return in_.finished(); }

 private:
  template <class T>
  void get(T& value) {
    if constexpr (std::same_as<T, bool>)
      value = in_.get_bool();
    else if constexpr (std::same_as<T, double>)
      value = in_.get_double();
    else if constexpr (std::is_enum_v<T>) {
      const auto raw = in_.get<std::uint64_t>();  // whether there is such an enumerator: consistent()
      if (raw > 0xFF) return in_.fail();
      value = static_cast<T>(raw);
    } else if constexpr (std::integral<T>) {
      const auto raw = in_.get<std::uint64_t>();
      value = static_cast<T>(raw);
      if (static_cast<std::uint64_t>(value) != raw) in_.fail();
    } else if constexpr (archive_access::lists_members<T, archive_reader>()) {
      archive_access::members(value, *this);
      if (ok() && !archive_access::consistent(value)) in_.fail();
    } else {
      in_.fail();
    }
  }
  void get(duration& d) { d = duration{in_.get_signed()}; }
  void get(time_point& t) { t = time_point{duration{in_.get_signed()}}; }
  template <class T>
  void get(std::vector<T>& items) {
    constexpr std::size_t least = std::same_as<T, bool> ? 1 : std::is_arithmetic_v<T> ? 8 : 1;
    const auto count = in_.get<std::uint64_t>();
    if (count > in_.left() / least) return in_.fail();
    items.clear();
    // Grown while it is read: an item costs memory only once its bytes have been seen.
    if constexpr (std::is_arithmetic_v<T>) items.reserve(static_cast<std::size_t>(count));
    for (std::uint64_t i = 0; i < count && ok(); ++i) {
      T item = archive_access::blank<T>();
      get(item);
      items.push_back(std::move(item));
    }
  }
  template <class T, std::size_t N>
  void get(std::array<T, N>& items) {
    for (auto& item : items) get(item);
  }
  template <class T>
  void get(std::optional<T>& value) {
    value.reset();
    if (!in_.get_bool()) return;
    T item = archive_access::blank<T>();
    get(item);
    value = std::move(item);
  }
  template <class A, class B>
  void get(std::pair<A, B>& value) {
    get(value.first);
    get(value.second);
  }

  byte_reader in_;
};

}  // namespace foreshift::inline FORESHIFT_ABI
