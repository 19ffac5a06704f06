#include <foreshift/placement/relief_wave.hpp>

#include <doctest/doctest.h>

#include <limits>

using namespace foreshift;
using namespace foreshift::placement;

namespace {

/// Hosts 1 and 2 both want host 7; 1 has host 8 besides, nearly as good.
relief_wave two_and_two() {
  relief_wave w;
  w.sources = {{host_id{1}, 10, 10, 1}, {host_id{2}, 9, 9, 2}};
  w.destinations = {{host_id{7}, 1}, {host_id{8}, 0}};
  w.offers = {{0, 0, workload_id{1}, 2}, {0, 1, workload_id{2}, 3}, {1, 0, workload_id{5}, 4}};
  w.cost = 7, w.bound = 3 + 5 - 1;
  return w;
}
constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();

}  // namespace

TEST_CASE("cost and bound are added up from offers and prices") {
  const auto w = two_and_two();
  CHECK_FALSE(fault_of(w).has_value());
  CHECK(recomputed(w) == std::pair{7.0, 7.0});
  CHECK(w.gap() == 0);
  auto dearer = w;
  dearer.destinations[0].price = 0;
  CHECK(recomputed(dearer) == std::pair{7.0, 6.0});
}

TEST_CASE("what is left out of the offers lowers the bound to its floor") {
  auto w = two_and_two();
  w.sources[0].floor = 1.5;
  CHECK(recomputed(w).second == 1.5 + 5 - 1);
}

TEST_CASE("a wave that claims more than its offers and prices show is found out, whatever is wrong with it") {
  const auto broken = [](auto change) {
    auto w = two_and_two();
    change(w);
    return fault_of(w).value_or("");
  };
  CHECK(broken([](auto&) {}).empty());
  CHECK(broken([](auto& w) { w.cost = 6; }).find("cost") != std::string::npos);
  CHECK(broken([](auto& w) { w.bound = 7.1; }).find("prove") != std::string::npos);
  CHECK(broken([](auto& w) { w.offers[0].cost = 1; }).find("prove") != std::string::npos);
  CHECK(broken([](auto& w) { w.sources[1].floor = 0; }).find("prove") != std::string::npos);
  CHECK(broken([](auto& w) { w.sources[0].chosen = 0; }).find("two arrivals") != std::string::npos);
  CHECK(broken([](auto& w) { w.sources[0].chosen = 2; }).find("not offered") != std::string::npos);
  CHECK(broken([](auto& w) { w.sources[0].chosen = 99; }).find("not offered") != std::string::npos);
  CHECK(broken([](auto& w) { w.destinations[0].price = -1; }).find("no price") != std::string::npos);
  CHECK(broken([](auto& w) { w.destinations[0].price = not_a_number; }).find("no price") !=
        std::string::npos);
  CHECK(broken([](auto& w) { w.sources[0].staying = not_a_number; }).find("no price") != std::string::npos);
  CHECK(broken([](auto& w) { w.offers[1].cost = not_a_number; }).find("nowhere") != std::string::npos);
  CHECK(broken([](auto& w) { w.offers[1].destination = 2; }).find("nowhere") != std::string::npos);
  CHECK(broken([](auto& w) { w.offers[1].destination = 0; }).find("out of order") != std::string::npos);
  CHECK(broken([](auto& w) { std::swap(w.sources[0], w.sources[1]); }).find("order") != std::string::npos);
  CHECK(broken([](auto& w) { w.destinations[0].host = {1}; }).find("takes an arrival") != std::string::npos);
}

TEST_CASE("what was chosen is found by its source") {
  const auto w = two_and_two();
  REQUIRE(chosen_for(w, {1}) != nullptr);
  CHECK(chosen_for(w, {1})->workload == workload_id{2});
  CHECK(chosen_for(w, {7}) == nullptr);
  auto stays = w;
  stays.sources[0].chosen = relief_wave::stays;
  CHECK(chosen_for(stays, {1}) == nullptr);
}
