#include <foreshift/numeric/linalg.hpp>

#include <doctest/doctest.h>

#include <vector>

using namespace foreshift;

TEST_CASE("flat storage is read row by row") {
  const std::vector<double> flat = {1, 2, 3, 4, 5, 6};
  const auto m = numeric::as_matrix(std::span{flat}, 3);
  CHECK(m.rows() == 2);
  CHECK(m(0, 2) == 3);
  CHECK(m(1, 0) == 4);
}

TEST_CASE("a map of an owned vector writes through") {
  std::vector<double> flat(4);
  numeric::as_matrix(std::span{flat}, 2)(1, 0) = 7;
  numeric::as_vector(std::span{flat})[3] = 8;
  CHECK(flat == std::vector<double>{0, 0, 7, 8});
}

TEST_CASE("an empty vector maps to an empty vector") {
  CHECK(numeric::as_vector(std::span<const double>{}).size() == 0);
  CHECK(numeric::as_matrix(std::span<const double>{}, 3).rows() == 0);
}
