#pragma once
/// @file
/// Reads the body of an answer of the query API, whatever order its members stand in.

#include <foreshift/adapters/prometheus/json_cursor.hpp>
#include <foreshift/adapters/prometheus/query_answer.hpp>
#include <foreshift/adapters/prometheus/query_point.hpp>
#include <foreshift/core/result.hpp>

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace foreshift::inline FORESHIFT_ABI::prometheus {

/// How much of an answer is taken. What is over it is an error, never cut off.
struct answer_limits {
  std::size_t series_max = 1'000'000;
  std::size_t points_max = 50'000'000;
  std::size_t labels_max = 200;  ///< of one series
  std::size_t warnings_max = 100;
};

/// What a body said, a success or not.
struct answer_body {
  bool success = false;
  std::string error_type, error;  ///< of no success; Prometheus's own words
  query_answer answer;            ///< of a success
};

/// The reason of a failure says at which byte. O(length); 16 bytes a point.
[[nodiscard]] inline result<answer_body, std::string> read_answer_body(std::string_view text,
                                                                       const answer_limits& limits = {});

namespace detail {

class answer_reader {
 public:
  answer_reader(std::string_view text, const answer_limits& limits) : in_(text), limits_(limits) {}

  result<answer_body, std::string> read() {
    std::string status;
    const bool whole = in_.object([&](std::string_view key) {
      if (key == "status") return in_.string(status);
      if (key == "errorType") return in_.string(out_.error_type);
      if (key == "error") return in_.string(out_.error);
      if (key == "warnings" || key == "infos") return in_.peek() == 'n' ? in_.skip() : warnings();
      if (key == "data" && in_.peek() == '{') return data();
      return in_.skip();
    });
    if (!whole || !in_.finish()) return failure{in_.fault()};
    out_.success = status == "success";
    if (!out_.success && status != "error")
      return failure{std::string{"no status: this is not an answer of Prometheus"}};
    if (out_.success)
      if (auto wrong = settle()) return failure{*std::move(wrong)};
    return std::move(out_);
  }

 private:
  /// What the elements of `result` look like.
  enum class shape { none, empty, points, point, pair };

  bool warnings() {
    return in_.array([&] {
      if (out_.answer.warnings.size() == limits_.warnings_max) return in_.skip();
      return in_.string(out_.answer.warnings.emplace_back());
    });
  }
  bool data() {
    return in_.object([&](std::string_view key) {
      if (key == "resultType") return in_.string(type_);
      if (key == "result") return values();
      return in_.skip();
    });
  }

  bool values() {
    if (shape_ != shape::none) return in_.fail("one result");
    shape_ = shape::empty;
    auto& a = out_.answer;
    return in_.array([&] {
      if (in_.peek() == '{' && shape_ != shape::pair) return series();
      // Otherwise a pair of time and text: a scalar or a string.
      if (shape_ == shape::empty && a.series.empty()) {
        std::string_view time;
        shape_ = shape::pair;
        if (!in_.number(time)) return false;
        const auto at = parse_query_time(time);
        if (!at) return in_.fail("a time before 2200");
        a.times.push_back(*at);
        return true;
      }
      if (shape_ != shape::pair || !a.values.empty()) return in_.fail("a series");
      a.values.push_back(0);  // set when the type is known
      return in_.string(a.text);
    });
  }

  bool series() {
    auto& a = out_.answer;
    if (a.series.size() == limits_.series_max)
      return in_.refuse("more than " + std::to_string(limits_.series_max) + " series");
    auto& one = a.series.emplace_back();
    one.first = a.times.size();
    const bool whole = in_.object([&](std::string_view key) {
      if (key == "metric") return labels(one.labels);
      if (key == "values") return become(shape::points) && in_.array([&] { return point(); });
      if (key == "value") return become(shape::point) && point();
      if (key == "histogram" || key == "histograms") {
        ++a.histograms_skipped;
        return become(key == "histogram" ? shape::point : shape::points) && in_.skip();
      }
      return in_.skip();
    });
    one.last = a.times.size();
    return whole;
  }
  bool become(shape s) {
    if (shape_ != shape::empty && shape_ != s) return in_.fail("series of one kind");
    shape_ = s;
    return true;
  }
  bool labels(series_labels& all) {
    return in_.object([&](std::string_view name) {
      if (all.size() == limits_.labels_max)
        return in_.refuse("more than " + std::to_string(limits_.labels_max) + " labels");
      all.push_back({std::string{name}, {}});
      return in_.string(all.back().value);
    });
  }
  bool point() {
    query_point p;
    if (out_.answer.times.size() == limits_.points_max)
      return in_.refuse("more than " + std::to_string(limits_.points_max) + " points");
    if (!read_point(in_, p)) return false;
    out_.answer.times.push_back(p.at);
    out_.answer.values.push_back(p.value);
    return true;
  }

  /// The type and what came have to agree. Returns what is wrong.
  std::optional<std::string> settle() {
    auto& a = out_.answer;
    const auto kinds = {answer_kind::matrix, answer_kind::vector, answer_kind::scalar, answer_kind::string};
    const auto* const kind = std::ranges::find_if(kinds, [&](answer_kind k) { return name_of(k) == type_; });
    if (kind == kinds.end() || shape_ == shape::none) return "no result: this is not an answer to a query";
    a.kind = *kind;
    const shape wanted = a.kind == answer_kind::matrix   ? shape::points
                         : a.kind == answer_kind::vector ? shape::point
                                                         : shape::pair;
    const bool none = wanted != shape::pair && shape_ == shape::empty;
    if ((shape_ != wanted && !none) || a.times.size() != a.values.size())
      return "the result is no " + type_ + ", which it says it is";
    if (a.kind != answer_kind::scalar) return std::nullopt;
    const auto value = parse_value(a.text);
    if (!value) return "the scalar is no number: " + excerpt(a.text);
    a.values[0] = *value;
    a.series.push_back({{}, 0, 1});
    a.text.clear();
    return std::nullopt;
  }

  json_cursor in_;
  answer_limits limits_;
  answer_body out_;
  std::string type_;
  shape shape_ = shape::none;
};

}  // namespace detail

inline result<answer_body, std::string> read_answer_body(std::string_view text, const answer_limits& limits) {
  return detail::answer_reader{text, limits}.read();
}

}  // namespace foreshift::inline FORESHIFT_ABI::prometheus
