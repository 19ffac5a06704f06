#pragma once
// The sending end of the soak: a process that sends by remote write at a steady rate, as a Prometheus does.
// Put off, it waits as long as it is asked to, sends the same again, and then catches up as fast as it is
// let.

#include <foreshift/adapters/http/client.hpp>
#include <foreshift/ports/retry_after.hpp>

#include <protozero/pbf_writer.hpp>

#include <snappy.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace soak {

/// Every series once in a second; a request is all of one host.
struct load {
  std::size_t hosts = 200;
  std::size_t series_per_host = 500;
  std::size_t rounds = 60;         ///< seconds
  std::size_t steady_rounds = 60;  ///< of these, before anything is put off
  std::int64_t begin_ms = 0;
  [[nodiscard]] std::size_t samples_of_round() const { return hosts * series_per_host; }
};
/// A counter of each series; all of them together tell whether one is missing.
inline double value_of(std::size_t host, std::size_t series, std::size_t round) {
  return static_cast<double>(round * (1 + (host + series) % 4));
}

struct sent {
  std::uint64_t samples = 0;  ///< answered 204
  std::uint64_t put_off = 0;  ///< answered 503
  std::uint64_t failed = 0;   ///< any other answer, or none
  double sum = 0;             ///< of the values answered 204
  double waited_s = 0;        ///< because it was asked to, the longest of its connections
  double late_s = 0;          ///< behind the steady rate at most, before anything is put off
  double behind_s = 0;        ///< the same in the whole run
  double caught_up_s = 0;     ///< from the last 503 until the steady rate was met again
};

/// The requests of one host. They differ in times and values alone, so one is made and these are put in their
/// places: sending costs little.
class request_template {
 public:
  request_template(const load& of, std::size_t host) : host_(host), begin_ms_(of.begin_ms) {
    constexpr double value = 0x1.23456789abcdep+1000;  // found again by its bits
    protozero::pbf_writer request{text_};
    for (std::size_t s = 0; s < of.series_per_host; ++s) {
      protozero::pbf_writer series{request, 1};
      const auto label = [&](const char* name, const std::string& text) {
        protozero::pbf_writer l{series, 1};
        l.add_string(1, name);
        l.add_string(2, text);
      };
      label("__name__", "node_cpu_seconds_total");
      label("cluster", "production-eu-1");
      label("cpu", std::to_string(s / 8));
      label("instance", "node-" + std::to_string(host) + ".example.org:9100");
      label("job", "node-exporter");
      label("mode", "mode-" + std::to_string(s % 8));
      label("prometheus", "monitoring/k8s");
      label("region", "eu-central-1");
      protozero::pbf_writer sample{series, 2};
      sample.add_double(1, value);
      sample.add_int64(2, of.begin_ms);
    }
    std::string bits(sizeof value, '\0');
    std::memcpy(bits.data(), &value, sizeof value);
    for (auto at = text_.find(bits); at != std::string::npos; at = text_.find(bits, at + 1))
      places_.push_back(at);
  }

  /// The body of a round, packed.
  [[nodiscard]] std::string body(std::size_t round) {
    std::string when, packed;
    protozero::pbf_writer{when}.add_int64(2, begin_ms_ + 1000 * static_cast<std::int64_t>(round));
    for (std::size_t s = 0; s < places_.size(); ++s) {
      const double value = value_of(host_, s, round);
      std::memcpy(text_.data() + places_[s], &value, sizeof value);
      std::memcpy(text_.data() + places_[s] + sizeof value, when.data(), when.size());  // as long in any year
    }
    snappy::Compress(text_.data(), text_.size(), &packed);
    return packed;
  }

 private:
  std::size_t host_;
  std::int64_t begin_ms_;
  std::string text_;
  std::vector<std::size_t> places_;  // of the values
};

/// One of several connections: sends all rounds of every so many hosts; returns when all of it was taken.
inline sent send_share(const load& of, std::uint16_t port, std::size_t shard, std::size_t shards) {
  using clock = std::chrono::steady_clock;
  foreshift::http::client http{{.server = {.tls = false, .host = "127.0.0.1", .port = port}}};
  const auto since = [](clock::time_point t) {
    return std::chrono::duration<double>(clock::now() - t).count();
  };
  std::vector<request_template> requests;
  for (std::size_t host = shard; host < of.hosts; host += shards) requests.emplace_back(of, host);
  sent out;
  const auto begin = clock::now();
  clock::time_point put_off{};
  bool behind = false;
  for (std::size_t round = 0; round < of.rounds; ++round)
    for (std::size_t host = shard; host < of.hosts; host += shards) {
      foreshift::ports::http_request request{.method = "POST",
                                             .target = "/api/v1/write",
                                             .headers = {{"Content-Encoding", "snappy"}},
                                             .body = requests[host / shards].body(round)};
      const double at =
          static_cast<double>(round) + static_cast<double>(host) / static_cast<double>(of.hosts);
      const auto due = begin + std::chrono::duration_cast<clock::duration>(std::chrono::duration<double>(at));
      if (clock::now() < due) {
        if (std::exchange(behind, false)) out.caught_up_s = since(put_off);
        std::this_thread::sleep_until(due);
      }
      for (;;) {
        const auto answer = http.exchange(request);
        if (answer && answer->status == 204) break;
        if (!answer || answer->status != 503) {
          if (++out.failed > 10) return out;
          continue;
        }
        ++out.put_off;
        const auto wait = foreshift::ports::retry_after(*answer).value_or(std::chrono::seconds{1});
        out.waited_s += foreshift::to_seconds(wait);
        std::this_thread::sleep_for(wait);
        put_off = clock::now(), behind = true;
      }
      out.behind_s = std::max(out.behind_s, since(due));
      if (round < of.steady_rounds) out.late_s = out.behind_s;
      out.samples += of.series_per_host;
      for (std::size_t s = 0; s < of.series_per_host; ++s) out.sum += value_of(host, s, round);
    }
  return out;
}

/// The same by several connections at once, as a Prometheus does it.
inline sent send_all(const load& of, std::uint16_t port) {
  constexpr std::size_t shards = 4;
  std::vector<sent> shares(shards);
  {
    std::vector<std::jthread> threads;
    for (std::size_t k = 0; k < shards; ++k)
      threads.emplace_back([&, k] { shares[k] = send_share(of, port, k, shards); });
  }
  sent all;
  for (const auto& one : shares) {
    all.samples += one.samples, all.put_off += one.put_off, all.failed += one.failed, all.sum += one.sum;
    all.waited_s = std::max(all.waited_s, one.waited_s);
    all.late_s = std::max(all.late_s, one.late_s);
    all.behind_s = std::max(all.behind_s, one.behind_s);
    all.caught_up_s = std::max(all.caught_up_s, one.caught_up_s);
  }
  return all;
}

}  // namespace soak
