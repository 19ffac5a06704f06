#pragma once
// The clusters of a fleet as the site's orchestrator, asked on a thread of their own.

#include "background.hpp"
#include "cluster_access.hpp"

#include <foreshift/migration/command.hpp>
#include <foreshift/migration/event.hpp>
#include <foreshift/migration/place_record.hpp>
#include <foreshift/ports/orchestrator.hpp>

#include <chrono>
#include <cstddef>
#include <memory>
#include <mutex>
#include <system_error>
#include <utility>
#include <vector>

namespace tool {

/// A model of Orchestrator. Without clusters it keeps silent: what is agreed is not carried out, and given up
/// in time.
class smc_orchestrator {
 public:
  static constexpr bool fences = true;
  static constexpr foreshift::migration::cut_over_style style =
      foreshift::migration::cut_over_style::one_step;
  static constexpr foreshift::migration::cut_over_style style_between =
      foreshift::migration::cut_over_style::two_step;

  explicit smc_orchestrator(std::unique_ptr<open_clusters> clusters)
      : work_(clusters ? std::make_unique<work>(std::move(clusters)) : nullptr) {}

  std::error_code submit(const foreshift::migration::command& what) {
    if (!work_) return std::make_error_code(std::errc::operation_not_supported);
    {
      const std::scoped_lock held{work_->mutex};
      if (work_->waiting.size() >= waiting_max) return std::make_error_code(std::errc::no_buffer_space);
      work_->waiting.push_back(what);
    }
    work_->thread.wake();
    return {};
  }
  template <class Sink>
  void poll(Sink&& sink) {
    if (!work_) return;
    std::vector<foreshift::migration::event> heard;
    {
      const std::scoped_lock held{work_->mutex};
      heard.swap(work_->answers);
    }
    for (const auto& e : heard) sink(e);
  }

 private:
  static constexpr std::size_t waiting_max = 256;

  struct work {
    explicit work(std::unique_ptr<open_clusters> c)
        : clusters(std::move(c)), thread(std::chrono::milliseconds{100}, [this] { carry_out(); }) {}
    void carry_out() {
      std::vector<foreshift::migration::command> due;
      {
        const std::scoped_lock held{mutex};
        due.swap(waiting);
      }
      for (const auto& what : due)
        static_cast<void>(clusters->submit(what));  // not taken: the executor asks again
      auto heard = clusters->poll();
      const std::scoped_lock held{mutex};
      for (auto& e : heard) answers.push_back(std::move(e));
    }

    std::unique_ptr<open_clusters> clusters;  // the thread's alone
    std::mutex mutex;                         // of what follows
    std::vector<foreshift::migration::command> waiting;
    std::vector<foreshift::migration::event> answers;
    background thread;
  };
  std::unique_ptr<work> work_;
};
static_assert(foreshift::ports::Orchestrator<smc_orchestrator>);

}  // namespace tool
