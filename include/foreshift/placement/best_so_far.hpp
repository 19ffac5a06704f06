#pragma once
/// @file
/// The cheapest assignment that a search has met.
///
/// A search that goes on from what it finds meets a new best one often, and to copy the whole assignment each
/// time would be most of its work. So the moves since then are kept, which lead back.

#include <foreshift/core/config.hpp>
#include <foreshift/placement/reassignment.hpp>

#include <cstdint>
#include <utility>
#include <vector>

namespace foreshift::inline FORESHIFT_ABI::placement::detail {

/// Tell it when the cheapest is met, then every move before it is made. Memory: that of nine assignments.
class best_so_far {
 public:
  void met(std::int64_t cost) {
    cost_ = cost, is_now_ = true;
    since_.clear();
  }
  /// A workload is about to leave `from`.
  void leaves(std::uint32_t w, std::uint32_t from) {
    if (is_now_) since_.push_back({w, from});
  }
  /// Copies it once the way back has become long. @param now as it is before the next move
  void shorten(const assignment& now) {
    if (since_.size() > 4 * now.size() + 64) copy(now);
  }
  [[nodiscard]] std::int64_t cost() const { return cost_; }
  [[nodiscard]] assignment take(const assignment& now) {
    if (is_now_) copy(now);
    return std::move(where_);
  }

 private:
  void copy(const assignment& now) {
    where_ = now;
    for (auto one = since_.rbegin(); one != since_.rend(); ++one) where_[one->first] = one->second;
    since_.clear();
    is_now_ = false;
  }
  std::int64_t cost_ = 0;
  bool is_now_ = false;  ///< the moves since are all recorded
  std::vector<std::pair<std::uint32_t, std::uint32_t>> since_;
  assignment where_;
};

}  // namespace foreshift::inline FORESHIFT_ABI::placement::detail
