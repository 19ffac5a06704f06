#pragma once
/// @file
/// The size of an LSTM network, and the weights its training starts from.
///
/// What a regression can find in a moment is not left to the gradient. The linear path of every lead starts
/// as a robust ridge regression of the series on its profiles, level and events, its quantiles at the spread
/// of what that leaves; the head does not listen to the recurrent layer yet. From there on training can only
/// add what the regression misses.

#include <foreshift/core/random.hpp>
#include <foreshift/forecast/lstm_cell.hpp>
#include <foreshift/forecast/lstm_head.hpp>
#include <foreshift/forecast/lstm_record.hpp>
#include <foreshift/numeric/least_squares.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <span>
#include <utility>
#include <vector>

namespace foreshift::inline FORESHIFT_ABI::forecast::detail {

struct lstm_network_shape {
  lstm_shape cell;
  lstm_head_shape head;
  [[nodiscard]] std::size_t weights() const { return cell.weights() + head.weights(); }
};
[[nodiscard]] inline lstm_network_shape shape_of(const lstm& spec, std::size_t events) {
  const std::size_t hidden = round_up(spec.hidden, lanes);
  lstm_head_shape head{hidden, spec.leads, events, spec.levels};
  if (const auto at = std::ranges::lower_bound(head.levels, 0.5); at == head.levels.end() || *at != 0.5)
    head.levels.insert(at, 0.5);
  return {{lstm_memory::input_columns + events, hidden}, std::move(head)};
}

/// Weights that know nothing: a random recurrent layer that the head does not listen to yet, and a forecast
/// that is the mean of the profiles.
[[nodiscard]] inline std::vector<float> first_weights(const lstm_network_shape& shape,
                                                      random_stream& random) {
  std::vector<float> w(shape.weights(), 0.0F);
  const std::size_t h = shape.cell.hidden;
  const double reach = 1.0 / std::sqrt(static_cast<double>(h));
  for (std::size_t i = 0; i < shape.cell.bias_row() * shape.cell.gates(); ++i)
    w[i] = static_cast<float>(reach * (2 * random.uniform() - 1));
  for (std::size_t i = 0; i < h; ++i)  // remember, until there is a reason to forget
    w[shape.cell.bias_row() * shape.cell.gates() + h + i] = 1.0F;
  const std::span head = std::span{w}.subspan(shape.cell.weights());
  for (std::size_t lead = 0; lead < shape.head.leads; ++lead) {
    for (std::size_t i = 0; i < shape.head.quantiles(); ++i)
      if (i != shape.head.median()) head[shape.head.constants() + lead * shape.head.quantiles() + i] = -2.0F;
    for (const std::size_t profile : {1U, 2U})
      head[shape.head.past() + lead * lstm_past_columns + profile] = 0.5F;
  }
  return w;
}

/// A history to learn from, and which of its steps are targets.
struct lstm_task {
  const lstm_record* record = nullptr;
  std::size_t from = 0, to = 0;
};

/// Replaces the head's linear path by regressions on the tasks' targets, lead by lead; the effects of events,
/// which all leads share, are averaged over them. The rows of a lead are some thousand origins at most. A
/// lead with hardly any keeps what it has. O(leads k^2) with k = 7 + 2 x events, for each row.
/// @param weights those of `first_weights`
class lstm_regression {
 public:
  lstm_regression(const lstm_network_shape& shape, std::span<const lstm_task> tasks, random_stream random)
      : head_(shape.head), columns_(1 + lstm_past_columns + 2 * shape.head.events), tasks_(tasks) {
    double all = 0;
    for (const auto& task : tasks) all += static_cast<double>(task.to);
    for (std::size_t i = 0; i < tasks.size(); ++i)
      for (std::size_t t = 0; t + 1 < tasks[i].to; ++t)
        if (all <= rows_max || random.chance(rows_max / all)) origins_.emplace_back(i, t);
  }

  void write(std::span<float> head_weights) {
    std::vector<double> effects(2 * head_.events);
    std::size_t leads = 0;
    for (std::size_t lead = 0; lead < head_.leads; ++lead) {
      gather(lead);
      if (y_.size() < 4 * columns_) continue;
      const auto fit = numeric::ridge_huber_fit({.x = x_, .columns = columns_, .y = y_},
                                                {.ridge = 0.003, .rounds_max = 8, .tolerance = 1e-3});
      if (!fit || !std::ranges::all_of(fit->coefficients, [](double b) { return std::abs(b) < 1e3; }))
        continue;
      const auto& b = fit->coefficients;
      write_constants(lead, b[0], fit->scale, head_weights);
      for (std::size_t i = 0; i < lstm_past_columns; ++i)
        head_weights[head_.past() + lead * lstm_past_columns + i] += static_cast<float>(b[1 + i]);
      for (std::size_t e = 0; e < effects.size(); ++e) effects[e] += b[1 + lstm_past_columns + e];
      ++leads;
    }
    for (std::size_t e = 0; leads > 0 && e < effects.size(); ++e)
      head_weights[head_.event() + e] = static_cast<float>(effects[e] / static_cast<double>(leads));
  }

 private:
  static constexpr double rows_max = 4000;

  /// Rows 1, past, events; what the mean of the profiles misses, so that the ridge pulls towards that mean.
  void gather(std::size_t lead) {
    x_.clear();
    y_.clear();
    std::vector<double> row(columns_);
    row[0] = 1;
    for (const auto& [task, origin] : origins_) {
      const auto& [record, from, to] = tasks_[task];
      const std::size_t t = origin + lead + 1;
      if (t < from || t >= to || std::isnan(record->target(t))) continue;
      record->write_lead(origin, lead + 1, row.data() + 1, row.data() + 1 + lstm_past_columns);
      x_.insert(x_.end(), row.begin(), row.end());
      y_.push_back(record->target(t) - 0.5 * (row[2] + row[3]));
    }
  }
  void write_constants(std::size_t lead, double constant, double spread, std::span<float> weights) const {
    const auto out = weights.subspan(head_.constants() + lead * head_.quantiles(), head_.quantiles());
    const std::size_t median = head_.median();
    out[median] = static_cast<float>(constant);
    for (std::size_t i = 0; i < out.size(); ++i) {
      if (i == median) continue;
      const auto score = [&](std::size_t at) {
        return foreshift::detail::portable_normal_quantile(head_.levels[at]);
      };
      const double step = i < median ? score(i + 1) - score(i) : score(i) - score(i - 1);
      const double wanted = std::max(spread * step, 0.05);
      out[i] = static_cast<float>(wanted - 1 / wanted);  // the inverse of `positive`
    }
  }

  lstm_head_shape head_;
  std::size_t columns_;
  std::span<const lstm_task> tasks_;
  std::vector<std::pair<std::size_t, std::size_t>> origins_;
  std::vector<double> x_, y_;
};

}  // namespace foreshift::inline FORESHIFT_ABI::forecast::detail
