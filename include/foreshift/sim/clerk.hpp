#pragma once
/// @file
/// The part of a site that sponsors proposals, votes on others', and turns votes into verdicts.
///
/// Its judgement is drawn from the ids, so that a site asked again judges alike. Every site opens a poll for
/// every proposal it hears of; the sponsor and whoever leads hand in the verdict, so that one of them may
/// die. It keeps nothing over a crash.

#include <foreshift/consensus/command.hpp>
#include <foreshift/consensus/effect.hpp>
#include <foreshift/consensus/vote.hpp>
#include <foreshift/core/flat_map.hpp>
#include <foreshift/core/id.hpp>
#include <foreshift/core/random.hpp>
#include <foreshift/driver/replica_driver.hpp>
#include <foreshift/sim/coverage.hpp>

#include <cstdint>
#include <set>
#include <utility>
#include <variant>
#include <vector>

namespace foreshift::inline FORESHIFT_ABI::sim {

/// `Driver` in the members is a replica_driver; a `submit(what)` hands a command in at this site.
class clerk {
 public:
  clerk(site_id self, coverage& seen) : self_(self), seen_(&seen) {}

  /// Opens a proposal of this site's own.
  template <class Driver>
  void sponsor(Driver& driver, consensus::proposal_header header) {
    const proposal_id id = header.id;
    own_.insert_or_assign(id, errand{std::move(header), 0, driver.machine().basis()});
    ask(driver, *own_.find(id));
  }
  /// A proposal to be judged, or a vote to be counted.
  template <class Driver>
  void hear(Driver& driver, const driver::heard_message& message) {
    if (const auto* paper = std::get_if<consensus::vote>(&message.what)) {
      const auto receipt = box_.record(message.from, *paper, driver.machine().members());
      if (receipt == consensus::vote_receipt::repeated) seen_->note(occasion::vote_repeated);
      return;
    }
    const auto& asked = std::get<consensus::propose>(message.what);
    const auto& machine = driver.machine();
    if (machine.is_decided(asked.header.id)) return;
    (void)box_.open(asked.header, asked.attempt, machine.basis());
    if (machine.log_time() > asked.header.expires_at) return;  // as `driver::assembly` does
    consensus::vote paper;
    paper.voter = self_;
    paper.proposal = asked.header.id;
    paper.attempt = asked.attempt;
    paper.header = canonical_digest(asked.header);
    paper.basis = machine.basis();
    paper.opinion = likes(asked.header.id) ? consensus::verdict::accept : consensus::verdict::reject;
    driver.cast(std::move(paper));
  }
  /// What the log did.
  template <class Driver>
  void learn(Driver& driver, const consensus::effect& what) {
    if (const auto* decided = std::get_if<consensus::proposal_decided>(&what)) {
      own_.erase(decided->proposal);
      box_.erase(decided->proposal);
      driver.close(decided->proposal);
    } else if (const auto* open = std::get_if<consensus::proposal_undecided>(&what)) {
      if (auto* mine = own_.find(open->proposal); mine != nullptr && mine->attempt == open->attempt)
        again(driver, *mine);
    }
  }
  /// Hands in verdicts that are certain, and asks those again who have not answered. About once a second.
  template <class Driver, class Submit>
  void work(Driver& driver, Submit submit) {
    const auto& machine = driver.machine();
    forget_decided(machine);  // by a snapshot, of which no effects are told
    for (auto& [id, mine] : own_) {
      if (mine.basis != machine.basis()) again(driver, mine);
      ask(driver, mine);
    }
    std::vector<consensus::decide> due;
    box_.for_each_open([&](proposal_id id) {
      if (id.sponsor != self_ && !driver.replica().leads()) return;
      auto verdict = box_.close(id, machine.members(), machine.credits(), machine.log_time());
      if (verdict && handed_in_.insert({id, verdict->evidence.attempt}).second)
        due.push_back(std::move(*verdict));
    });
    for (auto& verdict : due) submit(std::move(verdict));
  }

 private:
  struct errand {
    consensus::proposal_header header;
    std::uint32_t attempt = 0;
    consensus::credit_basis basis;
  };
  template <class Machine>
  void forget_decided(const Machine& machine) {
    std::vector<proposal_id> decided;
    box_.for_each_open([&](proposal_id id) {
      if (machine.is_decided(id)) decided.push_back(id);
    });
    for (const proposal_id id : decided) box_.erase(id);
    own_.erase_if([&](proposal_id id, const errand&) { return machine.is_decided(id); });
  }
  /// Four sites in five like a proposal.
  [[nodiscard]] bool likes(proposal_id id) const {
    return mix(mix(id.sequence ^ id.sponsor.value << 56) ^ self_.value) % 5 != 0;
  }
  template <class Driver>
  void again(Driver& driver, errand& mine) {
    ++mine.attempt;
    const auto basis = driver.machine().basis();
    if (mine.basis.epoch != basis.epoch) seen_->note(occasion::vote_across_epochs);
    mine.basis = basis;
  }
  template <class Driver>
  void ask(Driver& driver, const errand& mine) {
    for (const auto& member : driver.machine().members().electors())
      driver.propose(member.site, {mine.header, mine.attempt, {}});
  }

  site_id self_;
  coverage* seen_;
  consensus::ballot_box box_;
  flat_map<proposal_id, errand> own_;
  std::set<std::pair<proposal_id, std::uint32_t>> handed_in_;
};

}  // namespace foreshift::inline FORESHIFT_ABI::sim
