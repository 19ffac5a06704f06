#pragma once
/// @file
/// The one door to Eigen.
///
/// Spans cross public boundaries and Eigen types stay behind them: a header that solves something maps its
/// caller's flat, row-major storage here, computes, and hands flat storage back. Nothing else includes Eigen,
/// so its version, its cost and its alignment rules are dealt with in one place.

#include <foreshift/core/contract.hpp>

#include <Eigen/Cholesky>
#include <Eigen/Core>

#include <cstddef>
#include <span>

namespace foreshift::inline FORESHIFT_ABI::numeric {

/// Row-major, as every flat matrix in foreshift.
using matrix = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
using vector = Eigen::Matrix<double, Eigen::Dynamic, 1>;
using matrix_map = Eigen::Map<matrix>;
using const_matrix_map = Eigen::Map<const matrix>;
using vector_map = Eigen::Map<vector>;
using const_vector_map = Eigen::Map<const vector>;

/// The same of another number: `float` where half the memory is worth more than half the digits.
template <class Real>
using matrix_of = Eigen::Matrix<Real, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
template <class Real>
using matrix_map_of = Eigen::Map<matrix_of<Real>>;
template <class Real>
using const_matrix_map_of = Eigen::Map<const matrix_of<Real>>;
/// Rows that lie further apart than they are long.
template <class Real>
using const_strided_map_of = Eigen::Map<const matrix_of<Real>, Eigen::Unaligned, Eigen::OuterStride<>>;

[[nodiscard]] constexpr Eigen::Index to_index(std::size_t n) { return static_cast<Eigen::Index>(n); }

/// A look at a flat vector; the storage must outlive it.
[[nodiscard]] inline const_vector_map as_vector(std::span<const double> v) {
  return {v.data(), to_index(v.size())};
}
[[nodiscard]] inline vector_map as_vector(std::span<double> v) { return {v.data(), to_index(v.size())}; }

/// A look at row-major storage of as many rows as fit; the storage must outlive it.
/// @pre columns > 0 and flat.size() is a multiple of it
[[nodiscard]] inline const_matrix_map as_matrix(std::span<const double> flat, std::size_t columns) {
  FORESHIFT_EXPECT(columns > 0 && flat.size() % columns == 0);
  return {flat.data(), to_index(flat.size() / columns), to_index(columns)};
}
[[nodiscard]] inline matrix_map as_matrix(std::span<double> flat, std::size_t columns) {
  FORESHIFT_EXPECT(columns > 0 && flat.size() % columns == 0);
  return {flat.data(), to_index(flat.size() / columns), to_index(columns)};
}

}  // namespace foreshift::inline FORESHIFT_ABI::numeric
