#include <core/dies.hpp>
#include <foreshift/core/digest.hpp>

#include <doctest/doctest.h>

#include <set>
#include <string>

using namespace foreshift;

namespace {

std::string sha256(std::string_view text) { return to_hex(digest_of(bytes_of(text))); }

}  // namespace

TEST_CASE("the examples of FIPS 180-4") {
  // NIST, "Cryptographic Standards and Guidelines: Examples with Intermediate Values", SHA-256; the empty
  // message from the Secure Hash Algorithm Validation System.
  CHECK(sha256("") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  CHECK(sha256("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  CHECK(sha256("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq") ==
        "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
  CHECK(sha256(std::string(1000000, 'a')) ==
        "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST_CASE("lengths around the padding's boundaries") {
  // Made with sha256sum (GNU coreutils 9.1) of so many letters a.
  const std::pair<std::size_t, std::string_view> expected[] = {
      {55, "9f4390f8d30c2dd92ec9f095b65e2b9ae9b0a925a5258e241c9f1e910f734318"},
      {56, "b35439a4ac6f0948b6d6f9e3c6af0f5f590ce20f1bde7090ef7970686ec6738a"},
      {57, "f13b2d724659eb3bf47f2dd6af1accc87b81f09f59f2b75e5c0bed6589dfe8c6"},
      {63, "7d3e74a05d7db15bce4ad9ec0658ea98e3f06eeecf16b4c6fff2da457ddc2f34"},
      {64, "ffe054fe7ae0cb6dc65c3af9b61d5209f439851db43d0ba5997337df154668eb"},
      {65, "635361c48bb9eab14198e76ea8ab7f1a41685d6ad62aa9146d301d4f17eb0ae0"},
      {119, "31eba51c313a5c08226adf18d4a359cfdfd8d2e816b13f4af952f7ea6584dcfb"},
      {120, "2f3d335432c70b580af0e8e1b3674a7c020d683aa5f73aaaedfdc55af904c21c"},
      {128, "6836cf13bac400e9105071cd6af47084dfacad4e5e302c94bfed24e013afb73e"}};
  for (const auto& [n, hex] : expected) CHECK(sha256(std::string(n, 'a')) == hex);
}

TEST_CASE("no two lengths of zeros share a digest") {
  std::set<digest> seen;
  for (std::size_t n = 0; n < 300; ++n) seen.insert(digest_of(byte_string(n)));
  CHECK(seen.size() == 300);
  CHECK_FALSE(seen.contains(digest{}));
}

TEST_CASE("a digest is known at compile time") {
  constexpr digest empty = digest_of({});
  static_assert(empty.value[0] == 0xe3 && empty.value[31] == 0x55);
}

TEST_CASE("people see as many digits as they ask for") {
  CHECK(to_hex(digest_of({}), 7) == "e3b0c44");
  CHECK(to_hex(digest_of({}), 0).empty());
  CHECK(test::dies([] { static_cast<void>(to_hex(digest{}, 65)); }));
}
