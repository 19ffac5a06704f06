#include <foreshift/sim/word_checker.hpp>

#include <foreshift/consensus/membership.hpp>

#include <doctest/doctest.h>

#include <string>

using namespace foreshift;
using consensus::ballot;

namespace {

constexpr site_id sites[] = {{1}, {2}, {3}};
const consensus::epoch first_epoch = consensus::uniform_epoch(sites);

consensus::entry value(int seconds) {
  return {{epoch_number{1}, time_point{std::chrono::seconds{seconds}}}, {}};
}
consensus::accept offer(ballot number, int what) { return {number, slot{4}, slot{3}, value(what)}; }

struct wire : sim::word_checker {
  wire() : sim::word_checker(first_epoch) {
    for (const site_id s : sites) started(s);
  }
  std::string says(site_id from, const consensus::message_body& body) {
    const auto broken = sent(from, body);
    return broken ? broken->claim : std::string{};
  }
};

}  // namespace

TEST_CASE("another value under a later ballot is noticed once a quorum has accepted, and not before") {
  for (const bool chosen : {false, true}) {
    wire w;
    CHECK(w.says({1}, offer({1, {1}}, 7)).empty());
    CHECK(w.says({2}, consensus::accepted{{1, {1}}, slot{4}}).empty());
    CHECK(w.says({2}, consensus::accepted{{1, {1}}, slot{4}}).empty());  // a repetition is no quorum
    if (chosen) CHECK(w.says({3}, consensus::accepted{{1, {1}}, slot{4}}).empty());
    CHECK(w.says({2}, offer({2, {2}}, 8)) ==
          (chosen ? "a chosen value is reported by every later phase-1 quorum" : ""));
  }
}

TEST_CASE("the same value may be proposed again, and that counts as adopted") {
  wire w;
  CHECK(w.says({1}, offer({1, {1}}, 7)).empty());
  CHECK(w.says({2}, offer({2, {2}}, 7)).empty());
  CHECK(w.adopted() == 1);
}

TEST_CASE("promises are gathered again when they are asked for under a ballot that was proposed under") {
  wire w;
  for (int again = 0; again < 2; ++again) CHECK(w.says({1}, consensus::prepare{{1, {1}}, slot{1}}).empty());
  CHECK(w.recounted() == 0);
  CHECK(w.says({1}, offer({1, {1}}, 7)).empty());
  CHECK(w.says({1}, consensus::prepare{{1, {1}}, slot{4}}).empty());
  CHECK(w.recounted() == 1);
}

TEST_CASE("what a site has applied was chosen, though its proposer's own acceptance was never on the wire") {
  wire w;
  CHECK(w.says({1}, offer({1, {1}}, 7)).empty());
  CHECK(w.says({2}, consensus::accepted{{1, {1}}, slot{4}}).empty());
  w.learned(slot{4}, value(7));
  CHECK(w.says({3}, offer({2, {3}}, 8)) == "a chosen value is reported by every later phase-1 quorum");
}

TEST_CASE("acceptances of two ballots for two values of one slot are two choices") {
  wire w;
  CHECK(w.says({1}, offer({1, {1}}, 7)).empty());
  CHECK(w.says({2}, offer({2, {2}}, 8)).empty());
  for (const ballot b : {ballot{1, {1}}, ballot{2, {2}}})
    CHECK(w.says({3}, consensus::accepted{b, slot{4}}).empty());
  CHECK(w.says({2}, consensus::accepted{{1, {1}}, slot{4}}).empty());
  CHECK(w.says({1}, consensus::accepted{{2, {2}}, slot{4}}) == "agreement per slot");
}

TEST_CASE("a ballot that is used again after a restart is noticed") {
  wire w;
  CHECK(w.says({1}, consensus::prepare{{1, {1}}, slot{1}}).empty());
  CHECK(w.says({1}, consensus::prepare{{1, {1}}, slot{1}}).empty());
  w.started({1});
  CHECK(w.says({1}, consensus::prepare{{2, {1}}, slot{1}}).empty());
  CHECK(w.says({1}, offer({1, {1}}, 7)) == "a ballot belongs to one run of its site");
}

TEST_CASE("a second, different vote in one attempt is noticed, whatever happened in between") {
  wire w;
  consensus::vote paper{{2}, {{1}, 5}, 0, {}, {}, consensus::verdict::accept, 0, {}};
  CHECK(w.says({2}, paper).empty());
  w.started({2});
  CHECK(w.says({2}, paper).empty());
  paper.attempt = 1;
  paper.opinion = consensus::verdict::reject;
  CHECK(w.says({2}, paper).empty());
  paper.attempt = 0;
  CHECK(w.says({2}, paper) == "asked again a voter repeats its vote");
}
