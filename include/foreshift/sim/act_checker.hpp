#pragma once
/// @file
/// Holds what places did to what the log allowed: the promises about authority, where they matter.
///
/// The log grants tokens and starts, commits and aborts migrations; places act. An act is right only if the
/// site in whose name it was asked owned the subset under that very token, if no higher token had been seen
/// there, and if the log had said so before. It is fed with the effects of every site and with the acts of
/// every data centre, in the order in which they happen.

#include <foreshift/consensus/effect.hpp>
#include <foreshift/consensus/invariants.hpp>
#include <foreshift/core/flat_map.hpp>
#include <foreshift/core/id.hpp>
#include <foreshift/migration/command.hpp>
#include <foreshift/migration/event.hpp>
#include <foreshift/ports/orchestrator.hpp>
#include <foreshift/sim/data_centre.hpp>

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace foreshift::inline FORESHIFT_ABI::sim {

/// Keeps the first violation. @pre all places have one style; grants before the first slot are given by
/// `granted`
class act_checker {
 public:
  explicit act_checker(migration::cut_over_style style = migration::cut_over_style::two_step)
      : two_step_(style == migration::cut_over_style::two_step) {}

  /// A grant that is no effect of an entry: of the genesis.
  void granted(subset_id what, fence_token token, site_id owner) {
    grants_.insert_or_assign({what, token}, owner);
  }

  /// The effects of any site, as it applies them; the same ones from several sites and runs are welcome.
  void learn(const std::vector<consensus::effect>& effects) {
    for (const auto& e : effects) {
      if (const auto* changed = std::get_if<consensus::authority_changed>(&e))
        granted(changed->what, changed->now.token, changed->now.owner);
      const auto* advanced = std::get_if<consensus::migration_advanced>(&e);
      if (advanced == nullptr) continue;
      auto& known = migrations_[advanced->what];
      known.started |= advanced->intent.state == consensus::migration_state::started;
      known.committed |= advanced->intent.state == consensus::migration_state::committed;
      known.aborted |= advanced->intent.state == consensus::migration_state::aborted;
    }
  }

  void observe(const act& done) {
    if (broken_) return;
    using migration::event_kind;
    const auto& c = done.command;
    const auto what = done.what;
    if (what == event_kind::copied) return;  // the end of what `started` began: nobody asks for it

    fence_token& highest = seen_[{c.place(), c.subset}];
    if (c.token < highest) return fail("nothing lower acts", done);
    highest = std::max(highest, c.token);
    const site_id* owner = grants_.find({c.subset, c.token});
    if (owner == nullptr || *owner != done.by) return fail("only the owner of the token acts", done);

    auto& known = migrations_[c.migration];
    if (what == event_kind::started) {
      if (known.copies++ > 0) return fail("a migration starts at most once", done);
      if (!known.started) return fail("a start is in the log before it is carried out", done);
    }
    if (what == event_kind::serving) {
      if (two_step_ && !known.committed) return fail("a commit is in the log before the cut-over", done);
      if (known.aborted || known.undone)
        return fail("a migration never both commits and aborts, nor do its places", done);
      if (c.end == migration::endpoint::destination) known.served = true;
    }
    if (what == event_kind::aborted) {  // in one step the place goes first
      if (two_step_ && !known.aborted) return fail("an abort is in the log before it is carried out", done);
      if (known.committed || known.served)
        return fail("a migration never both commits and aborts, nor do its places", done);
      known.undone = true;
    }
    if (what == event_kind::released && !known.served)
      return fail("no release before the destination serves", done);
    if (what == event_kind::released && !known.committed)
      return fail("a commit is in the log before the release", done);
  }

  [[nodiscard]] const std::optional<consensus::violation>& broken() const { return broken_; }
  /// How many migrations began to copy, and how many serve at their destination.
  [[nodiscard]] std::size_t started() const { return count(&life::copies); }
  [[nodiscard]] std::size_t served() const { return count(&life::served); }

 private:
  struct life {
    bool started = false;  // in the log
    bool committed = false;
    bool aborted = false;
    std::size_t copies = 0;  // at places
    bool served = false;
    bool undone = false;
  };
  template <class Member>
  std::size_t count(Member which) const {
    return static_cast<std::size_t>(std::count_if(migrations_.begin(), migrations_.end(),
                                                  [&](const auto& m) { return m.second.*which; }));
  }
  void fail(std::string claim, const act& done) {
    const auto& c = done.command;
    broken_ = consensus::violation{
        std::move(claim),
        std::string{name_of(done.what)} + " of migration " + std::to_string(c.migration.value) +
            " at place " + std::to_string(c.place().value) + " by site " + std::to_string(done.by.value) +
            " under token " + std::to_string(c.token.at.value) + "." + std::to_string(c.token.index)};
  }

  bool two_step_;
  flat_map<std::pair<subset_id, fence_token>, site_id> grants_;
  flat_map<std::pair<place_id, subset_id>, fence_token> seen_;
  flat_map<migration_id, life> migrations_;
  std::optional<consensus::violation> broken_;
};

}  // namespace foreshift::inline FORESHIFT_ABI::sim
