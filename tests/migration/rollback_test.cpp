#include <foreshift/migration/rollback.hpp>

#include <doctest/doctest.h>

#include <vector>

using namespace foreshift;
using namespace foreshift::migration;
using namespace std::chrono_literals;

namespace {
outcome with(verdict v) {
  outcome o;
  o.what = v;
  return o;
}
rollback_view bad() {
  return {.now = time_point{10h},
          .moved_at = time_point{9h},
          .reversals = 0,
          .destination_risk = 0.9,
          .source_risk = 0.05};
}
}  // namespace

TEST_CASE("harm that goes on is taken back where the source is calm") {
  CHECK(advise(with(verdict::harmful), bad()).what == recommendation::go_back);
}

TEST_CASE("a move that did no harm is left") {
  for (const auto v : {verdict::delivered, verdict::needless, verdict::not_carried_out})
    CHECK(advise(with(v), bad()).what == recommendation::leave);
}

TEST_CASE("a stored alternative that is calm goes before the way back") {
  const std::vector<way_out> others{{{{2}, {5}}, 0.5}, {{{2}, {6}}, 0.01}};
  auto view = bad();
  view.alternatives = others;
  const auto a = advise(with(verdict::harmful), view);
  CHECK(a.what == recommendation::take_alternative);
  CHECK(a.to == placement::location{{2}, {6}});
}

TEST_CASE("between bad and calm nothing is done") {
  auto view = bad();
  SUBCASE("not bad enough to leave") { view.destination_risk = 0.3; }
  SUBCASE("not calm enough to go to") { view.source_risk = 0.1; }
  SUBCASE("it moved a moment ago") { view.moved_at = view.now - 29min; }
  SUBCASE("it was sent back before") { view.reversals = 1; }
  const auto a = advise(with(verdict::harmful), view);
  CHECK(a.what == recommendation::leave);
  CHECK(a.text.starts_with("Left where it is: "));
}

TEST_CASE("a workload never plays ping-pong: two hosts that are both bad by turns see one reversal") {
  int moves = 0;
  rollback_view view{.now = time_point{0h}, .moved_at = time_point{-1h}};
  for (int minute = 0; minute < 600; minute += 5) {
    view.now = time_point{std::chrono::minutes{minute}};
    view.destination_risk = 0.9, view.source_risk = 0.0;  // wherever it is, it is bad there
    if (advise(with(verdict::harmful), view).what == recommendation::leave) continue;
    ++moves, ++view.reversals, view.moved_at = view.now;
  }
  CHECK(moves == 1);
}
