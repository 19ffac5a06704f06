#pragma once
/// @file
/// The score that every site keeps alike: claims and outcomes from the log become credits.
///
/// Fed with the notes of the log in log order, it is the same on every site, and so are the credits that
/// follow from it: they are computed where the log is applied, and nobody submits any.

#include <foreshift/consensus/command.hpp>
#include <foreshift/consensus/merit.hpp>
#include <foreshift/core/flat_map.hpp>
#include <foreshift/driver/score_note.hpp>
#include <foreshift/feedback/credit.hpp>
#include <foreshift/feedback/ledger.hpp>
#include <foreshift/feedback/weighting.hpp>

#include <algorithm>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

namespace foreshift::inline FORESHIFT_ABI::driver {

struct scorekeeper_options {
  feedback::ledger_options ledger;
  feedback::credit_options credit;
  feedback::weighting_options weighting;
  std::uint32_t update_every = 12;  ///< settled claims between two steps of the credits, at least 1
};

/// A regular value. No floating point.
class scorekeeper {
 public:
  explicit scorekeeper(const scorekeeper_options& options = {})
      : options_(options), ledger_(options.ledger), book_(options.credit) {}

  /// A note of the log. Notes that the ledger refuses change nothing, on every site alike.
  void apply(site_id author, const score_note& note, time_point log_time) {
    if (const auto* made = std::get_if<claim_note>(&note)) {
      if (made->what.id.site != author || !ledger_.open(made->what, log_time)) return;
      claims_[made->proposal].push_back(made->what.id);
      return;
    }
    const auto& outcome = std::get<outcome_note>(note);
    auto* open = claims_.find(outcome.proposal);
    if (open == nullptr) return;
    std::erase_if(*open, [&](const feedback::claim_id& id) {
      const auto settled = ledger_.settle(id, outcome.happened, author, log_time);
      if (!settled) return settled.error() == feedback::claim_error::unknown_claim;
      book_.learn(*settled);
      ++settled_;
      return true;
    });
    if (open->empty()) claims_.erase(outcome.proposal);
    if (ledger_.expire(log_time) > 0) drop_closed();
  }

  /// True when enough has been settled for another step of the credits.
  [[nodiscard]] bool due() const { return settled_ >= last_update_ + options_.update_every; }
  /// The credits that change, one step from those in force; the next step is due after as many claims again.
  /// @param away members whose credits stay, ascending
  [[nodiscard]] std::vector<consensus::credit_entry> step(std::span<const consensus::elector> members,
                                                          const consensus::credit_table& in_force,
                                                          std::span<const site_id> away) {
    last_update_ = settled_;
    std::vector<consensus::credit_entry> changed;
    std::vector<class_id> classes;
    for (const auto& [key, record] : book_.records()) classes.push_back(key.workload_class);
    std::ranges::sort(classes);
    classes.erase(std::unique(classes.begin(), classes.end()), classes.end());
    for (const class_id c : classes) {
      std::vector<feedback::site_skill> skills;
      std::vector<feedback::site_weight> last;
      for (const auto& m : members) {
        skills.push_back({m.site, book_.skill(m.site, c)});
        last.push_back({m.site, in_force.of(m.site, c)});
      }
      const auto next = feedback::next_weights(last, skills, options_.weighting, away);
      if (!next) continue;
      for (std::size_t i = 0; i < last.size(); ++i)
        if ((*next)[i].weight != last[i].weight && !std::ranges::binary_search(away, last[i].site))
          changed.push_back({last[i].site, c, (*next)[i].weight});
    }
    return changed;
  }
  /// Forgets sites that have left.
  template <class Predicate>
  void keep(Predicate is_member) {
    ledger_.keep(is_member);
    book_.keep(is_member);
    drop_closed();
  }

  /// What it has learned; the options are not a part of it.
  static constexpr void fields(auto& self, auto&& f) {
    f(self.ledger_, self.book_, self.claims_, self.settled_, self.last_update_);
  }
  /// True when what was read fits together: every open claim is about one proposal.
  [[nodiscard]] bool restored() const {
    std::vector<feedback::claim_id> about;
    for (const auto& [proposal, ids] : claims_) about.insert(about.end(), ids.begin(), ids.end());
    std::ranges::sort(about);
    const auto same = [](const auto& id, const auto& open) { return id == open.first; };
    return std::ranges::equal(about, ledger_.open_claims(), same) && last_update_ <= settled_ &&
           std::ranges::none_of(claims_, [](const auto& held) { return held.second.empty(); });
  }
  friend bool operator==(const scorekeeper& a, const scorekeeper& b) {
    return a.ledger_ == b.ledger_ && a.book_ == b.book_ && a.claims_ == b.claims_ &&
           a.settled_ == b.settled_ && a.last_update_ == b.last_update_;
  }

  [[nodiscard]] const feedback::credit_book& book() const { return book_; }
  [[nodiscard]] const feedback::ledger& ledger() const { return ledger_; }
  [[nodiscard]] std::uint64_t settled() const { return settled_; }

 private:
  void drop_closed() {
    claims_.erase_if([&](const proposal_id&, std::vector<feedback::claim_id>& ids) {
      std::erase_if(ids, [&](const feedback::claim_id& id) { return !ledger_.open_claims().contains(id); });
      return ids.empty();
    });
  }

  scorekeeper_options options_;
  feedback::ledger ledger_;
  feedback::credit_book book_;
  flat_map<proposal_id, std::vector<feedback::claim_id>> claims_;  ///< open ones, by what they are about
  std::uint64_t settled_ = 0;
  std::uint64_t last_update_ = 0;
};

}  // namespace foreshift::inline FORESHIFT_ABI::driver
