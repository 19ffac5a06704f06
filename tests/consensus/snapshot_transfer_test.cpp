#include <foreshift/consensus/snapshot_transfer.hpp>

#include <doctest/doctest.h>

#include <cstdint>
#include <variant>

using namespace foreshift;
using namespace foreshift::consensus;
using namespace std::chrono_literals;

namespace {

constexpr site_id one{1}, two{2};

log_image image_of(std::uint64_t through, std::size_t size) {
  log_image made{slot{through}, byte_string(size)};
  for (std::size_t i = 0; i < size; ++i) made.machine[i] = static_cast<std::byte>(i * through);
  return made;
}
kept_image serving(const log_image& image) {
  kept_image made;
  made.keep(image);
  return made;
}
time_point at(duration t) { return time_point{t}; }

/// Asks and is answered until there is nothing more to ask; how many chunks came.
std::size_t pull(image_transfer& to, kept_image& from, std::optional<image_transfer::question> ask,
                 std::size_t chunk, std::size_t at_most = 1000) {
  std::size_t chunks = 0;
  while (ask && chunks < at_most) {
    const auto said = from.answer(ask->what, chunk, {});
    const auto* bytes = std::get_if<snapshot_chunk>(&said);
    REQUIRE(bytes != nullptr);
    CHECK(bytes->bytes.size() <= chunk);
    ++chunks;
    ask = to.on_chunk(*bytes, {});
  }
  return chunks;
}

}  // namespace

TEST_CASE("an image arrives whole in chunks of bounded size, whatever the size of either") {
  for (const std::size_t size : {0U, 1U, 99U, 100U, 1000U})
    for (const std::size_t chunk : {1U, 7U, 100U, 5000U}) {
      auto there = serving(image_of(5, size));
      image_transfer here;
      pull(here, there, here.on_offer(one, there.offer(), slot{2}, {}), chunk, 10000);
      CHECK(here.take().value() == image_of(5, size));
      CHECK(here == image_transfer{});
    }
}

TEST_CASE("what is older than what is known, or too large to believe, is not fetched") {
  image_transfer here;
  const auto offered = serving(image_of(5, 10)).offer();
  CHECK_FALSE(here.on_offer(one, offered, slot{5}, {}));
  CHECK_FALSE(here.on_offer(one, {slot{9}, image_size_max + 1, {}}, slot{5}, {}));
  CHECK(here == image_transfer{});
}

TEST_CASE("a lost chunk is asked for again; a repeated, a foreign and an overlong one change nothing") {
  auto there = serving(image_of(5, 100));
  image_transfer here;
  const auto first = here.on_offer(one, there.offer(), {}, at(0ms));
  REQUIRE(first);
  CHECK_FALSE(here.on_tick({}, at(10ms), 50ms, 500ms));
  CHECK(here.on_tick({}, at(50ms), 50ms, 500ms) == first);  // it was lost
  const auto chunk = std::get<snapshot_chunk>(there.answer(first->what, 30, {}));
  const auto second = here.on_chunk(chunk, at(60ms));
  REQUIRE(second);
  CHECK(second->what.offset == 30);
  const auto before = here;
  CHECK_FALSE(here.on_chunk(chunk, at(61ms)));
  auto foreign = chunk;
  foreign.offset = 30, foreign.name = {};
  CHECK_FALSE(here.on_chunk(foreign, at(62ms)));
  auto overlong = chunk;
  overlong.offset = 30, overlong.bytes.resize(1000);
  CHECK_FALSE(here.on_chunk(overlong, at(63ms)));
  CHECK(here == before);
}

TEST_CASE("a transfer that broke off goes on where it was, from another site with the same image") {
  auto first = serving(image_of(5, 100)), second = first;
  image_transfer here;
  CHECK(pull(here, first, here.on_offer(one, first.offer(), {}, at(0ms)), 20, 2) == 2);
  CHECK_FALSE(here.on_offer(two, second.offer(), {}, at(1ms)));  // the first is still serving
  static_cast<void>(here.on_tick({}, at(600ms), 50ms, 500ms));   // it is given up
  CHECK_FALSE(here.under_way());
  const auto ask = here.on_offer(two, second.offer(), {}, at(601ms));
  REQUIRE(ask);
  CHECK(ask->to == two);
  CHECK(ask->what.offset == 40);
  CHECK(pull(here, second, ask, 20) == (second.offer().size - 40 + 19) / 20);  // the rest, and nothing twice
  CHECK(here.take().value() == image_of(5, 100));
}

TEST_CASE("a site that has moved on to another image says so, and the fetching begins anew") {
  auto there = serving(image_of(5, 100));
  image_transfer here;
  pull(here, there, here.on_offer(one, there.offer(), {}, {}), 20, 2);
  there.keep(image_of(8, 50));
  const auto said = there.answer({serving(image_of(5, 100)).offer().name, 40}, 20, {});
  const auto* newer = std::get_if<snapshot_offer>(&said);
  REQUIRE(newer != nullptr);
  const auto ask = here.on_offer(one, *newer, {}, {});
  REQUIRE(ask);
  CHECK(ask->what.offset == 0);
  pull(here, there, ask, 20);
  CHECK(here.take().value() == image_of(8, 50));
}

TEST_CASE("bytes that are not what their name says are dropped whole") {
  auto there = serving(image_of(5, 10));
  image_transfer here;
  const auto ask = here.on_offer(one, there.offer(), {}, {});
  auto chunk = std::get<snapshot_chunk>(there.answer(ask->what, 1000, {}));
  chunk.bytes.back() ^= std::byte{1};
  CHECK_FALSE(here.on_chunk(chunk, {}));
  CHECK_FALSE(here.take());
  CHECK(here == image_transfer{});
}

TEST_CASE(
    "an image is wanted for a while after it was fetched from, and a transfer that came too late ends") {
  auto there = serving(image_of(5, 10));
  CHECK_FALSE(there.wanted(at(0ms), 500ms));
  static_cast<void>(there.answer({there.offer().name, 0}, 5, at(100ms)));
  CHECK(there.wanted(at(599ms), 500ms));
  CHECK_FALSE(there.wanted(at(600ms), 500ms));
  image_transfer here;
  CHECK(here.on_offer(one, there.offer(), {}, {}));
  CHECK_FALSE(here.on_tick(slot{5}, {}, 50ms, 500ms));
  CHECK(here == image_transfer{});
}
