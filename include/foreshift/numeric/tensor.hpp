#pragma once
/// @file
/// The one door to xtensor.
///
/// Flat row-major storage seen as an n-dimensional array with xtensor's expressions: slices, reductions,
/// broadcasting. The view owns nothing. xtensor moved its headers in 0.26; both layouts are known here only.

#include <foreshift/core/contract.hpp>

#if __has_include(<xtensor/containers/xadapt.hpp>)
#include <xtensor/containers/xadapt.hpp>
#include <xtensor/views/xview.hpp>
#else
#include <xtensor/xadapt.hpp>
#include <xtensor/xview.hpp>
#endif

#include <array>
#include <cstddef>
#include <span>

namespace foreshift::inline FORESHIFT_ABI::numeric {

/// A row-major xtensor view of `flat`, which must outlive it; the last index runs fastest. No copy.
/// @tparam T double or const double
/// @pre the product of the shape is flat.size()
template <class T, std::size_t Rank>
[[nodiscard]] auto as_tensor(std::span<T> flat, const std::array<std::size_t, Rank>& shape) {
  std::size_t size = 1;
  for (const std::size_t extent : shape) size *= extent;
  FORESHIFT_EXPECT(size == flat.size());
  return xt::adapt(flat.data(), flat.size(), xt::no_ownership(), shape);
}

}  // namespace foreshift::inline FORESHIFT_ABI::numeric
