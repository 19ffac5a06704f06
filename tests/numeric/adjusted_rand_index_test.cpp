#include <foreshift/core/random.hpp>
#include <foreshift/numeric/adjusted_rand_index.hpp>

#include <doctest/doctest.h>

#include <cstdint>
#include <vector>

using namespace foreshift;
using numeric::adjusted_rand_index;
using labels = std::vector<std::uint64_t>;

TEST_CASE("the index is that of the published examples") {
  // K. Y. Yeung, W. L. Ruzzo, "Details of the adjusted Rand index and clustering algorithms", supplement to
  // Bioinformatics 17, 2001, table 2: ten objects in three classes and three clusters; 0.313.
  CHECK(adjusted_rand_index(labels{1, 1, 2, 2, 2, 2, 3, 3, 3, 3}, labels{1, 2, 1, 2, 2, 3, 3, 3, 3, 3}) ==
        doctest::Approx(0.313).epsilon(0.001));
  // scikit-learn 1.3, documentation of sklearn.metrics.adjusted_rand_score.
  CHECK(adjusted_rand_index(labels{0, 0, 1, 2}, labels{0, 0, 1, 1}) == doctest::Approx(0.57).epsilon(0.01));
  CHECK(adjusted_rand_index(labels{0, 0, 1, 1}, labels{0, 0, 1, 2}) == doctest::Approx(0.57).epsilon(0.01));
  CHECK(adjusted_rand_index(labels{0, 0, 0, 0}, labels{0, 1, 2, 3}) == 0);
  CHECK(adjusted_rand_index(labels{0, 0, 1, 1}, labels{0, 1, 0, 1}) == doctest::Approx(-0.5));
}

TEST_CASE("what the groups are called does not matter") {
  CHECK(adjusted_rand_index(labels{0, 0, 1, 1}, labels{9, 9, 4, 4}) == 1);
  CHECK(adjusted_rand_index(labels{3, 3, 3}, labels{1, 1, 1}) == 1);
  CHECK(adjusted_rand_index(labels{1, 2, 3}, labels{7, 8, 9}) == 1);
  CHECK(adjusted_rand_index(labels{}, labels{}) == 1);
}

TEST_CASE("the index is that of counting every pair") {
  random_stream random{1};
  for (int round = 0; round < 200; ++round) {
    const std::size_t n = 2 + random.below(12);
    labels a, b;
    for (std::size_t i = 0; i < n; ++i) a.push_back(random.below(4)), b.push_back(random.below(3));
    double both = 0, in_a = 0, in_b = 0, all = 0;
    for (std::size_t i = 0; i < n; ++i)
      for (std::size_t j = 0; j < i; ++j) {
        both += a[i] == a[j] && b[i] == b[j] ? 1 : 0;
        in_a += a[i] == a[j] ? 1 : 0, in_b += b[i] == b[j] ? 1 : 0, ++all;
      }
    const double chance = in_a * in_b / all, most = (in_a + in_b) / 2;
    const double expected = most == chance ? 1 : (both - chance) / (most - chance);
    CHECK(adjusted_rand_index(a, b) == doctest::Approx(expected));
  }
}
