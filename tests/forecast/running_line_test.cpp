#include <foreshift/forecast/running_line.hpp>

#include <doctest/doctest.h>

using namespace foreshift::forecast;

TEST_CASE("points of a line give the line, however late and high") {
  running_line line;
  for (int i = 0; i < 1000; ++i) line.add(1e6 + 2 * i, 5e8 + 0.25 * i);
  CHECK(line.slope() ==
        doctest::Approx(0.125).epsilon(1e-9));  // differences of 0.25 on 5e8: seven digits to spare
  CHECK(line.intercept() == doctest::Approx(5e8 - 0.125 * 1e6).epsilon(1e-12));
}

TEST_CASE("one point is a flat line, none is zero") {
  running_line line;
  CHECK(line.slope() == 0);
  CHECK(line.intercept() == 0);
  line.add(7, 3);
  CHECK(line.slope() == 0);
  CHECK(line.intercept() == 3);
  line.scale(-2);
  CHECK(line.mean() == -6);
}

TEST_CASE("four points with one outlier have the textbook slope") {
  running_line line;
  for (const double t : {1.0, 2.0, 3.0, 4.0}) line.add(t, t == 4 ? 10.0 : t);
  CHECK(line.slope() == doctest::Approx(2.8));  // sum of (t - 2.5)(y - 4) = 14, of squares 5
  CHECK(line.intercept() == doctest::Approx(-3));
}
