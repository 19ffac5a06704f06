#include <foreshift/consensus/sealed.hpp>
#include <foreshift/core/id.hpp>

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace foreshift;
using namespace foreshift::consensus;

TEST_CASE("a sealed value comes back, and only under its own version") {
  const std::vector<slot> value{slot{1}, slot{2}};
  const byte_string bytes = seal(7, value);
  CHECK(unseal<std::vector<slot>>(7, bytes).value() == value);
  CHECK(unseal<std::vector<slot>>(8, bytes).error() == decode_error::unknown_version);
}

TEST_CASE("what is wrong with sealed bytes is named") {
  byte_string bytes = seal(1, std::string{"letters"});
  CHECK(unseal<std::string>(1, {}).error() == decode_error::too_short);
  CHECK(unseal<slot>(1, bytes).error() == decode_error::malformed);
  bytes.back() ^= std::byte{1};
  CHECK(unseal<std::string>(1, bytes).error() == decode_error::bad_checksum);
  CHECK(name_of(decode_error::bad_checksum) == "bad_checksum");
}

TEST_CASE("what is larger than a message may be sealed, and is read by whoever asks for it") {
  const byte_string large(blob_size_max + 1);
  const byte_string bytes = seal(1, large);
  CHECK(unseal<byte_string>(1, bytes).error() == decode_error::malformed);
  CHECK(unseal<byte_string>(1, bytes, no_wire_limits).value() == large);
}
