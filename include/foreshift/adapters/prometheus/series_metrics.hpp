#pragma once
/// @file
/// What is expected of each series that a live source tells of: predictions, odds of an overload, anomalies.
///
/// A site's exporter speaks of the hosts that it places workloads on. Here there is no site: whoever has
/// readings gets the same forecasts under the same names, host by host, and under names of their own workload
/// by workload. A model is fitted to what is known at first, takes each step as it comes, and is fitted again
/// when its history has doubled, later once a day, so that it learns seasons that it has not seen yet.

#include <foreshift/adapters/prometheus/exposition_writer.hpp>
#include <foreshift/adapters/prometheus/relabel.hpp>
#include <foreshift/anomaly/detector.hpp>
#include <foreshift/anomaly/score.hpp>
#include <foreshift/core/contract.hpp>
#include <foreshift/core/time.hpp>
#include <foreshift/driver/forecast_book.hpp>
#include <foreshift/numeric/exceedance.hpp>
#include <foreshift/numeric/statistics.hpp>
#include <foreshift/telemetry/metric.hpp>
#include <foreshift/telemetry/sample.hpp>
#include <foreshift/telemetry/series.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace foreshift::inline FORESHIFT_ABI::prometheus {

struct series_metrics_options {
  driver::book_options book;                    ///< the plan is not empty
  std::size_t series_max = 1000;                ///< followed; readings of further ones are counted
  std::vector<std::size_t> leads{1, 3, 6};      ///< steps ahead, at least 1; beyond the horizon: not shown
  std::vector<double> levels{0.05, 0.5, 0.95};  ///< of the quantiles, in (0, 1)
  std::size_t near_steps = 3;                   ///< of the near horizon; the far one is the whole
  std::array<std::optional<double>, telemetry::metric_count> limits{};  ///< above it is an overload
};

/// Counters are left out: nobody forecasts faults. @tparam F, D as of `driver::forecast_book` and `Detector`
template <forecast::Forecaster F, anomaly::Detector D>
requires forecast::Predictor<typename F::model>
class series_metrics {
 public:
  series_metrics(F spec, D detector, series_metrics_options options)
      : spec_(std::move(spec)), detector_(std::move(detector)), options_(std::move(options)) {}

  /// One aligned reading, at the start of its step; of each series in order of time.
  void push(const telemetry::reading& r) {
    if (telemetry::is_counter(r.key.what)) return;
    const auto known = lines_.find(r.key);
    if (known == lines_.end() && lines_.size() >= options_.series_max)
      return static_cast<void>(++not_followed_);
    auto& line =
        known != lines_.end() ? known->second : lines_.emplace(r.key, followed{detector_}).first->second;
    line.fresh.push_back(r.what);
  }
  /// Takes in what was pushed and looks ahead. After each poll of the source. O(series x paths x horizon)
  /// where a step has ended; a fit for each series that is new or has doubled.
  void settle() {
    for (auto& [key, line] : lines_) {
      if (line.fresh.empty()) continue;
      for (const auto& s : line.fresh) line.strangeness = line.detector.observe(s);
      auto& book = book_of(key.what);
      if (line.steps == 0)
        book.learn(key.of, series_of(line.fresh));
      else
        for (const auto& s : line.fresh) book.observe(key.of, s.at, s.value);
      const auto day =
          static_cast<std::size_t>(std::max<duration::rep>(std::chrono::hours{24} / options_.book.step, 1));
      if (line.steps == 0) line.fit_at = line.steps + line.fresh.size();
      line.steps += line.fresh.size();
      if (line.steps >= line.fit_at + std::min(line.fit_at, day)) {
        line.fit_at = line.steps;
        const auto past = book.recent(key.of, options_.book.history_max);
        const telemetry::series kept{past.start, past.step, {past.values.begin(), past.values.end()}};
        book.learn(key.of, kept);
      }
      line.fresh.clear();
      look_ahead(key, line, book);
    }
  }

