#include <foreshift/core/random.hpp>
#include <foreshift/forecast/lstm_start.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

using namespace foreshift;
using namespace foreshift::forecast;
using namespace foreshift::forecast::detail;

namespace {

lstm small() {
  return {.season_length = 4, .seasons_in_cycle = 1, .leads = 3, .hidden = 8, .levels = {0.1, 0.5, 0.9}};
}
std::vector<float> regressed(const lstm& spec, std::span<const double> z, std::span<const double> events) {
  const std::size_t columns = events.empty() ? 0 : 1;
  lstm_memory memory{spec, columns, 0};
  const lstm_record record{spec, z, events, memory};
  const std::array tasks{lstm_task{&record, 0, z.size()}};
  const auto shape = shape_of(spec, columns);
  random_stream random{1};
  auto w = first_weights(shape, random);
  lstm_regression{shape, tasks, random}.write(std::span{w}.subspan(shape.cell.weights()));
  return {w.begin() + static_cast<std::ptrdiff_t>(shape.cell.weights()), w.end()};
}

}  // namespace

TEST_CASE("what is known already is where training starts: a day that repeats, and an event's effect") {
  const lstm spec = small();
  const auto head = shape_of(spec, 1).head;
  random_stream random{2};
  std::vector<double> z, events;
  for (std::size_t t = 0; t < 600; ++t) {
    events.push_back(random.chance(0.1) ? 1 : 0);
    z.push_back(static_cast<double>(t % 4) + 2 * events.back() + 0.1 * random.normal());
  }
  const auto w = regressed(spec, z, events);
  CHECK(w[head.event()] == doctest::Approx(2).epsilon(0.1));
  for (std::size_t lead = 0; lead < 3; ++lead) {  // the columns of place together weigh about one
    const float* u = w.data() + head.past() + lead * lstm_past_columns;
    CHECK(u[0] + u[1] + u[2] == doctest::Approx(1).epsilon(0.15));
    const float up = positive(w[head.constants() + lead * 3 + 2]);  // 1.28 spreads of about 0.12
    CHECK(up > 0.1F);
    CHECK(up < 0.3F);
  }
  for (std::size_t i = 0; i < head.constants(); ++i)
    CHECK(w[i] == 0);  // the recurrent layer is not heard yet
}

TEST_CASE("too few rows leave the mean of the profiles") {
  const lstm spec = small();
  const auto head = shape_of(spec, 0).head;
  const std::vector<double> z{1, 2, 3, 4, 1, 2, 3, 4};
  const auto w = regressed(spec, z, {});
  for (std::size_t lead = 0; lead < 3; ++lead)
    for (std::size_t i = 0; i < lstm_past_columns; ++i)
      CHECK(w[head.past() + lead * lstm_past_columns + i] == (i == 1 || i == 2 ? 0.5F : 0.0F));
}

TEST_CASE("the recurrent layer starts random, small and remembering") {
  const auto shape = shape_of(small(), 0);
  random_stream random{1};
  const auto w = first_weights(shape, random);
  const std::size_t bias = shape.cell.bias_row() * shape.cell.gates();
  for (std::size_t i = 0; i < bias; ++i) CHECK(std::abs(w[i]) <= 0.354F);  // 1 / sqrt 8
  CHECK(w[0] != w[1]);
  for (std::size_t u = 0; u < 8; ++u) {
    CHECK(w[bias + u] == 0);
    CHECK(w[bias + 8 + u] == 1);
  }
}

TEST_CASE("the median is always among the outputs, and units come in blocks") {
  CHECK(shape_of(lstm{.levels = {}}, 0).head.levels == std::vector{0.5});
  CHECK(shape_of(lstm{.levels = {0.1, 0.9}}, 0).head.levels == std::vector{0.1, 0.5, 0.9});
  CHECK(shape_of(lstm{.levels = {0.5, 0.9}}, 0).head.median() == 0);
  CHECK(shape_of(lstm{.hidden = 9}, 2).cell.hidden == 16);
}
