#pragma once
/// @file
/// A trained LSTM that follows one series: what it remembers, one forward step for each observation, and the
/// way from its state to means and quantiles.

#include <foreshift/core/archive.hpp>
#include <foreshift/forecast/forecaster.hpp>
#include <foreshift/forecast/lstm_network.hpp>
#include <foreshift/numeric/distribution.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <memory>
#include <span>
#include <type_traits>
#include <utility>
#include <vector>

namespace foreshift::inline FORESHIFT_ABI::forecast {

namespace detail {

/// The recurrent layer for one series.
struct lstm_state {
  std::vector<float> row;     ///< hidden values, inputs, 1, as one row of a batch
  std::vector<float> cell;    ///< one a unit
  std::vector<float> buffer;  ///< gates and tanh of the cells

  lstm_state() = default;
  explicit lstm_state(const lstm_shape& s) : row(s.rows()), cell(s.hidden), buffer(s.gates() + s.hidden) {
    row[s.bias_row()] = 1;
  }
  [[nodiscard]] float* inputs(const lstm_shape& s) { return row.data() + s.hidden; }
  /// @pre the inputs have been written. No allocation.
  void advance(const lstm_shape& s, std::span<const float> weights) {
    const numeric::const_matrix_map_of<float> w{weights.data(), numeric::to_index(s.rows()),
                                                numeric::to_index(s.gates())};
    const numeric::const_matrix_map_of<float> in{row.data(), 1, numeric::to_index(s.rows())};
    numeric::matrix_map_of<float> gate{buffer.data(), 1, numeric::to_index(s.gates())};
    gate.noalias() = in * w;
    lstm_step(s.hidden, buffer.data(), cell.data(), cell.data(), buffer.data() + s.gates(), row.data());
  }
};

/// A curve through (known[i], q[i]) at x, straight between the points and beyond them.
/// @pre known ascending, q as many
[[nodiscard]] inline double interpolated(std::span<const double> known, std::span<const float> q, double x) {
  const std::size_t n = known.size();
  if (n == 1) return static_cast<double>(q[0]);
  const auto above = static_cast<std::size_t>(std::ranges::upper_bound(known, x) - known.begin());
  const std::size_t i = std::clamp<std::size_t>(above, 1, n - 1);
  const double low = static_cast<double>(q[i - 1]), high = static_cast<double>(q[i]);
  return low + (high - low) * (x - known[i - 1]) / (known[i] - known[i - 1]);
}

}  // namespace detail

/// `update` does not allocate and costs one forward step; a prediction allocates, and costs one look at the
/// head for each `leads` steps and as many forward steps as go beyond the first look.
class lstm_model {
 public:
  friend void update(lstm_model& m, double y, std::span<const double> row) { m.learn(y, row); }
  friend void predict_mean(const lstm_model& m, regressor_view x, std::span<double> out) {
    const std::size_t median = m.network_->shape().head.median();
    m.look(x, out.size(),
           [&](std::size_t step, std::span<const float> q) { out[step] = m.value(q[median]); });
  }
  /// The quantiles of the next steps: levels x h, the curve of the lowest level first, never crossing.
  /// Between and beyond the learned levels they are linear in the normal score of the level.
  /// @pre levels ascending, each in (0, 1); out.size() == levels.size() x horizon; x as in `predict_mean`
  friend void predict_quantiles(const lstm_model& m, regressor_view x, std::span<const double> levels,
                                std::span<double> out) {
    FORESHIFT_EXPECT(!levels.empty() && out.size() % levels.size() == 0);
    const std::size_t horizon = out.size() / levels.size();
    std::vector<double> known, wanted;
    for (const double p : m.network_->shape().head.levels) known.push_back(numeric::normal_quantile(p));
    for (const double p : levels) wanted.push_back(numeric::normal_quantile(p));
    m.look(x, horizon, [&](std::size_t step, std::span<const float> q) {
      for (std::size_t i = 0; i < wanted.size(); ++i) {
        double& v = out[i * horizon + step];
        v = m.value(detail::interpolated(known, q, wanted[i]));
        if (i > 0) v = std::max(v, out[(i - 1) * horizon + step]);  // rounding may cross what does not
      }
    });
  }

