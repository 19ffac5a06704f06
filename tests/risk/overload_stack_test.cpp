#include "support/nasty_streams.hpp"

#include <foreshift/core/random.hpp>
#include <foreshift/risk/overload_stack.hpp>

#include <doctest/doctest.h>

#include <cmath>

using namespace foreshift;
using risk::overload_evidence, risk::overload_stack;

namespace {
overload_evidence evidence_of(double forecast, double base) {
  return {.base_rate = base,
          .own_rate = base,
          .forecast = forecast,
          .increments = base,
          .analogues = base,
          .recent_rate = base,
          .seasonal_rate = base};
}
}  // namespace

TEST_CASE(
    "before any outcome a bolder forecast, a higher rate and a load over the limit all raise the risk") {
  const overload_stack fresh;
  auto e = evidence_of(0.1, 0.05);
  const double before = fresh(e.regressors());
  CHECK(before > 0.001);
  CHECK(before < 0.5);
  auto more = e;
  more.forecast = 0.9, more.forecast_margin = 1;
  CHECK(fresh(more.regressors()) > before);
  more = e, more.base_rate = 0.5;
  CHECK(fresh(more.regressors()) > before);
  more = e, more.over_now = true;
  CHECK(fresh(more.regressors()) > before);
}

TEST_CASE("it learns which opinion to believe") {
  random_stream random{23};
  overload_stack right;
  double of_stack = 0, of_forecast = 0;
  for (int i = 0; i < 6000; ++i) {
    const double truth = random.uniform() < 0.5 ? 0.05 : 0.6;
    const auto x = evidence_of(truth, random.uniform()).regressors();  // the base rate is noise
    const bool happened = random.uniform() < truth;
    if (i > 3000) of_stack += std::abs(right(x) - truth), of_forecast += 1;
    right.learn(x, happened, 1);
  }
  CHECK(of_stack / of_forecast < 0.05);
  CHECK(right.rate() == doctest::Approx(0.325).epsilon(0.1));
}

TEST_CASE("it learns how far a machine's own past is to be believed, though it is shrunk to the fleet's") {
  random_stream random{29};
  overload_stack stack;
  double off = 0, judged = 0;
  for (int i = 0; i < 20'000; ++i) {
    auto e = evidence_of(0.05, 0.05);  // all else is alike
    e.own_rate = random.uniform() < 0.5 ? 0.005 : 0.15;
    const auto x = e.regressors();
    if (i > 15'000) off += std::abs(stack(x) - e.own_rate), judged += 1;
    stack.learn(x, random.uniform() < e.own_rate, 1);
  }
  CHECK(off / judged < 0.02);
}

TEST_CASE("a stack comes back from an archive") {
  overload_stack stack;
  for (int i = 0; i < 100; ++i) stack.learn(evidence_of(0.01 * i, 0.2).regressors(), i % 4 == 0, 0.5);
  const auto back = test_support::through_archive(stack, overload_stack{});
  CHECK(back.weights() == stack.weights());
  CHECK(back.rate() == stack.rate());
}
