// A real Prometheus sends by remote write to ours, and every sample that it has stored has arrived: with an
// intake that puts it off, across a restart of our end, and across a restart of its own.

#include <foreshift/adapters/http/server.hpp>
#include <foreshift/adapters/remotewrite/intake.hpp>

#include <support/shell.hpp>
#include <system/daemons/real_prometheus.hpp>

#include <doctest/doctest.h>

#include <unistd.h>

#include <bit>
#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

using namespace daemons_test;
using namespace std::chrono_literals;
using std::chrono::steady_clock;

namespace {

/// Series by the text of their labels, samples by their time in milliseconds, with their bits.
using samples = std::map<std::string, std::map<std::int64_t, std::uint64_t>>;

std::int64_t in_ms(time_point t) {
  return std::chrono::floor<std::chrono::milliseconds>(t.time_since_epoch()).count();
}

/// What it has stored of its own job, up to an instant.
samples stored_by(real_prometheus& theirs, time_point until) {
  const auto answer = theirs.ask("{job=\"self\"}[10m]", until);
  samples out;
  for (std::size_t s = 0; s < answer.series.size(); ++s) {
    std::map<std::string, std::string> labels;
    for (const auto& l : answer.series[s].labels) labels[l.name] = l.value;
    std::string text;
    for (const auto& [name, value] : labels) text += name + "=" + value + " ";
    for (std::size_t i = 0; i < answer.times_of(s).size(); ++i)
      out[text][in_ms(answer.times_of(s)[i])] = std::bit_cast<std::uint64_t>(answer.values_of(s)[i]);
  }
  return out;
}

/// Our end: a server in front of an intake, and what has come out of it.
class receiving {
 public:
  /// Not one of the ports that outgoing connections get, so that it is free when we come back to it.
  receiving() { start(static_cast<std::uint16_t>(10'000 + ::getpid() % 10'000)); }
  [[nodiscard]] std::uint16_t port() const { return port_; }
  void start(std::uint16_t port) {
    intake_ = std::make_unique<remotewrite::intake>(
        remotewrite::intake_options{.limits = {}, .series_max = 1000, .waiting_max = 600});
    auto made =
        http::server::listen({.port = port}, [this](const ports::http_request& r) { return answer(r); });
    REQUIRE_MESSAGE(made.has_value(), (made ? "" : made.error()));
    server_ = std::move(*made);
    port_ = server_->port();
  }
  void stop() { server_.reset(), intake_.reset(); }
  /// Serves until something holds, or too long. @param drain whether samples are taken out meanwhile
  template <class Until>
  void serve(bool drain, Until until) {
    const auto end = steady_clock::now() + 90s;
    while (!until() && steady_clock::now() < end) {
      if (server_) server_->wait(20ms);
      if (drain && intake_) take();
    }
    CHECK(until());
  }
  void serve_for(duration d) {
    const auto end = steady_clock::now() + d;
    serve(true, [&] { return steady_clock::now() >= end; });
  }
  void take() {
    intake_->drain([&](auto labels, const remotewrite::written_sample& s) {
      std::string text;
      for (const auto& l : labels) text += std::string{l.name} + "=" + std::string{l.value} + " ";
      if (remotewrite::is_stale_marker(s.value)) return;
      const bool fresh = got[text].insert_or_assign(s.at_ms, std::bit_cast<std::uint64_t>(s.value)).second;
      again += fresh ? 0 : 1;
      newest = std::max(newest, s.at_ms);
      ++count;
    });
  }
  [[nodiscard]] const remotewrite::intake_counts& counts() const { return intake_->counts(); }

  samples got;
  std::size_t count = 0;
  std::size_t again = 0;  ///< came twice, once to each life of our end
  std::int64_t newest = 0;

 private:
  ports::http_response answer(const ports::http_request& r) {
    std::string encoding;
    for (const auto& [name, value] : r.headers)
      if (name == "Content-Encoding") encoding = value;
    const auto said = intake_->receive(r.body, encoding, now());
    ports::http_response out{said.status, {}, said.reason};
    if (said.retry_after) out.headers.emplace_back("Retry-After", "1");
    return out;
  }
  std::unique_ptr<remotewrite::intake> intake_;
  std::unique_ptr<http::server> server_;
  std::uint16_t port_ = 0;
};

}  // namespace

TEST_CASE("every sample that a real Prometheus stores arrives, put off and across a restart of either end") {
  if (!have_program("prometheus")) return;
  receiving ours;
  real_prometheus theirs{[&](const std::string& own) {
    return "scrape_configs:\n"
           "  - job_name: self\n"
           "    static_configs: [{targets: ['" +
           own +
           "']}]\n"
           "    metric_relabel_configs:\n"
           "      - {source_labels: [__name__], regex: 'go_gc.*|go_memstats.*', action: keep}\n"
           "remote_write:\n"
           "  - url: http://127.0.0.1:" +
           std::to_string(ours.port()) +
           "/api/v1/write\n"
           "    queue_config: {batch_send_deadline: 100ms, min_backoff: 30ms, max_backoff: 200ms}\n";
  }};
  const auto after = [&](std::int64_t at_ms) { return [&ours, at_ms] { return ours.newest > at_ms; }; };
  ours.serve(true, [&] { return ours.count > 500; });

  // Nothing is drained until the sender has been put off; then it comes again.
  ours.serve(false, [&] { return ours.counts().put_off > 2; });
  ours.serve(true, after(in_ms(now()) + 500));
  CHECK(ours.counts().out_of_order == 0);
  CHECK(ours.counts().malformed == 0);

  ours.take();
  ours.stop();
  std::uint16_t port = ours.port();
  ::usleep(1'000'000);  // the outage itself
  ours.start(port);
  ours.serve(true, after(in_ms(now()) + 500));

  theirs.ask_to_stop();
  ours.serve(true, [&] { return theirs.has_stopped(); });
  theirs.start();
  ours.serve(true, after(in_ms(now()) + 1000));

  const time_point until = now();
  ours.serve_for(3s);
  const auto stored = stored_by(theirs, until);
  REQUIRE(stored.size() > 20);
  std::size_t expected = 0, lacking = 0, other = 0;
  for (const auto& [series, points] : stored)
    for (const auto& [at, bits] : points) {
      ++expected;
      const auto& mine = ours.got[series];
      const auto found = mine.find(at);
      if (found == mine.end())
        ++lacking;
      else if (found->second != bits)
        ++other;
    }
  std::size_t beyond = 0;
  for (const auto& [series, points] : ours.got)
    for (const auto& [at, bits] : points)
      if (at <= in_ms(until) && (!stored.contains(series) || !stored.at(series).contains(at))) ++beyond;
  MESSAGE(expected << " samples stored, " << ours.count << " received, " << ours.again << " of them again");
  CHECK(expected > 500);
  CHECK(lacking == 0);
  CHECK(other == 0);
  CHECK(beyond == 0);
  CHECK(ours.counts().out_of_order == 0);
  CHECK(ours.counts().malformed == 0);
}
