#pragma once
/// @file
/// A sorted array of pairs used as a map. Iterates in key order on every host, copies as one block, and is
/// faster than a tree for the few hundred keys that a site keeps.

#include <foreshift/core/config.hpp>

#include <algorithm>
#include <cstddef>
#include <utility>
#include <vector>

namespace foreshift::inline FORESHIFT_ABI {

/// Lookup O(log n), insertion and erasure O(n). Any insertion or erasure invalidates references.
template <class Key, class Value>
class flat_map {
 public:
  using value_type = std::pair<Key, Value>;
  using iterator = typename std::vector<value_type>::iterator;
  using const_iterator = typename std::vector<value_type>::const_iterator;

  [[nodiscard]] Value* find(const Key& key) {
    const auto at = lower(key);
    return at != items_.end() && at->first == key ? &at->second : nullptr;
  }
  [[nodiscard]] const Value* find(const Key& key) const { return const_cast<flat_map*>(this)->find(key); }
  [[nodiscard]] bool contains(const Key& key) const { return find(key) != nullptr; }

  /// The value under `key`, made by its default constructor where there is none.
  Value& operator[](const Key& key) {
    auto at = lower(key);
    if (at == items_.end() || at->first != key) at = items_.emplace(at, key, Value{});
    return at->second;
  }
  /// Puts the value under `key`, in place of the one that was there.
  Value& insert_or_assign(const Key& key, Value value) {
    const auto at = lower(key);
    if (at != items_.end() && at->first == key) return at->second = std::move(value);
    return items_.emplace(at, key, std::move(value))->second;
  }

  /// Returns whether there was something to erase.
  bool erase(const Key& key) {
    const auto at = lower(key);
    if (at == items_.end() || at->first != key) return false;
    items_.erase(at);
    return true;
  }
  /// Erases every pair for which `doomed(key, value)` holds; returns how many.
  template <class Predicate>
  std::size_t erase_if(Predicate doomed) {
    return std::erase_if(items_,
                         [&](value_type& item) { return doomed(std::as_const(item.first), item.second); });
  }

  [[nodiscard]] iterator begin() { return items_.begin(); }
  [[nodiscard]] iterator end() { return items_.end(); }
  [[nodiscard]] const_iterator begin() const { return items_.begin(); }
  [[nodiscard]] const_iterator end() const { return items_.end(); }
  [[nodiscard]] std::size_t size() const { return items_.size(); }
  [[nodiscard]] bool empty() const { return items_.empty(); }
  void clear() { items_.clear(); }
  void reserve(std::size_t n) { items_.reserve(n); }

  friend bool operator==(const flat_map&, const flat_map&) = default;

 private:
  iterator lower(const Key& key) {
    return std::lower_bound(items_.begin(), items_.end(), key,
                            [](const value_type& item, const Key& k) { return item.first < k; });
  }
  std::vector<value_type> items_;
};

}  // namespace foreshift::inline FORESHIFT_ABI
