#include <foreshift/consensus/replica.hpp>
#include <foreshift/consensus/replica_damage.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <utility>

using namespace foreshift;
using namespace foreshift::consensus;
using std::chrono::milliseconds;

namespace {

constexpr ballot b3{3, site_id{2}}, b4{4, site_id{3}};

replica_config config_of(std::uint64_t self) {
  const site_id all[] = {{1}, {2}, {3}};
  return {.self = site_id{self},
          .members = uniform_epoch(all),
          .times = {milliseconds{20}, milliseconds{40}, milliseconds{100}}};
}
entry saying(std::uint64_t what) {
  return {{epoch_number{1}, {}}, {byte_string(40, static_cast<std::byte>(what))}};
}
input from(std::uint64_t site, const replica& r, message_body body) {
  return received{site_id{site}, r.envelope(std::move(body))};
}
constexpr proposal_id voted_on{site_id{2}, 9};
vote paper(verdict opinion) { return {site_id{1}, voted_on, 0, {}, {}, opinion, 0, ""}; }

/// The records of a site that has promised, accepted at slots 1 to 4 (4 twice), learned 1 to 3, and voted.
struct life {
  std::vector<stored_record> records;
  ballot promised;

  life() {
    replica a = replica::recover(config_of(1), {}).value();
    const auto keep = [&](const duties& d) {
      for (const auto& p : d.persist) records.push_back({p.at, canonical(p.what)});
    };
    keep(a.step(from(2, a, prepare{b3, slot{1}})));
    for (std::uint64_t i = 1; i <= 4; ++i)
      keep(a.step(from(2, a, accept{b3, slot{i}, slot{i - 1}, saying(i)})));
    keep(a.step(from(3, a, accept{b4, slot{4}, slot{3}, saying(44)})));
    keep(a.step(cast{paper(verdict::accept)}));
    promised = a.promised();
  }
  [[nodiscard]] lsn last() const { return records.back().at; }
  /// As a storage gives it back that has lost these records.
  [[nodiscard]] damaged_log without(const std::vector<std::size_t>& indices, bool beginnings = true) const {
    damaged_log kept;
    kept.last = last();
    for (std::size_t i = 0; i < records.size(); ++i) {
      if (std::count(indices.begin(), indices.end(), i) == 0) {
        kept.records.push_back(records[i]);
        continue;
      }
      const auto& bytes = records[i].bytes;
      const auto size =
          static_cast<std::ptrdiff_t>(beginnings ? std::min(bytes.size(), record_identity_bytes) : 0);
      kept.lost.push_back({records[i].at, {bytes.begin(), bytes.begin() + size}});
    }
    return kept;
  }
};
replica damaged(damaged_log kept) { return replica::recover_damaged(config_of(1), std::move(kept)).value(); }

/// Nothing that an acceptor, a voter, a candidate or a client says, and nothing to write.
bool only_learns(const duties& d) {
  return d.persist.empty() && !d.snapshot &&
         std::all_of(d.send.begin(), d.send.end(),
                     [](const send_duty& s) { return said_by_learners(s.what.body); });
}
/// Everything others may ask of it.
void ask_everything(replica& r) {
  for (const input& in : std::initializer_list<input>{
           tick{time_point{}}, tick{time_point{milliseconds{5000}}}, tick{time_point{milliseconds{9000}}},
           from(2, r, probe{1, {}}), from(2, r, prepare{{9, site_id{2}}, slot{1}}),
           from(2, r, accept{{9, site_id{2}}, slot{5}, {}, saying(5)}),
           from(2, r, heartbeat{{9, site_id{2}}, 1, {}}), cast{paper(verdict::reject)},
           submit{byte_string(3)}, durable{lsn{99}}})
    CHECK(only_learns(r.step(in)));
}

}  // namespace

TEST_CASE(
    "whatever record is lost, the replica never promises less than it had, and says nothing before it "
    "knows") {
  const life past;
  for (std::size_t i = 0; i < past.records.size(); ++i)
    for (std::size_t k = i; k < past.records.size(); ++k) {
      CAPTURE(i);
      CAPTURE(k);
      replica r = damaged(past.without({i, k}));
      REQUIRE_FALSE(r.abstains().for_good());
      CHECK(r.promised() == past.promised);
      // Others tell what is chosen through slot 4; a step later everything is said again.
      std::vector<entry> all;
      for (const std::uint64_t what : {1U, 2U, 3U, 44U}) all.push_back(saying(what));
      const auto learned = r.step(from(2, r, catch_up_reply{slot{1}, slot{4}, all}));
      CHECK_FALSE(r.abstains().holds());
      CHECK(r.incarnation() == 2);
      REQUIRE(learned.snapshot);
      CHECK(learned.snapshot->covers == past.last());
      for (std::uint64_t at = 1; at <= 4; ++at) CHECK(r.log()[slot{at}] == all[at - 1]);
      // From the snapshot and what follows it, it comes back as it is.
      std::vector<stored_record> kept;
      for (const auto& p : learned.persist) kept.push_back({p.at, canonical(p.what)});
      const auto again = replica::recover(config_of(1), learned.snapshot->bytes, kept);
      REQUIRE(again);
      CHECK(again->promised() == past.promised);
      CHECK(again->chosen_through() == slot{4});
      CHECK(again->incarnation() == 3);
    }
}

