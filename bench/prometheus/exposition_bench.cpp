// How fast is a scrape read? Beside it, how fast its lines are counted, which no reader can beat, and what
// the obvious reader takes: getline, then splitting at blanks, commas and quotes into strings.

#include <foreshift/adapters/prometheus/exposition_reader.hpp>

#include <benchmark/benchmark.h>

#include "node_scrape.hpp"

#include <cstdlib>
#include <cstring>
#include <map>
#include <sstream>
#include <string>

using namespace foreshift::prometheus;

namespace {

const auto& scrape() {
  static const auto made = bench::node_scrape(1'000'000);
  return made;
}
const std::string& text() { return scrape().first; }

std::size_t samples_of(const std::string& whole) {
  std::size_t n = 0;
  std::istringstream lines{whole};
  for (std::string line; std::getline(lines, line);) n += !line.starts_with('#');
  return n;
}

void processed(benchmark::State& state, std::size_t samples) {
  static const std::size_t expected = samples_of(text());
  if (samples != expected) std::abort();
  state.SetLabel(scrape().second ? "node_exporter" : "made up");
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(text().size()));
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(samples));
}

void lines_by_memchr(benchmark::State& state) {
  std::size_t samples = 0;
  for (auto _ : state) {
    samples = 0;
    const char* here = text().data();
    const char* const end = here + text().size();
    while (here != end) {
      const auto left = static_cast<std::size_t>(end - here);
      samples += *here != '#';
      const void* found = std::memchr(here, '\n', left);
      here = found == nullptr ? end : static_cast<const char*>(found) + 1;
    }
  }
  processed(state, samples);
}
BENCHMARK(lines_by_memchr);

void reader(benchmark::State& state) {
  std::size_t samples = 0;
  double sum = 0;
  for (auto _ : state) {
    samples = 0;
    exposition_reader reader{text(), "scrape"};
    while (reader.next_sample()) {
      ++samples;
      sum += reader.sample().value + static_cast<double>(reader.sample().labels.size());
    }
    if (reader.error()) std::abort();
  }
  benchmark::DoNotOptimize(sum);
  processed(state, samples);
}
BENCHMARK(reader);

void getline_and_split(benchmark::State& state) {
  std::size_t samples = 0;
  double sum = 0;
  for (auto _ : state) {
    samples = 0;
    std::istringstream lines{text()};
    for (std::string line; std::getline(lines, line);) {
      if (line.starts_with('#')) continue;
      const auto brace = line.find('{'), close = line.rfind('}');
      const std::string name = line.substr(0, brace);
      std::map<std::string, std::string> labels;
      std::istringstream pairs{line.substr(brace + 1, close - brace - 1)};
      for (std::string pair; std::getline(pairs, pair, ',');) {
        const auto is = pair.find('=');
        if (is != std::string::npos && is + 2 <= pair.size())
          labels[pair.substr(0, is)] = pair.substr(is + 2, pair.size() - is - 3);
      }
      sum += std::stod(line.substr(close + 2)) + static_cast<double>(labels.size());
      ++samples;
    }
  }
  benchmark::DoNotOptimize(sum);
  processed(state, samples);
}
BENCHMARK(getline_and_split);

}  // namespace
