#pragma once
/// @file
/// One LSTM layer over a batch of windows: forward, and the gradient backward through time.
///
/// Every window of the batch takes its step at the same moment, so a step is one matrix product of
/// batch x (hidden + inputs + 1) by (hidden + inputs + 1) x 4 hidden and some arithmetic on what comes out.
/// What the gradient needs is kept where the forward pass leaves it; the gradient of the weights is one
/// product over all steps at the end. After the buffers have been made nothing is allocated here.
///
/// Source: S. Hochreiter, J. Schmidhuber, "Long short-term memory", Neural Computation 9, 1997; forget gate:
/// F. A. Gers, J. Schmidhuber, F. Cummins, ibid. 12, 2000; P. J. Werbos, "Backpropagation through time",
/// Proc. IEEE 78, 1990.

#include <foreshift/core/contract.hpp>
#include <foreshift/forecast/lstm_activation.hpp>
#include <foreshift/numeric/linalg.hpp>

#include <algorithm>
#include <cstddef>
#include <span>
#include <vector>

namespace foreshift::inline FORESHIFT_ABI::forecast::detail {

[[nodiscard]] constexpr std::size_t round_up(std::size_t n, std::size_t multiple) {
  return (n + multiple - 1) / multiple * multiple;
}

/// The size of a layer. The weights are rows x gates, row-major: a row for each hidden value of the step
/// before, one for each input, one for the constant, and unused ones up to a multiple of four. A row holds
/// the input gate's weights, then the forget gate's, the candidate's and the output gate's.
struct lstm_shape {
  std::size_t inputs = 1;
  std::size_t hidden = 32;  ///< a multiple of `lanes`

  [[nodiscard]] std::size_t gates() const { return 4 * hidden; }
  [[nodiscard]] std::size_t bias_row() const { return hidden + inputs; }
  [[nodiscard]] std::size_t rows() const { return round_up(bias_row() + 1, 4); }
  [[nodiscard]] std::size_t weights() const { return rows() * gates(); }
};

/// One unit row of a step, `lanes` units at a time: gates in, gates out, cell and output.
/// @param gate   4 x hidden before the activation; after it
/// @param before the cells of the step before
template <class Real>
inline void lstm_step(std::size_t hidden, Real* gate, const Real* before, Real* cell, Real* cell_tanh,
                      Real* out) {
  for (std::size_t at = 0; at < hidden; at += lanes) {
    Real i[lanes], f[lanes], g[lanes], o[lanes], c[lanes], s[lanes], h[lanes];
    for (std::size_t l = 0; l < lanes; ++l) i[l] = gate[at + l];
    for (std::size_t l = 0; l < lanes; ++l) f[l] = gate[hidden + at + l];
    for (std::size_t l = 0; l < lanes; ++l) g[l] = gate[2 * hidden + at + l];
    for (std::size_t l = 0; l < lanes; ++l) o[l] = gate[3 * hidden + at + l];
    for (std::size_t l = 0; l < lanes; ++l) c[l] = before[at + l];
    for (std::size_t l = 0; l < lanes; ++l) i[l] = logistic(i[l]);
    for (std::size_t l = 0; l < lanes; ++l) f[l] = logistic(f[l]);
    for (std::size_t l = 0; l < lanes; ++l) g[l] = hyperbolic_tangent(g[l]);
    for (std::size_t l = 0; l < lanes; ++l) o[l] = logistic(o[l]);
    for (std::size_t l = 0; l < lanes; ++l) c[l] = f[l] * c[l] + i[l] * g[l];
    for (std::size_t l = 0; l < lanes; ++l) s[l] = hyperbolic_tangent(c[l]);
    for (std::size_t l = 0; l < lanes; ++l) h[l] = o[l] * s[l];
    for (std::size_t l = 0; l < lanes; ++l) gate[at + l] = i[l];
    for (std::size_t l = 0; l < lanes; ++l) gate[hidden + at + l] = f[l];
    for (std::size_t l = 0; l < lanes; ++l) gate[2 * hidden + at + l] = g[l];
    for (std::size_t l = 0; l < lanes; ++l) gate[3 * hidden + at + l] = o[l];
    for (std::size_t l = 0; l < lanes; ++l) cell[at + l] = c[l];
    for (std::size_t l = 0; l < lanes; ++l) cell_tanh[at + l] = s[l];
    for (std::size_t l = 0; l < lanes; ++l) out[at + l] = h[l];
  }
}

/// The gradient of the same row: gates become the gradient before their activation.
/// @param dh of the output; @param dc of the cell, in: from later, out: for the step before
template <class Real>
inline void lstm_step_back(std::size_t hidden, Real* gate, const Real* before, const Real* cell_tanh,
                           const Real* dh, Real* dc) {
  for (std::size_t at = 0; at < hidden; at += lanes) {
    Real i[lanes], f[lanes], g[lanes], o[lanes], c[lanes], s[lanes], d[lanes], e[lanes];
    for (std::size_t l = 0; l < lanes; ++l) i[l] = gate[at + l];
    for (std::size_t l = 0; l < lanes; ++l) f[l] = gate[hidden + at + l];
    for (std::size_t l = 0; l < lanes; ++l) g[l] = gate[2 * hidden + at + l];
    for (std::size_t l = 0; l < lanes; ++l) o[l] = gate[3 * hidden + at + l];
    for (std::size_t l = 0; l < lanes; ++l) c[l] = before[at + l];
    for (std::size_t l = 0; l < lanes; ++l) s[l] = cell_tanh[at + l];
    for (std::size_t l = 0; l < lanes; ++l) d[l] = dh[at + l];
    for (std::size_t l = 0; l < lanes; ++l) e[l] = dc[at + l];
    for (std::size_t l = 0; l < lanes; ++l) e[l] += d[l] * o[l] * (1 - s[l] * s[l]);
    for (std::size_t l = 0; l < lanes; ++l) o[l] = d[l] * s[l] * o[l] * (1 - o[l]);
    for (std::size_t l = 0; l < lanes; ++l) c[l] = e[l] * c[l] * f[l] * (1 - f[l]);
    for (std::size_t l = 0; l < lanes; ++l) f[l] = e[l] * f[l];
    for (std::size_t l = 0; l < lanes; ++l) s[l] = e[l] * i[l] * (1 - g[l] * g[l]);
    for (std::size_t l = 0; l < lanes; ++l) i[l] = e[l] * g[l] * i[l] * (1 - i[l]);
    for (std::size_t l = 0; l < lanes; ++l) gate[at + l] = i[l];
    for (std::size_t l = 0; l < lanes; ++l) gate[hidden + at + l] = c[l];
    for (std::size_t l = 0; l < lanes; ++l) gate[2 * hidden + at + l] = s[l];
    for (std::size_t l = 0; l < lanes; ++l) gate[3 * hidden + at + l] = o[l];
    for (std::size_t l = 0; l < lanes; ++l) dc[at + l] = f[l];
  }
}

/// The buffers of a batch, and the two passes over them. Windows begin with an empty state.
template <class Real>
class lstm_batch {
 public:
  struct extent {
    std::size_t steps = 48;
    std::size_t windows = 32;
  };

