#include <core/dies.hpp>
#include <foreshift/core/result.hpp>

#include <doctest/doctest.h>

#include <concepts>
#include <memory>
#include <string>

using foreshift::failure, foreshift::result;
using foreshift::test::dies;

namespace {

enum class why { short_series, singular };
using number = result<int, why>;
using done = result<void, why>;

// Near misses: an error does not become a value, nor a value an error, nor a result a truth value by
// accident.
static_assert(!std::convertible_to<why, number>);
static_assert(!std::convertible_to<number, bool>);
static_assert(!std::convertible_to<number, int>);
static_assert(!std::convertible_to<failure<std::string>, number>);
static_assert(std::convertible_to<failure<why>, number>);
static_assert(!std::default_initializable<number>);
static_assert(std::default_initializable<done>);
static_assert(!std::convertible_to<why, done>);

}  // namespace

TEST_CASE("a result holds a value or a reason, never both") {
  const number good = 3, bad = failure{why::singular};
  CHECK(good);
  CHECK(*good == 3);
  CHECK(good.value_or(7) == 3);
  CHECK_FALSE(bad);
  CHECK(bad.error() == why::singular);
  CHECK(bad.value_or(7) == 7);
  CHECK(good != bad);
  CHECK(bad == number{failure{why::singular}});
  CHECK(bad != number{failure{why::short_series}});
}

TEST_CASE("the same type may be value and error") {
  using text = result<std::string, std::string>;
  const text good = std::string{"x"}, bad = failure{std::string{"x"}};
  CHECK(good.has_value());
  CHECK_FALSE(bad.has_value());
  CHECK(good != bad);
}

TEST_CASE("asking for what is not there stops the process") {
  CHECK(dies([] { static_cast<void>(number{failure{why::singular}}.value()); }));
  CHECK(dies([] { static_cast<void>(number{1}.error()); }));
  CHECK(dies([] { static_cast<void>(done{}.error()); }));
  CHECK_FALSE(dies([] { static_cast<void>(done{failure{why::singular}}.error()); }));
}

TEST_CASE("a value that can only be moved comes out by moving") {
  result<std::unique_ptr<int>, why> r = std::make_unique<int>(5);
  CHECK(**r == 5);
  const std::unique_ptr<int> out = *std::move(r);
  CHECK(*out == 5);
}

TEST_CASE("success without a value") {
  CHECK(done{});
  const done bad = failure{why::short_series};
  CHECK_FALSE(bad);
  CHECK(bad.error() == why::short_series);
  CHECK(bad != done{});
}

TEST_CASE("results work at compile time") {
  constexpr auto half = [](int n) -> number {
    if (n % 2 != 0) return failure{why::singular};
    return n / 2;
  };
  static_assert(half(8).value() == 4);
  static_assert(half(7).error() == why::singular);
}
