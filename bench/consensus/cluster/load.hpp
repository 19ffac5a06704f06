#pragma once
/// @file
/// A closed loop of puts: so many are always under way, each replaced when it is answered.

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <vector>

namespace cluster_bench {

using namespace std::chrono_literals;
using bench_clock = std::chrono::steady_clock;

inline constexpr std::size_t value_bytes = 256;

/// What a system did under a load.
struct figures {
  unsigned clients = 0;
  double per_second = 0;
  double p50_ms = 0;
  double p99_ms = 0;
  double cpu_us = 0;  ///< of the three servers, per put
  double syncs = 0;   ///< of the three servers, per second
  std::uint64_t refused = 0;
};

/// @param system `ready()` finds its leader; `put(tag)` sends one; `wait(answered)` blocks a moment at most
/// and calls `answered(tag, ok)`;
///               `cpu()` is what its servers have used, `syncs()` how often they have forced the disk
template <class System>
figures closed_loop(System& system, unsigned clients, std::chrono::nanoseconds warm_up,
                    std::chrono::nanoseconds span) {
  std::vector<bench_clock::time_point> sent(clients);
  std::vector<double> latencies_ms;
  figures out{.clients = clients};
  bool measuring = false;
  const auto put = [&](std::size_t tag) {
    sent[tag] = bench_clock::now();
    system.put(tag);
  };
  const auto run_for = [&](std::chrono::nanoseconds how_long) {
    const auto end = bench_clock::now() + how_long;
    while (bench_clock::now() < end)
      system.wait([&](std::size_t tag, bool ok) {
        if (measuring && ok)
          latencies_ms.push_back(
              std::chrono::duration<double, std::milli>(bench_clock::now() - sent[tag]).count());
        if (!ok) ++out.refused;
        put(tag);
      });
  };
  system.ready();
  for (std::size_t tag = 0; tag < clients; ++tag) put(tag);
  run_for(warm_up);
  const auto cpu = system.cpu();
  const auto syncs = system.syncs();
  const auto begin = bench_clock::now();
  measuring = true;
  run_for(span);
  const double seconds = std::chrono::duration<double>(bench_clock::now() - begin).count();
  const double cpu_us = std::chrono::duration<double, std::micro>(system.cpu() - cpu).count();
  measuring = false;
  const auto patience = bench_clock::now() + 20s;
  for (std::size_t left = clients; left > 0;) {  // leave nothing under way
    system.wait([&](std::size_t, bool) { --left; });
    if (bench_clock::now() > patience) {
      std::fprintf(stderr, "%zu puts were never answered\n", left);
      std::exit(1);
    }
  }

  const auto quantile = [&](double q) {
    const auto at =
        latencies_ms.begin() + static_cast<std::ptrdiff_t>(q * static_cast<double>(latencies_ms.size() - 1));
    std::nth_element(latencies_ms.begin(), at, latencies_ms.end());
    return *at;
  };
  if (latencies_ms.empty()) return out;
  const auto count = static_cast<double>(latencies_ms.size());
  out.per_second = count / seconds;
  out.p50_ms = quantile(0.5);
  out.p99_ms = quantile(0.99);
  out.cpu_us = cpu_us / count;
  out.syncs = static_cast<double>(system.syncs() - syncs) / seconds;
  return out;
}

}  // namespace cluster_bench
