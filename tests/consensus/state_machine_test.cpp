#include "machine_mutants.hpp"
#include "proposals.hpp"
#include "random_log.hpp"
#include "short_logs.hpp"

#include <foreshift/consensus/state_machine.hpp>

#include <doctest/doctest.h>

using namespace consensus_test;

TEST_CASE(
    "two sites that apply one log are equal in everything; one that applied another log has another chain") {
  clerk a, b, c;
  const command one{{site_id{1}, 1}, noop{}}, two{{site_id{2}, 1}, noop{}};
  for (auto* site : {&a, &b}) site->run(one), site->run(two);
  c.run(two), c.run(one);
  CHECK(a.machine == b.machine);
  CHECK(a.effects == b.effects);
  CHECK(c.machine.chain() != a.machine.chain());
}

TEST_CASE("a copy is a snapshot: it goes on as the original does") {
  clerk a;
  a.run(1, prepare_transfer{subset_id{1}, site_id{1}, site_id{2}, {}, noon});
  clerk b = a;
  CHECK(a.run(1, quiesced{subset_id{1}, a.token(1)}) == b.run(1, quiesced{subset_id{1}, b.token(1)}));
  CHECK(a.machine == b.machine);
}

TEST_CASE("a command applies once; its retry gets the first answer, at the first place") {
  clerk c;
  const command asked{{site_id{1}, 500}, prepare_transfer{subset_id{1}, site_id{1}, site_id{2}, {}, noon}};
  CHECK(c.run(asked) == refusal::none);
  const auto before = c.machine.authorities();
  CHECK(c.run(asked) == refusal::none);  // applied again, it would be refused: wrong state
  CHECK(c.effects.size() == 1);
  CHECK(std::get<command_done>(c.effects[0]) == command_done{asked.id, {slot{1}, 0}, refusal::none, true});
  CHECK(c.machine.authorities() == before);
}

