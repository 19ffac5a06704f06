#include <foreshift/adapters/prometheus/text_scan.hpp>
#include <foreshift/core/random.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <string_view>

using namespace foreshift::prometheus;

TEST_CASE("a metric's name may hold colons, a label's may not, and neither begins with a digit") {
  CHECK(metric_name_size("a:b_9{") == 5);
  CHECK(metric_name_size(":a ") == 2);
  CHECK(metric_name_size("9a") == 0);
  CHECK(metric_name_size("") == 0);
  CHECK(label_name_size("a:b") == 1);
  CHECK(label_name_size(":a") == 0);
  CHECK(label_name_size("_9=") == 2);
  CHECK(label_name_size("Zz0") == 3);
  CHECK(metric_name_size("\xC3\xA9") == 0);
}

TEST_CASE("the first quote or backslash is found at every place, among all bytes") {
  foreshift::random_stream random{3};
  for (std::size_t size = 0; size < 40; ++size)
    for (int round = 0; round < 200; ++round) {
      std::string text;
      while (text.size() < size)
        text += static_cast<char>(random.chance(0.1) ? "\"\\\x21\x5D"[random.below(4)] : random.below(256));
      const auto expected = std::min(text.find_first_of("\"\\"), text.size());
      const auto got = scan_string(text);
      CHECK(got.size == expected);
      const bool ascii = std::all_of(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(expected),
                                     [](char c) { return static_cast<unsigned char>(c) < 0x80; });
      CHECK((!got.ascii || ascii));
    }
  CHECK(scan_string("plain text of more than a word").ascii);
  CHECK(!scan_string("\xC3\xA9").ascii);
}

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
