#pragma once
/// @file
/// The arithmetic under the models: sums, statistics, regression, distributions, and the doors to Eigen,
/// xtensor and Boost.Math.

#include <foreshift/numeric/adjusted_rand_index.hpp>
#include <foreshift/numeric/box_quadratic.hpp>
#include <foreshift/numeric/distribution.hpp>
#include <foreshift/numeric/exceedance.hpp>
#include <foreshift/numeric/fourier.hpp>
#include <foreshift/numeric/least_squares.hpp>
#include <foreshift/numeric/levenberg_marquardt.hpp>
#include <foreshift/numeric/linalg.hpp>
#include <foreshift/numeric/normal_equations.hpp>
#include <foreshift/numeric/statistics.hpp>
#include <foreshift/numeric/summation.hpp>
#include <foreshift/numeric/tensor.hpp>
