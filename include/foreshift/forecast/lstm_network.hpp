#pragma once
/// @file
/// A trained LSTM without any series' state: the weights, what they were trained for, and how that went.
///
/// Each history is learned from in units of its own spread around its own level, and each regressor in units
/// of its largest value, so hosts of every size teach the same network.

#include <foreshift/core/archive.hpp>
#include <foreshift/forecast/forecaster.hpp>
#include <foreshift/forecast/lstm_train.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <optional>
#include <span>
#include <type_traits>
#include <utility>
#include <vector>

namespace foreshift::inline FORESHIFT_ABI::forecast {

/// One history: n observations, and a row of regressors for each or none at all.
struct lstm_history {
  telemetry::series_view y;
  regressor_view x = {};
};

/// Immutable once trained; models share it.
class lstm_network {
 public:
  /// One network for all histories. Those without any observation are left out; `all_missing` if that leaves
  /// none, `bad_regressors` if rows do not match, are not finite, or differ in number of columns.
  /// O(n) a pass in time, and memory for the features of all histories. @pre `spec` is sound, see `lstm`
  [[nodiscard]] static result<lstm_network, errc> trained(const lstm& spec,
                                                          std::span<const lstm_history> histories) {
    FORESHIFT_EXPECT(detail::is_sound(spec));
    lstm_network net;
    net.spec_ = spec;
    if (histories.empty()) return failure{errc::too_short};
    net.event_size_.assign(histories[0].x.columns, 0.0);
    bool any = false, seen = false;
    for (const auto& h : histories) {
      if (!net.takes(h)) return failure{errc::bad_regressors};
      any = any || h.y.size() > 0;
      seen = seen || count_observed(h.y.values) > 0;
      for (std::size_t i = 0; i < h.x.values.size(); ++i) {
        double& size = net.event_size_[i % net.events()];
        size = std::max(size, std::abs(h.x.values[i]));
      }
    }
    if (!seen) return failure{any ? errc::all_missing : errc::too_short};
    for (double& size : net.event_size_)
      if (!(size > 1e-100)) size = 1;
    net.train(histories);
    return net;
  }

  [[nodiscard]] const lstm& spec() const { return spec_; }
  [[nodiscard]] const lstm_report& report() const { return report_; }
  /// Columns of regressors it was trained with.
  [[nodiscard]] std::size_t events() const { return event_size_.size(); }
  [[nodiscard]] const detail::lstm_network_shape& shape() const { return shape_; }
  [[nodiscard]] std::span<const float> cell_weights() const {
    return std::span{weights_}.first(shape_.cell.weights());
  }
  [[nodiscard]] std::span<const float> head_weights() const {
    return std::span{weights_}.subspan(shape_.cell.weights());
  }
  /// Whether the regressors of a history are what it was trained with, a finite row for each observation.
  [[nodiscard]] bool takes(const lstm_history& h) const {
    return h.x.columns == events() &&
           (events() == 0 || (h.x.rows() == h.y.size() && std::ranges::all_of(h.x.values, is_observed)));
  }
  /// One row of regressors in their units; what is not finite counts as no event. @pre both have `events()`
  void scale_events(std::span<const double> row, std::span<double> out) const {
    for (std::size_t e = 0; e < events(); ++e)
      out[e] = is_observed(row[e]) ? std::clamp(row[e] / event_size_[e], -10.0, 10.0) : 0.0;
  }
  /// Steps since the beginning of a cycle, counted from the epoch: series of one fleet share their weeks.
  [[nodiscard]] std::size_t place_of(const telemetry::series_view& y) const {
    const auto cycle = static_cast<duration::rep>(spec_.cycle());
    if (y.step <= duration::zero()) return 0;
    const auto steps = y.start.time_since_epoch() / y.step % cycle;
    return static_cast<std::size_t>(steps < 0 ? steps + cycle : steps);
  }

 private:
  friend struct foreshift::archive_access;
  friend class lstm_model;
  static constexpr double weight_max = 1e6;  ///< products in single precision stay finite

  lstm_network() = default;

  void train(std::span<const lstm_history> histories) {
    shape_ = detail::shape_of(spec_, events());
    random_stream random{spec_.seed};
    weights_ = detail::first_weights(shape_, random);
    std::vector<detail::lstm_record> records;
    for (const auto& h : histories)
      if (h.y.size() > spec_.window && count_observed(h.y.values) > 0) records.push_back(record_of(h));
    const auto first = weights_;
    report_ = detail::lstm_training{spec_, shape_, records}.run(weights_);
    if (bounded()) return;
    weights_ = first;
    report_.best = 0;
    report_.loss = report_.loss_at_start;
    report_.stop = lstm_stop::not_finite;
  }
  [[nodiscard]] detail::lstm_record record_of(const lstm_history& h) const {
    const auto scale = detail::standardise(h.y.values);
    std::vector<double> z(h.y.size()), rows(h.y.size() * events());
    for (std::size_t t = 0; t < z.size(); ++t) {
      const double y = h.y.values[t];
      z[t] = is_observed(y) ? scale.in(y) : std::numeric_limits<double>::quiet_NaN();
      if (events() > 0) scale_events(h.x.row(t), std::span{rows}.subspan(t * events(), events()));
    }
    detail::lstm_memory memory{spec_, events(), place_of(h.y)};
    return {spec_, z, rows, memory};
  }
  [[nodiscard]] bool bounded() const {
    return std::ranges::all_of(weights_, [](float w) { return std::abs(w) <= weight_max; });
  }

  static void members(auto& self, auto& archive) {
    std::vector<double> weights(self.weights_.begin(), self.weights_.end());
    archive(self.spec_, self.event_size_, weights, self.report_);
    if constexpr (std::remove_reference_t<decltype(archive)>::reading) self.restore(weights);
  }
  void restore(std::span<const double> weights) {
    weights_.clear();
    if (!detail::is_sound(spec_) || event_size_.size() > (1U << 16U)) return;
    shape_ = detail::shape_of(spec_, events());
    if (weights.size() != shape_.weights()) return;
    for (const double w : weights)  // the conversion of what no float can hold is undefined
      weights_.push_back(std::abs(w) <= weight_max ? static_cast<float>(w)
                                                   : std::numeric_limits<float>::quiet_NaN());
  }
  [[nodiscard]] bool consistent() const {
    return !weights_.empty() && bounded() &&
           std::ranges::all_of(event_size_, [](double s) { return s > 0 && s <= largest_observation; });
  }

  lstm spec_{};
  std::vector<double> event_size_;  ///< the largest of each column, at which an event counts 1
  detail::lstm_network_shape shape_{};
  std::vector<float> weights_;  ///< the recurrent layer's, then the head's
  lstm_report report_{};
};

}  // namespace foreshift::inline FORESHIFT_ABI::forecast