  /// @pre hidden is a multiple of `lanes`; at least one step and one window
  lstm_batch(lstm_shape shape, extent most)
      : shape_(shape),
        most_(most),
        in_((most.steps + 1) * most.windows * shape.rows()),
        gate_(most.steps * most.windows * shape.gates()),
        cell_((most.steps + 1) * most.windows * shape.hidden),
        cell_tanh_(most.steps * most.windows * shape.hidden),
        dh_(most.windows * shape.hidden),
        dc_(most.windows * shape.hidden),
        weights_back_(shape.hidden * shape.gates()) {
    FORESHIFT_EXPECT(shape.hidden > 0 && shape.hidden % lanes == 0 && most.steps > 0 && most.windows > 0);
    begin(most.windows);
  }

  /// The next batch has so many windows. @pre 1 <= windows <= those of the constructor
  void begin(std::size_t windows) {
    FORESHIFT_EXPECT(windows >= 1 && windows <= most_.windows);
    windows_ = windows;
    for (std::size_t t = 0; t < most_.steps; ++t)
      for (std::size_t b = 0; b < windows; ++b) row(t, b)[shape_.bias_row()] = 1;
  }
  /// Where the caller writes the inputs of one step of one window: `inputs` values.
  [[nodiscard]] Real* inputs(std::size_t step, std::size_t window) {
    return row(step, window) + shape_.hidden;
  }
  /// The hidden values after a step; those of the next window lie `stride()` further on.
  [[nodiscard]] Real* hidden_after(std::size_t step, std::size_t window = 0) { return row(step + 1, window); }
  [[nodiscard]] std::size_t stride() const { return shape_.rows(); }
  [[nodiscard]] std::size_t windows() const { return windows_; }
  [[nodiscard]] std::size_t steps() const { return most_.steps; }

