#include "proposals.hpp"

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

TEST_CASE("bytes that are no command change nothing and stop nobody") {
  clerk c;
  const auto told = c.machine.apply(
      slot{1}, {{}, {byte_string(3, std::byte{0xFF}), canonical(command{{site_id{1}, 1}, noop{}})}});
  REQUIRE(told.size() == 2);
  CHECK(told[0] == effect{unreadable_command{{slot{1}, 0}}});
  CHECK(std::get<command_done>(told[1]).at == log_position{slot{1}, 1});
}

TEST_CASE("a stranger's command is refused") { CHECK(clerk{}.run(9, noop{}) == refusal::not_a_member); }
