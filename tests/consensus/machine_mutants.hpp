#pragma once
/// @file
/// A state machine that can be broken at run time; with nothing seeded the shipped rules run.

#include "mutant_list.hpp"

#include <foreshift/consensus/state_machine.hpp>

#include <optional>

namespace consensus_test {

using namespace foreshift;
using namespace foreshift::consensus;

class breakable_duplicates : public duplicate_table {
 public:
  using duplicate_table::duplicate_table;

  [[nodiscard]] std::optional<answer> find(command_id id) const {
    const auto known = duplicate_table::find(id);
    const bool given = known && known->reason != refusal::forgotten;
    return given && seeded(mutant::retry_applied_twice) ? std::nullopt : known;
  }
  [[nodiscard]] bool restored() {
    if (seeded(mutant::duplicates_not_saved)) *this = {};
    return duplicate_table::restored();
  }
  friend bool operator==(const breakable_duplicates&, const breakable_duplicates&) = default;
};

struct breakable_ruling {
  [[nodiscard]] static refusal on(const decide& asked, const ruling_state& now) {
    const refusal said = rule_on(asked, now);
    return said == refusal::workload_moving && seeded(mutant::two_moves_at_once) ? refusal::none : said;
  }
};

using breakable_machine = basic_state_machine<breakable_duplicates, breakable_ruling>;

}  // namespace consensus_test
