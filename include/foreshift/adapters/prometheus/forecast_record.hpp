#pragma once
/// @file
/// How good the forecasts of a site's hosts have been so far: their error, and whether their quantiles hold.
///
/// After each step the quantiles of the coming ones are written down, some leads ahead, and compared with
/// what is observed when their time has come. A forecast is right when as large a share of the observations
/// lies at or below a quantile as its level says (calibration), and better the smaller its pinball loss is. A
/// host whose residents have changed in between is another host: what was said of it is dropped.
///
/// Source: T. Gneiting, F. Balabdaoui, A. E. Raftery, "Probabilistic forecasts, calibration and sharpness",
/// J. Royal Statistical Society B 69 (2007).

#include <foreshift/adapters/prometheus/exposition_writer.hpp>
#include <foreshift/core/contract.hpp>
#include <foreshift/core/flat_map.hpp>
#include <foreshift/core/id.hpp>
#include <foreshift/core/time.hpp>
#include <foreshift/forecast/prediction.hpp>
#include <foreshift/numeric/statistics.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

namespace foreshift::inline FORESHIFT_ABI::prometheus {

struct forecast_record_options {
  std::vector<std::size_t> leads{1, 3, 6};      ///< steps ahead, ascending, at least 1
  std::vector<double> levels{0.05, 0.5, 0.95};  ///< in (0, 1), ascending
};

/// Of all hosts, one lead.
struct lead_score {
  std::uint64_t scored = 0;
  double absolute_error = 0;  ///< of the medians, summed, as shares of the hosts' limits
  double pinball_loss = 0;    ///< the mean over the levels, summed, as shares of the hosts' limits
  std::vector<std::uint64_t>
      at_or_below;  ///< by level: how many observations were no larger than the quantile
};

class forecast_record {
 public:
  explicit forecast_record(forecast_record_options options = {}) : options_(std::move(options)) {
    FORESHIFT_EXPECT(std::ranges::is_sorted(options_.leads) &&
                     (options_.leads.empty() || options_.leads[0] >= 1));
    FORESHIFT_EXPECT(std::ranges::is_sorted(options_.levels));
    for (const double p : options_.levels) FORESHIFT_EXPECT(p > 0 && p < 1);
    scores_.resize(options_.leads.size());
    for (auto& s : scores_) s.at_or_below.resize(options_.levels.size());
  }

  [[nodiscard]] const forecast_record_options& options() const { return options_; }

  /// A step of a host has ended: what was said of it is scored, what is older dropped.
  /// @param residents ascending; others than when it was said: all that is open is dropped
  /// @param demand    NaN: no reading
  void observe(host_id h, std::span<const workload_id> residents, time_point step_start, double demand) {
    auto& host = hosts_[h];
    if (!std::ranges::equal(host.residents, residents)) {
      dropped_ += host.open.size();
      host.open.clear();
      host.residents.assign(residents.begin(), residents.end());
    }
    std::erase_if(host.open, [&](const claim& c) {
      if (c.of > step_start) return false;
      if (c.of == step_start && !std::isnan(demand))
        score(c, demand);
      else
        ++dropped_;
      return true;
    });
  }
  /// What is expected of a host with the residents last observed. @param paths of the steps from `first` on
  /// @pre limit > 0; leads beyond the paths' horizon are left out
  void expect(host_id h, double limit, const forecast::sample_paths& paths, time_point first, duration step) {
    FORESHIFT_EXPECT(limit > 0);
    auto& open = hosts_[h].open;
    for (std::size_t i = 0; i < options_.leads.size(); ++i) {
      const std::size_t lead = options_.leads[i];
      if (lead > paths.horizon() || paths.count() == 0) break;
      claim made{i, first + static_cast<duration::rep>(lead - 1) * step, limit, 0, {}};
      across_.clear();
      for (std::size_t p = 0; p < paths.count(); ++p) across_.push_back(paths[p][lead - 1]);
      made.quantiles.resize(options_.levels.size());
      numeric::quantiles_in_place(across_, options_.levels, made.quantiles);
      made.median = numeric::quantile_in_place(across_, 0.5);
      open.push_back(std::move(made));
    }
  }
  /// Hosts that are no longer followed.
  template <class Predicate>
  void keep(Predicate is_followed) {
    hosts_.erase_if([&](host_id h, const followed&) { return !is_followed(h); });
  }

  /// By lead.
  [[nodiscard]] std::span<const lead_score> scores() const { return scores_; }
  /// Forecasts whose observation never came or was of another host.
  [[nodiscard]] std::uint64_t dropped() const { return dropped_; }

 private:
  struct claim {
    std::size_t lead = 0;  ///< its place in the options
    time_point of{};
    double limit = 1;
    double median = 0;
    std::vector<double> quantiles;
  };
  struct followed {
    std::vector<workload_id> residents;
    std::vector<claim> open;
  };

  void score(const claim& c, double y) {
    auto& s = scores_[c.lead];
    ++s.scored;
    s.absolute_error += std::abs(y - c.median) / c.limit;
    double loss = 0;
    for (std::size_t i = 0; i < c.quantiles.size(); ++i) {
      const double over = y - c.quantiles[i];
      loss += std::max(options_.levels[i] * over, (options_.levels[i] - 1) * over);
      s.at_or_below[i] += over <= 0 ? 1 : 0;
    }
    if (!c.quantiles.empty()) s.pinball_loss += loss / static_cast<double>(c.quantiles.size()) / c.limit;
  }

  forecast_record_options options_;
  flat_map<host_id, followed> hosts_;
  std::vector<lead_score> scores_;
  std::uint64_t dropped_ = 0;
  std::vector<double> across_;
};

/// @param step that the leads count
inline void write(exposition_writer& out, const forecast_record& record, duration step) {
  using enum metric_type;
  const auto& options = record.options();
  const auto lead_of = [&](std::size_t i) {
    return value_text(to_seconds(static_cast<duration::rep>(options.leads[i]) * step));
  };
  const auto summary_of = [&](std::string_view name, std::string_view help, double lead_score::*sum) {
    out.family({name, summary, "ratio", help});
    for (std::size_t i = 0; i < options.leads.size(); ++i) {
      const auto lead = lead_of(i);
      out.sample_of("_sum", {{"lead_seconds", lead}}, record.scores()[i].*sum);
      out.sample_of("_count", {{"lead_seconds", lead}}, static_cast<double>(record.scores()[i].scored));
    }
  };
  summary_of("foreshift_forecast_absolute_error_ratio",
             "Error of the median forecast of a host, as a share of its limit.", &lead_score::absolute_error);
  summary_of("foreshift_forecast_pinball_loss_ratio",
             "Mean pinball loss over the levels, as a share of the host's limit.", &lead_score::pinball_loss);
  out.family({"foreshift_forecast_at_or_below", counter, "",
              "Observations no larger than the quantile of this level: calibrated when this over the errors' "
              "count is the level."});
  for (std::size_t i = 0; i < options.leads.size(); ++i)
    for (std::size_t k = 0; k < options.levels.size(); ++k)
      out.sample({{"lead_seconds", lead_of(i)}, {"level", value_text(options.levels[k])}},
                 static_cast<double>(record.scores()[i].at_or_below[k]));
  out.family({"foreshift_forecasts_dropped", counter, "",
              "Forecasts that could not be scored: no reading came, or the host's workloads changed."});
  out.sample({}, static_cast<double>(record.dropped()));
}

}  // namespace foreshift::inline FORESHIFT_ABI::prometheus
