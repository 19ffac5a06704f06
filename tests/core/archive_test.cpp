#include <foreshift/core/archive.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <cstdint>
#include <limits>
#include <optional>
#include <utility>
#include <vector>

using namespace foreshift;

namespace {

enum class shade : std::uint8_t { dark, light };

struct point {
  double x = 0, y = 0;
  bool operator==(const point&) const = default;
  static void members(auto& self, auto& archive) { archive(self.x, self.y); }
};

class book {
 public:
  book() = default;
  explicit book(std::vector<point> points) : points_(std::move(points)), at_(points_.size() - 1) {}
  bool operator==(const book&) const = default;

 private:
  friend struct foreshift::archive_access;
  static void members(auto& self, auto& archive) {
    archive(self.points_, self.at_, self.offset_, self.seen_, self.shade_, self.last_, self.step_, self.now_,
            self.pair_, self.small_);
  }
  [[nodiscard]] bool consistent() const { return at_ < points_.size() && shade_ <= shade::light; }

  std::vector<point> points_;
  std::size_t at_ = 0;
  int offset_ = -3;
  bool seen_ = true;
  shade shade_ = shade::light;
  std::optional<double> last_ = -0.0;
  duration step_ = std::chrono::minutes{-5};
  time_point now_{std::chrono::hours{7}};
  std::pair<std::uint32_t, double> pair_{4, 0.5};
  std::array<std::uint16_t, 2> small_{65535, 1};
};

struct unlisted {
  double x = 1;
};
struct holds_unlisted {
  unlisted inner;
  static void members(auto& self, auto& archive) { archive(self.inner); }
};

byte_string written(const auto& value) {
  archive_writer out;
  out(value);
  return out.take();
}

}  // namespace

TEST_CASE("a value comes back as it was written, and all bytes are used") {
  const book before{{{1, 2}, {std::numeric_limits<double>::infinity(), -1e-310}}};
  book after;
  const auto bytes = written(before);
  archive_reader in{bytes};
  in(after);
  CHECK(in.finished());
  CHECK(after == before);
}

TEST_CASE("the same value has the same bytes") {
  CHECK(written(book{{{1, 2}}}) == written(book{{{1, 2}}}));
  CHECK(written(book{{{1, 2}}}) != written(book{{{1, 3}}}));
}

TEST_CASE("a value cut short anywhere is refused") {
  const auto bytes = written(book{{{1, 2}, {3, 4}}});
  for (std::size_t n = 0; n < bytes.size(); ++n) {
    archive_reader in{byte_span{bytes}.first(n)};
    book got;
    in(got);
    CHECK_FALSE(in.ok());
  }
}

TEST_CASE("a count that the input cannot hold allocates nothing and is refused") {
  byte_writer forged;
  forged.put(std::uint64_t{1} << 60);
  archive_reader in{forged.view()};
  std::vector<double> values;
  in(values);
  CHECK_FALSE(in.ok());
  CHECK(values.capacity() == 0);
}

TEST_CASE("a value that could not have come about is refused") {
  auto bytes = written(book{{{1, 2}}});
  bytes[8 + 16] = std::byte{1};  // at_ = 1 of one point
  archive_reader in{bytes};
  book got;
  in(got);
  CHECK_FALSE(in.ok());
}

TEST_CASE("a number wider than its member is refused, a negative one is not") {
  const auto read = []<class T>(std::uint64_t raw, T value) {
    byte_writer out;
    out.put(raw);
    archive_reader in{out.view()};
    in(value);
    return in.ok();
  };
  CHECK(read(65535, std::uint16_t{}));
  CHECK_FALSE(read(65536, std::uint16_t{}));
  CHECK(read(static_cast<std::uint64_t>(-1), int{}));
  CHECK_FALSE(read(std::uint64_t{1} << 40, int{}));
  CHECK_FALSE(read(256, shade{}));
}

TEST_CASE("a value that does not list its members can neither be written nor read") {
  archive_writer out;
  out(book{{{1, 2}}});
  CHECK(out.ok());
  holds_unlisted value;
  out(value);
  CHECK_FALSE(out.ok());
  archive_reader in{byte_span{}};
  in(value);
  CHECK_FALSE(in.ok());
}
