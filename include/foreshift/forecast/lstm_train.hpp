#pragma once
/// @file
/// Training of the LSTM: the gradient of a batch of windows, Adam, and a loop that knows when to stop.
///
/// A pass visits every origin once: windows are laid end to end over the later half of each other, from a
/// random first step, and taken in random order. Each has an empty state at its beginning, where the gradient
/// ends. After each pass the loss over the youngest part of the history decides whether the weights are kept;
/// the start is a candidate as well, so training never makes the validation worse.
///
/// Source: D. P. Kingma, J. Ba, "Adam: a method for stochastic optimization", ICLR 2015; R. Pascanu et al.,
/// "On the difficulty of training recurrent neural networks", ICML 2013 (clipping by norm); L. Prechelt,
/// "Early stopping - but when?", 1998.

#include <foreshift/core/random.hpp>
#include <foreshift/forecast/lstm_cell.hpp>
#include <foreshift/forecast/lstm_head.hpp>
#include <foreshift/forecast/lstm_record.hpp>
#include <foreshift/forecast/lstm_start.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

namespace foreshift::inline FORESHIFT_ABI::forecast {

/// Why training ended.
enum class lstm_stop : std::uint8_t {
  no_window,   ///< the history is too short to learn from: the weights are those of the start
  patience,    ///< the validation loss had not become better for a while
  epochs,      ///< all passes were made
  not_finite,  ///< the loss left the numbers; the best weights before are kept
};
[[nodiscard]] constexpr std::string_view name_of(lstm_stop s) {
  constexpr std::string_view names[] = {"no_window", "patience", "epochs", "not_finite"};
  return names[static_cast<std::size_t>(s)];
}

/// How training went. Losses are mean absolute errors in spreads where the only level is the median, and the
/// doubled mean pinball loss otherwise.
struct lstm_report {
  std::size_t epochs = 0;  ///< passes made
  std::size_t best = 0;    ///< the pass whose weights are kept; 0: those training started from
  double loss_at_start = 0;
  double loss = 0;  ///< over the validation part, of the weights that are kept
  lstm_stop stop = lstm_stop::no_window;

  static void members(auto& self, auto& archive) {
    archive(self.epochs, self.best, self.loss_at_start, self.loss, self.stop);
  }
  [[nodiscard]] bool consistent() const { return stop <= lstm_stop::not_finite; }
};

namespace detail {

/// `steps` steps of one task.
struct lstm_window {
  std::uint32_t task = 0;
  std::uint32_t start = 0;
};

/// Loss and gradient of a batch of windows. No allocation after construction.
template <class Real>
class lstm_gradient {
 public:
  lstm_gradient(const lstm_network_shape& shape, std::size_t steps, std::size_t windows_max)
      : shape_(shape),
        origins_(steps - steps / 2),
        batch_(shape.cell, {steps, windows_max}),
        head_(shape.head, origins_ * windows_max) {}

  /// Origins at the end of each window over which the loss is taken.
  [[nodiscard]] std::size_t origins() const { return origins_; }

  using loss = typename lstm_head<Real>::loss;
  /// @param gradient of the mean loss; empty if it is not wanted
  loss run(std::span<const lstm_task> tasks, std::span<const lstm_window> windows,
           std::span<const Real> weights, std::span<Real> gradient) {
    batch_.begin(windows.size());
    for (std::size_t b = 0; b < windows.size(); ++b) gather(tasks[windows[b].task], windows[b].start, b);
    const auto cell = weights.first(shape_.cell.weights()), head = weights.subspan(cell.size());
    batch_.forward(cell);
    const typename lstm_head<Real>::hidden_rows hidden{batch_.hidden_after(batch_.steps() - origins_),
                                                       batch_.stride(), origins_ * windows.size()};
    const loss total = head_.forward(head, hidden);
    if (gradient.empty()) return total;
    const Real scale = total.count > 0 ? Real(1) / static_cast<Real>(total.count) : Real(0);
    const auto of_hidden = head_.backward(head, hidden, scale, gradient.subspan(cell.size()));
    batch_.backward(cell, of_hidden, gradient.first(cell.size()));
    return total;
  }

 private:
  void gather(const lstm_task& task, std::size_t start, std::size_t b) {
    for (std::size_t t = 0; t < batch_.steps(); ++t)
      std::ranges::copy(task.record->inputs(start + t), batch_.inputs(t, b));
    for (std::size_t n = 0; n < origins_; ++n) {
      const std::size_t origin = start + batch_.steps() - origins_ + n, row = n * batch_.windows() + b;
      for (std::size_t lead = 0; lead < shape_.head.leads; ++lead) {
        const std::size_t t = origin + lead + 1;
        const bool wanted = t >= task.from && t < task.to;
        head_.target(row, lead) =
            wanted ? static_cast<Real>(task.record->target(t)) : std::numeric_limits<Real>::quiet_NaN();
        if (wanted) task.record->write_lead(origin, lead + 1, head_.past(row, lead), head_.event(row, lead));
      }
    }
  }

