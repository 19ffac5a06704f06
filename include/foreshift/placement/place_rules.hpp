#pragma once
/// @file
/// What a host has to be to take a workload, and whether the workload may move at all. All O(1).

#include <foreshift/core/contract.hpp>
#include <foreshift/placement/constraint.hpp>

#include <optional>

namespace foreshift::inline FORESHIFT_ABI::placement {

/// A pinned workload stays.
struct not_pinned {
  [[nodiscard]] std::optional<rejection> admits(const candidate& what, const site_view&) const {
    return what.record().pinned ? std::optional{rejection::pinned} : std::nullopt;
  }
};

/// No workload goes to a host that is less secure than it asks for: no read up, as D. E. Bell and
/// L. J. LaPadula, "Secure computer systems: mathematical foundations", MITRE 1973, with classes in one line.
struct cleared {
  [[nodiscard]] std::optional<rejection> admits(const candidate& what, const site_view& view) const {
    return view.record(what.to().host).clearance < what.record().clearance
               ? std::optional{rejection::not_cleared}
               : std::nullopt;
  }
};

/// The host offers every licence that the workload needs.
struct licensed {
  [[nodiscard]] std::optional<rejection> admits(const candidate& what, const site_view& view) const {
    return view.record(what.to().host).licences.has_all(what.record().licences)
               ? std::nullopt
               : std::optional{rejection::unlicensed};
  }
};

/// The workload tolerates every taint of the host.
struct taints_tolerated {
  [[nodiscard]] std::optional<rejection> admits(const candidate& what, const site_view& view) const {
    return what.record().tolerates.has_all(view.record(what.to().host).taints)
               ? std::nullopt
               : std::optional{rejection::tainted};
  }
};

static_assert(Constraint<not_pinned> && Constraint<cleared> && Constraint<licensed> &&
              Constraint<taints_tolerated>);

}  // namespace foreshift::inline FORESHIFT_ABI::placement
