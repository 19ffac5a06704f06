#include "gzip.hpp"

#include <zlib.h>

#include <algorithm>
#include <limits>

namespace tool {

using foreshift::failure;
using foreshift::result;

namespace {

/// Ends with its scope, whatever happens.
struct inflater {
  z_stream stream{};
  bool ready = inflateInit2(&stream, 15 + 16) == Z_OK;  // 16: gzip, not zlib
  inflater() = default;
  inflater(const inflater&) = delete;
  inflater& operator=(const inflater&) = delete;
  ~inflater() {
    if (ready) inflateEnd(&stream);
  }
};

}  // namespace

result<std::string, std::string> unpack_gzip(std::string_view packed, std::size_t bytes_max) {
  inflater in;
  if (!in.ready) return failure{std::string{"out of memory"}};
  auto& z = in.stream;
  std::string out;
  char block[1 << 16];
  for (bool within = false; within || !packed.empty();) {
    if (!within && packed.find_first_not_of('\0') == std::string_view::npos) break;  // padding, as of tapes
    const auto size = std::min<std::size_t>(packed.size(), std::numeric_limits<uInt>::max());
    z.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(packed.data()));  // zlib only reads it
    z.avail_in = static_cast<uInt>(size);
    z.next_out = reinterpret_cast<Bytef*>(block);
    z.avail_out = sizeof block;
    const int status = inflate(&z, Z_NO_FLUSH);
    packed.remove_prefix(size - z.avail_in);
    const auto made = sizeof block - z.avail_out;
    if (made > bytes_max - out.size())
      return failure{"unpacks to more than " + std::to_string(bytes_max >> 20) + " MiB"};
    out.append(block, made);
    if (status == Z_BUF_ERROR || (status == Z_OK && packed.empty() && made == 0))
      return failure{std::string{"is cut off: the gzip file ends too early"}};
    if (status != Z_OK && status != Z_STREAM_END)
      return failure{std::string{"is a damaged gzip file: "} + (z.msg != nullptr ? z.msg : "unknown")};
    within = status != Z_STREAM_END;
    if (!within) inflateReset(&z);
  }
  return out;
}

}  // namespace tool
