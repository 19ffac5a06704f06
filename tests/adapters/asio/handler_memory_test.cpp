#include <foreshift/adapters/asio/handler_memory.hpp>

#include <foreshift/adapters/asio/boost_asio.hpp>

#include <doctest/doctest.h>

using namespace foreshift::asio;

TEST_CASE("the slot is given once at a time, and again when it is back") {
  handler_memory slot;
  void* first = slot.allocate(100);
  CHECK(slot.taken());
  void* second = slot.allocate(100);
  CHECK(first != second);
  slot.deallocate(second);
  CHECK(slot.taken());
  slot.deallocate(first);
  CHECK(!slot.taken());
  CHECK(slot.allocate(100) == first);
  slot.deallocate(first);
}

TEST_CASE("what is too large for the slot is allocated beside it") {
  handler_memory slot;
  void* large = slot.allocate(100'000);
  CHECK(!slot.taken());
  slot.deallocate(large);
}

TEST_CASE("an operation lives in the slot until its handler is called") {
  net::io_context io;
  handler_memory slot;
  bool called = false;
  net::post(io, in_slot{slot, [&] {
                          called = true;
                          CHECK(!slot.taken());  // free for the next one
                        }});
  CHECK(slot.taken());
  io.run();
  CHECK(called);
}

TEST_CASE("allocators are equal when they share a slot") {
  handler_memory a, b;
  CHECK(slot_allocator<int>{a} == slot_allocator<int>{slot_allocator<char>{a}});
  CHECK(!(slot_allocator<int>{a} == slot_allocator<int>{b}));
}
