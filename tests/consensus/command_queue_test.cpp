#include <foreshift/consensus/command_queue.hpp>

#include <doctest/doctest.h>

using namespace foreshift;
using namespace foreshift::consensus;

namespace {
byte_string said(unsigned char what, std::size_t size = 1) { return byte_string(size, std::byte{what}); }
}  // namespace

TEST_CASE("a submitted command is offered again and again until it is seen in the log") {
  submitted_commands waiting{2};
  CHECK(waiting.add(said(1)));
  CHECK(waiting.add(said(1)));  // the same again is no second one
  CHECK(waiting.size() == 1);
  int offers = 0;
  const auto offer = [&](const shared_bytes&) { ++offers; };
  const time_point start{};
  waiting.offer_due(start, start, offer);
  waiting.offer_due(start - duration{1}, start, offer);
  CHECK(offers == 1);
  waiting.offer_due(start, start + duration{1}, offer);
  CHECK(offers == 2);
  waiting.offer_all_again();
  waiting.offer_due(start, start + duration{1}, offer);
  CHECK(offers == 3);
  waiting.seen(said(1));
  CHECK(waiting.size() == 0);
}

TEST_CASE("no more commands are taken than there is room for") {
  submitted_commands waiting{2};
  CHECK(waiting.add(said(1)));
  CHECK(waiting.add(said(2)));
  CHECK_FALSE(waiting.add(said(3)));
}

TEST_CASE("batches keep the order and hold to count and size, one command at least") {
  proposal_queue queue;
  for (unsigned char i = 1; i <= 5; ++i) queue.add(said(i, 10));
  queue.add(said(1, 10));
  CHECK(queue.take(2, 1000) == command_batch{said(1, 10), said(2, 10)});
  CHECK(queue.take(9, 15) == command_batch{said(3, 10)});
  CHECK(queue.take(9, 1) == command_batch{said(4, 10)});
  CHECK(queue.take(9, 1000).size() == 1);
  CHECK(queue.empty());
}
