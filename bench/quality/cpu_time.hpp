#pragma once
// CPU time of this process, and of a piece of work.

#include <algorithm>
#include <cstddef>
#include <ctime>
#include <utility>
#include <vector>

inline double cpu_seconds() { return static_cast<double>(std::clock()) / CLOCKS_PER_SEC; }

template <class T>
struct timed_value {
  T value;
  double seconds = 0;
};
/// What `work()` gives, and the CPU time that it took.
template <class F>
auto timed(F&& work) {
  const double begin = cpu_seconds();
  auto value = work();
  return timed_value<decltype(value)>{std::move(value), cpu_seconds() - begin};
}

/// @pre not empty
inline double median(std::vector<double> values) {
  std::ranges::sort(values);
  const std::size_t n = values.size();
  return 0.5 * (values[(n - 1) / 2] + values[n / 2]);
}

/// CPU seconds of one call of `work`, the median of several rounds; each of the rounds makes so many calls.
template <class F>
double median_seconds(std::size_t calls, F work) {
  std::vector<double> rounds;
  for (int round = 0; round < 7; ++round) {
    const double begin = cpu_seconds();
    for (std::size_t i = 0; i < calls; ++i) work();
    rounds.push_back((cpu_seconds() - begin) / static_cast<double>(calls));
  }
  return median(std::move(rounds));
}
