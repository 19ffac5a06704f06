#pragma once
/// @file
/// A client that keeps asking: every answer is checked, and every request without one is counted.

#include <foreshift/adapters/http/client.hpp>

#include <system/swarm/swarms.hpp>

#include <atomic>
#include <chrono>
#include <cstddef>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace swarm_test {

/// Asks the hosts of one site in turn, the last good one first, as a client behind a name with two addresses
/// does; a request has failed when neither answers as it should.
class asker {
 public:
  asker(const town& where, std::uint16_t port, int site)
      : network_(where.network), port_(port), site_(site), thread_([this] { run(); }) {}
  asker(const asker&) = delete;
  asker& operator=(const asker&) = delete;
  ~asker() {
    stop_ = true;
    thread_.join();
  }
  /// What a hook for the traffic does.
  void go_to(int site) { site_ = site; }

  [[nodiscard]] std::size_t asked() const { return asked_; }
  [[nodiscard]] std::size_t failed() const { return failed_; }
  /// How many of the others the first host did not answer well, and the second did: a client that does not
  /// ask again would have seen these fail. The first may be one that nothing has stood on yet.
  [[nodiscard]] std::string repeated() const {
    return "asked again at the other host: " + std::to_string(repeated_) + ", of them " +
           std::to_string(cut_) + " cut after they were sent";
  }
  [[nodiscard]] std::string last_failure() const {
    const std::lock_guard hold{mutex_};
    return failure_;
  }

 private:
  // sha256sum of 262,144 zero bytes, by coreutils.
  static constexpr const char* expected = "8a39d2abd3999ab73c34db2476849cddf303ce389b35826850f9a700589b4a90";

  std::string ask(int node, bool& sent) const {
    http::client client{{.server = {.tls = false, .host = network_ + std::to_string(node), .port = port_}}};
    ports::http_request work;
    work.target = "/cgi-bin/work";
    work.timeout = 5s;
    const auto answer = client.exchange(work);
    sent = answer || answer.error().sent;
    if (!answer) return answer.error().reason;
    if (answer->status != 200) return "status " + std::to_string(answer->status);
    return answer->body.find(expected) == std::string::npos ? "body " + answer->body : std::string{};
  }
  void run() {
    int last = 0;
    while (!stop_) {
      const int first = site_ == 1 ? 1 : 3;
      int node = last == first || last == first + 1 ? last : first;
      bool was_sent = false, other_sent = false;
      std::string why = ask(node, was_sent);
      if (!why.empty()) {
        node = node == first ? first + 1 : first;
        const std::string other = ask(node, other_sent);
        if (other.empty()) ++repeated_, cut_ += was_sent ? 1 : 0;
        why = other.empty() ? other : why + "; " + other;
      }
      ++asked_;
      last = node;
      if (!why.empty()) {
        ++failed_;
        const std::lock_guard hold{mutex_};
        failure_ = why;
      }
      std::this_thread::sleep_for(10ms);
    }
  }

  std::string network_;
  std::uint16_t port_;
  std::atomic<int> site_;
  std::atomic<bool> stop_ = false;
  std::atomic<std::size_t> asked_ = 0, failed_ = 0, repeated_ = 0, cut_ = 0;
  mutable std::mutex mutex_;
  std::string failure_;
  std::thread thread_;
};

}  // namespace swarm_test
