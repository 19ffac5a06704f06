#include "smc_telemetry.hpp"

#include "clocks.hpp"
#include "files.hpp"
#include "option_error.hpp"
#include "prometheus_input.hpp"
#include "text.hpp"

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
#include <limits>
#include <set>
#include <string_view>

namespace tool {

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
  void read(const sink& to) override {
    source_.poll(to);
    const std::scoped_lock held{mutex_};
    trouble_ = source_.trouble();
  }
  [[nodiscard]] std::string trouble() const override {
    const std::scoped_lock held{mutex_};
    return trouble_;
  }

 private:
  foreshift::http::client http_;
  wall_clock clock_;
  fleet_names names_;
  prometheus::polled_source<foreshift::http::client, wall_clock, fleet_names> source_;
  mutable std::mutex mutex_;
  std::string trouble_;
};

/// A stream that others write. It ends when they do; the site goes on without.
class stream_source : public reading_source {
 public:
  stream_source(int fd, std::string name, std::string recorded, const std::string& recorded_name,
                const fleet_names& names, const prometheus::line_options& options)
      : fd_(fd),
        names_(names),
        recorded_(std::move(recorded)),
        before_(recorded_name, clock_, names_, before_options(options)),
        source_(std::move(name), clock_, names_, options) {}
  ~stream_source() override {
    if (fd_ > STDIN_FILENO) ::close(fd_);
  }
  void read(const sink& to) override {
    if (!std::exchange(told_before_, true)) {
      for (std::string_view rest = recorded_; !rest.empty(); before_.poll(to)) {
        const auto taken = before_.feed(rest);
        if (taken == 0) break;
        rest.remove_prefix(taken);
      }
      before_.finish();
      before_.poll(to);
      recorded_.clear();
    }
    pollfd ready{fd_, POLLIN, 0};
    if (!ended_ && room_.empty() && ::poll(&ready, 1, 50) > 0) fill();
    if (!room_.empty()) room_.remove_prefix(source_.feed(room_));
    source_.poll(to);
    const std::scoped_lock held{mutex_};
    complaint_ = ended_ ? "the stream of samples has ended" : "";
    if (const auto& wrong = source_.complaint()) complaint_ = to_string(*wrong);
    if (const auto& wrong = before_.complaint(); wrong && complaint_.empty()) complaint_ = to_string(*wrong);
  }
  [[nodiscard]] std::string trouble() const override {
    const std::scoped_lock held{mutex_};
    return complaint_;
  }

 private:
  /// Nothing of before is late: the whole of it is one batch.
  static prometheus::line_options before_options(prometheus::line_options o) {
    o.aligner.grace = 24h * 36500;
    o.aligner.held_max = 10'000'000;
    return o;
  }
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
  std::string recorded_;
  prometheus::line_source<wall_clock, fleet_names> before_, source_;
  std::array<char, 65536> buffer_;
  std::string_view room_;  // of the buffer: read and not taken yet
  bool ended_ = false, told_before_ = false;
  mutable std::mutex mutex_;
  std::string complaint_;
};

result<std::unique_ptr<reading_source>, diagnostic> open_stream(const smc_telemetry_options& o,
                                                                const smc_telemetry_times& times,
                                                                const fleet_names& names) {
  std::string recorded;
  if (!o.recorded.empty()) {
    auto text = read_text(o.recorded);
    if (!text) return failure{text.error()};
    recorded = *std::move(text);
  }
  // Open for writing too: a pipe then does not end when the first program that wrote into it does.
  int fd = o.lines == "-" ? STDIN_FILENO : ::open(o.lines.c_str(), O_RDWR | O_NONBLOCK | O_CLOEXEC);
  if (fd < 0) fd = ::open(o.lines.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
  if (fd < 0) return wrong("--lines", o.lines + ": " + std::strerror(errno));
  prometheus::line_options how;
  how.aligner.step = times.step;
  how.aligner.grace = times.patience / 2;
  return std::unique_ptr<reading_source>{
      std::make_unique<stream_source>(fd, o.lines == "-" ? "standard input" : o.lines, std::move(recorded),
                                      source_name(o.recorded), names, how)};
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
  if (!o.lines.empty() && !o.prometheus.url.empty())
    return wrong("--lines", "not together with --prometheus");
  if (!o.recorded.empty() && o.lines.empty()) return wrong("--recorded", "only with --lines");
  if (!o.lines.empty()) return open_stream(o, times, names);
  if (!o.prometheus.url.empty()) return open_prometheus(o.prometheus, times, names);
  return wrong("--prometheus", "missing: say which, as http://localhost:9090, or --lines");
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
  }
  std::unique_ptr<reading_source> source;
  std::mutex mutex;
  std::vector<telemetry::reading> told;
  background thread;
};

smc_telemetry::smc_telemetry(std::unique_ptr<reading_source> source, duration step, time_point live_from)
    : work_(std::make_shared<work>(std::move(source))), step_(step), live_from_(live_from) {}

std::string smc_telemetry::trouble() const { return work_->source->trouble(); }

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
