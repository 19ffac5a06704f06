#pragma once
/// @file
/// Gives equal values one small number each.
///
/// A global state of a model is then a handful of numbers, and comparing or storing one costs almost nothing,
/// however large the parts are. Values are compared with ==, a hash only finds candidates, so nothing is ever
/// taken for something else. Spin calls this collapse compression.
///
/// Source: G. J. Holzmann, "State compression in Spin", 3rd Spin workshop, 1997.

#include <foreshift/core/random.hpp>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <utility>
#include <vector>

namespace model {

using number = std::uint32_t;

[[nodiscard]] constexpr std::uint64_t mixed(std::uint64_t a, std::uint64_t b) {
  return foreshift::mix(a ^ foreshift::mix(b));
}
[[nodiscard]] inline std::uint64_t mixed(const std::vector<number>& items) {
  std::uint64_t key = items.size();
  for (const auto item : items) key = mixed(key, item);
  return key;
}

template <class T>
class interner {
 public:
  interner() : table_(1024, none) {}

  /// The number of `value`, a new one if it was never seen. @param hash equal for equal values
  number of(T value, std::uint64_t hash) {
    if (values_.size() * 2 >= table_.size()) grow();
    for (std::size_t at = hash & (table_.size() - 1);; at = (at + 1) & (table_.size() - 1)) {
      if (table_[at] == none) {
        table_[at] = static_cast<number>(values_.size());
        values_.push_back(std::move(value));
        hashes_.push_back(hash);
        return table_[at];
      }
      if (hashes_[table_[at]] == hash && values_[table_[at]] == value) return table_[at];
    }
  }
  [[nodiscard]] const T& operator[](number which) const { return values_[which]; }
  [[nodiscard]] std::size_t size() const { return values_.size(); }

 private:
  static constexpr number none = ~number{};
  void grow() {
    std::vector<number> larger(2 * table_.size(), none);
    for (const auto which : table_) {
      if (which == none) continue;
      std::size_t at = hashes_[which] & (larger.size() - 1);
      while (larger[at] != none) at = (at + 1) & (larger.size() - 1);
      larger[at] = which;
    }
    table_ = std::move(larger);
  }
  std::deque<T> values_;
  std::vector<std::uint64_t> hashes_;
  std::vector<number> table_;
};

/// A map from pairs of numbers to numbers: what a step leads to.
class memo {
 public:
  memo() : slots_(1024) {}
  [[nodiscard]] const number* find(number a, number b) const {
    const std::uint64_t key = key_of(a, b);
    for (std::size_t at = place(key);; at = (at + 1) & (slots_.size() - 1)) {
      if (slots_[at].key == key) return &slots_[at].value;
      if (slots_[at].key == empty) return nullptr;
    }
  }
  void put(number a, number b, number value) {
    if (++count_ * 2 >= slots_.size()) grow();
    insert({key_of(a, b), value});
  }
  [[nodiscard]] std::size_t size() const { return count_; }

 private:
  static constexpr std::uint64_t empty = ~std::uint64_t{};
  struct item {
    std::uint64_t key = empty;
    number value = 0;
  };
  [[nodiscard]] static std::uint64_t key_of(number a, number b) { return std::uint64_t{a} << 32 | b; }
  [[nodiscard]] std::size_t place(std::uint64_t key) const {
    return (key * 0x9E3779B97F4A7C15U >> 20) & (slots_.size() - 1);
  }
  void insert(item what) {
    std::size_t at = place(what.key);
    while (slots_[at].key != empty) at = (at + 1) & (slots_.size() - 1);
    slots_[at] = what;
  }
  void grow() {
    std::vector<item> old(2 * slots_.size());
    old.swap(slots_);
    for (const auto& what : old)
      if (what.key != empty) insert(what);
  }
  std::vector<item> slots_;
  std::size_t count_ = 0;
};

}  // namespace model
