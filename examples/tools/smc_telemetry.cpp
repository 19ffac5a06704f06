#include "smc_telemetry.hpp"

#include "clocks.hpp"
#include "docker_daemon.hpp"
#include "files.hpp"
#include "option_error.hpp"
#include "prometheus_input.hpp"
#include "text.hpp"

#include <foreshift/adapters/docker/site_source.hpp>
#include <foreshift/adapters/http/client.hpp>
#include <foreshift/adapters/prometheus/line_source.hpp>
#include <foreshift/adapters/prometheus/polled_source.hpp>
#include <foreshift/ports/cluster_inventory.hpp>
#include <foreshift/telemetry/time_grid.hpp>

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cmath>
#include <cstring>
#include <deque>
#include <limits>
#include <set>
#include <string_view>

namespace tool {

namespace docker = foreshift::docker;
namespace ports = foreshift::ports;
namespace prometheus = foreshift::prometheus;
namespace telemetry = foreshift::telemetry;
using foreshift::diagnostic;
using foreshift::duration;
using foreshift::failure;
using foreshift::result;
using foreshift::time_point;
using namespace std::chrono_literals;

std::optional<telemetry::entity> fleet_names::operator()(const prometheus::subject& whose) const {
  if (!whose.workload.empty()) {
    const foreshift::workload_id w{ports::id_of_name(whose.workload)};
    return known->find(w) == nullptr ? std::nullopt : std::optional<telemetry::entity>{w};
  }
  const foreshift::host_id h{ports::id_of_name(whose.host)};
  return known->find(h) == nullptr ? std::nullopt : std::optional<telemetry::entity>{h};
}

namespace {

class prometheus_source : public reading_source {
 public:
  prometheus_source(prometheus::endpoint at, prometheus::relabel_table map, foreshift::http::options how,
                    const fleet_names& names, const prometheus::polling_options& options)
      : http_(std::move(how)),
        names_(names),
        source_(std::move(at), std::move(map), http_, clock_, names_, options) {}
  void read(const sink& to) override { source_.poll(to); }
  [[nodiscard]] std::string trouble() const override { return source_.trouble(); }

 private:
  foreshift::http::client http_;
  wall_clock clock_;
  fleet_names names_;
  prometheus::polled_source<foreshift::http::client, wall_clock, fleet_names> source_;
};

/// A stream that others write. It ends when they do; the site goes on without.
class stream_source : public reading_source {
 public:
  stream_source(int fd, std::string name, const fleet_names& names, const prometheus::line_options& options)
      : fd_(fd), names_(names), source_(std::move(name), clock_, names_, options) {}
  ~stream_source() override {
    if (fd_ > STDIN_FILENO) ::close(fd_);
  }
  void read(const sink& to) override {
    pollfd ready{fd_, POLLIN, 0};
    if (!ended_ && room_.empty() && ::poll(&ready, 1, 50) > 0) fill();
    if (!room_.empty()) room_.remove_prefix(source_.feed(room_));
    source_.poll(to);
  }
  [[nodiscard]] std::string trouble() const override {
    if (const auto& wrong = source_.complaint()) return to_string(*wrong);
    return ended_ ? "the stream of samples has ended" : "";
  }

 private:
  void fill() {
    const auto n = ::read(fd_, buffer_.data(), buffer_.size());
    if (n > 0) {
      room_ = {buffer_.data(), static_cast<std::size_t>(n)};
    } else if (n == 0 || (errno != EINTR && errno != EAGAIN)) {
      ended_ = true;
      source_.finish();
    }
  }

  int fd_;
  wall_clock clock_;
  fleet_names names_;
  prometheus::line_source<wall_clock, fleet_names> source_;
  std::array<char, 65536> buffer_;
  std::string_view room_;  // of the buffer: read and not taken yet
  bool ended_ = false;
};

/// What the containers on the site's own nodes use, by their daemons.
class container_source : public reading_source {
 public:
  container_source(std::vector<std::pair<std::string, foreshift::http::options>> nodes, duration step)
      : source_(clock_, options_for(step)) {
    for (auto& [name, how] : nodes) {
      daemons_.emplace_back(std::move(how));
      source_.reach(daemons_.back(), name);
    }
  }
  void read(const sink& to) override { source_.poll(to); }
  [[nodiscard]] std::string trouble() const override { return source_.trouble(); }

