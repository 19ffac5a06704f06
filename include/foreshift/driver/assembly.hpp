#pragma once
/// @file
/// Where proposals are put to the vote: asking, casting, counting and closing, over a replica driver.
///
/// The sponsor asks until there is a verdict. Every site keeps a ballot box; the one that leads closes the
/// polls, so a new leader goes on where it has heard the votes itself, and gets the rest by the sponsor's
/// next asking. So open polls are in no snapshot: what a voter has said it has written down, and says again.

#include <foreshift/consensus/certificate.hpp>
#include <foreshift/consensus/log_time.hpp>
#include <foreshift/consensus/vote.hpp>
#include <foreshift/driver/agreed_fleet.hpp>
#include <foreshift/driver/hearing.hpp>
#include <foreshift/driver/replica_driver.hpp>

#include <algorithm>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

namespace foreshift::inline FORESHIFT_ABI::driver {

struct assembly_options {
  site_id self;
  duration time_to_live = std::chrono::minutes{2};  ///< of a proposal, in log time
  duration repeat = std::chrono::seconds{15};       ///< of what has had no answer
};

/// @tparam Replica a `replica_driver`
template <class Replica>
class assembly {
 public:
  explicit assembly(assembly_options options) : options_(options) {}

  /// Puts an own proposal to the vote. False when the log does not know its subset. It lives from now, or
  /// from the log's time where that is later: log time stands where the last entry has left it, and a
  /// proposal that lived from there could be over with the next one. The log takes no expiry that is too far
  /// from its own time.
  bool sponsor(placement::proposal what, time_point now, Replica& replica) {
    const auto& log = log_of(replica);
    auto expires_at = std::max(now, log.log_time()) + options_.time_to_live;
    if (log.applied() > slot{})  // its clock has begun
      expires_at = std::min(expires_at, consensus::later(log.log_time(), consensus::time_to_live_max));
    auto header = header_of(what, log, expires_at);
    if (!header) return false;
    ask({std::move(what), std::move(*header), 0, now, {}}, replica);
    return true;
  }
  /// A proposal that came. Gives it back when it is to be judged, also when it was judged before: the vote
  /// that was cast may have been lost.
  [[nodiscard]] const heard_proposal* hear(site_id from, const consensus::propose& message,
                                           Replica& replica) {
    if (from != message.header.id.sponsor || log_of(replica).is_decided(message.header.id)) return nullptr;
    auto one = read(message);
    if (!one) return nullptr;
    const auto id = one->what.id;
    static_cast<void>(box_.open(one->header, one->attempt, log_of(replica).basis()));  // false: it is open
    hearing_.open(std::move(*one));
    // Nobody votes when its time is over: what comes this late may have been decided so long ago that neither
    // the decision nor the vote of then is remembered.
    if (log_of(replica).log_time() > message.header.expires_at) return nullptr;
    return hearing_.find(id);
  }
  /// A vote that came. True when its voter has contradicted itself, which nobody may do.
  [[nodiscard]] bool hear(site_id from, const consensus::vote& paper, Replica& replica) {
    return box_.record(from, paper, log_of(replica).members()) == consensus::vote_receipt::excluded;
  }
  void cast(const heard_proposal& what, bool accepts, std::uint16_t reason, std::string text,
            Replica& replica) {
    replica.cast({.voter = options_.self,
                  .proposal = what.what.id,
                  .attempt = what.attempt,
                  .header = consensus::canonical_digest(what.header),
                  .basis = log_of(replica).basis(),
                  .opinion = accepts ? consensus::verdict::accept : consensus::verdict::reject,
                  .reason = reason,
                  .text = std::move(text)});
  }

  /// The verdict is in the log. Gives back the proposal where this site has heard it.
  [[nodiscard]] std::optional<placement::proposal> decided(proposal_id id, Replica& replica) {
    box_.erase(id);
    replica.close(id);
    return hearing_.close(id);
  }
  /// The log has gone on by entries that were not heard one by one. Gives back the proposals it has decided
  /// meanwhile, as `decided` does.
  [[nodiscard]] std::vector<placement::proposal> decided_unheard(Replica& replica) {
    std::vector<proposal_id> over;
    for (const auto& [id, one] : hearing_.proposals())
      if (log_of(replica).is_decided(id)) over.push_back(id);
    std::vector<placement::proposal> out;
    for (const auto id : over) out.push_back(*decided(id, replica));
    return out;
  }
  /// The verdict could not be counted, or credits have changed under the open polls: own proposals are asked
  /// again.
  void ask_again(std::optional<proposal_id> only, time_point now, Replica& replica) {
    std::vector<heard_proposal> again;
    for (const auto& [id, one] : hearing_.proposals())
      if (id.sponsor == options_.self && (!only || *only == id)) again.push_back(one);
    for (auto& one : again) ++one.attempt, one.sent = now, ask(std::move(one), replica);
  }

  /// What is due: asking again, closing polls. @pre what was heard is recorded
  void tick(time_point now, Replica& replica) {
    const auto& log = log_of(replica);
    const bool leads = replica.replica().leads();
    bool late = false;
    for (auto& [id, one] : hearing_.proposals()) {
      if (id.sponsor == options_.self && now - one.sent >= options_.repeat)
        one.sent = now, send(one, replica);
      if (!leads || (one.submitted != time_point{} && now - one.submitted < options_.repeat)) continue;
      if (auto verdict = box_.close(id, log.members(), log.credits(), log.log_time()))
        replica.submit(std::move(*verdict)), one.submitted = now;
      else if (now > one.header.expires_at)
        late = true, one.submitted = now;
    }
    if (late)
      replica.submit(consensus::noop{});  // log time has to pass the deadline before anybody can say so
    // Nobody who leads has heard of these. Their polls and votes must not fill the tables for ever.
    for (const auto id : hearing_.expire(log.log_time() - 10 * options_.time_to_live))
      box_.erase(id), replica.close(id);
  }

  [[nodiscard]] const hearing& open() const { return hearing_; }
  [[nodiscard]] const consensus::ballot_box& polls() const { return box_; }

 private:
  [[nodiscard]] static const consensus::state_machine& log_of(const Replica& replica) {
    return agreement_of(replica.machine());
  }
  void ask(heard_proposal one, Replica& replica) {
    send(one, replica);
    hearing_.open(std::move(one));
  }
  void send(const heard_proposal& one, Replica& replica) {
    const consensus::propose message{one.header, one.attempt, placement::encode(one.what)};
    for (const auto& member : log_of(replica).members().electors()) replica.propose(member.site, message);
  }

  assembly_options options_;
  consensus::ballot_box box_;
  hearing hearing_;
};

}  // namespace foreshift::inline FORESHIFT_ABI::driver
