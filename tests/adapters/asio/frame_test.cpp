#include <foreshift/adapters/asio/frame.hpp>

#include <foreshift/core/random.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <string>

using namespace foreshift;
using namespace foreshift::asio;

namespace {

byte_string framed(frame_kind kind, std::string_view body) {
  byte_string out;
  append_frame(out, kind, bytes_of(body));
  return out;
}

}  // namespace

TEST_CASE("a frame is ten bytes and its body, as documented") {
  const auto bytes = framed(frame_kind::message, "abc");
  REQUIRE(bytes.size() == 13);
  const std::byte head[] = {std::byte{1}, std::byte{1}, std::byte{3}, std::byte{}, std::byte{}, std::byte{}};
  CHECK(std::equal(std::begin(head), std::end(head), bytes.begin()));
  byte_reader sum{byte_span{bytes}.subspan(6)};
  CHECK(sum.get<std::uint32_t>() == crc32c(bytes_of("abc"), crc32c(byte_span{head})));
  CHECK(std::equal(bytes.begin() + 10, bytes.end(), bytes_of("abc").begin()));
}

TEST_CASE("frames are read back one behind the other, whatever they hold") {
  byte_string stream;
  const std::string texts[] = {"", "x", std::string(5000, '\0'), std::string(256, '\xff')};
  for (const auto& text : texts) append_frame(stream, frame_kind::message, bytes_of(text));
  append_frame(stream, frame_kind::beat, {});
  byte_span rest = stream;
  for (const auto& text : texts) {
    const auto front = first_frame(rest, 5000);
    REQUIRE(front.whole);
    CHECK(front.whole->kind == frame_kind::message);
    CHECK(std::equal(front.whole->body.begin(), front.whole->body.end(), bytes_of(text).begin(),
                     bytes_of(text).end()));
    rest = rest.subspan(front.whole->bytes());
  }
  const auto last = first_frame(rest, 5000);
  REQUIRE(last.whole);
  CHECK(last.whole->kind == frame_kind::beat);
  CHECK(last.whole->bytes() == rest.size());
}

TEST_CASE("of a part of a frame nothing is believed but its length") {
  const auto bytes = framed(frame_kind::message, "some words");
  for (std::size_t n = 0; n < bytes.size(); ++n) {
    const auto part = byte_span{bytes}.first(n);
    const auto front = first_frame(part, 100);
    CHECK(!front.whole);
    CHECK(!front.broken);
    CHECK(first_extent(part, 100).bytes == (n < frame_head_bytes ? frame_head_bytes : bytes.size()));
  }
}

TEST_CASE("a frame with any byte changed is not taken for whole") {
  const auto bytes = framed(frame_kind::message, "some words");
  for (std::size_t at = 0; at < bytes.size(); ++at)
    for (unsigned flip = 1; flip < 256; ++flip) {
      auto changed = bytes;
      changed[at] ^= static_cast<std::byte>(flip);
      const auto front = first_frame(changed, 1 << 20);
      CHECK(!front.whole);
    }
}

TEST_CASE("a length above the bound is a fault as soon as the head has come") {
  const auto bytes = framed(frame_kind::message, "some words");
  CHECK(first_frame(byte_span{bytes}.first(frame_head_bytes), 10).broken == std::nullopt);
  CHECK(first_frame(byte_span{bytes}.first(frame_head_bytes), 9).broken == frame_error::too_long);
  CHECK(first_frame(bytes_of("\x02"), 9).broken == frame_error::unknown_version);
  CHECK(first_frame(bytes_of("\x01\x03"), 9).broken == frame_error::unknown_kind);
}

TEST_CASE("random bytes are never a frame") {
  random_stream random{7};
  for (int i = 0; i < 20'000; ++i) {
    byte_string noise(random.below(64));
    for (auto& b : noise) b = static_cast<std::byte>(random.below(256));
    if (!noise.empty() && i % 2 == 0) noise[0] = std::byte{frame_version};
    if (noise.size() > 1 && i % 4 == 0) noise[1] = std::byte{1};
    CHECK(!first_frame(noise, 1 << 20).whole);
  }
}

TEST_CASE("a hello comes back as it was, and no other bytes are one") {
  const hello said{site_id{7}, site_id{1ULL << 40}, ports::channel::monitoring};
  auto bytes = encode(said);
  REQUIRE(bytes.size() == hello_bytes);
  CHECK(decode_hello(bytes) == said);
  CHECK(!decode_hello(byte_span{bytes}.first(16)));
  bytes.back() = std::byte{2};
  CHECK(!decode_hello(bytes));
  bytes.back() = std::byte{1};
  CHECK(decode_hello(bytes)->which == ports::channel::resource);
  bytes.push_back(std::byte{0});
  CHECK(!decode_hello(bytes));
}

TEST_CASE("every fault has a name of its own") {
  for (std::size_t i = 0; i < frame_error_count; ++i)
    for (std::size_t k = 0; k < i; ++k)
      CHECK(name_of(static_cast<frame_error>(i)) != name_of(static_cast<frame_error>(k)));
}