  lstm_network_shape shape_;
  std::size_t origins_;
  lstm_batch<Real> batch_;
  lstm_head<Real> head_;
};

/// Adam with its usual constants, on a gradient cut to a greatest length.
class adam {
 public:
  explicit adam(std::size_t weights) : mean_(weights), square_(weights) {}
  void step(std::span<float> weights, std::span<const float> gradient, double rate, double clip) {
    double norm = 0;
    for (const float g : gradient) norm += static_cast<double>(g) * static_cast<double>(g);
    norm = std::sqrt(norm);
    if (!std::isfinite(norm)) return;
    const float cut = norm > clip ? static_cast<float>(clip / norm) : 1.0F;
    fade1_ *= 0.9;
    fade2_ *= 0.999;
    const float size = static_cast<float>(rate * std::sqrt(1 - fade2_) / (1 - fade1_));
    for (std::size_t i = 0; i < weights.size(); ++i) {
      const float g = cut * gradient[i];
      mean_[i] += 0.1F * (g - mean_[i]);
      square_[i] += 0.001F * (g * g - square_[i]);
      weights[i] -= size * mean_[i] / (std::sqrt(square_[i]) + 1e-8F);
    }
  }

 private:
  std::vector<float> mean_, square_;
  double fade1_ = 1, fade2_ = 1;
};

/// The loop. See `train_lstm`.
class lstm_training {
 public:
  lstm_training(const lstm& spec, const lstm_network_shape& shape, std::span<const lstm_record> records)
      : spec_(spec),
        shape_(shape),
        gradient_(shape, spec.window, spec.batch),
        of_weights_(shape.weights()),
        adam_(shape.weights()),
        random_(spec.seed, 1) {
    for (const auto& r : records) {
      const std::size_t n = r.size();
      const auto tail = static_cast<std::size_t>(spec.validation * static_cast<double>(n));
      const std::size_t split = n - std::min(n, std::max<std::size_t>(tail, std::min(spec.leads, n / 3)));
      learn_.push_back({&r, 0, split});
      judge_.push_back({&r, split, n});
    }
    for (std::size_t i = 0; i < judge_.size(); ++i)
      for (std::size_t end = judge_[i].to; end > judge_[i].from && end > spec_.window;
           end -= std::min(end, gradient_.origins()))
        validation_.push_back(window(i, end - 1 - spec_.window));
  }

  lstm_report run(std::vector<float>& weights) {
    lstm_report report;
    lay_windows();
    if (windows_.empty() || validation_.empty()) return report;
    report.loss = validate(weights);
    std::vector<float> now = weights;
    lstm_regression{shape_, learn_, random_}.write(std::span{now}.subspan(shape_.cell.weights()));
    if (const double loss = validate(now); loss < report.loss) {
      report.loss = loss;
      weights = now;
    }
    now = weights;
    report.loss_at_start = report.loss;
    report.stop = lstm_stop::epochs;
    double rate = spec_.learning_rate;
    for (std::size_t worse = 0; report.epochs < spec_.epochs_max;) {
      pass(now, rate);
      ++report.epochs;
      const double loss = validate(now);
      if (!std::isfinite(loss)) {
        report.stop = lstm_stop::not_finite;
        break;
      }
      if (loss < report.loss) {
        report.loss = loss;
        report.best = report.epochs;
        weights = now;
        worse = 0;
        continue;
      }
      if (++worse >= spec_.patience) {
        report.stop = lstm_stop::patience;
        break;
      }
      if (worse % 2 == 0) rate *= 0.5;
    }
    return report;
  }

 private:
  static lstm_window window(std::size_t task, std::size_t start) {
    return {static_cast<std::uint32_t>(task), static_cast<std::uint32_t>(start)};
  }
  void lay_windows() {
    windows_.clear();
    const std::size_t stride = gradient_.origins();
    for (std::size_t i = 0; i < learn_.size(); ++i)
      for (std::size_t at = random_.below(stride); at + spec_.window < learn_[i].to; at += stride)
        windows_.push_back(window(i, at));
  }
  void pass(std::vector<float>& weights, double rate) {
    lay_windows();
    shuffle(std::span{windows_}, random_);
    for (std::size_t at = 0; at < windows_.size(); at += spec_.batch) {
      const auto some = std::span{windows_}.subspan(at, std::min(spec_.batch, windows_.size() - at));
      gradient_.run(learn_, some, weights, of_weights_);
      adam_.step(weights, of_weights_, rate, spec_.clip);
    }
  }
  [[nodiscard]] double validate(std::span<const float> weights) {
    double sum = 0, count = 0;
    for (std::size_t at = 0; at < validation_.size(); at += spec_.batch) {
      const auto some = std::span{validation_}.subspan(at, std::min(spec_.batch, validation_.size() - at));
      const auto loss = gradient_.run(judge_, some, weights, {});
      sum += loss.sum;
      count += static_cast<double>(loss.count);
    }
    return count > 0 ? sum / count : std::numeric_limits<double>::infinity();
  }

  lstm spec_;
  lstm_network_shape shape_;
  lstm_gradient<float> gradient_;
  std::vector<float> of_weights_;
  adam adam_;
  random_stream random_;
  std::vector<lstm_task> learn_, judge_;
  std::vector<lstm_window> windows_, validation_;
};

}  // namespace detail

}  // namespace foreshift::inline FORESHIFT_ABI::forecast
