#include <foreshift/core/random.hpp>
#include <foreshift/numeric/least_squares.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <cstddef>
#include <limits>
#include <vector>

using namespace foreshift;
using doctest::Approx;
using numeric::ridge_huber_fit;

namespace {

constexpr double no_huber = std::numeric_limits<double>::infinity();

// Brownlee, "Statistical Theory and Methodology", 2nd ed., 1965: air flow, water temperature, acid, stack
// loss.
constexpr double stackloss[21][4] = {{80, 27, 89, 42}, {80, 27, 88, 37}, {75, 25, 90, 37}, {62, 24, 87, 28},
                                     {62, 22, 87, 18}, {62, 23, 87, 18}, {62, 24, 93, 19}, {62, 24, 93, 20},
                                     {58, 23, 87, 15}, {58, 18, 80, 14}, {58, 18, 89, 14}, {58, 17, 88, 13},
                                     {58, 18, 82, 11}, {58, 19, 93, 12}, {50, 18, 89, 8},  {50, 18, 86, 7},
                                     {50, 19, 72, 8},  {50, 19, 79, 8},  {50, 20, 80, 9},  {56, 20, 82, 15},
                                     {70, 20, 91, 15}};

// Longley, JASA 62, 1967: employment on six nearly collinear columns, the last is the year.
constexpr double longley[16][7] = {
    {60323, 83.0, 234289, 2356, 1590, 107608, 1947},  {61122, 88.5, 259426, 2325, 1456, 108632, 1948},
    {60171, 88.2, 258054, 3682, 1616, 109773, 1949},  {61187, 89.5, 284599, 3351, 1650, 110929, 1950},
    {63221, 96.2, 328975, 2099, 3099, 112075, 1951},  {63639, 98.1, 346999, 1932, 3594, 113270, 1952},
    {64989, 99.0, 365385, 1870, 3547, 115094, 1953},  {63761, 100.0, 363112, 3578, 3350, 116219, 1954},
    {66019, 101.2, 397469, 2904, 3048, 117388, 1955}, {67857, 104.6, 419180, 2822, 2857, 118734, 1956},
    {68169, 108.4, 442769, 2936, 2798, 120445, 1957}, {66513, 110.8, 444546, 4681, 2637, 121950, 1958},
    {68655, 112.6, 482704, 3813, 2552, 123366, 1959}, {69564, 114.2, 502601, 3931, 2514, 125368, 1960},
    {69331, 115.7, 518173, 4806, 2572, 127852, 1961}, {70551, 116.9, 554894, 4007, 2827, 130081, 1962}};

struct problem {
  std::vector<double> x, y;
};

problem stack() {
  problem p;
  for (const auto& row : stackloss) {
    p.x.insert(p.x.end(), {1, row[0], row[1], row[2]});
    p.y.push_back(row[3]);
  }
  return p;
}

}  // namespace

TEST_CASE("the Huber fit is that of R's rlm on the stack loss data") {
  // The example of rlm in R's package MASS, summary(rlm(stack.loss ~ ., stackloss)), printed to four
  // decimals.
  const auto p = stack();
  const auto fit = ridge_huber_fit({p.x, 4, p.y, {}});
  REQUIRE(fit);
  CHECK(fit->converged);
  CHECK(std::abs(fit->coefficients[0] - -41.0265) < 2e-4);
  CHECK(std::abs(fit->coefficients[1] - 0.8294) < 1e-4);
  CHECK(std::abs(fit->coefficients[2] - 0.9261) < 1e-4);
  CHECK(std::abs(fit->coefficients[3] - -0.1278) < 1e-4);
  CHECK(std::abs(fit->scale - 2.441) < 1e-3);
}

TEST_CASE("the covariance gives the standard errors of R's lm on the stack loss data") {
  // summary(lm(stack.loss ~ ., stackloss)) in R, printed to four decimals; 17 degrees of freedom.
  const auto p = stack();
  const auto fit = ridge_huber_fit({p.x, 4, p.y, {}}, {.huber_k = no_huber});
  REQUIRE(fit);
  double squares = 0;
  for (std::size_t i = 0; i < p.y.size(); ++i) {
    double residual = p.y[i];
    for (std::size_t j = 0; j < 4; ++j) residual -= fit->coefficients[j] * p.x[4 * i + j];
    squares += residual * residual;
  }
  const double errors[] = {11.8960, 0.1349, 0.3680, 0.1563};
  for (std::size_t j = 0; j < 4; ++j)
    CHECK(std::abs(std::sqrt(squares / 17 * fit->covariance[5 * j]) - errors[j]) < 6e-5);
}

