#pragma once
/// @file
/// Memory for the one operation of a kind that a connection has under way.
///
/// Asio allocates an object for every asynchronous operation. A connection reads once at a time, so one slot
/// that is used again and again serves, and a message costs no allocation.

#include <foreshift/core/config.hpp>

#include <cstddef>
#include <new>
#include <utility>

namespace foreshift::inline FORESHIFT_ABI::asio {

/// One slot; what does not fit, or comes while it is taken, is allocated as usual. Stays in its place.
class handler_memory {
 public:
  handler_memory() = default;
  handler_memory(const handler_memory&) = delete;
  handler_memory& operator=(const handler_memory&) = delete;

  [[nodiscard]] void* allocate(std::size_t size) {
    if (taken_ || size > sizeof(room_)) return ::operator new(size);
    taken_ = true;
    return room_;
  }
  void deallocate(void* at) {
    if (at == static_cast<void*>(room_))
      taken_ = false;
    else
      ::operator delete(at);
  }
  [[nodiscard]] bool taken() const { return taken_; }

 private:
  alignas(std::max_align_t) std::byte room_[256];
  bool taken_ = false;
};

/// An allocator over such a slot, which outlives it.
template <class T>
struct slot_allocator {
  using value_type = T;
  handler_memory* slot;

  explicit slot_allocator(handler_memory& memory) : slot(&memory) {}
  template <class U>
  slot_allocator(const slot_allocator<U>& other) : slot(other.slot) {}

  [[nodiscard]] T* allocate(std::size_t n) { return static_cast<T*>(slot->allocate(n * sizeof(T))); }
  void deallocate(T* at, std::size_t) { slot->deallocate(at); }
  friend bool operator==(const slot_allocator&, const slot_allocator&) = default;
};

/// A handler whose operation lives in a slot.
template <class Handler>
class in_slot {
 public:
  using allocator_type = slot_allocator<std::byte>;

  in_slot(handler_memory& slot, Handler handler) : slot_(&slot), handler_(std::move(handler)) {}
  [[nodiscard]] allocator_type get_allocator() const { return allocator_type{*slot_}; }
  template <class... Args>
  void operator()(Args&&... args) {
    handler_(std::forward<Args>(args)...);
  }

 private:
  handler_memory* slot_;
  Handler handler_;
};

}  // namespace foreshift::inline FORESHIFT_ABI::asio
