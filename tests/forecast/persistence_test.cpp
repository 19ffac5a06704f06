#include <foreshift/forecast/persistence.hpp>

#include <doctest/doctest.h>

#include <vector>

using namespace foreshift;
using namespace foreshift::forecast;

namespace {

constexpr model_tag tag{four_letters("test"), 2};

/// The smallest model that persists.
struct constant {
  double level = 0;

  friend void save(const constant& m, byte_writer& out) {
    put_tag(out, tag);
    out.put(m.level);
  }
  static result<constant, restore_error> restored(byte_span saved) {
    byte_reader in{saved};
    const auto version = get_tag(in, tag);
    if (!version) return failure{version.error()};
    const constant m{in.get_double()};
    if (!in.finished()) return failure{restore_error::damaged};
    return m;
  }
};
static_assert(PersistentModel<constant>);

struct unversioned {
  friend void save(const unversioned&, byte_writer&) {}
};
static_assert(!PersistentModel<unversioned>, "what cannot be restored does not persist");

byte_string saved_with(model_tag t) {
  byte_writer out;
  put_tag(out, t);
  out.put(4.5);
  return out.take();
}

}  // namespace

TEST_CASE("a saved model is restored as it was") {
  byte_writer out;
  save(constant{4.5}, out);
  const auto back = constant::restored(out.view());
  REQUIRE(back);
  CHECK(back->level == 4.5);
}

TEST_CASE("other kinds, unknown versions and damage have names") {
  CHECK(constant::restored(saved_with({four_letters("tset"), 2})).error() == restore_error::other_kind);
  CHECK(constant::restored(saved_with({tag.kind, 3})).error() == restore_error::unknown_version);
  CHECK(constant::restored(saved_with({tag.kind, 0})).error() == restore_error::unknown_version);
  CHECK(constant::restored(saved_with({tag.kind, 1})));  // older versions are read
  const auto whole = saved_with(tag);
  for (std::size_t n = 0; n < whole.size(); ++n)
    CHECK(constant::restored(byte_span{whole}.first(n)).error() == restore_error::damaged);
  auto longer = whole;
  longer.push_back(std::byte{0});
  CHECK(constant::restored(longer).error() == restore_error::damaged);
}

TEST_CASE("a forged count takes no memory") {
  byte_writer out;
  out.put(std::uint32_t{0xFFFFFFFF});
  out.put(1.0);
  byte_reader in{out.view()};
  CHECK(get_values(in).empty());
  CHECK(!in.ok());
}

TEST_CASE("values come back bit by bit") {
  byte_writer out;
  put_values(out, {1.0, -0.0, 1e-310});
  byte_reader in{out.view()};
  CHECK(get_values(in) == std::vector{1.0, -0.0, 1e-310});
  CHECK(in.finished());
}
