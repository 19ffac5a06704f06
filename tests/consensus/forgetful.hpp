#pragma once
/// @file
/// The storage of a site that forgets to write something down: the record is there, and says nothing.

#include "mutant_list.hpp"

#include <foreshift/consensus/record.hpp>

namespace consensus_test {

/// A record as the storage of the seeded bug gives it back.
[[nodiscard]] inline foreshift::byte_string survived(const foreshift::byte_string& bytes) {
  using namespace foreshift::consensus;
  const bool ballots = seeded(mutant::ballot_forgotten), promises = seeded(mutant::promise_forgotten),
             acceptances = seeded(mutant::acceptance_forgotten);
  if (!ballots && !promises && !acceptances) return bytes;
  const auto what = from_canonical<record>(bytes);
  if ((ballots && std::holds_alternative<ballot_record>(*what)) ||
      (promises && std::holds_alternative<promise_record>(*what)) ||
      (acceptances && std::holds_alternative<accept_record>(*what)))
    return canonical(record{promise_record{}});
  return bytes;
}

}  // namespace consensus_test