  /// All families. @param name_of gives the `subject` that an entity's number stands for, or null
  template <class Names>
  void write(exposition_writer& out, const Names& name_of) const {
    using enum metric_type;
    out.family({"foreshift_step_seconds", gauge, "seconds", "Length of a step."});
    out.sample({}, to_seconds(options_.book.step));
    out.family({"foreshift_horizon_seconds", gauge, "seconds", "How far ahead predictions reach."});
    out.sample({}, to_seconds(static_cast<duration::rep>(options_.book.horizon) * options_.book.step));
    out.family({"foreshift_series", gauge, "", "Series that are followed."});
    out.sample({}, static_cast<double>(lines_.size()));
    out.family({"foreshift_readings_not_followed", counter, "",
                "Readings of series beyond the most that are followed."});
    out.sample({}, static_cast<double>(not_followed_));

    for (const auto kind : {telemetry::entity::kind::host, telemetry::entity::kind::workload}) {
      const bool host = kind == telemetry::entity::kind::host;
      const std::string of = host ? "foreshift_host_" : "foreshift_workload_";
      const std::string predicted =
          host ? "foreshift_predicted_demand_" : "foreshift_predicted_workload_demand_";
      const std::string odds = host ? "foreshift_" : of;
      const auto each = [&](const std::string& name, std::string_view unit, std::string_view help, auto row) {
        out.family({name, gauge, unit, help});
        for (const auto& [key, line] : lines_)
          if (key.of.what == kind) row(key, line, labels_of(key, name_of(key.of)));
      };
      const auto in_unit = [](telemetry::metric what, std::string_view unit) {
        return unit_of(what).name == unit;
      };
      for (const std::string_view unit : {"cores", "bytes", "bytes_per_second", "seconds"}) {
        each(of + "demand_" + std::string{unit}, unit,
             "Last value observed; latency where the unit is seconds.",
             [&](const auto& key, const auto& line, const auto& labels) {
               if (in_unit(key.what, unit)) out.sample(labels.view(), line.last * unit_of(key.what).scale);
             });
        each(predicted + std::string{unit}, unit, "Quantiles of the value some time ahead.",
             [&](const auto& key, const auto& line, auto labels) {
               if (in_unit(key.what, unit)) write_quantiles(out, key, line, std::move(labels));
             });
      }
      each(odds + "overload_probability_ratio", "ratio",
           "Probability that the limit is exceeded within a horizon.",
           [&](const auto&, const auto& line, const auto& labels) {
             if (!line.odds) return;
             for (const auto& [horizon, p] : {std::pair{"near", line.odds->near}, {"far", line.odds->far}})
               out.sample(labels.with("horizon", horizon).view(), p);
           });
      each(odds + "expected_overload_seconds", "seconds",
           "Mean time above the limit within the horizon, by the joint paths.",
           [&](const auto&, const auto& line, const auto& labels) {
             if (line.odds) out.sample(labels.view(), line.odds->expected_s);
           });
      each(odds + "anomaly_score_ratio", "ratio", "How strange the last value was: 0 as usual, at most 1.",
           [&](const auto&, const auto& line, const auto& labels) {
             out.sample(labels.view(), line.strangeness.value);
           });
    }
  }

  [[nodiscard]] std::size_t size() const { return lines_.size(); }
  [[nodiscard]] std::uint64_t not_followed() const { return not_followed_; }

 private:
  struct overload {
    double near = 0, far = 0, expected_s = 0;
  };
  struct followed {
    D detector;
    std::vector<telemetry::sample> fresh{};  ///< pushed and not taken in yet
    std::size_t steps = 0, fit_at = 0;
    double last = std::numeric_limits<double>::quiet_NaN();
    anomaly::score strangeness{};
    std::vector<double> quantiles{};  ///< leads x levels; empty: no forecast
    std::optional<overload> odds{};
  };
  struct base_unit {
    std::string_view name;
    double scale;
  };
  static constexpr base_unit unit_of(telemetry::metric what) {
    switch (what) {
      case telemetry::metric::cpu:
        return {"cores", 1};
      case telemetry::metric::memory:
        return {"bytes", 1};
      case telemetry::metric::latency:
        return {"seconds", 1e-3};
      default:
        return {"bytes_per_second", 1};
    }
  }
  /// Labels of one series, and more.
  struct row_labels {
    std::vector<std::pair<std::string_view, std::string>> all;
    mutable std::vector<label_view> views{};
    [[nodiscard]] row_labels with(std::string_view name, std::string value) const {
      row_labels out{all};
      out.all.emplace_back(name, std::move(value));
      return out;
    }
    [[nodiscard]] std::span<const label_view> view() const {
      views.clear();
      for (const auto& [name, value] : all) views.push_back({name, value});
      return views;
    }
  };
  static row_labels labels_of(const telemetry::series_key& key, const subject* whose) {
    row_labels out;
    const auto add = [&](std::string_view name, const std::string& value) {
      if (!value.empty()) out.all.emplace_back(name, value);
    };
    if (whose == nullptr) {
      add(key.of.what == telemetry::entity::kind::host ? "host" : "workload",
          '#' + std::to_string(key.of.number));
    } else {
      add("site", whose->site), add("host", whose->host), add("workload", whose->workload);
    }
    add("resource", std::string{telemetry::name_of(key.what)});
    return out;
  }

