#include "support/nasty_streams.hpp"

#include <foreshift/core/random.hpp>
#include <foreshift/risk/limit_margins.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <limits>

using namespace foreshift;
using risk::limit_margins, risk::margins;

TEST_CASE("margins have no unit: another scale of the same series has the same ones") {
  random_stream random{9};
  limit_margins percent{{}}, bytes{{}};
  for (int t = 0; t < 500; ++t) {
    const double y = 40 + 30 * random.uniform();
    percent.observe(y), bytes.observe(1e9 * y);
  }
  const auto a = percent.from(80), b = bytes.from(80e9);
  CHECK(a.recent_peak == doctest::Approx(b.recent_peak));
  CHECK(a.past_peak == doctest::Approx(b.past_peak));
  CHECK(a.recent_mean == doctest::Approx(b.recent_mean));
  CHECK(a.past_mean == doctest::Approx(b.past_mean));
  CHECK(a.past_mean < a.past_peak);
}

TEST_CASE("a peak is remembered for its time and then forgotten") {
  limit_margins m{{.recent = 3, .past = 10}};
  for (int t = 0; t < 50; ++t) m.observe(t % 2);
  m.observe(5);
  CHECK(m.from(4).recent_peak > 0);
  for (int t = 0; t < 7; ++t) m.observe(t % 2);
  CHECK(m.from(4).recent_peak < 0);
  CHECK(m.from(4).past_peak > 0);
  for (int t = 0; t < 20; ++t) m.observe(t % 2);
  CHECK(m.from(4).past_peak < 0);
}

TEST_CASE("a constant series, gaps and the largest numbers have finite margins within 6") {
  limit_margins m{{}};
  CHECK(m.from(1).past_mean == 0);
  for (int t = 0; t < 100; ++t) m.observe(7);
  CHECK(m.from(7).past_mean == doctest::Approx(0));
  CHECK(m.from(80).past_mean == -6);
  for (const double v : {std::numeric_limits<double>::quiet_NaN(), std::numeric_limits<double>::infinity(),
                         1e308, -1e308, 3.0})
    m.observe(v);
  for (const double limit : {0.0, 1e-300, 80.0, -5.0}) {
    const auto all = m.from(limit);
    for (const double x : {all.recent_peak, all.past_peak, all.recent_mean, all.past_mean})
      CHECK(std::abs(x) <= 6);
  }
}

TEST_CASE("margins come back from an archive and go on alike") {
  limit_margins m{{}};
  for (int t = 0; t < 77; ++t) m.observe(t % 13);
  auto back = test_support::through_archive(m, limit_margins{{}});
  for (int t = 0; t < 30; ++t) m.observe(t), back.observe(t);
  CHECK(back.from(20).past_peak == m.from(20).past_peak);
  CHECK(back.from(20).recent_mean == m.from(20).recent_mean);
}
