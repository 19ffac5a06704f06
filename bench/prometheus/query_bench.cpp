// How long does it take to turn the answer of a range query into a panel: 1,000 series of two weeks at 10
// minutes? Beside the decoder: a tree of nlohmann-json, and its interface without a tree, each with the same
// conversion of texts to numbers; and the relabelled panel that the answer ends up in.
#include <foreshift/adapters/prometheus/answer_reader.hpp>
#include <foreshift/adapters/prometheus/subject_panel.hpp>
#include <foreshift/core/contract.hpp>
#include <foreshift/core/random.hpp>

#include <benchmark/benchmark.h>

#include <chrono>
#include <cstddef>
#include <string>
#include <vector>

#ifdef FORESHIFT_BENCH_JSON
#include <nlohmann/json.hpp>
#endif

using namespace foreshift;

namespace {

constexpr std::size_t series = 1000, points = 2016;
const telemetry::time_grid grid{time_point{std::chrono::seconds{1'700'000'000}}, std::chrono::minutes{10},
                                points};

/// Cores used by 1,000 hosts, with all the digits that a rate has: 64 MB.
const std::string& body() {
  static const std::string text = [] {
    random_stream random{1};
    std::string out = R"({"status":"success","data":{"resultType":"matrix","result":[)";
    for (std::size_t s = 0; s < series; ++s) {
      out += (s == 0 ? R"({"metric":{"instance":"host-)" : R"(,{"metric":{"instance":"host-)") +
             std::to_string(s);
      out += R"(:9100"},"values":[)";
      for (std::size_t t = 0; t < points; ++t) {
        const auto at = std::chrono::floor<std::chrono::seconds>(grid.time_at(t + 1).time_since_epoch());
        out += (t == 0 ? "[" : ",[") + std::to_string(at.count()) + ",\"";
        prometheus::append_value(out, 4 + 0.3 * random.normal());
        out += "\"]";
      }
      out += "]}";
    }
    return out + "]}}";
  }();
  return text;
}

/// Both must come to the same.
double sum_of(const std::vector<double>& values) {
  double sum = 0;
  for (const double x : values) sum += x;
  return sum;
}
double expected() {
  static const double sum = sum_of(prometheus::read_answer_body(body())->answer.values);
  return sum;
}
void count(benchmark::State& state) {
  state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations() * body().size()));
  state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations() * series * points));
}

void columns(benchmark::State& state) {
  FORESHIFT_EXPECT(expected() > 0);
  for (auto _ : state) {
    auto read = prometheus::read_answer_body(body());
    benchmark::DoNotOptimize(read);
  }
  count(state);
}
BENCHMARK(columns)->Unit(benchmark::kMillisecond);

void panel(benchmark::State& state) {
  const auto table = prometheus::parse_relabel_table("[cpu]\nquery = x\nhost = {instance|host}\n", "");
  std::size_t filled = 0;
  for (auto _ : state) {
    const auto read = prometheus::read_answer_body(body());
    prometheus::subject_panel made{grid};
    FORESHIFT_EXPECT(made.add(table->rules[0], read->answer).has_value());
    const auto out = std::move(made).finish();
    filled = 0;
    for (const double x : out.values.flat()) filled += x == x ? 1 : 0;
  }
  FORESHIFT_EXPECT(filled == series * points);
  count(state);
}
BENCHMARK(panel)->Unit(benchmark::kMillisecond);

#ifdef FORESHIFT_BENCH_JSON
void nlohmann_tree(benchmark::State& state) {
  std::vector<double> values;
  for (auto _ : state) {
    values.clear();
    const auto tree = nlohmann::json::parse(body());
    for (const auto& one : tree["data"]["result"])
      for (const auto& point : one["values"])
        values.push_back(*prometheus::parse_value(point[1].get_ref<const std::string&>()));
  }
  FORESHIFT_EXPECT(sum_of(values) == expected());
  count(state);
}
BENCHMARK(nlohmann_tree)->Unit(benchmark::kMillisecond);

/// Takes every text within an array within "values".
struct collector : nlohmann::json_sax<nlohmann::json> {
  std::vector<double> times, values;
  bool inside = false;
  bool null() override { return true; }
  bool boolean(bool) override { return true; }
  bool number_integer(number_integer_t x) override { return number_float(static_cast<double>(x), {}); }
  bool number_unsigned(number_unsigned_t x) override { return number_float(static_cast<double>(x), {}); }
  bool number_float(number_float_t x, const string_t&) override { return times.push_back(x), true; }
  bool string(string_t& text) override {
    if (inside) values.push_back(*prometheus::parse_value(text));
    return true;
  }
  bool binary(binary_t&) override { return true; }
  bool start_object(std::size_t) override { return inside = false, true; }
  bool key(string_t& name) override { return inside = name == "values", true; }
  bool end_object() override { return true; }
  bool start_array(std::size_t) override { return true; }
  bool end_array() override { return true; }
  bool parse_error(std::size_t, const std::string&, const nlohmann::detail::exception&) override {
    return false;
  }
};
void nlohmann_sax(benchmark::State& state) {
  double sum = 0;
  for (auto _ : state) {
    collector all;
    nlohmann::json::sax_parse(body(), &all);
    sum = sum_of(all.values);
  }
  FORESHIFT_EXPECT(sum == expected());
  count(state);
}
BENCHMARK(nlohmann_sax)->Unit(benchmark::kMillisecond);
#endif

}  // namespace
