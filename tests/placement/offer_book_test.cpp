#include "batches.hpp"

#include <foreshift/placement/offer_book.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

using namespace placement_test;
using placement::offer_book;

TEST_CASE("a host's list of who is offered it holds what is offered now") {
  const batch_shape shape{20, 5, 4, 3, false};
  const auto p = make_batch(3, shape);
  offer_book book{p};
  random_stream random{3};
  for (int round = 0; round < 50; ++round) {
    std::size_t listed = 0, offered = 0;
    for (std::uint32_t h = 0; h < shape.hosts; ++h)
      for (const auto& a : book.asked_on(h)) {
        CHECK(std::ranges::count(book.offers_of(a.workload), offer{a.cost, h}) == 1);
        ++listed;
      }
    for (std::uint32_t w = 0; w < shape.workloads; ++w) offered += book.offers_of(w).size();
    CHECK(listed == offered);
    for (int n = 0; n < 3; ++n) {
      const auto w = static_cast<std::uint32_t>(random.below(shape.workloads));
      const auto offers = make_offers(random, shape);
      book.change(w, offers, round);
      CHECK(std::ranges::equal(book.offers_of(w), offers));
      CHECK(book.unplaced_cost(w) == round);
    }
  }
}

TEST_CASE("a book holds the offers of the problem it was made from") {
  const auto p = make_batch(5, {20, 5, 4, 3, false});
  offer_book book{p};
  CHECK((book.hosts() == p.hosts() && book.workloads() == p.workloads()));
  for (std::uint32_t w = 0; w < p.workloads(); ++w) {
    CHECK(std::ranges::equal(book.offers_of(w), p.offers_of(w)));
    CHECK(book.unplaced_cost(w) == p.unplaced_cost[w]);
  }
}

TEST_CASE(
    "workloads that alternate between fewer and more offers keep memory bounded, and all as in a fresh "
    "book") {
  std::vector<offer> more;
  for (std::uint32_t h = 0; h < 20; ++h) more.push_back({h + 1.0, h});
  batch_problem p;
  p.places.assign(20, 1);
  p.first.push_back(0);
  for (std::uint32_t w = 0; w < 10; ++w) {
    p.offers.insert(p.offers.end(), more.begin(), more.end());
    p.first.push_back(static_cast<std::uint32_t>(p.offers.size()));
  }
  p.unplaced_cost.assign(10, 50);
  random_stream random{7};
  for (const bool asked : {false, true}) {
    offer_book book{p};
    if (asked) CHECK(book.asked_on(0).size() == 10);
    std::vector<std::size_t> last(10, 20);
    for (int round = 0; round < 1'000'000; ++round) {
      const auto w = static_cast<std::uint32_t>(round % 10);
      last[w] = last[w] == 20 ? 19 : 20;
      book.change(w, std::span{more}.first(last[w]), 50);
    }
    CHECK(book.room() == 200);
    // And with any numbers of offers, so that rooms are left behind and closed up.
    std::size_t most = 200;
    for (int round = 0; round < 20'000; ++round) {
      const auto w = static_cast<std::uint32_t>(random.below(10));
      last[w] = random.below(round % 1000 < 100 ? 2 : 21);
      book.change(w, std::span{more}.first(last[w]), 50);
      most = std::max(most, book.room());
    }
    CHECK(most <= 410);
    for (std::uint32_t w = 0; w < 10; ++w)
      REQUIRE(std::ranges::equal(book.offers_of(w), std::span{more}.first(last[w])));
    for (std::uint32_t h = 0; h < 20; ++h) {
      std::vector<std::uint32_t> of, expected;
      for (const auto& a : book.asked_on(h)) {
        of.push_back(a.workload);
        CHECK((a.cost == h + 1.0 && book.offers_of(a.workload)[h].host == h));
      }
      for (std::uint32_t w = 0; w < 10; ++w)
        if (last[w] > h) expected.push_back(w);
      std::ranges::sort(of);
      CHECK(of == expected);
    }
  }
}
