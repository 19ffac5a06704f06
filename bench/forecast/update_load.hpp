#pragma once
// One more observation, as it is timed: five-minute load of a day's pattern, and a model that has seen some.

#include <foreshift/core/random.hpp>
#include <foreshift/forecast/forecaster.hpp>

#include <chrono>
#include <cmath>
#include <cstddef>
#include <span>
#include <utility>
#include <vector>

namespace update_timed {

inline constexpr std::size_t steps_a_day = 288;

inline std::vector<double> load(std::size_t n) {
  foreshift::random_stream random{1};
  std::vector<double> y;
  for (std::size_t t = 0; t < n; ++t)
    y.push_back(40 + 20 * std::sin(6.283185307179586 * static_cast<double>(t % steps_a_day) / steps_a_day) +
                5 * random.normal());
  return y;
}

/// A model fitted to the first n values, which then learns the next 4,096 in a circle.
template <class Model>
class learner {
 public:
  learner(Model fitted, std::size_t n) : model_(std::move(fitted)), y_(load(n + 4096)), n_(n), next_(n) {}
  void learn() {
    update(model_, y_[next_], {});
    if (++next_ == y_.size()) next_ = n_;
  }
  [[nodiscard]] const Model& model() const { return model_; }

 private:
  Model model_;
  std::vector<double> y_;
  std::size_t n_, next_;
};

/// The reason of the fit where there is none.
template <class Spec>
foreshift::result<learner<typename Spec::model>, foreshift::forecast::errc> make_learner(const Spec& spec,
                                                                                         std::size_t n) {
  const auto y = load(n);
  auto fitted = fit(spec, foreshift::telemetry::series_view{{}, std::chrono::minutes{5}, y}, {});
  if (!fitted) return foreshift::failure{fitted.error()};
  return learner<typename Spec::model>{*std::move(fitted), n};
}

}  // namespace update_timed
