#pragma once
/// @file
/// A replica whose lease can be broken at run time, from outside of it: what it hears and says is changed on
/// the way, so that the shipped rules have no switch. With no bug seeded it is the replica it is made from.

#include "mutant_list.hpp"

#include <foreshift/consensus/ready.hpp>
#include <foreshift/consensus/replica.hpp>

#include <span>
#include <utility>
#include <variant>
#include <vector>

namespace consensus_test {

using namespace foreshift;
using namespace foreshift::consensus;

template <class Base>
class breakable_lease : public Base {
 public:
  breakable_lease() = default;
  static result<breakable_lease, recovery_error> recover(replica_config config, byte_span snapshot,
                                                         std::span<const stored_record> records) {
    if (!records.empty() && seeded(mutant::lease_forgotten)) config.lease.length = {};
    return started(Base::recover(std::move(config), snapshot, records));
  }
  static result<breakable_lease, recovery_error> recover_damaged(replica_config config, damaged_log kept) {
    return started(Base::recover_damaged(std::move(config), std::move(kept)));
  }

  [[nodiscard]] duties step(const input& in) {
    duties due;
    step(in, due);
    return due;
  }
  void step(const input& in, duties& due) {
    if (const auto* time = std::get_if<tick>(&in)) now_ = time->now;
    const auto* heard = std::get_if<received>(&in);
    if (heard != nullptr && seeded(mutant::lease_not_kept)) return step_without_grant(*heard, due);
    if (heard != nullptr && seeded(mutant::lease_from_the_answer)) {
      received changed = *heard;
      if (auto* answer = std::get_if<heartbeat_answer>(&changed.what.body))
        answer->sent = time_point::max();  // what lies ahead counts as the present
      return Base::step(changed, due);
    }
    Base::step(in, due);
    if (std::holds_alternative<ask_read>(in) && seeded(mutant::lease_by_an_old_tick)) {
      const auto more = Base::step(tick{now_});
      const auto append = [](auto& to, const auto& from) { to.insert(to.end(), from.begin(), from.end()); };
      append(due.persist, more.persist);
      append(due.send, more.send);
      append(due.deliver, more.deliver);
      append(due.reads, more.reads);
    }
  }

 private:
  static result<breakable_lease, recovery_error> started(result<Base, recovery_error> made) {
    if (!made) return failure{made.error()};
    breakable_lease whole;
    static_cast<Base&>(whole) = std::move(*made);
    return whole;
  }
  /// Says that it grants, and keeps nothing.
  void step_without_grant(received heard, duties& due) {
    auto* beat = std::get_if<heartbeat>(&heard.what.body);
    const duration asked = beat != nullptr ? std::exchange(beat->lease, duration{}) : duration{};
    Base::step(heard, due);
    for (auto& letter : due.send)
      if (auto* answer = std::get_if<heartbeat_answer>(&letter.what.body)) answer->granted = asked;
  }

  time_point now_{};
};

}  // namespace consensus_test
