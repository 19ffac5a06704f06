#include <foreshift/consensus/election.hpp>

#include <doctest/doctest.h>

using namespace foreshift;
using namespace foreshift::consensus;
using std::chrono::milliseconds;

namespace {
constexpr elector three[] = {{{1}, {1}}, {{2}, {1}}, {{3}, {1}}};
const timing times{milliseconds{10}, milliseconds{20}, milliseconds{100}};
}  // namespace

TEST_CASE("patience lasts one to one and a half timeouts, and differs between sites of one seed") {
  std::vector<int> patience;
  for (std::uint64_t site = 1; site <= 20; ++site) {
    election e{times, 7, site};
    e.rest({});
    int waited = 0;
    while (!e.due(time_point{milliseconds{waited}})) ++waited;
    CHECK(waited >= 100);
    CHECK(waited <= 150);
    patience.push_back(waited);
  }
  std::sort(patience.begin(), patience.end());
  CHECK(patience.front() != patience.back());
}

TEST_CASE("a site is willing only when it has heard nobody lead for a timeout, its own attempts aside") {
  election e{times, 1, 1};
  e.rest({});
  CHECK_FALSE(e.willing(time_point{milliseconds{99}}));
  e.retry(time_point{milliseconds{99}});
  CHECK(e.willing(time_point{milliseconds{100}}));
}

TEST_CASE("a quorum has to be willing in one and the same round") {
  election e{times, 1, 1};
  const probe first = e.ask(site_id{1}, {});
  CHECK_FALSE(e.supported(three));
  const probe second = e.ask(site_id{1}, {});
  e.on_answer(site_id{2}, {first.number, true, {}, {}});
  e.on_answer(site_id{2}, {second.number, false, {}, {}});
  CHECK_FALSE(e.supported(three));
  e.on_answer(site_id{3}, {second.number, true, {}, {}});
  CHECK(e.supported(three));
}

TEST_CASE("to rest twice at one time is to rest once: the state does not count its calls") {
  election once{times, 7, 1};
  once.rest(time_point{milliseconds{5}});
  election twice = once;
  twice.rest(time_point{milliseconds{5}});
  CHECK(once == twice);
}

TEST_CASE(
    "deference shifts the patience of a site, and decays while nobody leads: it keeps nobody from going") {
  const auto patience = [](election& e, time_point from) {
    time_point now = from;
    while (!e.due(now)) now += milliseconds{1};
    return now - from;
  };
  election first{times, 1, 1, 0}, last{times, 1, 1, 4};
  first.rest({});
  last.rest({});
  CHECK(patience(last, {}) == patience(first, {}) + milliseconds{200});
  for (int attempt = 1; attempt <= 8; ++attempt) {
    const time_point now{milliseconds{1000 * attempt}};
    first.retry(now);
    last.retry(now);
    CHECK(patience(last, now) - patience(first, now) <= milliseconds{(200 >> attempt) + 1});
  }
}
