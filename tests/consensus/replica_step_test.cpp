#include <foreshift/consensus/replica.hpp>
#include <foreshift/consensus/replica_step.hpp>

#include "support/allocation_count.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

using namespace foreshift;
using namespace foreshift::consensus;
using std::chrono::milliseconds;

namespace {

replica_config config_of(std::uint64_t self, std::uint64_t sites = 3) {
  std::vector<site_id> all;
  for (std::uint64_t i = 1; i <= sites; ++i) all.push_back({i});
  return {
      site_id{self}, uniform_epoch(all), {milliseconds{20}, milliseconds{40}, milliseconds{100}}, 1, 8, 4};
}
replica fresh(std::uint64_t self, std::uint64_t sites = 3) {
  return replica::recover(config_of(self, sites), {}).value();
}

/// A disk that has kept everything a replica asked for.
struct disk {
  std::vector<stored_record> records;
  duties keep(duties d) {
    for (const auto& p : d.persist) records.push_back({p.at, canonical(p.what)});
    return d;
  }
};
message from_epoch(const replica& r, message_body body) { return r.envelope(std::move(body)); }
entry saying(unsigned char what) { return {{epoch_number{1}, {}}, {byte_string(1, std::byte{what})}}; }

}  // namespace

TEST_CASE("a replica is a regular value: a copy answers as the original does") {
  replica a = fresh(1);
  replica b = a;
  const input in = received{site_id{2}, from_epoch(a, prepare{{1, site_id{2}}, slot{1}})};
  CHECK(a.step(in) == b.step(in));
  CHECK(a == b);
  CHECK(replica{}.step(tick{time_point{milliseconds{500}}}).send.empty());
}

TEST_CASE("a promise and an acceptance are sent after their record, and survive a restart") {
  disk kept;
  replica a = fresh(1);
  const ballot b{3, site_id{2}};
  const auto promised = kept.keep(a.step(received{site_id{2}, from_epoch(a, prepare{b, slot{1}})}));
  REQUIRE(promised.send.size() == 1);
  CHECK(promised.send[0].after == a.last_lsn());
  const auto taken =
      kept.keep(a.step(received{site_id{2}, from_epoch(a, accept{b, slot{1}, {}, saying(1)})}));
  REQUIRE(taken.send.size() == 1);
  CHECK(std::holds_alternative<accepted>(taken.send[0].what.body));
  CHECK(taken.send[0].after == a.last_lsn());

  replica again = replica::recover(config_of(1), kept.records).value();
  CHECK(again.promised() == b);
  const auto report = again.step(received{site_id{3}, from_epoch(a, prepare{{4, site_id{3}}, slot{1}})});
  REQUIRE(report.send.size() == 1);
  CHECK(std::get<promise>(report.send[0].what.body).accepted ==
        std::vector{accepted_value{slot{1}, b, saying(1)}});
}

TEST_CASE(
    "whatever prefix of its records survives, a replica recovers and delivers the chosen prefix again") {
  disk kept;
  replica a = fresh(1);
  const ballot b{1, site_id{2}};
  for (unsigned char i = 1; i <= 4; ++i)
    kept.keep(a.step(received{site_id{2}, from_epoch(a, accept{b, slot{i}, slot{i - 1U}, saying(i)})}));
  kept.keep(a.step(received{site_id{2}, from_epoch(a, catch_up_reply{slot{6}, slot{6}, {saying(6)}})}));
  CHECK(a.chosen_through() == slot{3});
  for (std::size_t size = 0; size <= kept.records.size(); ++size) {
    auto part = replica::recover(config_of(1), std::span{kept.records}.first(size));
    REQUIRE(part);
    const auto first = part->step(tick{});
    CHECK(first.deliver.size() == part->chosen_through().value);
    for (const auto& d : first.deliver) CHECK(d.value == a.log()[d.at]);
    CHECK(part->promised() <= a.promised());
  }
}

TEST_CASE("each run has an incarnation of its own, durable before anything depends on it") {
  disk kept;
  for (std::uint32_t run = 1; run <= 3; ++run) {
    replica a = replica::recover(config_of(1), kept.records).value();
    CHECK(a.incarnation() == run);
    kept.keep(a.step(tick{}));
  }
}

TEST_CASE("records that have a gap, cannot be read or belong to somebody else are refused for their reason") {
  disk kept;
  replica a = fresh(1);
  kept.keep(a.step(received{site_id{2}, from_epoch(a, prepare{{1, site_id{2}}, slot{1}})}));
  const auto error_of = [](replica_config config, std::vector<stored_record> records) {
    const auto recovered = replica::recover(std::move(config), records);
    return recovered ? std::optional<recovery_error>{} : recovered.error();
  };
  CHECK_FALSE(error_of(config_of(1), kept.records));
  CHECK(error_of(config_of(2), kept.records) == recovery_error::other_replica);
  CHECK(error_of(config_of(1, 5), kept.records) == recovery_error::other_replica);
  CHECK(error_of(config_of(1), {kept.records[1]}) == recovery_error::lsn_gap);
  auto torn = kept.records;
  torn[1].bytes.pop_back();
  CHECK(error_of(config_of(1), torn) == recovery_error::malformed_record);
}

