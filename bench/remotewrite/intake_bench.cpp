// How many samples a second does one core take in? Requests as Prometheus sends them: 500 series of a
// node_exporter with ten labels, one sample each, packed. Beside it, what Snappy alone needs to unpack them.

#include <foreshift/adapters/remotewrite/intake.hpp>

#include <protozero/pbf_writer.hpp>

#include <benchmark/benchmark.h>
#include <snappy.h>

#include <cstdint>
#include <cstdlib>
#include <optional>
#include <string>
#include <vector>

using namespace foreshift;

namespace {

constexpr std::size_t hosts = 20, series_per_host = 500;

/// One round of scrapes: a request for each host.
std::vector<std::string> round_of(std::int64_t at_ms) {
  std::vector<std::string> bodies;
  for (std::size_t h = 0; h < hosts; ++h) {
    std::string text, body;
    protozero::pbf_writer request{text};
    for (std::size_t s = 0; s < series_per_host; ++s) {
      protozero::pbf_writer series{request, 1};
      const auto label = [&](const char* name, const std::string& value) {
        protozero::pbf_writer one{series, 1};
        one.add_string(1, name);
        one.add_string(2, value);
      };
      label("__name__", "node_cpu_seconds_total");
      label("cluster", "production-eu-1");
      label("cpu", std::to_string(s / 8));
      label("environment", "production");
      label("instance", "node-" + std::to_string(h) + ".example.org:9100");
      label("job", "node-exporter");
      label("mode", std::to_string(s % 8) + "-mode");
      label("prometheus", "monitoring/k8s");
      label("region", "eu-central-1");
      label("team", "infrastructure");
      protozero::pbf_writer sample{series, 2};
      sample.add_double(1, 1000.25 * static_cast<double>(s + 1) + static_cast<double>(at_ms) / 1000);
      sample.add_int64(2, at_ms);
    }
    snappy::Compress(text.data(), text.size(), &body);
    bodies.push_back(std::move(body));
  }
  return bodies;
}
const std::vector<std::vector<std::string>>& rounds() {
  static const auto made = [] {
    std::vector<std::vector<std::string>> all;
    for (std::int64_t k = 0; k < 40; ++k) all.push_back(round_of(1'700'000'000'000 + 15'000 * k));
    return all;
  }();
  return made;
}
constexpr auto samples_of_round = static_cast<std::int64_t>(hosts * series_per_host);

void unpack_only(benchmark::State& state) {
  std::string out;
  std::size_t k = 0;
  for (auto _ : state) {
    for (const auto& body : rounds()[k]) snappy::Uncompress(body.data(), body.size(), &out);
    k = (k + 1) % rounds().size();
  }
  benchmark::DoNotOptimize(out.data());
  state.SetItemsProcessed(state.iterations() * samples_of_round);
}
BENCHMARK(unpack_only);

void read_requests(benchmark::State& state) {
  remotewrite::request_reader reader;
  std::size_t k = 0;
  for (auto _ : state) {
    for (const auto& body : rounds()[k])
      if (!reader.read(body) || reader.sample_count() != series_per_host) std::abort();
    k = (k + 1) % rounds().size();
  }
  state.SetItemsProcessed(state.iterations() * samples_of_round);
}
BENCHMARK(read_requests);

/// Everything: read, told apart, held, drained. Every sample comes out.
void intake_and_drain(benchmark::State& state) {
  std::size_t k = 0;
  double sum = 0;
  std::int64_t taken = 0;
  std::optional<remotewrite::intake> in;
  for (auto _ : state) {
    if (k == 0) in.emplace();  // each series' time goes forward only
    for (const auto& body : rounds()[k])
      if (in->receive(body, "snappy", time_point{}).status != 204) std::abort();
    taken += static_cast<std::int64_t>(in->drain([&](auto, const auto& s) { sum += s.value; }));
    k = (k + 1) % rounds().size();
  }
  benchmark::DoNotOptimize(sum);
  if (taken != state.iterations() * samples_of_round) std::abort();
  state.SetItemsProcessed(taken);
}
BENCHMARK(intake_and_drain);

}  // namespace
