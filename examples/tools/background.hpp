#pragma once
// Work that may wait for others, on a thread of its own: a site that votes must not stand still for a
// cluster.

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>
#include <utility>

namespace tool {

/// Calls `work` again and again, `every` so often and when it is woken, until it is destroyed: that waits for
/// the call under way.
class background {
 public:
  /// @pre work does not throw
  background(std::chrono::milliseconds every, std::function<void()> work)
      : every_(every), work_(std::move(work)), thread_([this] { run(); }) {}
  background(const background&) = delete;
  background& operator=(const background&) = delete;
  ~background() {
    {
      const std::scoped_lock held{mutex_};
      stopped_ = true;
    }
    bell_.notify_one();
    thread_.join();
  }
  void wake() {
    {
      const std::scoped_lock held{mutex_};
      woken_ = true;
    }
    bell_.notify_one();
  }

 private:
  void run() {
    for (std::unique_lock held{mutex_}; !stopped_;) {
      woken_ = false;
      held.unlock();
      work_();
      held.lock();
      bell_.wait_for(held, every_, [this] { return stopped_ || woken_; });
    }
  }

  const std::chrono::milliseconds every_;
  std::function<void()> work_;
  std::mutex mutex_;
  std::condition_variable bell_;
  bool stopped_ = false, woken_ = false;
  std::thread thread_;  // the last: it uses the others
};

}  // namespace tool
