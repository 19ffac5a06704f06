#include <foreshift/risk/exceedance.hpp>
#include <foreshift/risk/forecast_opinion.hpp>

#include <foreshift/core/random.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <cstddef>
#include <limits>

using namespace foreshift;
using forecast::sample_paths;
using risk::opinion_of;

TEST_CASE("the probability is the one counted on the paths, and a shorter horizon has no more") {
  random_stream random{41};
  sample_paths paths{200, 12};
  for (double& v : paths.flat()) v = 100 * random.uniform();
  for (const double limit : {50.0, 90.0, 99.0, 101.0}) {
    CHECK(opinion_of(paths, limit, 12).probability ==
          doctest::Approx(risk::exceedance_probability(paths, limit)));
    CHECK(opinion_of(paths, limit, 6).probability <= opinion_of(paths, limit, 12).probability);
  }
}

TEST_CASE("where all or no paths exceed the limit the margin still tells near from far") {
  sample_paths paths{10, 3};
  for (std::size_t p = 0; p < 10; ++p) paths[p][1] = 50 + static_cast<double>(p);
  CHECK(opinion_of(paths, 80, 3).probability == 0);
  CHECK(opinion_of(paths, 70, 3).margin > opinion_of(paths, 80, 3).margin);
  CHECK(opinion_of(paths, 40, 3).probability == 1);
  CHECK(opinion_of(paths, 30, 3).margin > opinion_of(paths, 40, 3).margin);
  CHECK(opinion_of(paths, 54.5, 3).margin == doctest::Approx(0));
}

TEST_CASE("equal paths at a limit of 0 have a margin, and what is no number is over") {
  const sample_paths flat{4, 2};
  CHECK(std::isfinite(opinion_of(flat, 0, 2).margin));
  sample_paths unknown{4, 2};
  unknown[0][0] = std::numeric_limits<double>::quiet_NaN();
  CHECK(opinion_of(unknown, 1, 2).probability == doctest::Approx(0.25));
}
