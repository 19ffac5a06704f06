#pragma once
/// @file
/// A disk and a replica that can be broken at run time, so that one program shows every checker that it
/// bites. With no bug seeded they are the shipped ones. The bugs of the replica are those of all checkers
/// (consensus/mutant_list.hpp); what is wrong with its storage or its driver is wrong here.

#include <foreshift/consensus/record.hpp>
#include <foreshift/sim/storage.hpp>

#include <consensus/lease_mutants.hpp>
#include <consensus/mutants.hpp>

#include <cstdint>
#include <span>
#include <system_error>
#include <utility>
#include <variant>
#include <vector>

namespace foreshift::test {

enum class bug : std::uint8_t {
  none,
  disk_forgets,    ///< acknowledges every sync and keeps nothing for sure
  damage_is_torn,  ///< takes a damaged record for the end of a crash, and cuts it off
  vote_forgotten,  ///< does not write its votes down: asked again after a restart it judges anew
  leaves_early,    ///< goes when it is a member no more, whoever holds what it knows
};
inline bug seeded_bug = bug::none;

struct breakable_storage : sim::storage {
  using sim::storage::storage;
  std::error_code sync() {
    return seeded_bug == bug::disk_forgets ? std::error_code{} : sim::storage::sync();
  }
  result<ports::recovered_log, ports::storage_fault> recover() {
    auto log = sim::storage::recover();
    if (log || seeded_bug != bug::damage_is_torn) return log;
    (void)truncate(lsn{log.error().at.value - 1});
    return sim::storage::recover();
  }
};

class breakable_replica : public consensus_test::breakable_lease<consensus_test::breakable_replica> {
  using base = consensus_test::breakable_lease<consensus_test::breakable_replica>;
  using mutant = consensus_test::mutant;

 public:
  breakable_replica() = default;
  static result<breakable_replica, consensus::recovery_error> recover(
      consensus::replica_config config, byte_span snapshot,
      std::span<const consensus::stored_record> records) {
    std::vector<consensus::stored_record> kept{records.begin(), records.end()};
    for (auto& one : kept) forget(one);
    auto r = base::recover(std::move(config), snapshot, kept);
    if (!r) return failure{r.error()};
    return breakable_replica{std::move(*r)};
  }
  static result<breakable_replica, consensus::recovery_error> recover_damaged(
      consensus::replica_config config, consensus::damaged_log kept) {
    auto r = base::recover_damaged(std::move(config), std::move(kept));
    if (!r) return failure{r.error()};
    return breakable_replica{std::move(*r)};
  }
  [[nodiscard]] bool may_leave() const {
    return seeded_bug == bug::leaves_early ? !members().has(self()) : base::may_leave();
  }
  void step(const consensus::input& in, consensus::duties& due) {
    base::step(in, due);
    if (consensus_test::seeded(mutant::reply_before_sync))
      for (auto& m : due.send) m.after = {};
    if (consensus_test::seeded(mutant::own_accept_before_sync) && !due.persist.empty()) {
      auto more = base::step(consensus::durable{due.persist.back().at});
      const auto append = [](auto& to, auto& from) {
        to.insert(to.end(), std::make_move_iterator(from.begin()), std::make_move_iterator(from.end()));
      };
      append(due.persist, more.persist);
      append(due.send, more.send);
      append(due.deliver, more.deliver);
    }
  }

 private:
  explicit breakable_replica(base whole) : base(std::move(whole)) {}
  /// What a site did not write down, as if it had: a record in its place that says nothing.
  static void forget(consensus::stored_record& one) {
    using namespace consensus;
    const auto kept = from_canonical<record>(one.bytes);
    if (!kept) return;
    const auto* held = std::get_if<accept_record>(&*kept);
    if (seeded_bug == bug::vote_forgotten && std::holds_alternative<vote_record>(*kept))
      one.bytes = canonical(record{promise_record{}});
    if (consensus_test::seeded(mutant::ballot_forgotten) && std::holds_alternative<ballot_record>(*kept))
      one.bytes = canonical(record{ballot_record{}});
    else if (consensus_test::seeded(mutant::promise_forgotten) &&
             std::holds_alternative<promise_record>(*kept))
      one.bytes = canonical(record{promise_record{}});
    else if (consensus_test::seeded(mutant::acceptance_forgotten) && held != nullptr)
      one.bytes = canonical(record{promise_record{held->what.number}});
  }
};

}  // namespace foreshift::test
