#include <foreshift/core/random.hpp>
#include <foreshift/forecast/lstm_train.hpp>

#include <doctest/doctest.h>

#include <array>
#include <cmath>
#include <limits>
#include <vector>

using namespace foreshift;
using namespace foreshift::forecast;
using namespace foreshift::forecast::detail;

namespace {

lstm_record noise_record(const lstm& spec, std::size_t n, std::uint64_t seed, double gaps = 0) {
  random_stream random{seed};
  std::vector<double> z, events;
  for (std::size_t t = 0; t < n; ++t) {
    z.push_back(random.chance(gaps) ? std::numeric_limits<double>::quiet_NaN() : random.normal());
    events.push_back(random.chance(0.3) ? 1 : 0);
  }
  lstm_memory memory{spec, 1, 0};
  return {spec, z, events, memory};
}

// A wave with a period that is no season: only the recurrent layer can follow it.
lstm_record wave_record(const lstm& spec, std::size_t n) {
  std::vector<double> z;
  for (std::size_t t = 0; t < n; ++t) z.push_back(1.5 * std::sin(static_cast<double>(t) * 0.9));
  lstm_memory memory{spec, 0, 0};
  return {spec, z, {}, memory};
}
lstm wave_spec() {
  return {.season_length = 4, .seasons_in_cycle = 1, .leads = 2, .hidden = 8, .window = 12, .levels = {0.5}};
}
std::vector<float> start_of(const lstm& spec, std::size_t events) {
  random_stream random{spec.seed};
  return first_weights(shape_of(spec, events), random);
}

}  // namespace

TEST_CASE("the gradient of the whole network agrees with central differences for every weight") {
  const lstm spec{.season_length = 3,
                  .seasons_in_cycle = 2,
                  .leads = 3,
                  .hidden = 8,
                  .window = 6,
                  .levels = {0.1, 0.5, 0.8}};
  const std::vector<lstm_record> records{noise_record(spec, 30, 1), noise_record(spec, 20, 2, 0.2)};
  const std::array tasks{lstm_task{&records[0], 0, 25}, lstm_task{&records[1], 4, 20}};
  const std::array windows{lstm_window{0, 2}, lstm_window{1, 1}, lstm_window{0, 20}};  // the last runs out
  const auto shape = shape_of(spec, 1);
  random_stream random{3};
  std::vector<double> w(shape.weights());
  for (double& v : w) v = 0.4 * random.normal();
  lstm_gradient<double> engine{shape, spec.window, 4};
  const auto mean_loss = [&] {
    const auto l = engine.run(tasks, windows, w, {});
    return l.sum / static_cast<double>(l.count);
  };
  std::vector<double> gradient(w.size());
  engine.run(tasks, windows, w, gradient);
  for (std::size_t i = 0; i < w.size(); ++i) {
    constexpr double h = 1e-6;
    const double kept = w[i];
    w[i] = kept + h;
    const double above = mean_loss();
    w[i] = kept - h;
    const double below = mean_loss();
    w[i] = kept;
    REQUIRE(gradient[i] == doctest::Approx((above - below) / (2 * h)).epsilon(1e-6).scale(1));
  }
}

TEST_CASE("targets outside of a task's share do not count") {
  const lstm spec{.season_length = 3, .seasons_in_cycle = 1, .leads = 2, .hidden = 8, .window = 6};
  const std::vector<lstm_record> records{noise_record(spec, 20, 1)};
  lstm_gradient<float> engine{shape_of(spec, 1), spec.window, 1};
  const auto w = start_of(spec, 1);
  const std::array windows{lstm_window{0, 0}};  // origins 3, 4, 5: targets 4 to 7
  const auto count = [&](std::size_t from, std::size_t to) {
    const std::array tasks{lstm_task{&records[0], from, to}};
    return engine.run(tasks, windows, w, {}).count;
  };
  CHECK(engine.origins() == 3);
  CHECK(count(0, 20) == 6);
  CHECK(count(0, 6) == 3);  // 4, 5 | 5 | none
  CHECK(count(7, 20) == 1);
  CHECK(count(8, 20) == 0);
}

