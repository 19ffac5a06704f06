#pragma once
/// @file
/// Carries one migration through, from the grant of authority to its end in the log.
///
/// Every site keeps one executor for each migration that is not settled and feeds it the log; only the
/// owner's acts. A phase is something to be pursued: as long as it lasts, its commands or its wish for the
/// log are given again with growing pauses. An answer, or a fact of the log, leads to the next phase.
/// Whatever is lost is therefore asked again, and whatever comes twice finds a phase that it no longer
/// concerns. What an answer means in a phase is `read_answer`'s to say.
///
/// A workload has one migration at a time, which the log sees to (`workload_moving`), and so it is at the
/// source, at the destination, or at both: these two are all places that have to be fenced for it.
///
/// A move of a workload to the place where it stands, which a sponsor that was behind the log may have had
/// approved, is aborted and settled in the log, and no place hears of it. So is one over an orchestrator that
/// keeps no tokens.
///
/// A place that does not answer is asked again. Where the log has started nothing, no place can have begun
/// anything: such a migration is given up when the places do not take the token in time, and no place need
/// hear of it. Later it ends at the deadline, undone; behind a commit the way leads forward only, and
/// `overdue` says that somebody should look. `suspect` is for answers that contradict each other.
///
/// Rules, each with a counterexample where it is missing: both places hold the token before anything else is
/// done; the destination is asked before it is told to start; a status counts only if it answers a question
/// asked in this phase; an answer counts only if the place holds this owner's token, and a higher one ends
/// this owner's acting under it for good; one_step aborts at the place before it aborts in the log; two_step
/// cuts over only after the commit; the source is told to release only after the destination, asked afresh,
/// runs, and is not told again before it has been asked again.

#include <foreshift/core/contract.hpp>
#include <foreshift/core/id.hpp>
#include <foreshift/core/time.hpp>
#include <foreshift/migration/answer.hpp>
#include <foreshift/migration/job.hpp>
#include <foreshift/migration/patience.hpp>
#include <foreshift/migration/phase.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <variant>

namespace foreshift::inline FORESHIFT_ABI::migration {

struct executor_options {
  patience_options patience{};
  duration query_every = std::chrono::seconds{30};    ///< while the copy or the observation lasts
  duration observe_for = duration::zero();            ///< between cut-over and release
  duration fence_within = std::chrono::minutes{10};   ///< since it began to act, if nothing is started
  duration give_up_after = std::chrono::hours{1};     ///< since it began to act, if nothing is committed
  duration overdue_after = std::chrono::minutes{10};  ///< in one phase that waits for an answer
  bool places_fence = true;  ///< `fences` of the orchestrator; false: nothing is begun over it
  friend bool operator==(const executor_options&, const executor_options&) = default;
};

/// A regular value: a copy goes on alike. Total and deterministic: every input is taken in every phase.
class executor {
 public:
  /// @param incarnation grows with each start of the site, so that answers to an earlier life are not taken
  /// for fresh
  executor(job what, site_id self, std::uint64_t incarnation, executor_options options = {})
      : job_(std::move(what)), self_(self), options_(options), request_(incarnation << 32) {
    FORESHIFT_EXPECT((job_.how == style::in_place) == (job_.action != verb::start));
  }

  /// Takes one input and says what is to be done now.
  duties step(const input& in) {
    duties out;
    std::visit([&](const auto& what) { on(what); }, in);
    pursue(out);
    return out;
  }

  [[nodiscard]] phase at() const { return phase_; }
  [[nodiscard]] const job& what() const { return job_; }
  /// This site owns the subset and no place has answered with a higher token.
  [[nodiscard]] bool acts() const { return owns_ && !superseded_; }
  [[nodiscard]] fence_token token() const { return token_; }
  /// The log says commit.
  [[nodiscard]] bool committed() const { return committed_; }
  [[nodiscard]] bool aborted() const { return aborted_; }
  /// Why it was given up or is suspect, in one sentence; empty otherwise.
  [[nodiscard]] const std::string& why() const { return why_; }
  /// It acts, and has waited for one answer of a place or of the log for longer than is usual. Nothing is
  /// lost; somebody should look at what does not answer.
  [[nodiscard]] bool overdue() const {
    return !idle() && !watching() && asking_.lasted(now_) >= options_.overdue_after;
  }
  /// The last reason with which a place did not do as it was asked; empty where none has given one.
  [[nodiscard]] const std::string& trouble() const { return trouble_; }

  friend bool operator==(const executor&, const executor&) = default;