TEST_CASE("without Huber and ridge it is least squares, to NIST's digits on Longley's data") {
  problem p;
  for (const auto& row : longley) {
    p.y.push_back(row[0]);
    p.x.insert(p.x.end(), {1, row[1], row[2], row[3], row[4], row[5], row[6]});
  }
  const auto fit = ridge_huber_fit({p.x, 7, p.y, {}}, {.huber_k = no_huber});
  REQUIRE(fit);
  const double certified[] = {-3482258.63459582, 15.0618722713733,  -0.358191792925910E-01,
                              -2.02022980381683, -1.03322686717359, -0.511041056535807E-01,
                              1829.15146461355};
  // Normal equations square a condition number of 4e4: of 16 digits some 7 are left.
  for (std::size_t j = 0; j < 7; ++j) CHECK(std::abs(fit->coefficients[j] / certified[j] - 1) < 1e-6);
}

TEST_CASE("a fifth of wild rows does not move the fit") {
  random_stream random{5};
  problem p;
  for (int i = 0; i < 200; ++i) {
    const double a = random.normal();
    p.x.insert(p.x.end(), {1, a});
    p.y.push_back(3 - 2 * a + 0.1 * random.normal() + (i % 5 == 0 ? 1000 * random.uniform() : 0));
  }
  const auto robust = ridge_huber_fit({p.x, 2, p.y, {}}, {.rounds_max = 200});
  const auto plain = ridge_huber_fit({p.x, 2, p.y, {}}, {.huber_k = no_huber});
  REQUIRE(robust);
  REQUIRE(plain);
  CHECK(robust->converged);
  CHECK(std::abs(robust->coefficients[0] - 3) < 0.1);
  CHECK(std::abs(robust->coefficients[1] + 2) < 0.1);
  CHECK(std::abs(plain->coefficients[0] - 3) > 50);
}

TEST_CASE("a weight of two is the row twice, and a row with a gap is no row") {
  problem twice = stack(), weighted = stack();
  twice.x.insert(twice.x.end(), twice.x.begin(), twice.x.begin() + 4);
  twice.y.push_back(twice.y.front());
  std::vector<double> w(22, 1.0);
  w[0] = 2;
  weighted.x.insert(weighted.x.end(), {1, std::nan(""), 0, 0});
  weighted.y.push_back(1e6);
  const auto a = ridge_huber_fit({twice.x, 4, twice.y, {}}, {.huber_k = no_huber});
  const auto b = ridge_huber_fit({weighted.x, 4, weighted.y, w}, {.huber_k = no_huber});
  REQUIRE(a);
  REQUIRE(b);
  CHECK(a->rows == 22);
  CHECK(b->rows == 21);
  for (std::size_t j = 0; j < 4; ++j) CHECK(b->coefficients[j] == Approx(a->coefficients[j]).epsilon(1e-10));
}

TEST_CASE("data on a line are fitted exactly and at once") {
  problem p;
  for (int i = 0; i < 30; ++i) p.x.insert(p.x.end(), {1.0, 1.0 * i}), p.y.push_back(2 + 0.5 * i);
  p.y[4] = 700;  // and one far off it
  const auto fit = ridge_huber_fit({p.x, 2, p.y, {}}, {.rounds_max = 500});
  REQUIRE(fit);
  CHECK(std::abs(fit->coefficients[0] - 2) < 1e-3);
  CHECK(std::abs(fit->coefficients[1] - 0.5) < 1e-3);
}

TEST_CASE("a constant series under regressors that never move gives that constant") {
  problem p;
  for (int i = 0; i < 20; ++i) p.x.insert(p.x.end(), {1, 0, 4}), p.y.push_back(9);
  const auto fit = ridge_huber_fit({p.x, 3, p.y, {}}, {.ridge = 1e-3});
  REQUIRE(fit);
  CHECK(fit->converged);
  CHECK(fit->coefficients[0] + 4 * fit->coefficients[2] == Approx(9).epsilon(1e-9));
  CHECK(fit->coefficients[1] == 0);
}

TEST_CASE("what cannot be fitted is refused with its reason") {
  const std::vector<double> x = {1, 2, 1, 2, 1, 2}, y = {1, 2, 3};
  const std::vector<double> gone(3, std::nan("")), no_weight(3, 0.0);
  CHECK(ridge_huber_fit({x, 2, y, {}}).error() == numeric::regression_error::singular);
  CHECK(ridge_huber_fit({x, 2, gone, {}}).error() == numeric::regression_error::no_rows);
  CHECK(ridge_huber_fit({x, 2, y, no_weight}).error() == numeric::regression_error::no_rows);
  CHECK(ridge_huber_fit({{}, 2, {}, {}}).error() == numeric::regression_error::no_rows);
}

TEST_CASE("running out of rounds is an answer") {
  const auto p = stack();
  const auto fit = ridge_huber_fit({p.x, 4, p.y, {}}, {.rounds_max = 2});
  REQUIRE(fit);
  CHECK_FALSE(fit->converged);
  CHECK(fit->rounds == 2);
}