TEST_CASE("training learns a wave that no profile knows") {
  const lstm spec = wave_spec();
  const std::vector<lstm_record> records{wave_record(spec, 300)};
  auto w = start_of(spec, 0);
  const auto report = lstm_training{spec, shape_of(spec, 0), records}.run(w);
  CHECK(report.best > 0);
  CHECK(report.loss < 0.2 * report.loss_at_start);
}

TEST_CASE("the same seed gives the same bits, another seed others") {
  lstm spec = wave_spec();
  spec.epochs_max = 3;
  const std::vector<lstm_record> records{wave_record(spec, 100)};
  const auto trained = [&](std::uint64_t seed) {
    spec.seed = seed;
    auto w = start_of(spec, 0);
    lstm_training{spec, shape_of(spec, 0), records}.run(w);
    return w;
  };
  CHECK(trained(1) == trained(1));
  CHECK(trained(1) != trained(2));
}

TEST_CASE("noise is not learned: training stops early and keeps the best weights") {
  lstm spec = wave_spec();
  spec.learning_rate = 0.05;  // fits the noise of the learning part soon
  spec.epochs_max = 500;
  spec.patience = 3;
  const std::vector<lstm_record> records{noise_record(spec, 150, 5)};
  auto w = start_of(spec, 1);
  const auto report = lstm_training{spec, shape_of(spec, 1), records}.run(w);
  CHECK(report.stop == lstm_stop::patience);
  CHECK(report.epochs == report.best + 3);
  CHECK(report.loss <= report.loss_at_start);
}

TEST_CASE("without a window nothing is learned, without a pass only the regression") {
  lstm spec = wave_spec();
  for (const std::size_t n : {0U, 1U, 12U}) {
    const std::vector<lstm_record> records{wave_record(spec, n)};
    auto w = start_of(spec, 0);
    const auto report = lstm_training{spec, shape_of(spec, 0), records}.run(w);
    CHECK(report.stop == lstm_stop::no_window);
    CHECK(w == start_of(spec, 0));
  }
  spec.epochs_max = 0;
  const std::vector<lstm_record> records{wave_record(spec, 100)};
  auto w = start_of(spec, 0);
  const auto report = lstm_training{spec, shape_of(spec, 0), records}.run(w);
  CHECK(report.stop == lstm_stop::epochs);
  CHECK(report.loss == report.loss_at_start);
}

TEST_CASE("a rate that is far too large ends in finite weights no worse than the start") {
  lstm spec = wave_spec();
  spec.learning_rate = 1e30;
  const std::vector<lstm_record> records{wave_record(spec, 100)};
  auto w = start_of(spec, 0);
  const auto report = lstm_training{spec, shape_of(spec, 0), records}.run(w);
  CHECK(report.loss <= report.loss_at_start);
  for (const float v : w) CHECK(std::isfinite(v));
}

TEST_CASE("Adam steps by its rate whatever the gradient's size, and ignores one that is not finite") {
  adam optimiser{2};
  std::vector<float> w{0, 0};
  const std::vector<float> bad{std::numeric_limits<float>::quiet_NaN(), 0}, small{1e-3F, -1e-3F};
  optimiser.step(w, bad, 0.1, 1);
  CHECK(w == std::vector<float>{0, 0});
  optimiser.step(w, small, 0.1, 1);
  CHECK(w[0] == doctest::Approx(-0.1).epsilon(1e-3));
  CHECK(w[1] == doctest::Approx(0.1).epsilon(1e-3));
}

TEST_CASE("why training stopped has a name") {
  CHECK(name_of(lstm_stop::no_window) == "no_window");
  CHECK(name_of(lstm_stop::not_finite) == "not_finite");
}