 private:
  static docker::container_source_options options_for(duration step) {
    docker::container_source_options o;
    o.schedule.step = step;
    return o;
  }
  wall_clock clock_;
  std::deque<foreshift::http::client> daemons_;  // stay where they are
  docker::site_source<foreshift::http::client, wall_clock> source_;
};

/// Readings of before, and then those of another source.
class recorded_first : public reading_source {
 public:
  recorded_first(std::vector<telemetry::reading> before, std::unique_ptr<reading_source> then)
      : before_(std::move(before)), then_(std::move(then)) {}
  void read(const sink& to) override {
    for (const auto& r : std::exchange(before_, {})) to(r);
    then_->read(to);
  }
  [[nodiscard]] std::string trouble() const override { return then_->trouble(); }

 private:
  std::vector<telemetry::reading> before_;
  std::unique_ptr<reading_source> then_;
};

prometheus::line_options lines_of(const smc_telemetry_times& times) {
  prometheus::line_options how;
  how.aligner.step = times.step;
  how.aligner.grace = times.patience / 2;
  return how;
}

/// A line that cannot be read is an error here, unlike in a stream: the file is there as a whole.
result<std::vector<telemetry::reading>, diagnostic> read_recorded(const std::string& path,
                                                                  const smc_telemetry_times& times,
                                                                  const fleet_names& names) {
  const auto text = read_text(path);
  if (!text) return failure{text.error()};
  auto how = lines_of(times);
  how.aligner.grace = 24h * 36500;  // nothing of it is late: it is one batch
  how.aligner.held_max = 10'000'000;
  wall_clock clock;
  fleet_names who = names;
  prometheus::line_source<wall_clock, fleet_names> lines{source_name(path), clock, who, how};
  std::vector<telemetry::reading> out;
  const auto keep = [&](const telemetry::reading& r) { out.push_back(r); };
  for (std::string_view rest = *text; !rest.empty(); lines.poll(keep)) {
    const auto taken = lines.feed(rest);
    if (taken == 0)
      return failure{diagnostic{source_name(path), 0, "", "more than 10 million steps of series"}};
    rest.remove_prefix(taken);
  }
  lines.finish();
  lines.poll(keep);
  if (lines.complaint()) return failure{*lines.complaint()};
  return out;
}

result<std::unique_ptr<reading_source>, diagnostic> open_stream(const std::string& path,
                                                                const smc_telemetry_times& times,
                                                                const fleet_names& names) {
  // Open for writing too: a pipe then does not end when the first program that wrote into it does.
  int fd = path == "-" ? STDIN_FILENO : ::open(path.c_str(), O_RDWR | O_NONBLOCK | O_CLOEXEC);
  if (fd < 0) fd = ::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
  if (fd < 0) return wrong("--lines", path + ": " + std::strerror(errno));
  return std::unique_ptr<reading_source>{
      std::make_unique<stream_source>(fd, path == "-" ? "standard input" : path, names, lines_of(times))};
}

result<std::unique_ptr<reading_source>, diagnostic> open_containers(const smc_telemetry_options& o,
                                                                    duration step) {
  std::vector<std::pair<std::string, foreshift::http::options>> nodes;
  for (const auto& server : o.nodes) {
    auto to = docker_daemon_at(server);
    if (!to) return wrong("--node", to.error());
    to->tls = {o.prometheus.authorities, o.prometheus.certificate, o.prometheus.key};
    nodes.emplace_back(server, *std::move(to));
  }
  return std::unique_ptr<reading_source>{std::make_unique<container_source>(std::move(nodes), step)};
}

result<std::unique_ptr<reading_source>, diagnostic> open_prometheus(const prometheus_options& o,
                                                                    const smc_telemetry_times& times,
                                                                    const fleet_names& names) {
  auto at = read_endpoint(o);
  if (!at) return failure{at.error()};
  auto map = read_map(o);
  if (!map) return failure{map.error()};
  const auto scrape = parse_duration(o.scrape);
  if (!scrape)
    return wrong("--scrape", "not a duration: " + foreshift::excerpt(o.scrape) + ": write 15s or 1m");
  foreshift::http::options how{.server = at->url, .tls = {o.authorities, o.certificate, o.key}};
  prometheus::polling_options options;
  options.schedule = {.step = times.step, .delay = times.patience / 3, .spread = times.patience / 6};
  options.scrape = *scrape;
  options.history_steps = std::max<std::size_t>(times.history_steps, 1);
  return std::unique_ptr<reading_source>{
      std::make_unique<prometheus_source>(*std::move(at), *std::move(map), std::move(how), names, options)};
}

}  // namespace

result<std::unique_ptr<reading_source>, diagnostic> open_telemetry(const smc_telemetry_options& o,
                                                                   const smc_telemetry_times& times,
                                                                   const fleet_names& names) {
  const bool lines = !o.lines.empty(), server = !o.prometheus.url.empty(), nodes = !o.nodes.empty();
  if (lines + server + nodes != 1)
    return wrong("--prometheus", lines + server + nodes == 0
                                     ? "missing: say which, as http://localhost:9090; or --node, or --lines"
                                     : "one of --prometheus, --node and --lines, not several");
  if (server && !o.recorded.empty()) return wrong("--recorded", "not with --prometheus: it has a --history");
  auto opened = lines    ? open_stream(o.lines, times, names)
                : server ? open_prometheus(o.prometheus, times, names)
                         : open_containers(o, times.step);
  if (!opened || o.recorded.empty()) return opened;
  auto before = read_recorded(o.recorded, times, names);
  if (!before) return failure{before.error()};
  return std::unique_ptr<reading_source>{
      std::make_unique<recorded_first>(*std::move(before), *std::move(opened))};
}

/// What the source has told and the site has not taken.
struct smc_telemetry::work {
  explicit work(std::unique_ptr<reading_source> s)
      : source(std::move(s)), thread(200ms, [this] { read(); }) {}
  void read() {
    std::vector<telemetry::reading> fresh;
    source->read([&](const telemetry::reading& r) { fresh.push_back(r); });
    const std::scoped_lock held{mutex};
    told.insert(told.end(), fresh.begin(), fresh.end());
    trouble = source->trouble();
  }
  std::unique_ptr<reading_source> source;  // the thread's alone
  std::mutex mutex;                        // of what follows
  std::vector<telemetry::reading> told;
  std::string trouble;
  background thread;
};

smc_telemetry::smc_telemetry(std::unique_ptr<reading_source> source, duration step, time_point live_from)
    : work_(std::make_shared<work>(std::move(source))), step_(step), live_from_(live_from) {}

std::string smc_telemetry::trouble() const {
  const std::scoped_lock held{work_->mutex};
  return work_->trouble;
}

std::vector<telemetry::reading> smc_telemetry::take() {
  std::vector<telemetry::reading> told;
  {
    const std::scoped_lock held{work_->mutex};
    told.swap(work_->told);
  }
  if (told.empty()) return told;
  std::erase_if(told, [&](const telemetry::reading& r) {
    if (r.what.at >= live_from_) return false;
    if (r.key.what == telemetry::metric::cpu) before_[r.key.of].push_back(r.what);
    return true;
  });
  if (!residents_) return told;
  foreshift::flat_map<std::pair<telemetry::series_key, time_point>, double> value_of;
  std::set<std::pair<telemetry::metric, time_point>> steps;
  for (const auto& r : told) {
    value_of.insert_or_assign({r.key, r.what.at}, r.what.value);
    if (!is_counter(r.key.what) && r.key.what != telemetry::metric::latency)
      steps.insert({r.key.what, r.what.at});
  }
  for (const auto& [host, workloads] : residents_())
    for (const auto& [what, at] : steps) {
      if (value_of.contains({{telemetry::entity{host}, what}, at})) continue;
      double sum = 0;
      std::size_t heard = 0;
      for (const auto w : workloads)
        if (const double* value = value_of.find({{telemetry::entity{w}, what}, at})) sum += *value, ++heard;
      if (heard == workloads.size()) told.push_back({{telemetry::entity{host}, what}, {at, sum}});
    }
  return told;
}

std::vector<std::pair<telemetry::entity, telemetry::series>> smc_telemetry::take_history() {
  std::vector<std::pair<telemetry::entity, telemetry::series>> out;
  for (auto& [of, samples] : before_) {
    const auto [first, last] = std::ranges::minmax_element(samples, {}, &telemetry::sample::at);
    telemetry::series one;
    one.start = telemetry::align_down(first->at, step_), one.step = step_;
    const auto steps = static_cast<std::size_t>(telemetry::steps_between(one.start, last->at, step_)) + 1;
    one.values.assign(std::min<std::size_t>(steps, 1'000'000), std::numeric_limits<double>::quiet_NaN());
    for (const auto& s : samples)
      if (const auto k = static_cast<std::size_t>(telemetry::steps_between(one.start, s.at, step_));
          k < one.values.size())
        one.values[k] = s.value;
    out.emplace_back(of, std::move(one));
  }
  before_.clear();
  return out;
}

}  // namespace tool
