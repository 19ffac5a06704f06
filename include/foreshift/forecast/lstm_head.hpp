#pragma once
/// @file
/// The head of the LSTM: hidden values and known features in, quantiles of every lead out, and the gradient
/// of their pinball loss.
///
/// The median of a lead is a linear function of the hidden values, of what is known of its place in the
/// season, and of the events planned for it. The other quantiles are reached from it by steps that cannot be
/// negative, so they never cross. All leads come from one origin at once: nothing is fed back.
///
/// Source: R. Wen et al., "A multi-horizon quantile recurrent forecaster", 2017 (all leads and quantiles from
/// one state); R. Koenker, G. Bassett, "Regression quantiles", Econometrica 46, 1978 (the loss).

#include <foreshift/core/contract.hpp>
#include <foreshift/forecast/lstm_memory.hpp>
#include <foreshift/numeric/linalg.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <span>
#include <vector>

namespace foreshift::inline FORESHIFT_ABI::forecast::detail {

/// The size of a head, and the order of its weights: of the hidden values (hidden x outputs), the constants
/// (outputs), of the past (leads x `lstm_past_columns`), of the events planned and of the usual ones.
struct lstm_head_shape {
  std::size_t hidden = 32;
  std::size_t leads = 24;
  std::size_t events = 0;
  std::vector<double> levels = {0.5};  ///< ascending; one of them is 0.5

  [[nodiscard]] std::size_t quantiles() const { return levels.size(); }
  [[nodiscard]] std::size_t median() const {
    return static_cast<std::size_t>(std::ranges::lower_bound(levels, 0.5) - levels.begin());
  }
  [[nodiscard]] std::size_t outputs() const { return leads * quantiles(); }
  [[nodiscard]] std::size_t constants() const { return hidden * outputs(); }
  [[nodiscard]] std::size_t past() const { return constants() + outputs(); }
  [[nodiscard]] std::size_t event() const { return past() + leads * lstm_past_columns; }
  [[nodiscard]] std::size_t weights() const { return event() + 2 * events; }
};

/// A smooth positive number of any one: (x + sqrt(x^2 + 4)) / 2.
template <class Real>
[[nodiscard]] inline Real positive(Real x) {
  return Real(0.5) * (x + std::sqrt(x * x + 4));
}
template <class Real>
[[nodiscard]] inline Real positive_slope(Real x) {
  return Real(0.5) * (1 + x / std::sqrt(x * x + 4));
}

/// The linear part of the median of one lead. @param past of `write_past`; event: planned, then usual
template <class Real>
[[nodiscard]] inline Real known_part(const lstm_head_shape& s, std::span<const Real> weights,
                                     std::size_t lead, const Real* past, const Real* event) {
  const Real* u = weights.data() + s.past() + lead * lstm_past_columns;
  Real sum = 0;
  for (std::size_t i = 0; i < lstm_past_columns; ++i) sum += u[i] * past[i];
  for (std::size_t i = 0; i < 2 * s.events; ++i) sum += weights[s.event() + i] * event[i];
  return sum;
}

/// The quantiles of one lead from its outputs, of which the median's is complete.
template <class Real>
inline void quantiles_of(std::size_t count, std::size_t median, const Real* output, Real* q) {
  q[median] = output[median];
  for (std::size_t i = median + 1; i < count; ++i) q[i] = q[i - 1] + positive(output[i]);
  for (std::size_t i = median; i-- > 0;) q[i] = q[i + 1] - positive(output[i]);
}

/// The head over many origins, with the buffers that takes. No allocation after construction.
template <class Real>
class lstm_head {
 public:
  lstm_head(lstm_head_shape shape, std::size_t origins_max)
      : shape_(std::move(shape)),
        past_(origins_max * shape_.leads * lstm_past_columns),
        event_(origins_max * shape_.leads * 2 * shape_.events),
        target_(origins_max * shape_.leads),
        output_(origins_max * shape_.outputs()),
        of_hidden_(origins_max * shape_.hidden) {}

  /// Where the caller writes what is known for a lead (from 0) of an origin, and what came: NaN if nothing.
  [[nodiscard]] Real* past(std::size_t origin, std::size_t lead) {
    return past_.data() + (origin * shape_.leads + lead) * lstm_past_columns;
  }
  [[nodiscard]] Real* event(std::size_t origin, std::size_t lead) {
    return event_.data() + (origin * shape_.leads + lead) * 2 * shape_.events;
  }
  [[nodiscard]] Real& target(std::size_t origin, std::size_t lead) {
    return target_[origin * shape_.leads + lead];
  }

