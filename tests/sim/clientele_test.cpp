#include <foreshift/sim/clientele.hpp>

#include <foreshift/sim/requests.hpp>

#include <sim/little_log.hpp>

#include <doctest/doctest.h>

#include <deque>
#include <string>
#include <utility>
#include <vector>

using namespace foreshift;
using namespace std::chrono_literals;
using sim::occasion;

namespace {

constexpr site_id sites[] = {{1}, {2}, {3}};

/// One site: what was handed in is applied and answered when the test says so.
struct scene {
  struct view {
    const test::little_log* log;
    [[nodiscard]] view replica() const { return *this; }
    [[nodiscard]] site_id self() const { return {1}; }
    [[nodiscard]] const consensus::state_machine& machine() const { return log->machine(); }
  };
  sim::coverage seen;
  test::little_log log{sim::genesis_for(sites)};
  sim::clientele clients;
  std::deque<consensus::command> handed_in;
  std::uint64_t sequence = 0;
  time_point now{1s};

  explicit scene(sim::clientele_options options = {}) : clients(5, seen, options) {}
  void call(std::size_t client) {
    clients.call(client, view{&log}, now, [&](consensus::remark what) {
      const consensus::command_id id{{1}, ++sequence};
      handed_in.push_back({id, std::move(what)});
      return id;
    });
  }
  /// Applies the oldest command; its effects.
  std::vector<consensus::effect> apply() {
    const auto did = log.apply(std::exchange(handed_in.front(), {}));
    handed_in.pop_front();
    clients.learn(did);
    return did;
  }
};

}  // namespace

TEST_CASE("calls that are answered in the order of the log are a history of registers") {
  scene s;
  for (int round = 0; round < 200; ++round) {
    for (std::size_t c = 0; c < s.clients.size(); ++c)
      if (!s.clients.waits(c)) s.call(c);
    while (s.handed_in.size() > static_cast<std::size_t>(round % 3)) CHECK(!s.clients.hear({1}, s.apply()));
  }
  CHECK(!s.clients.judge());
  CHECK(s.seen.of(occasion::answer_given) > 500);
  CHECK(s.seen.of(occasion::read_while_written) > 20);
}

TEST_CASE("an answer that never came may have taken effect, late") {
  scene s;
  for (int round = 0; round < 100; ++round) {
    for (std::size_t c = 0; c < s.clients.size(); ++c)
      if (!s.clients.waits(c)) s.call(c);
    const bool silent = round % 4 == 0;
    for (std::size_t k = 0; k < 4; ++k) {
      const auto did = s.apply();
      if (!silent) CHECK(!s.clients.hear({1}, did));
    }
    if (silent) round % 8 == 0 ? s.clients.gone({1}) : s.clients.tick(s.now += 1h);
  }
  CHECK(!s.clients.judge());
  CHECK(s.seen.of(occasion::answer_unknown) > 50);
}

TEST_CASE("a read that was confirmed answers what the site has applied; one that misses an answer is found") {
  scene s;
  const auto ask = [] { return std::uint64_t{7}; };
  const auto heard = [&](std::vector<std::uint64_t> ready, std::vector<std::uint64_t> refused) {
    return s.clients.hear_reads({1}, ready, refused, s.log.machine().applied(), true);
  };
  s.call(0);
  CHECK(!s.clients.hear({1}, s.apply()));
  s.clients.read(1, {1}, s.now, ask);
  CHECK(s.clients.waits(1));
  CHECK(!heard({6}, {}));
  CHECK(s.clients.waits(1));
  CHECK(!heard({7}, {}));
  CHECK_FALSE(s.clients.waits(1));
  s.clients.read(1, {1}, s.now, ask);
  CHECK(!heard({}, {7}));
  CHECK_FALSE(s.clients.waits(1));
  CHECK(s.seen.of(occasion::read_by_lease) == 1);
  CHECK(s.seen.of(occasion::read_refused) == 1);
  CHECK(!s.clients.judge());

  s.clients.read(1, {1}, s.now, ask);
  const std::vector<std::uint64_t> ready{7};
  const auto broken = s.clients.hear_reads({1}, ready, {}, slot{}, false);  // it has applied nothing yet
  REQUIRE(broken);
  CHECK(broken->claim == "a read misses nothing that was answered before it was asked for");
}

TEST_CASE("the check bites: reads from what one site has applied are stale") {
  scene s{{.registers = 1, .local_reads = true}};
  bool caught = false;
  for (int round = 0; round < 300 && !caught; ++round) {
    for (std::size_t c = 0; c < s.clients.size(); ++c)
      if (!s.clients.waits(c)) s.call(c);
    // Another site applies and answers; the one that reads asks lags behind it.
    test::little_log lagging = s.log;
    while (!s.handed_in.empty()) CHECK(!s.clients.hear({1}, s.apply()));
    for (std::size_t c = 0; c < s.clients.size(); ++c)
      if (!s.clients.waits(c))
        s.clients.call(c, scene::view{&lagging}, s.now, [&](consensus::remark what) {
          const consensus::command_id id{{1}, ++s.sequence};
          s.handed_in.push_back({id, std::move(what)});
          return id;
        });
    caught = s.clients.judge().has_value();
  }
  CHECK(caught);
}

TEST_CASE("the check bites: an answer from before what was answered already is out of order") {
  scene s;
  s.call(0);
  const auto first = s.apply();
  CHECK(!s.clients.hear({1}, first));
  s.call(0);
  // The command's answer claims the place of the first.
  auto wrong = first;
  for (auto& e : wrong)
    if (auto* done = std::get_if<consensus::command_done>(&e)) done->command = s.handed_in.front().id;
  const auto broken = s.clients.hear({1}, wrong);
  REQUIRE(broken);
  CHECK(broken->claim == "an answer stands behind what was answered before it was asked for");
}
