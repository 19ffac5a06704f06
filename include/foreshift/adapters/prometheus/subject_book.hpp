#pragma once
/// @file
/// Numbers for the hosts and workloads that a live source meets, in the order in which it meets them.
///
/// A host that has an inventory already finds its own numbers by name and does not need this; who begins with
/// nothing lets the names of the answers make the inventory.

#include <foreshift/adapters/prometheus/relabel.hpp>
#include <foreshift/core/config.hpp>
#include <foreshift/core/id.hpp>
#include <foreshift/telemetry/metric.hpp>

#include <concepts>
#include <cstddef>
#include <map>
#include <optional>
#include <utility>
#include <vector>

namespace foreshift::inline FORESHIFT_ABI::prometheus {

/// Says who a name is: an entity, or nothing where it is none of this site's or one too many.
template <class F>
concept SubjectNames = requires(F& names, const subject& whose) {
  { names(whose) } -> std::same_as<std::optional<telemetry::entity>>;
};

/// Numbers count from 0, hosts and workloads together.
class subject_book {
 public:
  explicit subject_book(std::size_t subjects_max = 100'000) : subjects_max_(subjects_max) {}

  /// The number of a name, a new one where there is room. O(log subjects).
  std::optional<telemetry::entity> operator()(const subject& whose) {
    const auto known = places_.find(whose);
    if (known != places_.end()) return entity_of(*known);
    if (places_.size() >= subjects_max_) return std::nullopt;
    const auto fresh = places_.emplace(whose, subjects_.size()).first;
    subjects_.push_back(&fresh->first);
    return entity_of(*fresh);
  }
  /// Whose number it is; null for one that was not given.
  [[nodiscard]] const subject* find(telemetry::entity of) const {
    if (of.number >= subjects_.size()) return nullptr;
    const subject* found = subjects_[static_cast<std::size_t>(of.number)];
    return entity_of({*found, static_cast<std::size_t>(of.number)}) == of ? found : nullptr;
  }
  [[nodiscard]] std::size_t size() const { return subjects_.size(); }

 private:
  static telemetry::entity entity_of(const std::pair<const subject, std::size_t>& known) {
    return known.first.workload.empty() ? telemetry::entity{host_id{known.second}}
                                        : telemetry::entity{workload_id{known.second}};
  }
  std::size_t subjects_max_;
  std::map<subject, std::size_t> places_;  // keys stay where they are
  std::vector<const subject*> subjects_;
};
static_assert(SubjectNames<subject_book>);

}  // namespace foreshift::inline FORESHIFT_ABI::prometheus
