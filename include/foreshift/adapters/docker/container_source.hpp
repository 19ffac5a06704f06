#pragma once
/// @file
/// A node of a swarm as a live telemetry source: its daemon is asked for the use of its services' containers
/// after each step.
///
/// A daemon answers for one container after the other, each when it has looked again, so a round over many
/// takes a while: a poll asks for some of them and leaves the rest to the next. A container that gives no
/// answer leaves out its own service and the host; a daemon that gives none, or none for two containers, is
/// left alone for longer and longer. The host is the sum of its services: what else runs there is for an
/// exporter of the machine to tell.

#include <foreshift/adapters/docker/api_error.hpp>
#include <foreshift/adapters/docker/container.hpp>
#include <foreshift/adapters/docker/container_usage.hpp>
#include <foreshift/adapters/docker/json.hpp>
#include <foreshift/adapters/docker/request.hpp>
#include <foreshift/adapters/docker/service_usage.hpp>
#include <foreshift/core/contract.hpp>
#include <foreshift/core/id.hpp>
#include <foreshift/core/result.hpp>
#include <foreshift/core/time.hpp>
#include <foreshift/ports/clock.hpp>
#include <foreshift/ports/cluster_inventory.hpp>
#include <foreshift/ports/http_client.hpp>
#include <foreshift/telemetry/poll_schedule.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace foreshift::inline FORESHIFT_ABI::docker {

struct container_source_options {
  std::string name = "node";  ///< in reasons
  telemetry::poll_schedule_options schedule{.delay = duration::zero(), .spread = duration::zero()};
  duration timeout = std::chrono::seconds{10};    ///< of a poll with all its exchanges
  duration busy_max = std::chrono::seconds{2};    ///< of a poll, then it asks no more; > 0 and <= timeout
  duration first_wait = std::chrono::seconds{1};  ///< after a failure; doubles
  duration longest_wait = std::chrono::minutes{1};
  std::size_t containers_max = 2'000;  ///< a node that lists more is not asked
};

struct container_source_counts {
  std::uint64_t rounds = 0;    ///< told
  std::uint64_t heard = 0;     ///< answers of containers
  std::uint64_t unheard = 0;   ///< containers that gave none
  std::uint64_t failures = 0;  ///< rounds that were given up
};

/// A TelemetrySource. A reading stands at the start of its step, cores and rates are means since the round
/// before, memory is that of the round; of a service with copies on several nodes it is the node's share.
/// The first round tells nothing. Http and clock are the host's and outlive it; the clock tells the time of
/// day. Http speaks to the daemon of the node itself; any node will do, it need not be a manager.
template <ports::HttpClient Http, ports::Clock Clock>
class container_source {
 public:
  /// @pre options within their ranges
  container_source(Http& http, Clock& clock, container_source_options options = {})
      : http_(&http), clock_(&clock), options_(std::move(options)), schedule_(options_.schedule) {
    FORESHIFT_EXPECT(options_.busy_max > duration::zero() && options_.busy_max <= options_.timeout);
  }

  /// Asks if it is time to, and tells what has come. Takes `timeout` at most.
  template <class Sink>
  void poll(Sink&& sink) {
    const time_point now = clock_->now();
    if (next_ && now < *next_) return;
    deadline_ = now + options_.timeout;
    if (!round_ && !begin(now)) return;
    while (const container* c = usage_.due()) {
      if (clock_->now() - now >= options_.busy_max) return;
      if (!ask_for(*c)) return;
    }
    told_ = *round_ - options_.schedule.step;
    usage_.tell(*node_, *told_, sink);
    round_.reset();
    next_ = schedule_.next(began_);  // at once where the round has taken longer than a step
    failed_ = 0;
    ++counts_.rounds;
    trouble_ = std::exchange(met_, {});
  }

  /// Why something of the last round, or all of it, is not known; empty where nothing is missing.
  [[nodiscard]] const std::string& trouble() const { return trouble_; }
  /// False after a round that was given up, until one is told.
  [[nodiscard]] bool answers() const { return failed_ == 0; }
  /// The start of the step that was told last, were it with nothing; nothing before the first.
  [[nodiscard]] std::optional<time_point> told() const { return told_; }
  /// When there is something to do again; nothing before the first poll.
  [[nodiscard]] std::optional<time_point> next_poll() const { return next_; }
  [[nodiscard]] const container_source_counts& counts() const { return counts_; }
  /// Its node; nothing before it has answered.
  [[nodiscard]] std::optional<host_id> node() const { return node_; }

 private:
  [[nodiscard]] result<json, api_error> ask(ports::http_request request) {
    request.timeout = std::clamp(deadline_ - clock_->now(), duration{1}, options_.timeout);
    return read_answer(request, http_->exchange(request), options_.name);
  }

  bool begin(time_point now) {
    if (!node_) {
      const auto info = ask(get_info());
      if (!info) return fail(info.error());
      const std::string name = text_at(*info, "Name");
      if (name.empty()) return fail({api_error::kind::unknown, options_.name + ": GET /info: without Name"});
      node_ = host_id{ports::id_of_name(name)};
    }
    const auto listed = ask(list_service_containers());
    if (!listed) return fail(listed.error());
    auto running = read_containers(*listed);
    if (running && running->size() > options_.containers_max)
      running = failure{"lists " + std::to_string(running->size()) +
                        ", more than containers_max: " + std::to_string(options_.containers_max)};
    if (!running)
      return fail({api_error::kind::unknown, options_.name + ": GET /containers/json: " + running.error()});
    usage_.begin(*std::move(running), now);
    round_ = schedule_.newest_end(now), began_ = now;
    silent_ = 0;
    met_.clear();
    return true;
  }

  /// False where the round is given up.
  bool ask_for(const container& c) {
    const auto answer = ask(get_container_counts(c.id));
    auto used = answer ? read_container_usage(*answer) : failure{answer.error().reason};
    if (used && used->at) {
      usage_.heard(*used);
      ++counts_.heard;
      return true;
    }
    const bool ended = answer ? used.has_value()
                              : answer.error().what == api_error::kind::absent ||
                                    answer.error().what == api_error::kind::conflict;
    if (ended) return usage_.gone(), true;
    ++counts_.unheard;
    met_ = options_.name + ": container " + c.id + " of service " + c.service + ": " + used.error();
    constexpr int silent_max = 2;
    if (!answer && ++silent_ >= silent_max) return fail(answer.error());
    return usage_.unheard(), true;
  }

  bool fail(const api_error& why) {
    const time_point now = clock_->now();
    duration wait = options_.first_wait;
    for (std::size_t n = 0; n < failed_ && wait < options_.longest_wait; ++n) wait *= 2;
    next_ = now + std::max(std::min(wait, options_.longest_wait), why.retry_after.value_or(duration::zero()));
    ++failed_;
    ++counts_.failures;
    trouble_ = why.reason;
    round_.reset();
    return false;
  }

  Http* http_;
  Clock* clock_;
  container_source_options options_;
  telemetry::poll_schedule schedule_;
  service_usage usage_;
  std::optional<host_id> node_;
  std::optional<time_point> round_;  ///< the end of the step that is asked about
  std::optional<time_point> next_, told_;
  time_point began_{}, deadline_{};
  std::size_t failed_ = 0;  ///< rounds in a row
  int silent_ = 0;          ///< containers of this round
  std::string trouble_, met_;
  container_source_counts counts_;
};

}  // namespace foreshift::inline FORESHIFT_ABI::docker