  [[nodiscard]] const lstm_network& network() const { return *network_; }
  [[nodiscard]] bool takes(std::size_t regressors) const { return regressors == events_.size(); }
  [[nodiscard]] std::shared_ptr<const lstm_network> shared_network() const { return network_; }

  /// The state after a history; nothing is trained. `too_short` without steps, `all_missing` without an
  /// observation, `bad_regressors` if the network does not take them. O(n). @pre network is not null
  [[nodiscard]] static result<lstm_model, errc> following(std::shared_ptr<const lstm_network> network,
                                                          const lstm_history& h) {
    FORESHIFT_EXPECT(network != nullptr);
    if (!network->takes(h)) return failure{errc::bad_regressors};
    if (h.y.size() == 0) return failure{errc::too_short};
    if (count_observed(h.y.values) == 0) return failure{errc::all_missing};
    lstm_model m{std::move(network), h.y};
    for (std::size_t t = 0; t < h.y.size(); ++t)
      m.learn(h.y.values[t], h.x.columns == 0 ? std::span<const double>{} : h.x.row(t));
    return m;
  }

 private:
  friend struct foreshift::archive_access;
  lstm_model() = default;
  lstm_model(std::shared_ptr<const lstm_network> network, const telemetry::series_view& y)
      : network_(std::move(network)),
        scale_(detail::standardise(y.values)),
        memory_(network_->spec(), network_->events(), network_->place_of(y)),
        state_(network_->shape().cell),
        events_(network_->events()) {}

  void learn(double y, std::span<const double> row) {
    FORESHIFT_EXPECT(row.size() == events_.size());
    network_->scale_events(row, events_);
    const bool seen = is_observed(y);
    const double z = seen ? scale_.in(y) : std::numeric_limits<double>::quiet_NaN();
    if (seen) observe_range(z);
    step(memory_, state_, z, events_);
  }
  void step(detail::lstm_memory& memory, detail::lstm_state& state, double z,
            std::span<const double> events) const {
    const auto& cell = network_->shape().cell;
    memory.observe(z, events);
    memory.write_inputs(state.inputs(cell));
    state.advance(cell, network_->cell_weights());
  }
  void observe_range(double z) {
    const double slow = 1e-3;  // an old record is forgotten over a thousand steps
    low_ = std::min(z, low_ + slow * (z - low_));
    high_ = std::max(z, high_ + slow * (z - high_));
  }
  /// Back in the unit of the series, and not far outside of what it has been.
  [[nodiscard]] double value(double z) const {
    const double room = 0.5 * (high_ - low_);
    return scale_.out(z > low_ - room ? std::min(z, high_ + room) : low_ - room);  // also for NaN
  }

