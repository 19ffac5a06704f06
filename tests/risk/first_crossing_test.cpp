#include <foreshift/core/random.hpp>
#include <foreshift/risk/first_crossing.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <vector>

using namespace foreshift;
using namespace std::chrono_literals;
using forecast::sample_paths;
using risk::first_crossing;

TEST_CASE("ten paths that cross one after the other: the tenths are their times") {
  sample_paths paths{10, 20};
  for (std::size_t p = 0; p < 10; ++p) paths[p][p + 3] = 5;  // path p crosses in step p + 3, and only there
  const auto times = first_crossing(paths, 4, 1min);
  CHECK(times.p10 == 3min);
  CHECK(times.p50 == 7min);
  CHECK(times.p90 == 11min);
  CHECK(times.never == 0);
}

TEST_CASE("the share that never crosses changes no time of those that do") {
  sample_paths paths{40, 5};
  for (std::size_t p = 0; p < 10; ++p) paths[p][2] = 9;
  const auto times = first_crossing(paths, 8, 5min);
  CHECK(times.p10 == 10min);
  CHECK(times.p90 == 10min);
  CHECK(times.never == doctest::Approx(0.75));
  CHECK(first_crossing(paths, 9, 5min).never == 1);  // at the limit is not over it
  CHECK(first_crossing(paths, 9, 5min).p50 == 0min);
}

TEST_CASE("sorting all first crossings gives the same quantiles") {
  random_stream random{31};
  sample_paths paths{101, 50};
  for (double& v : paths.flat()) v = random.uniform();
  for (const double limit : {0.5, 0.95, 0.99, 0.999}) {
    std::vector<std::size_t> first;
    for (std::size_t p = 0; p < paths.count(); ++p) {
      const auto path = paths[p];
      const auto at = std::ranges::find_if(path, [&](double v) { return v > limit; });
      if (at != path.end()) first.push_back(static_cast<std::size_t>(at - path.begin()));
    }
    std::ranges::sort(first);
    const auto times = first_crossing(paths, limit, 1s);
    CHECK(times.never == doctest::Approx(1 - static_cast<double>(first.size()) / 101.0));
    if (first.empty()) continue;
    const auto nth = [&](double q) {
      const auto rank = static_cast<std::size_t>(std::ceil(q * static_cast<double>(first.size()) - 1e-9));
      return std::chrono::seconds{first[rank - 1]};
    };
    CHECK(times.p10 == nth(0.1));
    CHECK(times.p50 == nth(0.5));
    CHECK(times.p90 == nth(0.9));
  }
}

TEST_CASE("a leak that is relieved at a step crosses later or never") {
  sample_paths host{3, 10}, leak{3, 10};
  for (std::size_t p = 0; p < 3; ++p)
    for (std::size_t i = 0; i < 10; ++i) leak[p][i] = static_cast<double>(i), host[p][i] = 10 + leak[p][i];
  CHECK(first_crossing(host, 14.5, 1min).p50 == 5min);
  CHECK(
      first_crossing(host, 14.5, 1min, {.arriving = nullptr, .leaving = &leak, .effective_from = 4}).never ==
      1);
}
