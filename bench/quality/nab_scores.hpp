#pragma once
// The Numenta Anomaly Benchmark's score of scored series, and the threshold at which it is best.
//
// A. Lavin, S. Ahmad, "Evaluating real-time anomaly detection algorithms: the Numenta Anomaly Benchmark"
// (ICMLA 2015): a window is worth its earliest alarm, an alarm outside costs the more the further it is
// behind the last window; the first 15 % of a file (750 rows at most) do not count. 0 is no alarm at all, 100
// is every window met at its beginning and no other alarm.

#include <foreshift/telemetry/sample.hpp>
#include <foreshift/telemetry/sample_csv.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdlib>
#include <fstream>
#include <map>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace nab {

struct profile {
  const char* name;
  double hit, false_alarm, miss;
};
inline constexpr profile profiles[] = {
    {"standard", 1, 0.11, 1}, {"low false positives", 1, 0.22, 1}, {"low false negatives", 1, 0.11, 2}};

struct labelled_series {
  std::string name;
  std::vector<foreshift::telemetry::sample> rows;
  std::vector<double> reward;  ///< of an alarm in this row: in a window at least 0, else at most 0
  std::vector<int> window;     ///< its number, or -1
  int windows = 0;
  std::size_t first = 0;  ///< row that counts
};

/// From 1 well before the right end of a window to -1 well behind it; `at` in widths of it.
inline double squashed(double at) { return at > 3 ? -1 : 2 / (1 + std::exp(5 * at)) - 1; }

inline void weigh(labelled_series& f, const std::vector<std::pair<std::size_t, std::size_t>>& windows) {
  const std::size_t n = f.rows.size();
  f.reward.assign(n, -1), f.window.assign(n, -1);
  f.windows = static_cast<int>(windows.size());
  f.first = std::min(static_cast<std::size_t>(0.15 * static_cast<double>(n)), std::size_t{750});
  for (std::size_t w = 0; w < windows.size(); ++w) {
    const auto [begin, end] = windows[w];
    const double width = static_cast<double>(end - begin) + 1;
    for (std::size_t i = begin; i <= end; ++i) {
      f.reward[i] = squashed(-(static_cast<double>(end - i) + 1) / width) / squashed(-1);
      f.window[i] = static_cast<int>(w);
    }
    const std::size_t next = w + 1 < windows.size() ? windows[w + 1].first : n;
    for (std::size_t i = end + 1; i < next; ++i)
      f.reward[i] = squashed(static_cast<double>(i - end) / (width - 1));
  }
}

/// Every labelled file, by name. Nothing where the folder is not there.
inline std::vector<labelled_series> read(const std::string& folder) {
  std::vector<labelled_series> out;
  std::map<std::string, std::vector<std::string>> labels;
  std::ifstream in{folder + "/windows.json"};
  std::string text{std::istreambuf_iterator<char>{in}, {}}, file;
  // Names of files and times of windows are all the strings there are.
  for (std::size_t at = 0; (at = text.find('"', at)) != std::string::npos;) {
    const std::size_t end = text.find('"', at + 1);
    if (end == std::string::npos) break;
    const std::string one = text.substr(at + 1, end - at - 1);
    if (one.ends_with(".csv"))
      labels[file = one];
    else
      labels[file].push_back(one.substr(0, one.find('.')));
    at = end + 1;
  }
  for (const auto& [name, times] : labels) {
    std::ifstream rows{folder + "/data/" + name};
    labelled_series f;
    f.name = name;
    std::map<std::string, std::size_t> row_of;
    std::string line;
    std::getline(rows, line);
    while (std::getline(rows, line)) {
      const std::size_t comma = line.find(',');
      const auto at = foreshift::telemetry::parse_timestamp(line.substr(0, comma));
      if (!at || comma == std::string::npos) continue;
      row_of.emplace(line.substr(0, comma), f.rows.size());
      f.rows.push_back({*at, std::strtod(line.c_str() + comma + 1, nullptr)});
    }
    if (f.rows.empty()) continue;
    std::vector<std::pair<std::size_t, std::size_t>> windows;
    for (std::size_t i = 0; i + 1 < times.size(); i += 2)
      windows.emplace_back(row_of[times[i]], row_of[times[i + 1]]);
    std::ranges::sort(windows);
    weigh(f, windows);
    out.push_back(std::move(f));
  }
  return out;
}

/// What each lowering of the threshold adds for one file, from the highest score down. What scores below 0.3
/// opens no incident and is no alarm at any threshold.
struct gains {
  std::vector<std::pair<float, double>> at;
  double most = 0;  ///< what a perfect detector has more than a silent one
};
inline gains gains_of(const labelled_series& f, std::span<const float> scores, const profile& p) {
  gains out;
  out.most = f.windows * (p.hit + p.miss);
  std::map<int, std::vector<std::pair<float, double>>> in_window;
  for (std::size_t i = f.first; i < scores.size(); ++i) {
    if (scores[i] < 0.3F) continue;
    if (f.window[i] < 0)
      out.at.emplace_back(scores[i], p.false_alarm * f.reward[i]);
    else
      in_window[f.window[i]].emplace_back(scores[i], f.reward[i]);
  }
  const auto higher = [](const auto& a, const auto& b) { return a.first > b.first; };
  for (auto& [w, rows] : in_window) {
    std::ranges::stable_sort(rows, higher);
    double best = -p.miss;
    for (const auto& [score, reward] : rows)
      if (p.hit * reward > best) {
        out.at.emplace_back(score, p.hit * reward - best);
        best = p.hit * reward;
      }
  }
  std::ranges::sort(out.at, higher);
  return out;
}

using files = std::vector<const gains*>;

/// The score of these files together at one threshold.
inline double score_at(const files& all, float threshold) {
  double sum = 0, most = 0;
  for (const gains* f : all) {
    most += f->most;
    for (const auto& [score, gain] : f->at) {
      if (score < threshold) break;
      sum += gain;
    }
  }
  return 100 * sum / most;
}
struct tuned {
  double score = 0;
  float threshold = 2;
};
/// The best one threshold.
inline tuned best_of(const files& all) {
  std::vector<std::pair<float, double>> together;
  double most = 0, sum = 0;
  for (const gains* f : all) {
    together.insert(together.end(), f->at.begin(), f->at.end());
    most += f->most;
  }
  std::ranges::sort(together, [](const auto& a, const auto& b) { return a.first > b.first; });
  tuned out;
  for (std::size_t i = 0; i < together.size(); ++i) {
    sum += together[i].second;
    const bool last_of_these = i + 1 == together.size() || together[i + 1].first < together[i].first;
    if (last_of_these && 100 * sum / most > out.score) out = {100 * sum / most, together[i].first};
  }
  return out;
}

}  // namespace nab
