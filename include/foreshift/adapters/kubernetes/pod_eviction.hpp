#pragma once
/// @file
/// One pod's eviction, from the request to the pod's end: what to send next, and when.
///
/// A state machine without I/O, as `collection_watch` is. It asks for the eviction until that is granted,
/// waits as long as a budget or the server wants it to, and then looks until the pod has gone: granted means
/// that the pod has been told to end, not that it has. A look also decides whatever an answer left open, and
/// since every request names the pod's uid, none can hit the pod that has its name next. Everything ends by
/// our own deadline.

#include <foreshift/adapters/kubernetes/api_answer.hpp>
#include <foreshift/adapters/kubernetes/api_request.hpp>
#include <foreshift/adapters/kubernetes/eviction.hpp>
#include <foreshift/adapters/kubernetes/object_meta.hpp>
#include <foreshift/core/contract.hpp>
#include <foreshift/core/result.hpp>
#include <foreshift/core/time.hpp>
#include <foreshift/migration/patience.hpp>
#include <foreshift/ports/http_client.hpp>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>

namespace foreshift::inline FORESHIFT_ABI::kubernetes {

struct eviction_rules {
  /// Between two requests of which the first was put off; a longer Retry-After goes before it.
  migration::patience_options pause{.retry = std::chrono::seconds{5}, .retry_max = std::chrono::minutes{1}};
  duration look_every = std::chrono::seconds{2};  ///< once it is granted
  duration within = std::chrono::minutes{10};     ///< our own deadline
};

class pod_eviction {
 public:
  /// `asking`   not yet granted
  /// `leaving`  granted; the pod may still be there
  /// `gone`     that life of the pod is over, whoever ended it
  /// `refused`  never to be granted as things are
  /// `given_up` not over by the deadline, or put off beyond it; once granted, the pod goes when it can
  enum class state : std::uint8_t { asking, leaving, gone, refused, given_up };

  /// @pre the pod's uid is known: without it the next pod of that name would be meant as well
  pod_eviction(object_meta pod, const eviction_rules& rules, time_point now)
      : pod_(std::move(pod)), rules_(rules), end_(now + rules.within) {
    FORESHIFT_EXPECT(!pod_.uid.empty());
    patience_.begin(rules_.pause, now);
  }

  [[nodiscard]] state now_is() const { return state_; }
  [[nodiscard]] bool over() const { return state_ != state::asking && state_ != state::leaving; }
  /// One line: why it is refused or given up, or what it waits for; empty where there was no trouble.
  [[nodiscard]] const std::string& reason() const { return reason_; }

  /// When the next request is due.
  [[nodiscard]] time_point due() const { return patience_.next(); }
  /// The request that is due; nothing before `due()` and when it is over.
  [[nodiscard]] std::optional<ports::http_request> next(time_point now) const {
    if (over() || now < due()) return std::nullopt;
    if (state_ == state::leaving) return get_request(kind::pod, pod_.space, pod_.name);
    return eviction_request(pod_.space, pod_.name, pod_.uid);
  }
  /// The answer to the request that was given last.
  void take(const result<ports::http_response, ports::http_error>& answer, time_point now) {
    const bool look = state_ == state::leaving;
    const auto request = look ? "GET " + object_target(kind::pod, pod_.space, pod_.name)
                              : "POST " + object_target(kind::pod, pod_.space, pod_.name, "eviction");
    if (!answer)
      again(request + ": " + answer.error().reason, std::nullopt, now);
    else if (look)
      looked(request, *answer, now);
    else
      asked(read_eviction(request, *answer), now);
  }
  /// Makes the request that is due, if one is.
  template <ports::HttpClient H>
  void step(H& client, time_point now) {
    if (const auto request = next(now)) take(client.exchange(*request), now);
  }

 private:
  void asked(const result<void, api_error>& answer, time_point now) {
    if (answer) return state_ = state::leaving, reason_.clear(), patience_.hurry(now);
    const auto& e = answer.error();
    switch (e.what) {
      case fault::many_budgets:
        return finish(state::refused, e.reason + "; leave one budget that selects the pod");
      case fault::over_budget:
      case fault::busy:
      case fault::malformed:
      case fault::broken:
        return again(e.reason, e.retry_after, now);
      default:
        return finish(state::refused, e.reason);
    }
  }
  void looked(const std::string& request, const ports::http_response& answer, time_point now) {
    const auto body = read_answer(request, answer);
    if (!body) {
      const auto& e = body.error();
      if (e.what == fault::absent) return finish(state::gone, {});
      if (e.what == fault::not_let_in) return finish(state::refused, e.reason + "; the eviction is granted");
      return again(e.reason, e.retry_after, now);
    }
    fields in{*body};
    const auto seen = read_meta(in);
    if (!in.fault().empty()) return again(malformed(request, in.fault()).reason, std::nullopt, now);
    if (seen.uid != pod_.uid) return finish(state::gone, {});
    if (!seen.leaving) {  // no answer of an API server, or a conflict that was none of the uid
      state_ = state::asking;
      return again(request + ": the eviction was granted, and the pod has not been told to end", std::nullopt,
                   now);
    }
    reason_ = request + ": the pod is on its way out";
    wait(rules_.look_every, now);
  }
  void again(std::string why, std::optional<duration> wish, time_point now) {
    reason_ = std::move(why);
    if (wish && now<end_&& * wish> end_ - now)
      return finish(state::given_up, reason_ + "; the wait that is asked for ends after our deadline");
    patience_.asked(rules_.pause, now);
    wait(std::max(patience_.next() - now, wish.value_or(duration::zero())), now);
  }
  /// The last request is made at the deadline itself.
  void wait(duration how_long, time_point now) {
    if (now >= end_)
      return finish(state::given_up,
                    reason_ + "; given up after " +
                        std::to_string(std::chrono::ceil<std::chrono::seconds>(rules_.within).count()) +
                        " s");
    patience_.asked_every(std::min(how_long, end_ - now), now);
  }
  void finish(state s, std::string why) { state_ = s, reason_ = std::move(why); }

  object_meta pod_;
  eviction_rules rules_;
  time_point end_;
  migration::patience patience_{};
  state state_ = state::asking;
  std::string reason_{};
};

}  // namespace foreshift::inline FORESHIFT_ABI::kubernetes
