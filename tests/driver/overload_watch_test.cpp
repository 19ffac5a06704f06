#include <foreshift/driver/overload_watch.hpp>

#include <doctest/doctest.h>

#include <limits>
#include <vector>

using namespace foreshift;
using driver::overload_watch;

namespace {

constexpr double limit = 8;
constexpr host_id host{3};

/// All at one level in every step.
forecast::sample_paths at(double level) {
  forecast::sample_paths out{16, 6};
  for (double& x : out.flat()) x = level;
  return out;
}
const std::vector<double> calm(60, 5.0);

}  // namespace

TEST_CASE("of a host that nothing was seen of nothing is said") {
  overload_watch watch{{}};
  CHECK_FALSE(watch.look(host, at(9), limit).has_value());
  watch.rebase(host, limit, {});
  CHECK(watch.knows(host));
  CHECK_FALSE(watch.claim(host, at(9), limit).has_value());
  watch.observe(host, std::numeric_limits<double>::quiet_NaN());
  CHECK_FALSE(watch.look(host, at(9), limit).has_value());
  watch.observe(host, 5);
  CHECK(watch.look(host, at(9), limit).has_value());
}

TEST_CASE("a claim says what a look does, and paths over the limit are a danger on both horizons") {
  overload_watch watch{{}};
  watch.rebase(host, limit, calm);
  const auto low = *watch.look(host, at(5), limit), high = *watch.look(host, at(9), limit);
  CHECK((low.fast < high.fast && low.slow < high.slow));
  const auto said = *watch.claim(host, at(9), limit);
  CHECK((said.fast == high.fast && said.slow == high.slow));
  auto late = at(5);
  for (std::size_t p = 0; p < late.count(); ++p) late[p][5] = 9;
  const auto later = *watch.look(host, late, limit);
  CHECK(later.fast == low.fast);  // the sixth step is beyond the near horizon
  CHECK(later.slow > low.slow);
}

TEST_CASE("a forecast that nobody acted on and that was wrong is believed less") {
  overload_watch watch{{}};
  watch.rebase(host, limit, calm);
  const auto before = *watch.look(host, at(9), limit);
  for (int k = 0; k < 200; ++k) watch.claim(host, at(9), limit), watch.observe(host, 5);
  const auto after = *watch.look(host, at(9), limit);
  CHECK(after.fast < 0.5 * before.fast);
  CHECK(after.slow < 0.5 * before.slow);
}

TEST_CASE("a relief does not teach that the danger was none") {
  overload_watch watch{{}};
  watch.rebase(host, limit, calm);
  const auto before = *watch.look(host, at(9), limit);
  for (int k = 0; k < 200; ++k) {
    watch.claim(host, at(9), limit);
    watch.observe(host, 5);
    watch.rebase(host, limit, calm);  // a workload has left
  }
  const auto after = *watch.look(host, at(9), limit);
  CHECK(after.fast == doctest::Approx(before.fast));
  CHECK(after.slow == doctest::Approx(before.slow));
}

TEST_CASE("what one host taught is known of the next") {
  overload_watch taught{{}}, fresh{{}};
  taught.rebase(host, limit, calm);
  for (int k = 0; k < 400; ++k) taught.claim(host, at(9), limit), taught.observe(host, 5);
  for (auto* watch : {&taught, &fresh}) watch->rebase({4}, limit, calm);
  CHECK(taught.look({4}, at(9), limit)->slow < fresh.look({4}, at(9), limit)->slow);
}