 private:
  // Facts.
  void on(const activated& fact) {
    if (fact.subset != job_.subset || phase_ == phase::settled || fact.token <= token_) return;
    token_ = fact.token;
    owns_ = fact.owner == self_;
    superseded_ = source_fenced_ = destination_fenced_ = false;
    why_.clear();
    began_.reset();
    enter(owns_ ? phase::fencing : phase::awaiting);
  }
  void on(const start_decided& fact) {
    if (fact.migration != job_.id) return;
    started_ = true;
    if (phase_ == phase::fenced) enter(first_after_start());
  }
  void on(const commit_decided& fact) {
    if (fact.migration != job_.id || committed_ || aborted_)
      return;  // the first of the two is the one that counts
    committed_ = true;
    follow(phase::committed);
  }
  void on(const abort_decided& fact) {
    if (fact.migration != job_.id || committed_ || aborted_) return;
    aborted_ = true;
    follow(phase::aborted);
  }
  void on(const settled_decided& fact) {
    if (fact.migration == job_.id && phase_ != phase::settled) enter(phase::settled);
  }
  void on(const give_up&) { unwanted_ = true, abandon("it is no longer wanted"); }
  void on(const tick& t) {
    now_ = std::max(now_, t.now);
    if (!began_) began_ = now_;
    if (unwanted_) abandon("it is no longer wanted");
    if (phase_ == phase::fencing && now_ - *began_ >= options_.fence_within)
      abandon("the places did not take the token in time");
    if (phase_ != phase::fencing && now_ - *began_ >= options_.give_up_after)
      abandon("it was not done in time");
  }
  void on(const event& e);
  void follow(const reading& heard, endpoint from);

  [[nodiscard]] bool idle() const {
    return !acts() || phase_ == phase::awaiting || phase_ == phase::settled || phase_ == phase::suspect;
  }
  /// A move that nobody has started, and that nobody can or need start: why, and null for all others.
  [[nodiscard]] const char* pointless() const {
    if (job_.how == style::in_place || started_ || committed_) return nullptr;
    if (job_.from == job_.to) return "the workload stands at its destination";
    return options_.places_fence ? nullptr : "the orchestrator keeps no tokens";
  }
  /// Nothing was started in the log, and so no place can have been told to.
  [[nodiscard]] bool unbegun() const { return !started_ && !committed_; }
  [[nodiscard]] bool watching() const { return phase_ == phase::copying || phase_ == phase::observing; }
  [[nodiscard]] phase first_after_start() const {
    return job_.how == style::in_place ? phase::starting : phase::probing;
  }
  /// The log decided: go there, unless the places have to be fenced first or somebody else acts.
  void follow(phase to) {
    if (idle() || phase_ == phase::fencing) return;
    if (leads_to(job_.how, phase_, to)) return enter(to);
    suspect("the log decided against what the place had already done");
  }
  void go_on_when_fenced() {
    if (!destination_fenced_ || (!source_fenced_ && job_.from != job_.to)) return;
    enter(committed_ ? phase::committed
          : aborted_ ? phase::aborted
          : started_ ? first_after_start()
                     : phase::fenced);
  }
  [[nodiscard]] phase undoing() const {
    return job_.how == style::one_step   ? phase::reverting
           : job_.how == style::two_step ? phase::giving_up
                                         : phase::reverted;
  }
  /// Where nothing is begun there is nothing to undo before the log is asked.
  [[nodiscard]] phase unbegun_end() const {
    return job_.how == style::two_step ? phase::giving_up : phase::reverted;
  }
  void abandon(const char* why);
  void undo(std::string why) {
    why_ = std::move(why);
    enter(undoing());
  }
  void suspect(std::string why) {
    why_ = std::move(why);
    enter(phase::suspect);
  }

  void enter(phase next) {
    FORESHIFT_EXPECT(allowed(job_.how, phase_, next));
    phase_ = next;
    asking_.begin(options_.patience, now_, next == phase::copying ? options_.query_every : duration::zero());
    fresh_after_ = request_;
    destination_serves_ = next == phase::releasing;  // the answer that led there
  }
  /// The same, but what is pursued there is not asked at once.
  void enter_after_pause(phase next) {
    patience asking = asking_;
    enter(next);
    asking.begin_after_pause(options_.patience, now_);
    asking_ = asking;
  }

  void pursue(duties& out);
  void say(duties& out, verb what, endpoint end) {
    out.commands.push_back({what, end, job_.id, job_.subset, job_.workload, job_.from_site, job_.from,
                            job_.to_site, job_.to, token_, job_.limits, job_.replicas, ++request_});
  }
  void wish(duties& out, want what) const { out.requests.push_back({what, job_.id, token_}); }