  /// @param weights as `lstm_shape` says
  void forward(std::span<const Real> weights) {
    const std::size_t h = shape_.hidden, n = windows_;
    const numeric::const_matrix_map_of<Real> w{weights.data(), numeric::to_index(shape_.rows()),
                                               numeric::to_index(shape_.gates())};
    for (std::size_t b = 0; b < n; ++b) std::fill_n(row(0, b), h, Real{0});
    std::fill_n(cell_.data(), n * h, Real{0});
    for (std::size_t t = 0; t < most_.steps; ++t) {
      gates(t).noalias() = rows_of(t) * w;
      for (std::size_t b = 0; b < n; ++b)
        lstm_step(h, gate(t, b), cell(t, b), cell(t + 1, b), cell_tanh_.data() + (t * n + b) * h,
                  row(t + 1, b));
    }
  }

  /// Writes the gradient of the weights. The batch must be run forward again before the next call.
  /// @param of_hidden the gradient of the loss by the hidden values after each of the last
  ///                  of_hidden.size() / (windows x hidden) steps: step by step, window by window
  void backward(std::span<const Real> weights, std::span<const Real> of_hidden, std::span<Real> gradient) {
    const std::size_t h = shape_.hidden, n = windows_, block = n * h;
    FORESHIFT_EXPECT(of_hidden.size() % block == 0 && of_hidden.size() / block <= most_.steps);
    const std::size_t from = most_.steps - of_hidden.size() / block;
    numeric::matrix_map_of<Real> back{weights_back_.data(), numeric::to_index(shape_.gates()),
                                      numeric::to_index(h)};
    back = numeric::const_matrix_map_of<Real>{weights.data(), numeric::to_index(h),
                                              numeric::to_index(shape_.gates())}
               .transpose();
    numeric::matrix_map_of<Real> dh{dh_.data(), numeric::to_index(n), numeric::to_index(h)};
    numeric::matrix_map_of<Real> dw{gradient.data(), numeric::to_index(shape_.rows()),
                                    numeric::to_index(shape_.gates())};
    std::ranges::fill(dh_, Real{0});
    std::ranges::fill(dc_, Real{0});
    dw.setZero();
    for (std::size_t t = most_.steps; t-- > 0;) {
      if (t >= from) {
        const Real* more = of_hidden.data() + (t - from) * block;
        for (std::size_t i = 0; i < block; ++i) dh_[i] += more[i];
      }
      for (std::size_t b = 0; b < n; ++b)
        lstm_step_back(h, gate(t, b), cell(t, b), cell_tanh_.data() + (t * n + b) * h, dh_.data() + b * h,
                       dc_.data() + b * h);
      if (t > 0) dh.noalias() = gates(t) * back;
      if (t % together == 0) {
        const std::size_t count = std::min(together, most_.steps - t);
        dw.noalias() += rows_of(t, count).transpose() * gates(t, count);
      }
    }
  }

 private:
  static constexpr std::size_t together = 16;  ///< steps whose share of the gradient is summed in one product

  [[nodiscard]] Real* row(std::size_t t, std::size_t b) {
    return in_.data() + (t * windows_ + b) * shape_.rows();
  }
  [[nodiscard]] Real* gate(std::size_t t, std::size_t b) {
    return gate_.data() + (t * windows_ + b) * shape_.gates();
  }
  [[nodiscard]] Real* cell(std::size_t t, std::size_t b) {
    return cell_.data() + (t * windows_ + b) * shape_.hidden;
  }
  [[nodiscard]] auto rows_of(std::size_t t, std::size_t steps = 1) {
    return numeric::const_matrix_map_of<Real>{row(t, 0), numeric::to_index(steps * windows_),
                                              numeric::to_index(shape_.rows())};
  }
  [[nodiscard]] auto gates(std::size_t t, std::size_t steps = 1) {
    return numeric::matrix_map_of<Real>{gate(t, 0), numeric::to_index(steps * windows_),
                                        numeric::to_index(shape_.gates())};
  }

  lstm_shape shape_;
  extent most_;
  std::size_t windows_ = 1;
  std::vector<Real> in_;         ///< (steps + 1) x windows x rows: hidden before, inputs, 1
  std::vector<Real> gate_;       ///< steps x windows x gates: activated; in the backward pass their gradients
  std::vector<Real> cell_;       ///< (steps + 1) x windows x hidden: before each step
  std::vector<Real> cell_tanh_;  ///< steps x windows x hidden: after it
  std::vector<Real> dh_, dc_, weights_back_;
};

}  // namespace foreshift::inline FORESHIFT_ABI::forecast::detail
