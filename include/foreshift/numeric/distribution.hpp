#pragma once
/// @file
/// The one door to Boost.Math: probabilities and quantiles of the usual distributions.
///
/// None of these may be used for what several sites must agree on to the bit; `core/random.hpp` has a
/// portable normal quantile for that. Nothing throws: a probability outside [0, 1] breaks a contract, and at
/// 0 and 1 the quantile is the end of the support, infinite where that is.

#include <foreshift/core/contract.hpp>

#include <boost/math/distributions/beta.hpp>
#include <boost/math/distributions/normal.hpp>
#include <boost/math/distributions/students_t.hpp>
#include <boost/math/policies/policy.hpp>

#include <limits>

namespace foreshift::inline FORESHIFT_ABI::numeric {

namespace detail {

/// Boost.Math's default is to throw; ours is to return the infinity or NaN that belongs there.
using quiet_policy = boost::math::policies::policy<
    boost::math::policies::domain_error<boost::math::policies::ignore_error>,
    boost::math::policies::pole_error<boost::math::policies::ignore_error>,
    boost::math::policies::overflow_error<boost::math::policies::ignore_error>,
    boost::math::policies::evaluation_error<boost::math::policies::ignore_error>>;

}  // namespace detail

/// P(Z <= z) for a standard normal Z; exact in the lower tail down to 1e-300.
[[nodiscard]] inline double normal_cdf(double z) {
  return boost::math::cdf(boost::math::normal_distribution<double, detail::quiet_policy>{}, z);
}

/// The z with P(Z <= z) = p. @pre 0 <= p <= 1
[[nodiscard]] inline double normal_quantile(double p) {
  FORESHIFT_EXPECT(p >= 0 && p <= 1);
  if (p == 0) return -std::numeric_limits<double>::infinity();
  if (p == 1) return std::numeric_limits<double>::infinity();
  return boost::math::quantile(boost::math::normal_distribution<double, detail::quiet_policy>{}, p);
}

/// Quantile of Student's t. @pre degrees_of_freedom > 0, 0 <= p <= 1
[[nodiscard]] inline double student_t_quantile(double p, double degrees_of_freedom) {
  FORESHIFT_EXPECT(degrees_of_freedom > 0 && p >= 0 && p <= 1);
  if (p == 0) return -std::numeric_limits<double>::infinity();
  if (p == 1) return std::numeric_limits<double>::infinity();
  return boost::math::quantile(
      boost::math::students_t_distribution<double, detail::quiet_policy>{degrees_of_freedom}, p);
}

struct beta_shape {
  double a = 1;  ///< > 0
  double b = 1;  ///< > 0
};

/// Quantile of the beta distribution: with {k, n - k + 1}, a one-sided bound on a probability after k of n
/// successes (Clopper and Pearson, 1934). @pre 0 <= p <= 1
[[nodiscard]] inline double beta_quantile(double p, beta_shape shape) {
  FORESHIFT_EXPECT(shape.a > 0 && shape.b > 0 && p >= 0 && p <= 1);
  if (p == 0 || p == 1) return p;
  return boost::math::quantile(boost::math::beta_distribution<double, detail::quiet_policy>{shape.a, shape.b},
                               p);
}

}  // namespace foreshift::inline FORESHIFT_ABI::numeric
