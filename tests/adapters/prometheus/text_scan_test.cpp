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
        text += random.chance(0.1) ? "\"\\\x21\x5D"[random.below(4)] : static_cast<char>(random.below(256));
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
