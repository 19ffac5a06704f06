#pragma once
/// @file
/// Counts allocations of the program that includes this in one place.

#include <cstddef>
#include <cstdlib>
#include <new>

namespace foreshift {
inline std::size_t& allocation_count() {
  static std::size_t count = 0;
  return count;
}
}  // namespace foreshift

// Not inlined: GCC would see malloc and free, and take them for a mismatch.
[[gnu::noinline]] void* operator new(std::size_t size) {
  ++foreshift::allocation_count();
  if (void* at = std::malloc(size != 0 ? size : 1)) return at;
  std::abort();
}
[[gnu::noinline]] void operator delete(void* at) noexcept { std::free(at); }
[[gnu::noinline]] void operator delete(void* at, std::size_t) noexcept { std::free(at); }
