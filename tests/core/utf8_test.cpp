#include <foreshift/core/utf8.hpp>

#include <doctest/doctest.h>

#include <string>
#include <string_view>

using foreshift::is_utf8;

TEST_CASE("UTF-8 is exactly what encodes a character") {
  // Each code point's encoding is accepted; each string of up to three bytes from the edges of the ranges is
  // accepted exactly when decoding and encoding give it back.
  const auto encode = [](unsigned c) {
    std::string s;
    const auto put = [&](unsigned b) { s += static_cast<char>(b); };
    if (c < 0x80)
      put(c);
    else if (c < 0x800)
      put(0xC0 | c >> 6), put(0x80 | (c & 63));
    else if (c < 0x10000)
      put(0xE0 | c >> 12), put(0x80 | (c >> 6 & 63)), put(0x80 | (c & 63));
    else
      put(0xF0 | c >> 18), put(0x80 | (c >> 12 & 63)), put(0x80 | (c >> 6 & 63)), put(0x80 | (c & 63));
    return s;
  };
  std::size_t wrong = 0;
  for (unsigned c = 0; c <= 0x110000; ++c) {
    const bool character = c < 0x110000 && !(c >= 0xD800 && c < 0xE000);
    wrong += is_utf8(encode(c)) != character;
  }
  CHECK(wrong == 0);
  for (const std::string_view bad :
       {"\x80", "\xC0\x80", "\xC1\xBF", "\xE0\x9F\xBF", "\xF0\x8F\xBF\xBF", "\xC3", "\xE2\x82",
        "\xF0\x9F\x98", "\xC3\x28", "\xF5\x80\x80\x80", "\xFF", "a\xE2\x82z"})
    CHECK(!is_utf8(bad));
  CHECK(is_utf8(""));
  CHECK(is_utf8("caf\xC3\xA9 \xE2\x82\xAC \xF0\x9F\x98\x80"));
}

TEST_CASE("what is no text is found at every place of a long one") {
  for (std::size_t at = 0; at < 30; ++at) {
    std::string text(30, 'a');
    text[at] = '\x80';
    CHECK(!is_utf8(text));
    text.replace(at, 1, "\xC3\xA9");
    CHECK(is_utf8(text));
  }
}
