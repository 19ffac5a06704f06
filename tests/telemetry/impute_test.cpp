#include <foreshift/telemetry/impute.hpp>

#include <doctest/doctest.h>

#include <limits>
#include <vector>

using namespace foreshift::telemetry;

namespace {

constexpr double gap = std::numeric_limits<double>::quiet_NaN();

bool same(const std::vector<double>& a, const std::vector<double>& b) {
  if (a.size() != b.size()) return false;
  for (std::size_t i = 0; i < a.size(); ++i)
    if (a[i] != b[i] && !(std::isnan(a[i]) && std::isnan(b[i]))) return false;
  return true;
}

std::vector<double> imputed(std::vector<double> v, gap_policy policy, std::size_t expected) {
  CHECK(impute(v, policy) == expected);
  return v;
}

const std::vector<double> holes = {gap, 1, gap, 3, gap, gap, gap, 7, gap, gap};

}  // namespace

TEST_CASE("keeping changes nothing") { CHECK(same(imputed(holes, {gap_rule::keep, 9}, 0), holes)); }

TEST_CASE("carrying forward stops at its limit and never fills the beginning") {
  CHECK(same(imputed(holes, {gap_rule::carry_forward, 2}, 5), {gap, 1, 1, 3, 3, 3, gap, 7, 7, 7}));
  CHECK(same(imputed(holes, {gap_rule::carry_forward, 0}, 0), holes));
}

TEST_CASE("a line bridges gaps up to its limit and leaves longer ones and both ends alone") {
  CHECK(same(imputed(holes, {gap_rule::interpolate, 2}, 1), {gap, 1, 2, 3, gap, gap, gap, 7, gap, gap}));
  CHECK(same(imputed(holes, {gap_rule::interpolate, 3}, 4), {gap, 1, 2, 3, 4, 5, 6, 7, gap, gap}));
}

TEST_CASE("nothing but gaps stays so") {
  for (const auto rule : {gap_rule::carry_forward, gap_rule::interpolate})
    CHECK(same(imputed({gap, gap}, {rule, 9}, 0), {gap, gap}));
  CHECK(imputed({}, {gap_rule::interpolate, 9}, 0).empty());
}
