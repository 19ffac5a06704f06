#pragma once
/// @file
/// One workload to one destination: a move that is being considered.
///
/// What a move does to the source depends on the workload alone, what a destination looks like before on the
/// destination alone; each is computed once for a decision. Only what the move does to the destination
/// belongs to the pair, and it is computed when somebody first asks for it: most pairs are out before that.

#include <foreshift/core/contract.hpp>
#include <foreshift/core/units.hpp>
#include <foreshift/placement/inventory.hpp>
#include <foreshift/placement/outlook.hpp>
#include <foreshift/placement/what_if.hpp>

#include <optional>

namespace foreshift::inline FORESHIFT_ABI::placement {

/// A workload that may leave the host, and what that does to the host.
struct departure {
  const workload_record* record = nullptr;
  const workload_outlook* outlook = nullptr;
  exceedance after{};  ///< of the source, if it leaves
};

/// A host that may take a workload. Computes what it is asked for once; not for use from several threads.
class arrival {
 public:
  arrival(const host_outlook& host, const inventory& known) : host_(&host), known_(&known) {}
  [[nodiscard]] const host_outlook& host() const { return *host_; }
  /// As it is, without the move.
  [[nodiscard]] const exceedance& before() const {
    if (!before_) before_ = as_it_is(*host_);
    return *before_;
  }
  /// Capacity that is not set aside.
  [[nodiscard]] const resources& free() const {
    if (!free_) free_ = known_->free_on(host_->host);
    return *free_;
  }

 private:
  const host_outlook* host_;
  const inventory* known_;
  mutable std::optional<exceedance> before_;
  mutable std::optional<resources> free_;
};

/// A view of the pair; what it refers to has to outlive it.
class candidate {
 public:
  candidate(const departure& workload, const host_outlook& from, const exceedance& from_before,
            const arrival& to, const migration_cost& cost)
      : workload_(&workload), from_(&from), from_before_(&from_before), to_(&to), cost_(&cost) {}

  [[nodiscard]] const departure& leaving() const { return *workload_; }
  [[nodiscard]] const workload_record& record() const { return *workload_->record; }
  [[nodiscard]] const workload_outlook& workload() const { return *workload_->outlook; }
  [[nodiscard]] const host_outlook& from() const { return *from_; }
  [[nodiscard]] const host_outlook& to() const { return to_->host(); }
  [[nodiscard]] const arrival& destination() const { return *to_; }

  [[nodiscard]] const exceedance& source_before() const { return *from_before_; }
  [[nodiscard]] const exceedance& source_after() const { return workload_->after; }
  [[nodiscard]] const exceedance& destination_before() const { return to_->before(); }
  /// O(paths x horizon) the first time.
  [[nodiscard]] const exceedance& destination_after() const {
    if (!after_) after_ = if_came(to(), workload(), *cost_);
    return *after_;
  }
  /// Whether that has been asked for.
  [[nodiscard]] bool knows_destination_after() const { return after_.has_value(); }

 private:
  const departure* workload_;
  const host_outlook* from_;
  const exceedance* from_before_;
  const arrival* to_;
  const migration_cost* cost_;
  mutable std::optional<exceedance> after_;
};

}  // namespace foreshift::inline FORESHIFT_ABI::placement
