#pragma once
// A table of bars: what is measured, what it has to be, what is aimed at, what it was.

#include <cmath>
#include <cstddef>
#include <cstdio>
#include <limits>
#include <string>

/// Both ends belong to it.
struct bar_range {
  double low = -std::numeric_limits<double>::infinity(), high = std::numeric_limits<double>::infinity();
  [[nodiscard]] bool holds(double x) const { return x >= low && x <= high; }
};
inline bar_range at_most(double x) { return {.high = x}; }
inline bar_range at_least(double x) { return {.low = x}; }
inline constexpr bar_range no_aim{1, 0};

/// Prints a row as soon as it is measured, and counts. Strict for numbers as they are, not as they are
/// printed.
class bar_table {
 public:
  bar_table() { std::printf("%-52s %14s %12s %10s\n", "what", "must", "aim", "measured"); }

  struct bar {
    std::string what;
    bar_range must, aim = no_aim;
    int decimals = 0;
  };
  void row(const bar& b, double measured) {
    const bool met = b.must.holds(measured);
    std::printf("%-52s %14s %12s %10.*f  %s\n", b.what.c_str(), text(b.must, b.decimals).c_str(),
                text(b.aim, b.decimals).c_str(), b.decimals, measured,
                !met                    ? "missed"
                : b.aim.holds(measured) ? "aim"
                                        : "must");
    std::fflush(stdout);
    ++rows_, met_ += met ? 1 : 0;
  }
  void left_out(const std::string& what, const char* why) {
    std::printf("%-52s %14s %12s %10s  %s\n", what.c_str(), "", "", "-", why);
  }
  void conclude() const { std::printf("%zu of %zu bars met\n", met_, rows_); }

 private:
  static std::string text(const bar_range& r, int decimals) {
    char out[48] = "";
    if (r.low > r.high || (std::isinf(r.low) && std::isinf(r.high))) return out;
    if (std::isinf(r.low))
      std::snprintf(out, sizeof out, "<= %.*f", decimals, r.high);
    else if (std::isinf(r.high))
      std::snprintf(out, sizeof out, ">= %.*f", decimals, r.low);
    else
      std::snprintf(out, sizeof out, "%.*f to %.*f", decimals, r.low, decimals, r.high);
    return out;
  }
  std::size_t rows_ = 0, met_ = 0;
};
