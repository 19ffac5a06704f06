#include <foreshift/sim/reconfigurer.hpp>
#include <foreshift/sim/requests.hpp>

#include <sim/little_log.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <set>
#include <span>
#include <variant>

using namespace foreshift;
using sim::nemesis, sim::nemesis_set;

namespace {

constexpr site_id sites[] = {{1}, {2}, {3}, {4}, {5}, {6}, {7}};

/// The epochs that come of many wishes where everybody does what is asked for at once.
struct course {
  std::size_t epochs = 0, electors_min = 64, away_most = 0, learners_most = 0;
  std::uint32_t tolerated_min = 64;
  std::set<std::uint64_t> alphas, weights;
  bool froze = false, flexible = false;

  course(std::size_t n, nemesis_set on) {
    const auto some = std::span{sites}.first(n);
    test::little_log log{sim::genesis_for(some)};
    sim::reconfigurer one{7, some, on};
    for (int i = 0; i < 2500; ++i) {
      if (const auto wish = one.next(log.machine())) carry_out(log, *wish);
      log.apply(log.machine().members().electors().front().site, consensus::noop{});
      note(log.machine().members(), n);
      froze = froze || !log.machine().frozen().empty();
    }
    epochs = log.machine().members().number().value;
  }

  static void carry_out(test::little_log& log, const sim::reconfigurer::wish& wish) {
    const site_id client = log.machine().members().electors().front().site;
    std::visit([&](const auto& what) { log.apply(client, what); }, wish);
    const auto* moved = std::get_if<consensus::prepare_transfer>(&wish);
    if (moved == nullptr) return;
    log.apply(moved->from,
              consensus::quiesced{moved->what, log.machine().authorities().find(moved->what)->token});
    log.apply(moved->to, consensus::activate{moved->what, moved->to});
  }
  void note(const consensus::epoch& now, std::size_t n) {
    const std::size_t all = now.electors().size() + now.learners().size();
    electors_min = std::min(electors_min, now.electors().size());
    learners_most = std::max(learners_most, now.learners().size());
    away_most = std::max(away_most, n - all);
    tolerated_min = std::min(tolerated_min, now.tolerated());
    alphas.insert(now.alpha());
    flexible |= now.spec().promises != now.spec().accepts;
    for (const auto& e : now.electors()) weights.insert(e.weight.value);
  }
};

}  // namespace

TEST_CASE("every kind of epoch comes up, and as many may always fail as disks may be lost") {
  for (std::size_t n = 3; n <= 7; ++n) {
    INFO(n, " sites");
    const course all{n, nemesis_set::all()};
    CHECK(all.epochs > 20);
    CHECK(all.electors_min == n - sim::away_max(n));
    CHECK(all.away_most == sim::away_max(n));
    CHECK(all.learners_most > 0);
    CHECK(all.tolerated_min == sim::tolerated_always(n));
    CHECK(all.alphas.size() == 5);
    CHECK(all.weights.size() > 1);
    CHECK(all.froze);
    CHECK(all.flexible);
  }
}

TEST_CASE("nobody leaves where members only change, and weights and alpha stay where they only leave") {
  const course change{5, nemesis_set{}.insert(nemesis::epoch_change)};
  CHECK(change.away_most == 0);
  CHECK(change.learners_most > 0);
  const course departure{5, nemesis_set{}.insert(nemesis::departure)};
  CHECK(departure.away_most == 2);
  CHECK(departure.alphas.size() == 1);
  CHECK(departure.weights.size() == 1);
  CHECK_FALSE(departure.froze);
  CHECK_FALSE(departure.flexible);
}

TEST_CASE("without either class nothing is asked for") {
  const test::little_log log{sim::genesis_for(sites)};
  sim::reconfigurer none{7, sites, nemesis_set{}.insert(nemesis::drop)};
  for (int i = 0; i < 10; ++i) CHECK_FALSE(none.next(log.machine()).has_value());
}
