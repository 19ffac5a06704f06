#include <foreshift/numeric/tensor.hpp>

#include <doctest/doctest.h>

#include <vector>

using namespace foreshift;

TEST_CASE("the last index of a tensor runs fastest") {
  std::vector<double> flat(24);
  for (std::size_t i = 0; i < flat.size(); ++i) flat[i] = static_cast<double>(i);
  const auto t = numeric::as_tensor(std::span<const double>{flat}, std::array<std::size_t, 3>{2, 3, 4});
  for (std::size_t i = 0; i < 2; ++i)
    for (std::size_t j = 0; j < 3; ++j)
      for (std::size_t k = 0; k < 4; ++k) CHECK(t(i, j, k) == flat[(i * 3 + j) * 4 + k]);
}

TEST_CASE("a tensor writes through to its storage and slices it") {
  std::vector<double> flat(6, 1.0);
  auto t = numeric::as_tensor(std::span{flat}, std::array<std::size_t, 2>{2, 3});
  t(1, 2) = 9;
  CHECK(flat[5] == 9);
  xt::view(t, 0, xt::all()) = 2.0;
  CHECK(flat == std::vector<double>{2, 2, 2, 1, 1, 9});
}