  struct loss {
    double sum = 0;  ///< of the pinball losses, averaged over the levels and doubled: |error| for a median
    std::size_t count = 0;  ///< targets that were there
  };
  /// Hidden values of many origins, the first one's at `at`.
  struct hidden_rows {
    const Real* at;
    std::size_t stride;
    std::size_t origins;
  };
  /// The loss over the origins, and the outputs' gradients for `backward`.
  [[nodiscard]] loss forward(std::span<const Real> weights, const hidden_rows& h) {
    const numeric::const_matrix_map_of<Real> v{weights.data(), numeric::to_index(shape_.hidden),
                                               numeric::to_index(shape_.outputs())};
    outputs(h.origins).noalias() = map(h) * v;
    const std::size_t count = shape_.quantiles(), median = shape_.median();
    const Real share = Real(2) / static_cast<Real>(count);
    loss total;
    Real q[64], slope[64];
    for (std::size_t n = 0; n < h.origins; ++n)
      for (std::size_t lead = 0; lead < shape_.leads; ++lead) {
        Real* o = output_.data() + n * shape_.outputs() + lead * count;
        const Real y = target(n, lead);
        if (std::isnan(y)) {
          std::fill_n(o, count, Real{0});
          continue;
        }
        for (std::size_t i = 0; i < count; ++i) o[i] += weights[shape_.constants() + lead * count + i];
        o[median] += known_part(shape_, weights, lead, past(n, lead), event(n, lead));
        quantiles_of(count, median, o, q);
        Real sum = 0;
        for (std::size_t i = 0; i < count; ++i) {
          const Real p = static_cast<Real>(shape_.levels[i]), over = q[i] - y;
          slope[i] = share * (over > 0 ? 1 - p : -p);
          sum += slope[i] * over;
        }
        total.sum += static_cast<double>(sum);
        ++total.count;
        // A quantile hangs on all steps between it and the median.
        for (std::size_t i = 0; i < median; ++i) {
          o[i] = -positive_slope(o[i]) * slope[i];
          slope[i + 1] += slope[i];
        }
        for (std::size_t i = count; i-- > median + 1;) {
          o[i] = positive_slope(o[i]) * slope[i];
          slope[i - 1] += slope[i];
        }
        o[median] = slope[median];
      }
    return total;
  }
  /// After `forward`: writes the gradient of scale x the loss by the weights, and returns the one by the
  /// hidden values, origin by origin.
  [[nodiscard]] std::span<const Real> backward(std::span<const Real> weights, const hidden_rows& h,
                                               Real scale, std::span<Real> gradient) {
    auto out = outputs(h.origins);
    out *= scale;
    const numeric::const_matrix_map_of<Real> v{weights.data(), numeric::to_index(shape_.hidden),
                                               numeric::to_index(shape_.outputs())};
    numeric::matrix_map_of<Real> dv{gradient.data(), numeric::to_index(shape_.hidden),
                                    numeric::to_index(shape_.outputs())};
    dv.noalias() = map(h).transpose() * out;
    numeric::matrix_map_of<Real> dh{of_hidden_.data(), numeric::to_index(h.origins),
                                    numeric::to_index(shape_.hidden)};
    dh.noalias() = out * v.transpose();
    std::ranges::fill(gradient.subspan(shape_.constants()), Real{0});
    for (std::size_t n = 0; n < h.origins; ++n) {
      const Real* o = output_.data() + n * shape_.outputs();
      Real* constant = gradient.data() + shape_.constants();
      for (std::size_t i = 0; i < shape_.outputs(); ++i) constant[i] += o[i];
      for (std::size_t lead = 0; lead < shape_.leads; ++lead) {
        const Real of_median = o[lead * shape_.quantiles() + shape_.median()];
        if (of_median == 0) continue;
        Real* u = gradient.data() + shape_.past() + lead * lstm_past_columns;
        for (std::size_t i = 0; i < lstm_past_columns; ++i) u[i] += of_median * past(n, lead)[i];
        for (std::size_t i = 0; i < 2 * shape_.events; ++i)
          gradient[shape_.event() + i] += of_median * event(n, lead)[i];
      }
    }
    return std::span<const Real>{of_hidden_}.first(h.origins * shape_.hidden);
  }
  [[nodiscard]] const lstm_head_shape& shape() const { return shape_; }

 private:
  [[nodiscard]] auto outputs(std::size_t origins) {
    return numeric::matrix_map_of<Real>{output_.data(), numeric::to_index(origins),
                                        numeric::to_index(shape_.outputs())};
  }
  [[nodiscard]] auto map(const hidden_rows& h) const {
    return numeric::const_strided_map_of<Real>{h.at, numeric::to_index(h.origins),
                                               numeric::to_index(shape_.hidden),
                                               Eigen::OuterStride<>{numeric::to_index(h.stride)}};
  }

  lstm_head_shape shape_;
  std::vector<Real> past_, event_, target_;
  std::vector<Real> output_;  ///< origins x leads x quantiles; after `forward` their gradients
  std::vector<Real> of_hidden_;
};

}  // namespace foreshift::inline FORESHIFT_ABI::forecast::detail
