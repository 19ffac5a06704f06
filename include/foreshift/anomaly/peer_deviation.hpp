#pragma once
/// @file
/// A host that leaves its peers: what is strange for one may be usual for all.
///
/// Hosts of one kind get the same work, so that load, time of day and a campaign move them together. Each is
/// held against the median of its group at the same moment, and its distance against its own usual distance.
/// A group that moves as one makes nobody strange, nor does a host that is always a little higher.
///
/// Peers as the reference: X. Pan et al., "Ganesha: black-box diagnosis of MapReduce systems" (SIGMETRICS
/// Performance Evaluation Review 37, 2009).

#include <foreshift/anomaly/exponential_moments.hpp>
#include <foreshift/anomaly/nonconformity.hpp>
#include <foreshift/core/archive.hpp>
#include <foreshift/core/contract.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <optional>
#include <span>
#include <vector>

namespace foreshift::inline FORESHIFT_ABI::anomaly {

/// Where a group stands at one moment.
struct peer_group {
  double median = 0;
  double spread = 0;  ///< 1.4826 times the median distance from it: a normal's deviation
  friend bool operator==(const peer_group&, const peer_group&) = default;
};

/// Of the values that are numbers; nothing for fewer than three of them. O(n). @param room for n numbers,
/// kept by the caller so that nothing is allocated once it has grown
[[nodiscard]] inline std::optional<peer_group> peers_of(std::span<const double> values,
                                                        std::vector<double>& room) {
  room.clear();
  for (const double x : values)
    if (std::isfinite(x)) room.push_back(x);
  if (room.size() < 3) return std::nullopt;
  const auto middle = room.begin() + static_cast<std::ptrdiff_t>(room.size() / 2);
  std::nth_element(room.begin(), middle, room.end());
  peer_group out{*middle, 0};
  for (double& x : room) x = distance_between(x, out.median);
  std::nth_element(room.begin(), middle, room.end());
  out.spread = std::min(1.4826 * *middle, std::numeric_limits<double>::max());
  return out;
}

/// One host of a group. O(1), no allocation.
class peer_deviation {
 public:
  /// @param memory samples after which what is usual for this host is forgotten; at least 2
  explicit peer_deviation(double memory = 288) : usual_(memory) { FORESHIFT_EXPECT(memory >= 2); }

  /// How far from where it usually is in its group, in deviations of that, or halves of the group's spread
  /// where that is more; nothing yet for the first few samples. `expected` is the value that its peers and
  /// its habit say. @pre the value is finite
  nonconformity measure(double value, const peer_group& peers) {
    FORESHIFT_EXPECT(std::isfinite(value));
    const double off = std::clamp(value / 2 - peers.median / 2, -largest, largest) * 2;
    const double usual = usual_.mean(), expected = std::clamp(peers.median / 2 + usual / 2, -top, top) * 2;
    if (usual_.seen() < habit) return usual_.learn(off), nonconformity{};
    const double unit =
        scale_at_least(std::max(usual_.deviation(), std::min(peers.spread / 2, largest)), peers.median);
    const double apart = std::min(std::abs(off / 2 - usual / 2) / (unit / 2), 1e6);
    usual_.learn(std::clamp(off, usual - 3 * unit, usual + 3 * unit));  // a leap is no habit at once
    return {apart, value, expected};
  }

 private:
  friend struct foreshift::archive_access;
  static constexpr double habit = 12, largest = exponential_moments::limit;
  static constexpr double top = std::numeric_limits<double>::max() / 2;
  static void members(auto& self, auto& archive) { archive(self.usual_); }
  exponential_moments usual_;
};

}  // namespace foreshift::inline FORESHIFT_ABI::anomaly