  /// Calls take(step, quantiles in spreads) for each of the next `horizon` steps.
  template <class F>
  void look(regressor_view x, std::size_t horizon, F take) const {
    const auto& shape = network_->shape();
    FORESHIFT_EXPECT(x.columns == events_.size() && (x.columns == 0 || x.rows() >= horizon));
    std::vector<double> row(events_.size());
    std::vector<float> output(shape.head.outputs()), past(detail::lstm_past_columns),
        event(2 * events_.size()), medians, widest(shape.head.quantiles());
    const auto one = [&](std::size_t at, const detail::lstm_memory& memory, const detail::lstm_state& state) {
      outputs(state, output);
      for (std::size_t lead = 0; lead < std::min(shape.head.leads, horizon - at); ++lead) {
        const std::span q = std::span{output}.subspan(lead * shape.head.quantiles(), shape.head.quantiles());
        write_past(memory.profile(lead + 1), memory.present(), past.data());
        if (!row.empty()) network_->scale_events(x.row(at + lead), row);
        std::ranges::copy(row, event.begin());
        memory.write_usual_events(lead + 1, event.data() + row.size());
        q[shape.head.median()] +=
            detail::known_part(shape.head, network_->head_weights(), lead, past.data(), event.data());
        complete(q, widest, lead + 1 == shape.head.leads);
        medians.push_back(q[shape.head.median()]);
        take(at + lead, q);
      }
    };
    one(0, memory_, state_);
    if (horizon <= shape.head.leads) return;
    auto memory = memory_;
    auto state = state_;
    for (std::size_t at = shape.head.leads; at < horizon; at += shape.head.leads) {
      for (std::size_t i = at - shape.head.leads; i < at; ++i) {
        if (!row.empty()) network_->scale_events(x.row(i), row);
        step(memory, state, static_cast<double>(medians[i]), row);
      }
      one(at, memory, state);
    }
  }
  /// All outputs of the head, without what is known of the past and of events.
  void outputs(const detail::lstm_state& state, std::vector<float>& out) const {
    const auto& head = network_->shape().head;
    const auto weights = network_->head_weights();
    const numeric::const_matrix_map_of<float> v{weights.data(), numeric::to_index(head.hidden),
                                                numeric::to_index(head.outputs())};
    const numeric::const_matrix_map_of<float> h{state.row.data(), 1, numeric::to_index(head.hidden)};
    numeric::matrix_map_of<float> o{out.data(), 1, numeric::to_index(head.outputs())};
    o.noalias() = h * v;
    for (std::size_t i = 0; i < out.size(); ++i) out[i] += weights[head.constants() + i];
  }
  /// Outputs become quantiles. A look that starts from medians does not know how wrong they are: none of its
  /// distances from the median is smaller than that of the last lead of the look before.
  void complete(std::span<float> q, std::vector<float>& widest, bool last) const {
    const std::size_t median = network_->shape().head.median();
    detail::quantiles_of(q.size(), median, q.data(), q.data());
    for (std::size_t i = 0; i < q.size(); ++i) {
      const float distance = std::max(std::abs(q[i] - q[median]), widest[i]);
      if (i != median) q[i] = i < median ? q[median] - distance : q[median] + distance;
    }
    for (std::size_t i = 0; last && i < q.size(); ++i) widest[i] = std::abs(q[i] - q[median]);
  }

  static void members(auto& self, auto& archive) {
    std::vector<double> hidden(self.state_.row.begin(), self.state_.row.end()),
        cell(self.state_.cell.begin(), self.state_.cell.end());
    if constexpr (std::remove_reference_t<decltype(archive)>::reading) {
      lstm_network network;
      archive(network);
      self.network_ = std::make_shared<const lstm_network>(std::move(network));
    } else {
      archive(*self.network_);
    }
    archive(self.memory_, hidden, cell, self.scale_.center, self.scale_.unit, self.low_, self.high_);
    if constexpr (std::remove_reference_t<decltype(archive)>::reading)
      if (archive.ok()) self.restore(hidden, cell);
  }
  void restore(std::span<const double> row, std::span<const double> cell) {
    state_ = detail::lstm_state{network_->shape().cell};
    events_.assign(network_->events(), 0.0);
    const auto sane = [](double v) { return std::abs(v) <= 1e6; };
    if (row.size() != state_.row.size() || cell.size() != state_.cell.size() ||
        !std::ranges::all_of(row, sane) || !std::ranges::all_of(cell, sane)) {
      network_ = nullptr;  // see `consistent`
      return;
    }
    for (std::size_t i = 0; i < row.size(); ++i) state_.row[i] = static_cast<float>(row[i]);
    for (std::size_t i = 0; i < cell.size(); ++i) state_.cell[i] = static_cast<float>(cell[i]);
  }
  [[nodiscard]] bool consistent() const {
    const auto sane = [](double v) { return std::abs(v) <= 1e60; };
    return network_ != nullptr && memory_.fits(network_->spec(), network_->events()) && sane(low_) &&
           sane(high_) && low_ <= high_ && is_observed(scale_.center) && is_observed(scale_.unit) &&
           scale_.unit > 0;
  }

  std::shared_ptr<const lstm_network> network_;
  detail::standardised scale_{};
  detail::lstm_memory memory_{};
  detail::lstm_state state_{};
  std::vector<double> events_;     ///< of the last step, scaled
  double low_ = 0.0, high_ = 0.0;  ///< the range of the series, in spreads
};

static_assert(FittedModel<lstm_model>);

}  // namespace foreshift::inline FORESHIFT_ABI::forecast