TEST_CASE("in every short log a command is applied once, and a workload has one migration at a time") {
  log_counts met;
  CHECK(short_logs<state_machine>{}.explore(5, met) == "");
  CHECK(met.logs > 10'000);
  for (const auto often : {met.retries, met.snapshots, met.moves, met.moves_refused, met.settled})
    CHECK(often > 50);
}

TEST_CASE("the check bites: retries applied again, forgotten over a snapshot, and two moves at a time") {
  for (const auto bug :
       {mutant::retry_applied_twice, mutant::duplicates_not_saved, mutant::two_moves_at_once}) {
    const seed_bug fault{bug};
    log_counts met;
    CHECK(short_logs<breakable_machine>{}.explore(5, met) != "");
  }
  log_counts met;
  CHECK(short_logs<breakable_machine>{}.explore(4, met) == "");
}

TEST_CASE("bytes that are no command change nothing and stop nobody") {
  clerk c;
  const auto told = c.machine.apply(
      slot{1}, {{}, {byte_string(3, std::byte{0xFF}), canonical(command{{site_id{1}, 1}, noop{}})}});
  REQUIRE(told.size() == 2);
  CHECK(told[0] == effect{unreadable_command{{slot{1}, 0}}});
  CHECK(std::get<command_done>(told[1]).at == log_position{slot{1}, 1});
}

TEST_CASE("a stranger's command is refused") { CHECK(clerk{}.run(9, noop{}) == refusal::not_a_member); }

TEST_CASE("a snapshot and the tail of the log give what the whole log gives, wherever the log is cut") {
  for (std::uint64_t seed = 1; seed <= 8; ++seed) {
    log_writer writer{seed};
    std::vector<entry> log;
    for (int i = 0; i < 60; ++i) log.push_back(writer.write());
    state_machine whole{small_world()};
    for (std::size_t cut = 0; cut <= log.size(); ++cut) {
      const byte_string saved = whole.save();
      state_machine resumed, going_on = whole;
      REQUIRE(resumed.restore(saved));
      REQUIRE(resumed == whole);
      REQUIRE(resumed.save() == saved);
      for (std::size_t i = cut; i < log.size(); ++i) {
        const slot at{i + 1};
        REQUIRE(resumed.apply(at, log[i]) == going_on.apply(at, log[i]));  // the answers too
      }
      REQUIRE(resumed == writer.machine());
      REQUIRE(resumed.save() == writer.machine().save());
      if (cut < log.size()) whole.apply(slot{cut + 1}, log[cut]);
    }
  }
}

TEST_CASE("the random logs reach every table: they would not show otherwise that it is saved") {
  std::size_t open = 0, decided = 0, moved = 0, credited = 0, in_transfer = 0;
  for (std::uint64_t seed = 1; seed <= 8; ++seed) {
    log_writer writer{seed};
    for (int i = 0; i < 60; ++i) {
      writer.write();
      const auto& m = writer.machine();
      open += m.authorities().intents().size();
      for (std::uint64_t n = 1; n <= 30; ++n) decided += m.is_decided({site_id{1}, n}) ? 1 : 0;
      moved += m.ledger_version(host_id{7});
      credited += m.credits().earned.size();
      for (const auto& [id, held] : m.authorities().authorities())
        in_transfer += held.state != authority_state::active ? 1 : 0;
    }
  }
  for (const auto n : {open, decided, moved, credited, in_transfer}) CHECK(n > 0);
}

TEST_CASE("the machine without members can be saved too") {
  state_machine other{small_world()};
  REQUIRE(other.restore(state_machine{}.save()));
  CHECK(other == state_machine{});
}

namespace {
byte_string saved_after(std::uint64_t seed, int entries) {
  log_writer writer{seed};
  for (int i = 0; i < entries; ++i) writer.write();
  return writer.machine().save();
}
byte_string sealed_again(byte_string bytes) {
  bytes.resize(bytes.size() - 4);
  byte_writer out;
  out.raw(bytes);
  out.put(crc32c(bytes));
  return out.take();
}
}  // namespace

TEST_CASE("a saved machine with one byte flipped, cut or added is refused, and changes nothing") {
  const byte_string good = saved_after(3, 40);
  state_machine machine{small_world()};
  for (std::size_t i = 0; i < good.size(); ++i) {
    byte_string bad = good;
    bad[i] ^= std::byte{0x10};
    if (machine.restore(bad)) FAIL_CHECK("byte " << i);
    if (machine.restore(byte_span{good}.first(i))) FAIL_CHECK("cut to " << i);
  }
  byte_string longer = good;
  longer.push_back({});
  CHECK_FALSE(machine.restore(longer));
  CHECK(machine == state_machine{small_world()});
}

TEST_CASE(
    "behind a right checksum a flipped byte is refused, or means what it says and the machine goes on") {
  const byte_string good = saved_after(5, 40);
  log_writer writer{6};
  std::vector<entry> more;
  for (int i = 0; i < 5; ++i) more.push_back(writer.write());
  std::size_t refused = 0, taken = 0;
  for (std::size_t i = 1; i < good.size() - 4; ++i)
    for (const auto flip : {std::byte{0x01}, std::byte{0x80}, std::byte{0xFF}}) {
      byte_string bad = good;
      bad[i] ^= flip;
      bad = sealed_again(std::move(bad));
      state_machine machine;
      if (!machine.restore(bad)) {
        ++refused;
        continue;
      }
      ++taken;
      REQUIRE(machine.save() == bad);  // one value, one encoding
      for (const auto& value : more) machine.apply(next(machine.applied()), value);
    }
  CHECK(refused > 0);
  CHECK(taken > 0);
}

namespace {
/// A seeded bug: a snapshot from which the dedup table is missing.
struct forgets_duplicates : state_machine {
  using state_machine::state_machine;
  result<void, decode_error> restore(byte_span saved) {
    auto done = state_machine::restore(saved);
    fields(*this, [](auto&... parts) { (drop(parts), ...); });
    return done;
  }

 private:
  static void drop(auto&) {}
  static void drop(duplicate_table& table) { table = duplicate_table{}; }
};

/// Applies a transfer, restores a `Machine` from the snapshot, and retries. The answer to the retry.
template <class Machine>
command_done retried_over_a_snapshot() {
  const command asked{{site_id{1}, 7}, prepare_transfer{subset_id{1}, site_id{1}, site_id{2}, {}, noon}};
  clerk first;
  CHECK(first.run(asked) == refusal::none);
  Machine later{small_world()};
  CHECK(later.restore(first.machine.save()));
  const auto told = later.apply(slot{2}, {{epoch_number{1}, noon}, {canonical(asked)}});
  return std::get<command_done>(told.back());
}
}  // namespace

TEST_CASE("a retry over a snapshot gets the first answer; without the dedup table it would be run again") {
  const command_done first{{site_id{1}, 7}, {slot{1}, 0}, refusal::none, true};
  CHECK(retried_over_a_snapshot<state_machine>() == first);
  const auto twice = retried_over_a_snapshot<forgets_duplicates>();
  CHECK_FALSE(twice.duplicate);
  CHECK(twice.reason == refusal::wrong_state);  // the client was told that it had been done
}

TEST_CASE("what was evicted from the dedup table is refused after a snapshot too, not run again") {
  clerk c;
  const command first{{site_id{1}, 1}, prepare_transfer{subset_id{1}, site_id{1}, site_id{2}, {}, noon}};
  CHECK(c.run(first) == refusal::none);
  for (std::uint64_t i = 2; i <= 4096; ++i) c.run(command{{site_id{1}, i}, noop{}});
  clerk later;
  REQUIRE(later.machine.restore(c.machine.save()));
  const auto before = later.machine.authorities();
  for (auto* one : {&c, &later}) {
    CHECK(one->run(first) == refusal::forgotten);
    CHECK(one->effects.size() == 1);
    CHECK(one->run(command{{site_id{1}, 4096}, noop{}}) == refusal::none);
    CHECK(std::get<command_done>(one->effects.back()).duplicate);
  }
  CHECK(later.machine.authorities() == before);
  CHECK(later.machine == c.machine);
}
