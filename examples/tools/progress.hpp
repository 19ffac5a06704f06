#pragma once
// A bar on the terminal for work that takes more than a second.

#include <unistd.h>

#include <chrono>
#include <cstddef>
#include <cstdio>
#include <string>
#include <utility>

namespace tool {

/// Draws on standard error when that is a terminal, at most ten times a second, and cleans up behind itself.
class progress {
 public:
  explicit progress(std::string label) : label_(std::move(label)) {}
  progress(const progress&) = delete;
  progress& operator=(const progress&) = delete;
  ~progress() {
    if (shown_) std::fputs("\r\033[K", stderr);
  }

  void at(std::size_t done, std::size_t all) {
    const auto now = clock::now();
    if (!terminal_ || all == 0 || now < next_) return;
    next_ = now + std::chrono::milliseconds{100};
    shown_ = true;
    constexpr std::size_t width = 40;
    const std::size_t filled = done * width / all;
    std::fprintf(stderr, "\r%-12s [%s%s] %3zu %%", label_.c_str(), std::string(filled, '=').c_str(),
                 std::string(width - filled, ' ').c_str(), done * 100 / all);
    std::fflush(stderr);
  }

 private:
  using clock = std::chrono::steady_clock;
  std::string label_;
  bool terminal_ = ::isatty(STDERR_FILENO) == 1;
  bool shown_ = false;
  clock::time_point next_ = clock::now() + std::chrono::seconds{1};
};

}  // namespace tool
