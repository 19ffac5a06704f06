#pragma once
/// @file
/// Messages in a stream of bytes: frames that say how long they are and whether they are whole.
///
/// Format, little-endian: 1 byte version, 1 byte kind, 4 bytes length of the body, 4 bytes CRC-32C of these
/// six and the body, body. The length is held to a bound before memory is asked for. A stream has no marks to
/// find the next frame by, so whoever reads a broken one gives the whole stream up.

#include <foreshift/core/bytes.hpp>
#include <foreshift/core/checksum.hpp>
#include <foreshift/core/id.hpp>
#include <foreshift/core/result.hpp>
#include <foreshift/ports/transport.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace foreshift::inline FORESHIFT_ABI::asio {

inline constexpr std::uint8_t frame_version = 1;
inline constexpr std::size_t frame_head_bytes = 10;

enum class frame_kind : std::uint8_t {
  hello,    ///< the first of every stream: who speaks to whom, and on which channel
  message,  ///< what a site sends
  beat,     ///< nothing, so that silence tells a dead peer from an idle one
};

/// Why a stream was given up.
enum class frame_error : std::uint8_t { unknown_version, unknown_kind, too_long, bad_checksum, misplaced };
[[nodiscard]] constexpr std::string_view name_of(frame_error e) {
  constexpr std::string_view names[] = {"unknown_version", "unknown_kind", "too_long", "bad_checksum",
                                        "misplaced"};
  return names[static_cast<std::size_t>(e)];
}
inline constexpr std::size_t frame_error_count = 5;

struct frame {
  frame_kind kind = frame_kind::message;
  byte_span body;
  [[nodiscard]] std::size_t bytes() const { return frame_head_bytes + body.size(); }
};

/// Appends a frame. O(body). @pre the body is shorter than 4 GiB
inline void append_frame(byte_string& out, frame_kind kind, byte_span body) {
  FORESHIFT_EXPECT(body.size() <= 0xFFFFFFFFU);
  std::array<std::byte, frame_head_bytes> head{std::byte{frame_version}, static_cast<std::byte>(kind)};
  const auto put = [&head](std::size_t at, std::uint32_t value) {
    for (std::size_t i = 0; i < 4; ++i) head[at + i] = static_cast<std::byte>(value >> (8 * i) & 0xFFU);
  };
  put(2, static_cast<std::uint32_t>(body.size()));
  put(6, crc32c(body, crc32c(byte_span{head}.first(6))));
  out.insert(out.end(), head.begin(), head.end());
  out.insert(out.end(), body.begin(), body.end());
}

/// What the head of the first frame says.
struct frame_extent {
  std::size_t bytes = frame_head_bytes;  ///< of the frame; of a head where that has not come
  std::optional<frame_error> broken;
};
/// O(1): a fault of the head is found before the body has come.
[[nodiscard]] inline frame_extent first_extent(byte_span stream, std::size_t body_bytes_max) {
  frame_extent found;
  if (!stream.empty() && stream[0] != std::byte{frame_version})
    found.broken = frame_error::unknown_version;
  else if (stream.size() >= 2 && stream[1] > static_cast<std::byte>(frame_kind::beat))
    found.broken = frame_error::unknown_kind;
  if (found.broken || stream.size() < frame_head_bytes) return found;
  const std::size_t size = byte_reader{stream.subspan(2)}.get<std::uint32_t>();
  found.bytes += size;
  if (size > body_bytes_max) found.broken = frame_error::too_long;
  return found;
}

/// What stands at the beginning of a stream: a whole frame, a fault, or neither yet.
struct stream_front {
  std::optional<frame> whole;  ///< a view into the stream
  std::optional<frame_error> broken;
};
/// O(body). Safe on any bytes.
[[nodiscard]] inline stream_front first_frame(byte_span stream, std::size_t body_bytes_max) {
  const frame_extent extent = first_extent(stream, body_bytes_max);
  if (extent.broken || stream.size() < extent.bytes) return {{}, extent.broken};
  const auto body = stream.subspan(frame_head_bytes, extent.bytes - frame_head_bytes);
  const auto sum = byte_reader{stream.subspan(6)}.get<std::uint32_t>();
  if (crc32c(body, crc32c(stream.first(6))) != sum) return {{}, frame_error::bad_checksum};
  return {frame{static_cast<frame_kind>(stream[1]), body}, {}};
}

/// The body of the first frame, in each direction.
struct hello {
  site_id from;
  site_id to;
  ports::channel which = ports::channel::resource;
  friend bool operator==(const hello&, const hello&) = default;
};
inline constexpr std::size_t hello_bytes = 17;

[[nodiscard]] inline byte_string encode(const hello& what) {
  byte_writer out;
  out.put(what.from.value);
  out.put(what.to.value);
  out.put(static_cast<std::uint8_t>(what.which));
  return out.take();
}
[[nodiscard]] inline std::optional<hello> decode_hello(byte_span body) {
  byte_reader in{body};
  hello what{{in.get<std::uint64_t>()}, {in.get<std::uint64_t>()}, {}};
  const auto which = in.get<std::uint8_t>();
  if (!in.finished() || which > static_cast<std::uint8_t>(ports::channel::resource)) return std::nullopt;
  what.which = static_cast<ports::channel>(which);
  return what;
}

}  // namespace foreshift::inline FORESHIFT_ABI::asio
