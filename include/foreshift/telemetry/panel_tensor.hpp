#pragma once
/// @file
/// A panel as an xtensor array. Apart from `panel.hpp`, so that only those who want xtensor pay for it.

#include <foreshift/numeric/tensor.hpp>
#include <foreshift/telemetry/panel.hpp>

namespace foreshift::inline FORESHIFT_ABI::telemetry {

/// series x time x feature, without a copy; the panel must outlive the view.
[[nodiscard]] inline auto tensor_of(const panel& p) { return numeric::as_tensor(p.flat(), p.extents()); }
[[nodiscard]] inline auto tensor_of(panel& p) { return numeric::as_tensor(p.flat(), p.extents()); }

}  // namespace foreshift::inline FORESHIFT_ABI::telemetry