  driver::forecast_book<F>& book_of(telemetry::metric what) {
    auto& book = books_[static_cast<std::size_t>(what)];
    if (!book) book.emplace(spec_, options_.book);
    return *book;
  }
  /// @pre not empty, in order of time
  [[nodiscard]] telemetry::series series_of(std::span<const telemetry::sample> samples) const {
    const auto& o = options_.book;
    const auto oldest = samples.back().at - static_cast<duration::rep>(o.history_max - 1) * o.step;
    const auto first = std::ranges::find_if(samples, [&](const auto& s) { return s.at >= oldest; });
    const auto n = static_cast<std::size_t>((samples.back().at - first->at) / o.step) + 1;
    telemetry::series out{first->at, o.step,
                          std::vector<double>(n, std::numeric_limits<double>::quiet_NaN())};
    for (auto s = first; s != samples.end(); ++s)
      out.values[static_cast<std::size_t>((s->at - first->at) / o.step)] = s->value;
    return out;
  }

  void look_ahead(const telemetry::series_key& key, followed& line, driver::forecast_book<F>& book) {
    line.last = book.last(key.of);
    line.quantiles.clear(), line.odds.reset();
    const auto* paths = book.paths(key.of);
    if (paths == nullptr || paths->count() == 0) return;
    for (const auto lead : options_.leads)
      for (const double level : options_.levels) {
        across_.clear();
        for (std::size_t p = 0; lead >= 1 && lead <= paths->horizon() && p < paths->count(); ++p)
          across_.push_back((*paths)[p][lead - 1]);
        line.quantiles.push_back(across_.empty() ? std::numeric_limits<double>::quiet_NaN()
                                                 : numeric::quantile_in_place(across_, level));
      }
    if (const auto limit = options_.limits[static_cast<std::size_t>(key.what)])
      line.odds = odds_of(*paths, *limit);
  }
  [[nodiscard]] overload odds_of(const forecast::sample_paths& paths, double limit) const {
    std::size_t near = 0, far = 0, steps = 0;
    for (std::size_t p = 0; p < paths.count(); ++p) {
      const auto at = [&](std::size_t s) { return paths[p][s]; };
      near += numeric::steps_over(0, std::min(options_.near_steps, paths.horizon()), limit, at) > 0 ? 1U : 0U;
      const auto over = numeric::steps_over(0, paths.horizon(), limit, at);
      far += over > 0 ? 1U : 0U;
      steps += over;
    }
    const auto count = static_cast<double>(paths.count());
    return {static_cast<double>(near) / count, static_cast<double>(far) / count,
            static_cast<double>(steps) / count * to_seconds(options_.book.step)};
  }
  void write_quantiles(exposition_writer& out, const telemetry::series_key& key, const followed& line,
                       const row_labels& labels) const {
    std::size_t at = 0;
    for (const auto lead : options_.leads)
      for (const double level : options_.levels) {
        if (at >= line.quantiles.size()) return;
        const double value = line.quantiles[at++];
        if (std::isnan(value)) continue;
        const auto ahead = value_text(to_seconds(static_cast<duration::rep>(lead) * options_.book.step));
        out.sample(labels.with("lead_seconds", ahead).with("level", value_text(level)).view(),
                   value * unit_of(key.what).scale);
      }
  }

  F spec_;
  D detector_;
  series_metrics_options options_;
  std::array<std::optional<driver::forecast_book<F>>, telemetry::metric_count> books_;
  std::map<telemetry::series_key, followed> lines_;
  std::uint64_t not_followed_ = 0;
  std::vector<double> across_;
};

}  // namespace foreshift::inline FORESHIFT_ABI::prometheus