  job job_;
  site_id self_;
  executor_options options_;
  phase phase_ = phase::awaiting;
  // What the log says.
  fence_token token_;
  bool owns_ = false;
  bool started_ = false;
  bool committed_ = false;
  bool aborted_ = false;
  // What the places said under this token.
  bool superseded_ = false;
  bool source_fenced_ = false;
  bool destination_fenced_ = false;
  bool destination_serves_ = false;
  // Wishes and clocks.
  bool unwanted_ = false;
  std::optional<time_point> began_;
  time_point now_{};
  patience asking_;
  std::uint64_t request_ = 0;
  std::uint64_t fresh_after_ = 0;  // only answers to later requests count as fresh
  std::string why_;
  std::string trouble_;
};

/// What the phase asks for, when it is time to ask (again).
inline void executor::pursue(duties& out) {
  if (idle() || !asking_.due(now_)) return;
  if (phase_ == phase::fencing && aborted_ && unbegun()) enter(phase::aborted);
  if (const char* why = pointless(); why != nullptr && phase_ == phase::fencing && !aborted_) {
    why_ = why;
    enter(unbegun_end());
  }
  if (phase_ == phase::starting && asking_.entered() < now_ && job_.how != style::in_place)
    return enter_after_pause(phase::probing);  // no answer to `start`: find out before it is given again
  watching() ? asking_.asked_every(options_.query_every, now_) : asking_.asked(options_.patience, now_);
  switch (phase_) {
    case phase::fencing:
      if (!destination_fenced_) say(out, verb::fence, endpoint::destination);
      if (!source_fenced_ && job_.from != job_.to) say(out, verb::fence, endpoint::source);
      break;
    case phase::fenced:
      wish(out, want::start);
      break;
    case phase::starting:
      say(out, job_.action, endpoint::destination);
      break;
    case phase::probing:
    case phase::copying:
    case phase::observing:
      say(out, verb::query, endpoint::destination);
      break;
    case phase::copied:
    case phase::moved:
      wish(out, want::commit);
      break;
    case phase::committed:
      if (job_.how == style::in_place) return enter(phase::released), pursue(out);
      say(out, verb::query, endpoint::destination);
      break;
    case phase::cutting_over:  // first one serves, then the other ceases: never none
      say(out, verb::cut_over, destination_serves_ ? endpoint::source : endpoint::destination);
      break;
    case phase::releasing:  // once for each time that the destination, asked afresh, runs
      if (!std::exchange(destination_serves_, false)) {
        say(out, verb::query, endpoint::destination);
      } else {
        fresh_after_ = request_;
        say(out, verb::release, endpoint::source);
      }
      break;
    case phase::giving_up:
    case phase::reverted:
      wish(out, want::abort);
      break;
    case phase::aborted:
      if (job_.how == style::in_place || unbegun()) return enter(phase::undone), pursue(out);
      [[fallthrough]];
    case phase::reverting:
      say(out, verb::abort, endpoint::destination);
      break;
    case phase::released:
    case phase::undone:
      wish(out, want::settled);
      break;
    case phase::awaiting:
    case phase::settled:
    case phase::suspect:
      break;
  }
}

/// Before anything is committed a migration can be undone; how depends on the style.
inline void executor::abandon(const char* why) {
  const bool in_place_begun =
      job_.how == style::in_place && phase_ == phase::starting;  // may be done already
  if (idle() || in_place_begun) return;
  if (phase_ != phase::fencing) {
    if (leads_to(job_.how, phase_, undoing())) undo(why);
  } else if (unbegun() && !aborted_) {
    why_ = why;
    enter(unbegun_end());
  }
}

inline void executor::on(const event& e) {
  if (e.migration != job_.id || idle()) return;
  if (e.seen > token_) {
    superseded_ = true;
    return;
  }
  // Said before the place was fenced. Only `unreachable` is said on the way there, where no token is known.
  if (e.seen != token_ && e.what != event_kind::unreachable) return;
  if (!e.reason.empty()) trouble_ = e.reason;
  const bool observed = asking_.lasted(now_) >= options_.observe_for;
  follow(read_answer(e, {job_.how, phase_, e.request > fresh_after_, destination_serves_, observed}), e.end);
}

inline void executor::follow(const reading& heard, endpoint from) {
  switch (heard.what) {
    case reading::conclusion::nothing:
      return;
    case reading::conclusion::place_fenced:
      (from == endpoint::source ? source_fenced_ : destination_fenced_) = true;
      return go_on_when_fenced();
    case reading::conclusion::destination_serves:
      destination_serves_ = true;
      asking_.hurry(now_);
      return;
    case reading::conclusion::go_on:
      if (!heard.why.empty()) why_ = heard.why;
      return enter(heard.next);
    case reading::conclusion::ask_first:
      return enter_after_pause(heard.next);
    case reading::conclusion::undo:
      return undo(heard.why);
    case reading::conclusion::suspect:
      return suspect(heard.why);
  }
}

}  // namespace foreshift::inline FORESHIFT_ABI::migration
