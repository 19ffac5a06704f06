#pragma once
/// @file
/// Asks a Prometheus: requests, retries and chunks over whatever HTTP client and clock the host has.

#include <foreshift/adapters/prometheus/endpoint.hpp>
#include <foreshift/adapters/prometheus/query_answer.hpp>
#include <foreshift/adapters/prometheus/query_error.hpp>
#include <foreshift/adapters/prometheus/query_request.hpp>
#include <foreshift/adapters/prometheus/retry.hpp>
#include <foreshift/core/result.hpp>
#include <foreshift/core/time.hpp>
#include <foreshift/ports/clock.hpp>
#include <foreshift/ports/http_client.hpp>
#include <foreshift/telemetry/time_grid.hpp>

#include <chrono>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <string>
#include <thread>
#include <utility>

namespace foreshift::inline FORESHIFT_ABI::prometheus {

/// A clock that can be waited for.
///
/// Semantics     `wait_until(t)` returns when `now() >= t`.
/// Threads       Called from one thread at a time.
/// Model         `system_clock`, and in tests one of virtual time.
template <class C>
concept WaitingClock = ports::Clock<C> && requires(C& clock, time_point t) {
  { clock.wait_until(t) } -> std::same_as<void>;
};

/// This host's time; waits by putting the thread to sleep.
struct system_clock {
  using clock = std::chrono::steady_clock;
  [[nodiscard]] time_point now() const { return time_point{clock::now().time_since_epoch()}; }
  void wait_until(time_point t) const {
    std::this_thread::sleep_until(
        clock::time_point{std::chrono::duration_cast<clock::duration>(t.time_since_epoch())});
  }
};
static_assert(WaitingClock<system_clock>);

struct query_rules {
  duration timeout = std::chrono::minutes{2};  ///< of one exchange
  std::size_t points_max = points_per_series_max;
  retry_rules again{};
  answer_limits limits{};
  std::uint64_t seed = 1;  ///< of the jitter between attempts
};

/// Http and clock are the host's and outlive it. To be used by one thread.
template <ports::HttpClient Http, WaitingClock Clock>
class query_client {
 public:
  query_client(endpoint at, Http& http, Clock& clock, const query_rules& rules = {})
      : at_(std::move(at)), http_(&http), clock_(&clock), rules_(rules) {}

  [[nodiscard]] result<query_answer, query_error> ask(const instant_query& query) { return answer_to(query); }

  /// Asks for a range, chunk after chunk, and calls `sink(answer, done, all)` for each, the two numbers
  /// counting chunks; it returns whether to go on. A chunk that fails for good ends it. @pre as of
  /// `make_request`
  template <class Sink>
  [[nodiscard]] result<void, query_error> ask(const range_query& query, Sink&& sink) {
    const auto chunks = chunks_of(query.grid, rules_.points_max);
    for (std::size_t i = 0; i < chunks.size(); ++i) {
      auto answer = answer_to(range_query{query.expression, chunks[i]});
      if (!answer) return failure{answer.error()};
      if (!sink(*std::move(answer), i + 1, chunks.size())) break;
    }
    return {};
  }

 private:
  template <class Query>
  result<query_answer, query_error> answer_to(const Query& query) {
    auto request = make_request(at_, query);
    if (!request) return failure{query_error{query_errc::misconfigured, request.error()}};
    request->timeout = rules_.timeout;
    retry again{rules_.again, clock_->now(), rules_.seed + asked_++};
    for (;;) {
      auto answer = attempt(*request);
      if (answer || !answer.error().transient()) return answer;
      const auto next = again.after_failure(clock_->now(), answer.error().retry_after);
      if (!next) {
        auto error = answer.error();
        if (again.failures() > 1) error.reason += " (" + std::to_string(again.failures()) + " attempts)";
        return failure{std::move(error)};
      }
      clock_->wait_until(*next);
    }
  }
  result<query_answer, query_error> attempt(const ports::http_request& request) {
    const auto response = http_->exchange(request);
    if (!response)
      return failure{query_error{met_ || response.error().sent ? query_errc::unreachable : query_errc::absent,
                                 describe(request) + ": " + response.error().reason}};
    met_ = true;
    return read_answer(request, *response, rules_.limits);
  }

  endpoint at_;
  Http* http_;
  Clock* clock_;
  query_rules rules_;
  std::uint64_t asked_ = 0;
  bool met_ = false;  // has answered before
};

}  // namespace foreshift::inline FORESHIFT_ABI::prometheus
