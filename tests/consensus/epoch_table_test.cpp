#include <foreshift/consensus/epoch_table.hpp>

#include <doctest/doctest.h>

using namespace foreshift;
using namespace foreshift::consensus;

namespace {

epoch numbered(std::uint64_t number, std::uint32_t alpha) {
  const site_id sites[] = {{1}, {2}, {3}};
  epoch_spec spec;
  spec.number = {number};
  spec.alpha = alpha;
  return uniform_epoch(sites, spec);
}

/// Epoch 1 with alpha 4; epoch 2 with alpha 2, decided at slot 10.
epoch_table two_epochs() {
  epoch_table table{numbered(1, 4)};
  table.decide({slot{14}, numbered(2, 2)});
  return table;
}

}  // namespace

TEST_CASE("exactly one epoch governs a slot, from its activation to the next one's") {
  const auto table = two_epochs();
  for (std::uint64_t at = 1; at <= 30; ++at)
    CHECK(table.of(slot{at}).number() == epoch_number{at < 14 ? 1U : 2U});
  CHECK(table.first_slot_of(slot{13}) == slot{});
  CHECK(table.first_slot_of(slot{14}) == slot{14});
}

TEST_CASE("what a site has applied tells it who governs the next alpha slots, and not one more") {
  epoch_table before{numbered(1, 4)};
  CHECK(before.knows(slot{13}, slot{9}));
  // Slot 14 may be, and in this log is, the first of another epoch, decided at slot 10.
  CHECK_FALSE(before.knows(slot{14}, slot{9}));
  const auto table = two_epochs();
  CHECK(table.knows(slot{13}, slot{10}));
  CHECK_FALSE(table.knows(slot{14}, slot{10}));  // its window is 2 slots, not 4
  CHECK(table.knows(slot{14}, slot{12}));
  // Every slot is known in the end, and what is known once stays known.
  for (std::uint64_t at = 1; at <= 30; ++at) {
    bool known = false;
    for (std::uint64_t applied = 10; applied <= 30; ++applied) {
      CHECK_FALSE((known && !table.knows(slot{at}, slot{applied})));
      known = table.knows(slot{at}, slot{applied});
    }
    CHECK(known);
  }
}

TEST_CASE("an epoch is pending until its first slot, and the one before it is remembered after that") {
  const auto table = two_epochs();
  REQUIRE(table.pending(slot{13}) != nullptr);
  CHECK(table.pending(slot{13})->members.number() == epoch_number{2});
  CHECK(table.pending(slot{14}) == nullptr);
}

TEST_CASE("the table of the past does not know what was decided since") {
  const auto table = two_epochs();  // decided at slot 10
  CHECK(table.as_of(slot{9}) == epoch_table{numbered(1, 4)});
  CHECK(table.as_of(slot{10}) == table);
}

TEST_CASE("the table is bounded: the last epoch that has ended, the one in force and the pending one") {
  epoch_table table{numbered(1, 1)};
  for (std::uint64_t number = 2; number < 50; ++number)
    table.decide({slot{10 * number}, numbered(number, 1)});
  CHECK(table.rows().size() == 3);
  CHECK(table.find({49}) != nullptr);
  CHECK(table.find({46}) == nullptr);
  CHECK(table.find({50}) == nullptr);
}

TEST_CASE("a table that was kept is the same table again; rows that make no sense are refused") {
  const auto table = two_epochs();
  CHECK(from_canonical<epoch_table>(canonical(table)) == table);
  CHECK(from_canonical<epoch_table>(canonical(epoch_table{})) == epoch_table{});
  const std::vector<decided_epoch> rows(table.rows().begin(), table.rows().end());
  using kept = std::vector<decided_epoch>;
  const auto taken = [](const kept& some) {
    return from_canonical<epoch_table>(canonical(some)).has_value();
  };
  CHECK(taken(rows));
  CHECK_FALSE(taken({}));
  CHECK_FALSE(taken({rows[1], rows[0]}));
  CHECK_FALSE(taken({rows[0], {slot{14}, numbered(3, 2)}}));
  CHECK_FALSE(taken({rows[0], {slot{}, numbered(2, 2)}}));
}
