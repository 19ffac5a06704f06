#pragma once
/// @file
/// A walk through the orders of an ARMA: from four plain models to the best that single steps lead to.
///
/// Each step changes p, q, P or Q by one, or two of them together, or takes the constant in or out; the first
/// neighbour that is better becomes the new place. What has been evaluated is remembered, so no order is
/// fitted twice.
///
/// Source: R. J. Hyndman, Y. Khandakar, "Automatic time series forecasting: the forecast package for R",
/// J. Statistical Software 27(3), 2008, section 3.2; starting models and order of neighbours as in the
/// package.

#include <foreshift/forecast/arima_order.hpp>

#include <algorithm>
#include <cstddef>
#include <limits>
#include <vector>

namespace foreshift::inline FORESHIFT_ABI::forecast {

/// The largest p, q, P and Q.
struct arima_limits {
  std::size_t p = 5, q = 5, P = 2, Q = 2;
};

/// One place of the walk.
struct arima_candidate {
  std::size_t p = 0, q = 0, P = 0, Q = 0;
  bool constant = false;

  friend bool operator==(const arima_candidate&, const arima_candidate&) = default;
};

/// Remembers the criterion of each candidate.
class arima_search {
 public:
  struct entry {
    arima_candidate candidate;
    double criterion = std::numeric_limits<double>::infinity();
  };

  /// @param constant_allowed whether a constant may be in the model
  arima_search(const arima_limits& limits, bool constant_allowed)
      : limits_(limits), constant_allowed_(constant_allowed) {}

  /// Candidates so far, in the order in which they were evaluated.
  [[nodiscard]] const std::vector<entry>& entries() const { return entries_; }
  [[nodiscard]] bool known(const arima_candidate& c) const {
    return std::ranges::find(entries_, c, &entry::candidate) != entries_.end();
  }

  /// Evaluates one candidate, unless it is known.
  template <class Criterion>
  double visit(const arima_candidate& c, Criterion&& criterion) {
    const auto at = std::ranges::find(entries_, c, &entry::candidate);
    return at != entries_.end() ? at->criterion : evaluate(c, criterion);
  }

  /// The four models to begin with; `criterion(candidate)` gives what is to be small.
  template <class Criterion>
  arima_candidate start(Criterion&& criterion) {
    const bool c = constant_allowed_;
    arima_candidate best{std::min<std::size_t>(2, limits_.p), std::min<std::size_t>(2, limits_.q),
                         std::min<std::size_t>(1, limits_.P), std::min<std::size_t>(1, limits_.Q), c};
    double least = evaluate(best, criterion);
    const auto challenge = [&](const arima_candidate& other) {
      if (known(other)) return;
      if (const double value = evaluate(other, criterion); value < least) least = value, best = other;
    };
    challenge({0, 0, 0, 0, c});
    challenge({std::min<std::size_t>(1, limits_.p), 0, std::min<std::size_t>(1, limits_.P), 0, c});
    challenge({0, std::min<std::size_t>(1, limits_.q), 0, std::min<std::size_t>(1, limits_.Q), c});
    if (c) challenge({0, 0, 0, 0, false});
    return best;
  }

  /// Walks on from a known candidate until none of its neighbours is better or `evaluations` are used up.
  template <class Criterion>
  arima_candidate walk(arima_candidate best, Criterion&& criterion, std::size_t evaluations) {
    double least = std::numeric_limits<double>::infinity();
    if (const auto at = std::ranges::find(entries_, best, &entry::candidate); at != entries_.end())
      least = at->criterion;
    for (bool moved = true; moved;) {
      moved = false;
      for (const arima_candidate& next : neighbours(best)) {
        if (known(next)) continue;
        if (evaluations-- == 0) return best;
        if (const double value = evaluate(next, criterion); value < least) {
          least = value;
          best = next;
          moved = true;
          break;
        }
      }
    }
    return best;
  }

 private:
  template <class Criterion>
  double evaluate(const arima_candidate& c, Criterion&& criterion) {
    const double value = criterion(c);
    entries_.push_back({c, value});
    return value;
  }
  [[nodiscard]] std::vector<arima_candidate> neighbours(const arima_candidate& c) const {
    std::vector<arima_candidate> out;
    const auto try_seasonal = [&](int dp, int dq) {
      arima_candidate n = c;
      if (moved(n.P, dp, limits_.P) && moved(n.Q, dq, limits_.Q)) out.push_back(n);
    };
    const auto try_plain = [&](int dp, int dq) {
      arima_candidate n = c;
      if (moved(n.p, dp, limits_.p) && moved(n.q, dq, limits_.q)) out.push_back(n);
    };
    constexpr int steps[8][2] = {{-1, 0}, {0, -1}, {1, 0}, {0, 1}, {-1, -1}, {-1, 1}, {1, -1}, {1, 1}};
    for (const auto& s : steps) try_seasonal(s[0], s[1]);
    for (const auto& s : steps) try_plain(s[0], s[1]);
    if (constant_allowed_) {
      arima_candidate n = c;
      n.constant = !n.constant;
      out.push_back(n);
    }
    return out;
  }
  static bool moved(std::size_t& value, int by, std::size_t most) {
    if ((by < 0 && value == 0) || (by > 0 && value >= most)) return false;
    value = by < 0 ? value - 1 : by > 0 ? value + 1 : value;
    return true;
  }

  arima_limits limits_;
  bool constant_allowed_;
  std::vector<entry> entries_;
};

}  // namespace foreshift::inline FORESHIFT_ABI::forecast
