#include "batches.hpp"

#include <foreshift/placement/offer_book.hpp>

#include <doctest/doctest.h>

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
