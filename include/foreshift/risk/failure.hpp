#pragma once
/// @file
/// The probability that a host fails within a horizon, from everything that speaks of it.
///
/// The causes are taken as independent and each as able to bring the host down alone (noisy-or): the host
/// survives if every present cause is survived. Whether a cause is present is a posterior: a p-value bounds
/// the Bayes factor against chance from below, at -e p ln p, and the prior says how often the cause is
/// present at any moment. What already is a probability, that memory runs out or a temperature passes its
/// limit within the horizon, is taken as it is. The outcome is calibrated as far as the priors and strengths
/// are; `recalibration` learns the rest from what happened.
///
/// Sources: J. Pearl, Probabilistic Reasoning in Intelligent Systems (1988), 4.3.2; T. Sellke, M. J. Bayarri,
/// J. O. Berger, Calibration of p values for testing precise null hypotheses, The American Statistician 55
/// (2001), equation 3.

#include <foreshift/core/contract.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <span>

namespace foreshift::inline FORESHIFT_ABI::risk {

/// How far one kind of evidence is believed.
struct cause {
  double prior = 0.01;    ///< that the cause is present at any moment, in (0, 1)
  double strength = 0.5;  ///< that a host with it fails within the horizon, in [0, 1]
};

struct failure_options {
  double base = 1e-4;                               ///< that it fails without any cause that is seen
  cause anomaly{.prior = 0.01, .strength = 0.1};    ///< strange is rarely fatal
  cause silence{.prior = 0.001, .strength = 0.95};  ///< who is silent has failed or is unreachable
  cause counters{.prior = 0.005, .strength = 0.6};  ///< errors, corrected memory faults, disk health
  double exhaustion_strength = 0.95;                ///< that reaching the limit of a resource is fatal
};

/// What is seen of a host at one moment. Everything absent speaks for nothing.
struct failure_evidence {
  double anomaly_p = 1;                     ///< p-value of the strangest metric, corrected for their number
  double phi = 0;                           ///< of the heartbeat, -log10 of a p-value
  std::span<const double> counter_p = {};   ///< p-value of each of the user's counters
  std::span<const double> exhaustion = {};  ///< probability, by resource, that its limit is reached in time
};

/// That a cause is present, given a p-value under its absence. Not more than the prior where p is 1/e or
/// more.
/// @pre 0 <= p <= 1
[[nodiscard]] inline double presence(const cause& of, double p) {
  FORESHIFT_EXPECT(p >= 0 && p <= 1 && of.prior > 0 && of.prior < 1);
  constexpr double e = 2.71828182845904523536;
  const double bound = p >= 1 / e ? 1 : -e * std::max(p, 1e-300) * std::log(std::max(p, 1e-300));
  return of.prior / (of.prior + (1 - of.prior) * bound);
}

/// The probability that the host fails within the horizon, with the part of each cause alone.
struct failure_probability {
  double probability = 0;
  double anomaly = 0, silence = 0, counters = 0, exhaustion = 0;
};

/// A cause counts by what its presence is above the prior: a host of which nothing is seen has `base`.
/// @pre probabilities in [0, 1], phi >= 0. Allocates nothing.
[[nodiscard]] inline failure_probability failure_of(const failure_evidence& seen,
                                                    const failure_options& o = {}) {
  FORESHIFT_EXPECT(seen.phi >= 0 && o.base >= 0 && o.base <= 1);
  const auto excess = [](const cause& of, double p) {
    const double above = (presence(of, p) - of.prior) / (1 - of.prior);
    return of.strength * std::max(above, 0.0);
  };
  failure_probability out;
  out.anomaly = excess(o.anomaly, seen.anomaly_p);
  out.silence = excess(o.silence, std::pow(10.0, -std::min(seen.phi, 290.0)));
  // Of several counters the most alarming, by Bonferroni's correction: they often count one fault twice.
  double least = 1;
  for (const double p : seen.counter_p) least = std::min(least, p);
  out.counters =
      excess(o.counters,
             std::min(1.0, least * static_cast<double>(std::max<std::size_t>(seen.counter_p.size(), 1))));
  double spared = 1;
  for (const double p : seen.exhaustion) {
    FORESHIFT_EXPECT(p >= 0 && p <= 1);
    spared *= 1 - o.exhaustion_strength * p;
  }
  out.exhaustion = 1 - spared;
  out.probability = 1 - (1 - o.base) * (1 - out.anomaly) * (1 - out.silence) * (1 - out.counters) * spared;
  return out;
}

}  // namespace foreshift::inline FORESHIFT_ABI::risk
