#include <foreshift/forecast/innovations.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <vector>

using namespace foreshift;
using namespace foreshift::forecast;

TEST_CASE("a block of innovations ends `age` steps ago, and ages beyond the memory wrap") {
  for (std::size_t kept = 1; kept <= 6; ++kept)
    for (std::size_t pushed = 1; pushed <= 9; ++pushed)
      for (std::size_t length = 1; length <= 4; ++length) {
        innovation_memory memory{kept};
        for (std::size_t i = 0; i < pushed; ++i) memory.push(static_cast<double>(i));
        const std::size_t n = std::min(kept, pushed);
        const std::size_t oldest = pushed - n;
        const std::size_t blocks = n >= length ? n - length + 1 : n;
        for (std::size_t age = 0; age < 12; ++age) {
          std::vector<double> block(length);
          memory.copy_block(age, block);
          // Backwards from the last one, around the memory's ends.
          std::size_t at = n - 1 - age % blocks;
          for (std::size_t h = length; h-- > 0; at = at == 0 ? n - 1 : at - 1)
            CHECK(block[h] == static_cast<double>(oldest + at));
        }
      }
}

TEST_CASE("a gap is remembered as no surprise, and an empty memory surprises nobody") {
  innovation_memory memory{4};
  std::vector<double> block(2, 7.0);
  memory.copy_block(3, block);
  CHECK(block == std::vector{0.0, 0.0});
  memory.push(1.5);
  memory.push(std::numeric_limits<double>::quiet_NaN());
  memory.copy_block(0, block);
  CHECK(block == std::vector{1.5, 0.0});
}

TEST_CASE("normal quantiles stand around the mean by their standard error") {
  prediction p;
  p.mean = {10.0, 20.0};
  p.levels = {0.025, 0.5, 0.975};
  write_normal_quantiles(p, std::vector{1.0, 2.0});
  constexpr double z = 1.959963984540054;  // standard normal, any table
  CHECK(p.quantile_curve(0)[0] == doctest::Approx(10 - z).epsilon(1e-14));
  CHECK(p.quantile_curve(0)[1] == doctest::Approx(20 - 2 * z).epsilon(1e-14));
  CHECK(p.quantile_curve(1)[1] == 20.0);
  CHECK(p.quantile_curve(2)[1] == doctest::Approx(20 + 2 * z).epsilon(1e-14));
  write_normal_quantiles(p, std::vector{0.0, 0.0});
  CHECK(p.quantile_curve(2)[0] == 10.0);
}

TEST_CASE("remembered innovations come back from an archive, and what cannot be one is refused") {
  innovation_memory memory{3};
  for (const double e : {1.0, 2.0, 3.0, 4.0}) memory.push(e);
  archive_writer out;
  out(memory);
  auto bytes = out.take();
  auto back = archive_access::blank<innovation_memory>();
  archive_reader in{bytes};
  in(back);
  REQUIRE(in.finished());
  REQUIRE(back.size() == 3);
  for (std::size_t i = 0; i < 3; ++i) CHECK(back[i] == memory[i]);
  bytes[8 + 7] = std::byte{0x7F};  // an exponent of all ones: the first value is no number
  bytes[8 + 6] = std::byte{0xF8};
  archive_reader refuses{bytes};
  refuses(back);
  CHECK_FALSE(refuses.ok());
}
