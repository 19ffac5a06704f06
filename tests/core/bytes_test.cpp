#include <foreshift/core/bytes.hpp>
#include <foreshift/core/random.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <string>

using namespace foreshift;

namespace {

struct record {
  std::uint8_t a = 0;
  std::uint16_t b = 0;
  std::uint32_t c = 0;
  std::uint64_t d = 0;
  std::int64_t e = 0;
  bool f = false;
  double g = 0;
  std::string h;
  byte_string i;
  friend bool operator==(const record&, const record&) = default;
};

byte_string encode(const record& r) {
  byte_writer out;
  out.put(r.a);
  out.put(r.b);
  out.put(r.c);
  out.put(r.d);
  out.put(r.e);
  out.put(r.f);
  out.put(r.g);
  out.put(std::string_view{r.h});
  out.put(byte_span{r.i});
  return out.take();
}

record decode(byte_reader& in) {
  record r;
  r.a = in.get<std::uint8_t>();
  r.b = in.get<std::uint16_t>();
  r.c = in.get<std::uint32_t>();
  r.d = in.get<std::uint64_t>();
  r.e = in.get_signed();
  r.f = in.get_bool();
  r.g = in.get_double();
  r.h = in.get_text(100);
  const auto blob = in.get_blob(100);
  r.i.assign(blob.begin(), blob.end());
  return r;
}

record some_record(random_stream& random) {
  record r{static_cast<std::uint8_t>(random()),
           static_cast<std::uint16_t>(random()),
           static_cast<std::uint32_t>(random()),
           random(),
           static_cast<std::int64_t>(random()),
           random.chance(0.5),
           random.normal(),
           std::string(random.below(20), 'x'),
           byte_string(random.below(20))};
  for (char& c : r.h) c = static_cast<char>(random.below(256));
  for (auto& b : r.i) b = static_cast<std::byte>(random.below(256));
  return r;
}

byte_string hex(std::initializer_list<unsigned> values) {
  byte_string out;
  for (const unsigned v : values) out.push_back(static_cast<std::byte>(v));
  return out;
}

}  // namespace

TEST_CASE("numbers are little-endian and of fixed width, lengths come first") {
  byte_writer out;
  out.put(std::uint32_t{0x01020304});
  out.put(std::int64_t{-2});
  out.put(true);
  out.put(1.0);
  out.put(std::string_view{"hi"});
  CHECK(out.size() == 4 + 8 + 1 + 8 + 6);
  CHECK(out.take() == hex({4, 3, 2, 1, 0xFE, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 1,  0,
                           0, 0, 0, 0, 0,    0xF0, 0x3F, 2,    0,    0,    0,    'h',  'i'}));
}

TEST_CASE("what is written is read back") {
  random_stream random{4};
  for (int round = 0; round < 500; ++round) {
    const record r = some_record(random);
    const auto bytes = encode(r);
    byte_reader in{bytes};
    CHECK(decode(in) == r);
    CHECK(in.finished());
  }
}

TEST_CASE("doubles keep every bit, also those of NaN and of negative zero") {
  for (const double x :
       {-0.0, std::numeric_limits<double>::infinity(), std::numeric_limits<double>::denorm_min(),
        std::numeric_limits<double>::quiet_NaN()}) {
    byte_writer out;
    out.put(x);
    byte_reader in{out.view()};
    CHECK(std::bit_cast<std::uint64_t>(in.get_double()) == std::bit_cast<std::uint64_t>(x));
  }
}

TEST_CASE("every truncation is refused, and anything left over is noticed") {
  random_stream random{5};
  for (int round = 0; round < 50; ++round) {
    auto bytes = encode(some_record(random));
    for (std::size_t n = 0; n < bytes.size(); ++n) {
      byte_reader in{byte_span{bytes}.first(n)};
      static_cast<void>(decode(in));
      REQUIRE_FALSE(in.ok());
      REQUIRE_FALSE(in.finished());
      REQUIRE(in.left() == 0);
    }
    bytes.push_back(std::byte{0});
    byte_reader in{bytes};
    static_cast<void>(decode(in));
    CHECK(in.ok());
    CHECK_FALSE(in.finished());
  }
}

TEST_CASE("a bad reader stays bad and reads zero") {
  const auto bytes = hex({1, 2, 3});
  byte_reader in{bytes};
  CHECK(in.get<std::uint32_t>() == 0);
  CHECK(in.get<std::uint8_t>() == 0);
  CHECK(in.get_text(9).empty());
  CHECK_FALSE(in.ok());
}

TEST_CASE("a truth value has two encodings and no more") {
  for (unsigned v = 0; v < 256; ++v) {
    const auto bytes = hex({v});
    byte_reader in{bytes};
    const bool value = in.get_bool();
    CHECK(in.ok() == (v <= 1));
    if (in.ok()) CHECK(value == (v == 1));
  }
}

TEST_CASE("a forged length or count asks for no memory") {
  const auto bytes = hex({0xFF, 0xFF, 0xFF, 0xFF, 1, 2, 3, 4, 5, 6, 7, 8});
  byte_reader blob{bytes};
  CHECK(blob.get_blob(0xFFFFFFFF).empty());
  CHECK_FALSE(blob.ok());
  byte_reader count{bytes};
  CHECK(count.get_count(1, 0xFFFFFFFF) == 0);
  CHECK_FALSE(count.ok());
  const auto two = hex({2, 0, 0, 0, 1, 2, 3, 4});
  byte_reader fits{two}, too_large{two}, too_many{two};
  CHECK(fits.get_count(2, 10) == 2);
  CHECK(fits.ok());
  CHECK(too_large.get_count(3, 10) == 0);
  CHECK_FALSE(too_large.ok());
  CHECK(too_many.get_count(2, 1) == 0);
  CHECK_FALSE(too_many.ok());
}
