#pragma once
/// @file
/// How far hosts are from each other, how wide the way is, and what fails together: the answers, as flat
/// tables.
///
/// `topology.hpp` computes them from links; decisions only look them up, and so need no graph library.

#include <foreshift/core/contract.hpp>
#include <foreshift/core/id.hpp>
#include <foreshift/placement/record.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <optional>
#include <utility>
#include <vector>

namespace foreshift::inline FORESHIFT_ABI::placement {

/// Bytes per second.
using bytes_per_second = double;

/// A host and what it fails together with.
struct host_place {
  host_id host{};
  domain_id domain{};
  friend bool operator==(const host_place&, const host_place&) = default;
};

/// The way from one host to another. An infinite latency says that there is none.
struct distance {
  double latency_ms = std::numeric_limits<double>::infinity();
  bytes_per_second bandwidth = 0;  ///< of the narrowest link on the way
  friend bool operator==(const distance&, const distance&) = default;
};

/// Lookups are O(log hosts). Memory: 16 bytes x hosts^2, 1.6 GB for 10,000 hosts.
class distance_table {
 public:
  distance_table() = default;
  /// @param hosts     sorted by host, each once
  /// @param distances hosts x hosts, row by row
  distance_table(std::vector<host_place> hosts, std::vector<distance> distances)
      : hosts_(std::move(hosts)), distances_(std::move(distances)) {
    FORESHIFT_EXPECT(distances_.size() == hosts_.size() * hosts_.size());
    FORESHIFT_EXPECT(std::ranges::is_sorted(hosts_, {}, &host_place::host));
  }

  /// Of the fastest way; nothing when a host is not known or there is no way.
  [[nodiscard]] std::optional<double> latency_ms(host_id a, host_id b) const {
    const auto* found = find(a, b);
    return found == nullptr ? std::nullopt : std::optional{found->latency_ms};
  }
  /// Of the narrowest link on the fastest way; infinite from a host to itself.
  [[nodiscard]] std::optional<bytes_per_second> bandwidth(host_id a, host_id b) const {
    const auto* found = find(a, b);
    return found == nullptr ? std::nullopt : std::optional{found->bandwidth};
  }
  [[nodiscard]] std::optional<domain_id> domain_of(host_id h) const {
    const auto i = index_of(h);
    if (!i || hosts_[*i].domain == domain_id{}) return std::nullopt;
    return hosts_[*i].domain;
  }
  /// Where its domain is not known, a host shares one with itself only.
  [[nodiscard]] bool same_domain(host_id a, host_id b) const {
    const auto of_a = domain_of(a);
    return a == b || (of_a && of_a == domain_of(b));
  }

 private:
  [[nodiscard]] std::optional<std::size_t> index_of(host_id h) const {
    const auto at = std::ranges::lower_bound(hosts_, h, {}, &host_place::host);
    if (at == hosts_.end() || at->host != h) return std::nullopt;
    return static_cast<std::size_t>(at - hosts_.begin());
  }
  [[nodiscard]] const distance* find(host_id a, host_id b) const {
    const auto i = index_of(a), k = index_of(b);
    if (!i || !k) return nullptr;
    const auto& found = distances_[*i * hosts_.size() + *k];
    return std::isfinite(found.latency_ms) ? &found : nullptr;
  }

  std::vector<host_place> hosts_;
  std::vector<distance> distances_;
};

}  // namespace foreshift::inline FORESHIFT_ABI::placement
