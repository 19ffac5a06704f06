#pragma once
// An Executor on oneTBB's threads.

#include <foreshift/core/executor.hpp>

#include <tbb/blocked_range.h>
#include <tbb/parallel_for.h>
#include <tbb/partitioner.h>
#include <tbb/task_arena.h>

#include <algorithm>
#include <cstddef>

namespace tool {

class tbb_executor {
 public:
  /// 0: as many threads as the machine has cores.
  explicit tbb_executor(std::size_t threads)
      : arena_(threads == 0 ? tbb::task_arena::automatic : static_cast<int>(threads)) {}

  template <class F>
  void bulk(std::size_t n, F&& body) {
    const auto range = [&](const tbb::blocked_range<std::size_t>& r) {
      for (std::size_t i = r.begin(); i != r.end(); ++i) body(i);
    };
    // A series takes long beside the hand-over: each goes alone, so that none waits behind a slow one.
    arena_.execute([&] {
      tbb::parallel_for(tbb::blocked_range<std::size_t>{0, n, 1}, range, tbb::simple_partitioner{});
    });
  }
  [[nodiscard]] std::size_t threads() const {
    return static_cast<std::size_t>(std::max(1, arena_.max_concurrency()));
  }

 private:
  tbb::task_arena arena_;
};
static_assert(foreshift::Executor<tbb_executor>);

}  // namespace tool
