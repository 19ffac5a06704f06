#include <foreshift/placement/adjustment_judgement.hpp>

#include <doctest/doctest.h>

using namespace foreshift;
using namespace foreshift::placement;

namespace {

day_demand normal(double mean, double sd) {
  return {std::vector<double>(24, mean), std::vector<double>(24, sd * sd), std::vector<double>(24, 0.0)};
}

/// Workload 3 on host 2 from 4 to `limit`.
struct voter {
  proposal what;
  day_demand day = normal(4, 0.5);
  adjustment_view view;

  explicit voter(double limit = 6) {
    what.workload = {3}, what.why.limit = 4;
    resize change{{{1}, {2}}, {}, {}};
    change.limits[resource::cpu] = limit, change.requests[resource::cpu] = limit / 2;
    what.what = change;
    view.day = &day;
  }
  [[nodiscard]] judgement vote() {
    if (view.day != nullptr) view.day = &day;
    return judge_adjustment(what, view);
  }
};
void expect(const judgement& j, stance opinion, vote_reason reason) {
  CHECK(j.opinion == opinion);
  CHECK(name_of(j.reason) == name_of(reason));
  CHECK(j.text.size() < 239);  // not cut off
}

}  // namespace

TEST_CASE("a size that covers the voter's own forecast is accepted, and the sentence says the risks") {
  voter v;
  const auto j = v.vote();
  expect(j, stance::accept, vote_reason::agrees);
  CHECK(j.text ==
        "Accepted: with 6 in place of 4 we expect workload 3 above its limit for 0.00 % of the day, not "
        "50.00.");
  CHECK(j.impact == doctest::Approx(720).epsilon(0.001));
}

TEST_CASE("a size that the voter expects to be too small is rejected, growing or shrinking") {
  voter v{4.5};
  expect(v.vote(), stance::reject, vote_reason::size_too_small);  // 16 % of the day
  CHECK(v.vote().text == "Rejected: we expect workload 3 above 4.5 for 15.87 % of the day; we bear 2.00.");
  voter shrink{3};
  expect(shrink.vote(), stance::reject, vote_reason::size_too_small);
  shrink.day = normal(1, 0.2);
  expect(shrink.vote(), stance::accept, vote_reason::agrees);
}

TEST_CASE("growth that the voter sees no need of is rejected") {
  voter v;
  v.day = normal(1, 0.2);
  expect(v.vote(), stance::reject, vote_reason::not_needed);
}

TEST_CASE("a host without the room is an objection that needs no forecast") {
  voter v;
  v.view.room = 2, v.view.day = nullptr;
  expect(v.vote(), stance::reject, vote_reason::no_room_to_grow);
  v.view.requested = 1, v.view.day = &v.day;
  expect(v.vote(), stance::accept, vote_reason::agrees);
}

TEST_CASE("who cannot forecast the workload casts no vote") {
  voter v;
  v.view.day = nullptr;
  expect(v.vote(), stance::abstain, vote_reason::knows_too_little);
  v.view.day = &v.day, v.day = {};
  expect(v.vote(), stance::abstain, vote_reason::knows_too_little);
}

TEST_CASE("the voter's own inventory counts more than what the proposal says of the present size") {
  voter v;
  v.view.limit = 6;
  expect(v.vote(), stance::reject, vote_reason::malformed);  // it has that size
  v.view.limit = 5.8;
  expect(v.vote(), stance::reject, vote_reason::not_needed);
}

TEST_CASE("what contradicts itself is not an adjustment") {
  voter v;
  SUBCASE("more set aside than allowed") { std::get<resize>(v.what.what).requests[resource::cpu] = 7; }
  SUBCASE("nothing left") { std::get<resize>(v.what.what).limits[resource::cpu] = 0; }
  SUBCASE("nothing at stake") { v.what.criticality = 0; }
  SUBCASE("no size to begin with") { v.what.why.limit = 0; }
  SUBCASE("no copies") { v.what.what = scale{{{1}, {2}}, 0}; }
  SUBCASE("as many copies as before") { v.what.what = scale{{{1}, {2}}, 1}; }
  expect(v.vote(), stance::reject, vote_reason::malformed);
}

TEST_CASE("copies are judged by what they may use together") {
  voter v;
  v.what.what = scale{{{1}, {2}}, 2};
  expect(v.vote(), stance::accept, vote_reason::agrees);  // 8
  v.view.replicas = 3;
  expect(v.vote(), stance::accept, vote_reason::agrees);  // from 12 to 8
  v.day = normal(7.5, 0.5);
  expect(v.vote(), stance::reject, vote_reason::size_too_small);
  v.view.replicas = 1;
  v.what.what = scale{{{1}, {2}}, 3};
  expect(v.vote(), stance::accept, vote_reason::agrees);
  v.day = normal(2, 0.2);
  expect(v.vote(), stance::reject, vote_reason::not_needed);
}