TEST_CASE("a failed sync halts the replica for good: it says and promises nothing any more") {
  replica a = fresh(1);
  CHECK(a.step(io_failed{}).send.empty());
  CHECK(a.halted());
  CHECK(a.step(received{site_id{2}, from_epoch(a, prepare{{1, site_id{2}}, slot{1}})}).empty());
  CHECK(a.step(tick{time_point{milliseconds{900}}}).empty());
  CHECK(a.step(submit{byte_string(1)}).refused.size() == 1);
}

TEST_CASE("a message of another epoch is answered with the own one, an answer is not answered") {
  replica a = fresh(1);
  message other = from_epoch(a, prepare{{9, site_id{2}}, slot{1}});
  other.epoch_digest.value[0] ^= 1;
  const auto told = a.step(received{site_id{2}, other});
  REQUIRE(told.send.size() == 1);
  CHECK(told.send[0].what == from_epoch(a, epoch_notice{}));
  CHECK(a.promised() == ballot{});
  other.body = epoch_notice{};
  CHECK(a.step(received{site_id{2}, other}).send.empty());
}

TEST_CASE("what strangers say is not heard") {
  replica a = fresh(1);
  CHECK(a.step(received{site_id{9}, from_epoch(a, prepare{{9, site_id{9}}, slot{1}})}).send.empty());
  CHECK(a.promised() == ballot{});
}

TEST_CASE("a vote is sent after its record, to the sponsor, and stays the same over a restart") {
  disk kept;
  replica a = fresh(1);
  const vote paper{site_id{1}, {site_id{2}, 7}, 0, {}, {}, verdict::accept, 0, "room enough"};
  const auto first = kept.keep(a.step(cast{paper}));
  REQUIRE(first.send.size() == 1);
  CHECK(first.send[0] == send_duty{site_id{2}, from_epoch(a, paper), a.last_lsn()});
  replica again = replica::recover(config_of(1), kept.records).value();
  vote other = paper;
  other.opinion = verdict::reject;
  const auto second = again.step(cast{other});
  REQUIRE(second.send.size() == 1);
  CHECK(second.send[0].what == from_epoch(a, paper));
}

TEST_CASE("commands that are empty, too large or too many are refused at once") {
  replica a = fresh(1);
  CHECK(a.step(submit{{}}).refused.size() == 1);
  CHECK(a.step(submit{byte_string(blob_size_max)}).refused.size() == 1);
  for (unsigned char i = 1; i <= 4; ++i) CHECK(a.step(submit{byte_string(1, std::byte{i})}).refused.empty());
  CHECK(a.step(submit{byte_string(1, std::byte{9})}).refused.size() == 1);
}

TEST_CASE("in steady state a step asks for memory only where it opens an entry, for one block") {
  struct site {
    replica self;
    duties due;
    std::vector<received> mail;
    std::size_t asked_for = 0, opened = 0;
  };
  std::array<site, 3> sites;
  for (std::size_t i = 0; i < sites.size(); ++i) sites[i].self = fresh(i + 1);
  const auto feed = [&](std::size_t i, const input& in) {
    auto& here = sites[i];
    const auto before = allocation_count();
    here.self.step(in, here.due);
    here.asked_for += allocation_count() - before;
    const auto written = here.due.persist.empty() ? lsn{} : here.due.persist.back().at;
    const auto delivered = here.due.deliver.empty() ? slot{} : here.due.deliver.back().at;
    for (auto& letter : here.due.send) {
      const auto* asked = std::get_if<accept>(&letter.what.body);
      if (asked != nullptr && letter.to == site_id{i == 0 ? 2U : 1U}) ++here.opened;
      sites[letter.to.value - 1].mail.push_back({here.self.self(), std::move(letter.what)});
    }
    return std::pair{written, delivered};
  };
  const auto settle = [&](std::size_t i, const input& in) {
    for (auto due = feed(i, in); due != std::pair<lsn, slot>{};) {
      const auto [written, delivered] = std::exchange(due, {});
      if (written != lsn{}) due = feed(i, durable{written});
      if (delivered == slot{}) continue;
      const auto more = feed(i, applied{delivered, {}});
      due = {std::max(due.first, more.first), std::max(due.second, more.second)};
    }
  };
  const auto read_mail = [&] {
    for (bool busy = true; std::exchange(busy, false);)
      for (std::size_t i = 0; i < sites.size(); ++i)
        for (auto& letter : std::exchange(sites[i].mail, {})) settle(i, std::move(letter)), busy = true;
  };
  time_point now{};
  const auto leads = [](const site& s) { return s.self.leads(); };
  while (std::none_of(sites.begin(), sites.end(), leads)) {
    now += milliseconds{5};
    for (std::size_t i = 0; i < sites.size(); ++i) settle(i, tick{now});
    read_mail();
  }
  const auto leader =
      static_cast<std::size_t>(std::find_if(sites.begin(), sites.end(), leads) - sites.begin());
  std::uint64_t said = 0;
  const auto commit = [&](int count) {
    for (; count > 0; --count) {
      byte_writer text;
      text.put(++said);
      settle(leader, submit{text.view()});
      read_mail();
    }
  };
  commit(300);
  for (std::size_t i = 0; i < sites.size(); ++i)  // so that the logs have room
    settle(i, snapshotted{sites[i].self.applied_through(), {}});
  read_mail();
  commit(10);
  for (auto& s : sites) s.asked_for = s.opened = 0;
  commit(200);
  for (std::size_t i = 0; i < sites.size(); ++i) CHECK(sites[i].asked_for == sites[i].opened);
  CHECK(sites[leader].opened == 200);
}
