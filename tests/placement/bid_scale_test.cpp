#include "batches.hpp"

#include <foreshift/placement/bid_scale.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <vector>

using namespace placement_test;
using placement::bid_scale;

namespace {

struct row {
  std::vector<offer> offers;
  double unplaced = 0;
};
bid_scale::measure measured(const std::vector<row>& rows, const std::vector<bool>& open) {
  bid_scale scale{rows.size()};
  for (std::size_t w = 0; w < rows.size(); ++w)
    scale.look(w, rows[w].offers, rows[w].unplaced, [&](std::uint32_t h) { return open[h]; });
  return scale.measured();
}
const std::vector<bool> all{true, true, true};

}  // namespace

TEST_CASE("a step is measured by the cheapest offers of those who bid, whatever their sign") {
  const row one{{{5, 0}, {2, 1}, {9, 2}}, 20}, other{{{-6, 2}, {7, 0}}, 20};
  CHECK(measured({one, other}, all).typical == 4);
  CHECK(measured({one, other}, all).largest == 6);
  SUBCASE("who has no offer, or none below the price of none, does not count") {
    const row none{{}, 1e9}, dear{{{1e9, 0}}, 1};
    CHECK(measured({one, none, other, dear}, all).typical == 4);
    CHECK(measured({one, none, other, dear}, all).largest == 6);
  }
  SUBCASE("nor does a host that has no places") {
    CHECK(measured({one, other}, {true, false, true}).typical == 5.5);
    CHECK(measured({one, other}, {true, false, false}).typical == 6);
  }
}

TEST_CASE("where all that is bid for costs nothing, how much dearer second choices are is the measure") {
  const row near{{{0, 0}, {3, 1}, {8, 2}}, 1e9}, tied{{{4, 2}, {0, 0}, {0, 1}}, 1e9}, single{{{0, 1}}, 1e9};
  CHECK(measured({near, tied, single}, all).typical == 4);
  CHECK(measured({single}, all).typical == 1e9);
  CHECK(measured({near}, {true, false, true}).typical == 8);
}

TEST_CASE("where nobody bids the measure is one") {
  CHECK(measured({}, all).typical == 1);
  CHECK(measured({{{{3, 0}}, 3}, {{}, -7}}, all).typical == 1);
  CHECK(measured({{{{3, 0}}, 3}, {{}, -7}}, all).largest == 0);
}

TEST_CASE("a measure that follows changes is that of a fresh look") {
  const batch_shape shape{20, 5, 4, 3, false};
  random_stream random{3};
  const auto p = make_batch(3, shape);
  const auto is_open = [&](std::uint32_t h) { return p.places[h] > 0; };
  std::vector<row> rows(shape.workloads);
  bid_scale scale{shape.workloads};
  for (int i = 0; i < 300; ++i) {
    const auto w = random.below(shape.workloads);
    rows[w] = {make_offers(random, shape), static_cast<double>(random.below(60))};
    scale.look(w, rows[w].offers, rows[w].unplaced, is_open);
    double sum = 0, bidders = 0;
    for (std::size_t v = 0; v < rows.size(); ++v) {
      double cheapest = rows[v].unplaced;
      for (const auto& o : rows[v].offers)
        if (p.places[o.host] > 0) cheapest = std::min(cheapest, o.cost);
      CHECK(scale.bids(v) == (cheapest < rows[v].unplaced));
      if (cheapest < rows[v].unplaced) sum += cheapest, ++bidders;
    }
    if (sum > 0) CHECK(scale.measured().typical == doctest::Approx(sum / bidders));
  }
}
