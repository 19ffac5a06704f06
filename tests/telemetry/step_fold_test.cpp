#include <foreshift/telemetry/step_fold.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <initializer_list>

using namespace foreshift::telemetry;

TEST_CASE("a step without a reading is missing under every rule") {
  step_fold fold;
  fold.add_newest(std::nan(""));
  fold.add_older(std::nan(""));
  fold.correct_newest(std::nan(""));
  CHECK(fold.empty());
  for (const auto rule : {step_rule::mean, step_rule::last, step_rule::max})
    CHECK(std::isnan(fold.value(rule)));
}

TEST_CASE("mean, last and maximum of three readings") {
  step_fold fold;
  for (const double x : {1.0, 7.0, 4.0}) fold.add_newest(x);
  CHECK(fold.value(step_rule::mean) == 4);
  CHECK(fold.value(step_rule::last) == 4);
  CHECK(fold.value(step_rule::max) == 7);
}

TEST_CASE("a correction leaves no trace of what it corrects") {
  step_fold fold;
  fold.add_newest(2);
  fold.add_newest(1e9);
  fold.correct_newest(4);
  CHECK(fold.value(step_rule::mean) == 3);
  CHECK(fold.value(step_rule::last) == 4);
  CHECK(fold.value(step_rule::max) == 4);
}

TEST_CASE("an older reading counts for mean and maximum and is not the last") {
  step_fold fold;
  fold.add_newest(2);
  fold.add_older(6);
  CHECK(fold.value(step_rule::mean) == 4);
  CHECK(fold.value(step_rule::max) == 6);
  CHECK(fold.value(step_rule::last) == 2);
}

TEST_CASE("negative readings have a negative maximum") {
  step_fold fold;
  fold.add_newest(-5);
  fold.add_newest(-3);
  CHECK(fold.value(step_rule::max) == -3);
}
