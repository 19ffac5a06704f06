#include <foreshift/core/random.hpp>
#include <foreshift/forecast/lstm_record.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <vector>

using namespace foreshift;
using namespace foreshift::forecast;
using namespace foreshift::forecast::detail;

TEST_CASE("training sees of every origin and lead what a stream would have seen") {
  for (const std::size_t seasons : {1U, 3U}) {
    const lstm spec{.season_length = 4, .seasons_in_cycle = seasons};
    random_stream random{1};
    std::vector<double> z, events;
    for (int t = 0; t < 60; ++t) {
      z.push_back(random.chance(0.2) ? std::numeric_limits<double>::quiet_NaN() : random.normal());
      for (int e = 0; e < 2; ++e) events.push_back(random.chance(0.3) ? 1 : 0);
    }
    lstm_memory played{spec, 2, 5}, stream{spec, 2, 5};
    const lstm_record record{spec, z, events, played};
    REQUIRE(record.size() == z.size());
    for (std::size_t origin = 0; origin + 15 < z.size(); ++origin) {
      stream.observe(z[origin], std::span{events}.subspan(2 * origin, 2));
      float inputs[lstm_memory::input_columns + 2];
      stream.write_inputs(inputs);
      for (std::size_t i = 0; i < std::size(inputs); ++i) CHECK(record.inputs(origin)[i] == inputs[i]);
      for (std::size_t lead = 1; lead <= 15; ++lead) {
        float past[lstm_past_columns], event[4], from_stream[lstm_past_columns], usual[2];
        record.write_lead(origin, lead, past, event);
        write_past(stream.profile(lead), stream.present(), from_stream);
        stream.write_usual_events(lead, usual);
        for (std::size_t i = 0; i < lstm_past_columns; ++i) CHECK(past[i] == from_stream[i]);
        for (std::size_t e = 0; e < 2; ++e) {
          CHECK(static_cast<double>(event[e]) == events[2 * (origin + lead) + e]);
          CHECK(event[2 + e] == usual[e]);
        }
      }
    }
    CHECK(std::isnan(record.target(z.size())));
  }
}