TEST_CASE(
    "while a lost value may still be needed the replica only learns; then it votes under its old promise") {
  const life past;
  const auto lost = static_cast<std::size_t>(std::find_if(past.records.rbegin(), past.records.rend(),
                                                          [](const stored_record& r) {
                                                            return std::holds_alternative<accept_record>(
                                                                *from_canonical<record>(r.bytes));
                                                          }) -
                                             past.records.rbegin());
  replica r = damaged(past.without({past.records.size() - 1 - lost}));  // slot 4 under ballot 4
  CHECK(r.abstains().holds());
  ask_everything(r);
  CHECK(r.promised() == past.promised);
  CHECK(r.abstains().holds());
  const auto learned = r.step(from(2, r, catch_up_reply{slot{4}, slot{4}, {saying(44)}}));
  CHECK(learned.snapshot);
  const auto refused = r.step(from(2, r, prepare{b3, slot{1}}));
  REQUIRE(refused.send.size() == 1);
  CHECK(std::get<nack>(refused.send[0].what.body).promised == b4);
  const auto promised = r.step(from(2, r, prepare{{9, site_id{2}}, slot{1}}));
  REQUIRE(promised.send.size() == 1);
  CHECK(std::get<promise>(promised.send[0].what.body).chosen_through == slot{4});
  CHECK(promised.send[0].after > learned.snapshot->covers);
}

TEST_CASE("a vote that is lost is never cast another way") {
  const life past;
  replica r = damaged(past.without({past.records.size() - 1}));
  static_cast<void>(r.step(tick{time_point{}}));
  CHECK_FALSE(r.abstains().holds());  // nothing else was lost
  const auto recast = r.step(cast{paper(verdict::reject)});
  CHECK(recast.send.empty());
  CHECK(recast.persist.empty());
}

TEST_CASE(
    "where anything is uncertain the replica abstains for good, and still learns and tells what is chosen") {
  const life past;
  auto short_by_one = past.without({});
  short_by_one.records.pop_back();
  auto no_snapshot = past.without({});
  no_snapshot.snapshot_lost = true;
  auto bad_snapshot = past.without({});
  bad_snapshot.snapshot = byte_string(9);
  for (auto kept : {past.without({2}, false), short_by_one, no_snapshot, bad_snapshot}) {
    replica r = damaged(kept);
    CHECK(r.abstains().for_good());
    CHECK(r.chosen_through() == slot{});  // no record counts
    ask_everything(r);
    const auto learned = r.step(from(2, r, catch_up_reply{slot{1}, slot{2}, {saying(1), saying(2)}}));
    CHECK(only_learns(learned));
    CHECK(learned.deliver.size() == 2);
    CHECK(only_learns(r.step(snapshotted{slot{2}, byte_string(3)})));
    const auto told = r.step(from(3, r, catch_up_request{slot{1}}));
    REQUIRE(told.send.size() == 1);
    CHECK(std::get<catch_up_reply>(told.send[0].what.body).entries.size() == 2);
    CHECK(r.abstains().for_good());
    CHECK(r.step(submit{byte_string(3)}).refused.size() == 1);
  }
}

TEST_CASE("a chosen entry whose accepted value is lost is not taken from an older acceptance") {
  // Slot 4 was accepted twice; that the later one was chosen is said without its value.
  life past;
  past.records.push_back({next(past.last()), canonical(record{chosen_record{slot{4}, std::nullopt}})});
  std::size_t second = 0;
  for (std::size_t i = 0; i < past.records.size(); ++i)
    if (const auto what = *from_canonical<record>(past.records[i].bytes);
        std::holds_alternative<accept_record>(what))
      second = i;
  replica r = damaged(past.without({second}));
  CHECK(r.abstains().holds());
  CHECK(r.chosen_through() == slot{3});
}
