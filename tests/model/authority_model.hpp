#pragma once
/// @file
/// Every state of one migration under changing authority: the real table in the log, a real executor at each
/// of two sites, a real book at each of two places.
///
/// Commands, answers and wishes are never used up: they may come late, again, in any order, or never. The
/// sites hear of the log as late as they like, crash and replay it. The log grants the subset anew, by
/// transfer to either site or because a transfer was undone, up to a bound. As in site.hpp, parts are numbers
/// and each of their steps is run once.

#include "interner.hpp"

#include <foreshift/consensus/authority_table.hpp>
#include <foreshift/migration/executor.hpp>
#include <foreshift/sim/place_book.hpp>

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace model::authority {

using namespace foreshift;
using migration::command;
using migration::event;
using migration::event_kind;
using migration::executor;
using migration::place_state;
using migration::style;

/// Rules left out, each to be shown to matter.
enum class left_out : std::uint8_t {
  nothing,
  token_checked_at_the_place,
  records_kept,
  every_place_fenced,
  every_query_answered,
};
struct left_out_info {
  left_out what = left_out::nothing;
  std::string_view name;
  std::string_view says;
};
inline constexpr left_out_info rules[] = {
    {left_out::token_checked_at_the_place, "token_checked_at_the_place",
     "the place acts under any token: the check at the sender is all there is"},
    {left_out::records_kept, "records_kept", "a place drops the migration's record when authority passes"},
    {left_out::every_place_fenced, "every_place_fenced",
     "the source acknowledges a token that it did not write down"},
    {left_out::every_query_answered, "every_query_answered", "a place leaves queries without an answer"},
};

struct bounds {
  migration::style how = style::two_step;
  int grants = 2;   ///< the first one included
  int ticks = 1;    ///< per site: retries
  int crashes = 1;  ///< of sites, together
  left_out rule = left_out::nothing;
  bool impatient = false;  ///< a retry while the places are being fenced gives up what is not started
};

struct findings {
  std::size_t states = 0, settled = 0, suspect = 0;
  bool complete = false;
  /// With every state seen: those from which no state can be reached that is settled or suspect.
  std::size_t stuck = 0;
  std::string broken{};
  std::vector<std::string> story{};
};

class search {
 public:
  explicit search(bounds limits) : limits_(limits) {
    job_ = {.id = {7},
            .subset = {1},
            .workload = {70},
            .from_site = {1},
            .from = {11},
            .to_site = {2},
            .to = {22},
            .how = limits.how};
  }

  findings run(std::size_t states_max) {
    findings found;
    world first{};
    std::vector<consensus::effect> out;
    ledger log;
    log.table.define({{job_.subset, "web", {job_.workload}, {job_.from, job_.to}}, site_id{1}}, {slot{1}, 0},
                     out);
    log.table.approve(job_.id, {proposal_id{}, job_.subset, job_.workload, host_id{9}}, out);
    record(log, out);
    first[log_part] = ledgers_.of(log, hash_of(log));
    for (std::size_t s = 0; s < 2; ++s) {
      site here{executor{job_, site_id{s + 1}, 1, options()}};
      here.self.step(migration::tick{time_of(here)});
      first[s] = sites_.of(here, hash_of(here));
      place there{
          sim::place_book{style_of(limits_.how), limits_.rule != left_out::token_checked_at_the_place}};
      first[2 + s] = places_.of(there, hash_of(there));
    }
    add(first, 0, found);
    std::size_t done = 0;
    for (; done < worlds_.size() && worlds_.size() < states_max && found.broken.empty(); ++done) {
      const world from = worlds_[static_cast<number>(done)];
      edges_begin_.push_back(edges_.size());
      successors(from, [&](const world& to, const auto&) {
        if (found.broken.empty()) edges_.push_back(add(to, static_cast<number>(done), found));
      });
    }
    found.states = worlds_.size();
    found.complete = done == worlds_.size() && found.broken.empty();
    if (found.complete) find_dead_ends(found);
    return found;
  }

 private:
  static constexpr std::size_t log_part = 4;
  using world = std::array<number, 5>;  // two sites, the source's place and the destination's, the log

  struct ledger {
    consensus::authority_table table{};
    std::vector<migration::input> facts{};
    int grants = 0;
    friend bool operator==(const ledger&, const ledger&) = default;
  };
  struct site {
    executor self;
    number heard = 0;  // facts of the log
    int ticks = 0, crashes = 0;
    int looks = 0;                 // at a copy that is whole
    std::vector<number> asked{};   // commands ever sent, sorted
    std::vector<number> wished{};  // wishes ever sent, sorted
    friend bool operator==(const site&, const site&) = default;
  };
  struct place {
    sim::place_book book;
    std::vector<number> said{};  // answers ever given, sorted
    int starts = 0;
    site_id last_by{};  // of the last act
    event_kind last_act = event_kind::status;
    fence_token last_under{}, told{};  // the highest token ever acknowledged
    bool lower_acted = false;
    number last_start = 0;
    friend bool operator==(const place&, const place&) = default;
  };
  struct asked_command {
    std::size_t site = 0;
    command what;
    friend bool operator==(const asked_command&, const asked_command&) = default;
  };
  struct given_answer {
    std::size_t site = 0;
    event what;
    friend bool operator==(const given_answer&, const given_answer&) = default;
  };

  static migration::cut_over_style style_of(style how) {
    return how == style::one_step ? migration::cut_over_style::one_step : migration::cut_over_style::two_step;
  }
  [[nodiscard]] migration::executor_options options() const {
    using namespace std::chrono_literals;
    return {.patience = {.retry = 5s, .retry_max = 5s},
            .query_every = 5s,
            .observe_for = 0s,
            .fence_within = limits_.impatient ? 5s : 24h,
            .give_up_after = 24h};
  }
  static time_point time_of(const site& s) {
    return time_point{} + std::chrono::seconds{10 * (s.ticks + s.looks + 1)};
  }
  static std::vector<std::pair<std::size_t, fence_token>> tokens_of(const ledger& log) {
    std::vector<std::pair<std::size_t, fence_token>> all;
    for (const auto& fact : log.facts) {
      const auto* grant = std::get_if<migration::activated>(&fact);
      all.push_back({fact.index() * 8 + (grant != nullptr ? grant->owner.value : 0),
                     grant != nullptr ? grant->token : fence_token{}});
    }
    return all;
  }
  static std::uint64_t hash_of(const ledger& log) {
    std::uint64_t key = static_cast<std::uint64_t>(log.grants);
    for (const auto& [kind, token] : tokens_of(log)) key = mixed(key, kind << 32 | token.at.value);
    for (const auto& [id, held] : log.table.authorities()) key = mixed(key, held.version);
    return key;
  }
  static std::uint64_t hash_of(const site& s) {
    std::uint64_t key = mixed(static_cast<std::uint64_t>(s.self.at()), s.heard);
    key = mixed(key, static_cast<std::uint64_t>(s.looks * 64 + s.ticks * 8 + s.crashes));
    key = mixed(key, s.self.token().at.value * 4 + (s.self.acts() ? 1U : 0U));
    return mixed(key, mixed(mixed(s.asked), mixed(s.wished)));
  }
  std::uint64_t hash_of(const place& p) const {
    std::uint64_t key = mixed(p.said);
    for (const auto at : {job_.from, job_.to})
      key = mixed(key, p.book.highest(at, job_.subset).at.value * 16 +
                           static_cast<std::uint64_t>(p.book.state_of(at, job_.id)));
    return mixed(key, p.last_under.at.value * 64 + static_cast<std::uint64_t>(p.last_act) * 2 +
                          static_cast<std::uint64_t>(p.starts) * 4096 + p.last_start * 65536);
  }
  static bool insert(std::vector<number>& set, number what) {
    const auto at = std::lower_bound(set.begin(), set.end(), what);
    if (at != set.end() && *at == what) return false;
    set.insert(at, what);
    return true;
  }

  // Sites.
  void obey(std::size_t i, site& s, const migration::duties& tasks) {
    for (const auto& c : tasks.commands)
      insert(s.asked,
             commands_.of({i, c}, mixed(c.request * 16 + static_cast<std::uint64_t>(c.what),
                                        c.token.at.value * 4 + i * 2 + static_cast<std::uint64_t>(c.end))));
    for (const auto& w : tasks.requests)
      insert(s.wished, wishes_.of(w, mixed(static_cast<std::uint64_t>(w.what), w.token.at.value)));
  }
  number told(std::size_t i, number which, const migration::input& what, number code) {
    if (const number* known = site_steps_.find(which, code)) return *known;
    site s = sites_[which];
    obey(i, s, s.self.step(what));
    const number to = keep(std::move(s));
    site_steps_.put(which, code, to);
    return to;
  }
  number keep(site s) {
    const auto hash = hash_of(s);
    return sites_.of(std::move(s), hash);
  }
  number hears_log(std::size_t i, number which, const ledger& log) {
    site s = sites_[which];
    obey(i, s, s.self.step(log.facts[s.heard]));
    s.heard += 1;
    return keep(std::move(s));
  }
  /// The owner watches a copy that was begun under an earlier token, so that its end was told to nobody who
  /// may act. Owners look again every now and then: here once it is whole, beyond the retries.
  [[nodiscard]] bool may_look(const site& s, const place& destination) const {
    return s.self.at() == migration::phase::copying && s.self.acts() && s.looks + 1 < limits_.grants &&
           destination.book.state_of(job_.to, job_.id) == place_state::ready &&
           commands_[destination.last_start].what.token != s.self.token();
  }
  number ticked(std::size_t i, number which, int site::*spent) {
    site s = sites_[which];
    s.*spent += 1;
    obey(i, s, s.self.step(migration::tick{time_of(s)}));
    return keep(std::move(s));
  }
  /// It replays what it had heard, and goes on where that leads.
  number crashed(std::size_t i, number which, const ledger& log) {
    site s = sites_[which];
    s.crashes += 1;
    s.self = executor{job_, site_id{i + 1}, static_cast<std::uint64_t>(1 + s.crashes), options()};
    for (number k = 0; k < s.heard; ++k) s.self.step(log.facts[k]);
    obey(i, s, s.self.step(migration::tick{time_of(s)}));
    return keep(std::move(s));
  }

  // Places.
  void answer(place& p, place_id here, const asked_command& to, const migration::place_response& response) {
    const auto& c = to.what;
    for (const auto act : response.acts) {
      p.starts += act == event_kind::started ? 1 : 0;
      if (act == event_kind::copied) continue;
      p.lower_acted |= c.token < p.told;
      p.last_act = act, p.last_by = site_id{to.site + 1}, p.last_under = c.token;
    }
    const auto seen = std::max(p.book.highest(here, job_.subset),
                               limits_.rule == left_out::every_place_fenced ? p.told : fence_token{});
    for (const auto& one : response.answers) {
      if (one.what == event_kind::fenced) p.told = std::max(p.told, c.token);
      const event said{.what = one.what,
                       .answers = c.what,
                       .end = c.end,
                       .migration = c.migration,
                       .subset = c.subset,
                       .workload = c.workload,
                       .place = here,
                       .at = {},
                       .seen = seen,
                       .state = p.book.state_of(here, job_.id),
                       .request = c.request,
                       .reason = one.reason};
      insert(p.said, answers_.of({to.site, said},
                                 mixed(said.request * 16 + static_cast<std::uint64_t>(said.what),
                                       seen.at.value * 16 + static_cast<std::uint64_t>(said.state))));
    }
  }
  number carries_out(number which, number mail) {
    if (const number* known = place_steps_.find(which, mail)) return *known;
    place p = places_[which];
    const auto& asked = commands_[mail];
    const auto here = asked.what.place();
    const bool fence = asked.what.what == migration::verb::fence;
    if (limits_.rule == left_out::every_query_answered && asked.what.what == migration::verb::query)
      return which;
    if (fence && limits_.rule == left_out::every_place_fenced && here == job_.from) {
      p.told = std::max(p.told, asked.what.token);
      answer(p, here, asked, {{}, {{event_kind::fenced, {}}}, false});
    } else {
      if (fence && limits_.rule == left_out::records_kept &&
          p.book.highest(here, job_.subset) < asked.what.token)
        p.book = sim::place_book{style_of(limits_.how), true};
      const auto response = p.book.carry_out(asked.what);
      if (asked.what.what == migration::verb::start && !response.answers.empty() &&
          response.answers.front().what == event_kind::started)
        p.last_start = mail;
      answer(p, here, asked, response);
    }
    const number to = keep(std::move(p));
    place_steps_.put(which, mail, to);
    return to;
  }
  number copies(number which) {
    place p = places_[which];
    const auto asked = commands_[p.last_start];
    answer(p, job_.to, asked, p.book.copied(job_.to, job_.id));
    return keep(std::move(p));
  }
  number keep(place p) {
    const auto hash = hash_of(p);
    return places_.of(std::move(p), hash);
  }

  // The log.
  void record(ledger& log, const std::vector<consensus::effect>& effects) const {
    for (const auto& e : effects) {
      if (const auto* changed = std::get_if<consensus::authority_changed>(&e)) {
        const bool grant = changed->now.state == consensus::authority_state::active;
        if (!grant) continue;
        log.grants += 1;
        log.facts.push_back(migration::activated{job_.subset, changed->now.owner, changed->now.token});
      }
      const auto* advanced = std::get_if<consensus::migration_advanced>(&e);
      if (advanced == nullptr) continue;
      const auto token = advanced->intent.started_under;
      if (advanced->settled)
        log.facts.push_back(migration::settled_decided{job_.id, token});
      else if (advanced->intent.state == consensus::migration_state::started)
        log.facts.push_back(migration::start_decided{job_.id, token});
      else if (advanced->intent.state == consensus::migration_state::committed)
        log.facts.push_back(migration::commit_decided{job_.id, token});
      else if (advanced->intent.state == consensus::migration_state::aborted)
        log.facts.push_back(migration::abort_decided{job_.id, token});
    }
  }
  /// `ask(table, context, out)` is applied as the next entry.
  template <class Ask>
  number applies(number which, site_id client, Ask ask) {
    ledger log = ledgers_[which];
    std::vector<consensus::effect> out;
    const consensus::command_context now{
        {slot{2 + log.facts.size()}, 0}, client, time_point{} + std::chrono::hours{1}};
    if (ask(log.table, now, out) != consensus::refusal::none) return which;
    record(log, out);
    const auto hash = hash_of(log);
    return ledgers_.of(std::move(log), hash);
  }
  number takes(number which, std::size_t i, const migration::log_request& wish) {
    const consensus::migration_step step{wish.migration, wish.token};
    return applies(which, site_id{i + 1}, [&](auto& table, const auto& now, auto& out) {
      switch (wish.what) {
        case migration::want::start:
          return table.apply(consensus::start{step}, now, out);
        case migration::want::commit:
          return table.apply(consensus::commit{step}, now, out);
        case migration::want::abort:
          return table.apply(consensus::abort{step}, now, out);
        case migration::want::settled:
          return table.apply(consensus::settled{step}, now, out);
      }
      return consensus::refusal::malformed;
    });
  }

  template <class Visit>
  void successors(const world& from, Visit visit) {
    const auto go = [&](std::size_t part, number to, const auto& words) {
      if (to == from[part]) return;
      world then = from;
      then[part] = to;
      visit(then, words);
    };
    const int crashes = sites_[from[0]].crashes + sites_[from[1]].crashes;
    for (std::size_t i = 0; i < 2; ++i) {
      const std::string who = "site " + std::to_string(i + 1);
      const auto heard = sites_[from[i]].heard;
      if (heard < ledgers_[from[log_part]].facts.size())
        go(i, hears_log(i, from[i], ledgers_[from[log_part]]),
           [&] { return who + " hears the log's next fact"; });
      if (sites_[from[i]].ticks < limits_.ticks)
        go(i, ticked(i, from[i], &site::ticks), [&] { return who + " retries"; });
      else if (may_look(sites_[from[i]], places_[from[3]]))
        go(i, ticked(i, from[i], &site::looks), [&] { return who + " looks at the copy again"; });
      if (crashes < limits_.crashes)
        go(i, crashed(i, from[i], ledgers_[from[log_part]]), [&] { return who + " crashes and replays"; });
      for (std::size_t p = 2; p < 4; ++p)
        for (const auto mail : places_[from[p]].said)
          if (answers_[mail].site == i)
            go(i, told(i, from[i], answers_[mail].what, mail), [&] {
              return who + " hears " + std::string{name_of(answers_[mail].what.what)} + " of the " +
                     (p == 2 ? "source" : "destination");
            });
      for (const auto mail : sites_[from[i]].asked) {
        const std::size_t part = commands_[mail].what.end == migration::endpoint::source ? 2 : 3;
        go(part, carries_out(from[part], mail), [&] {
          return std::string{part == 2 ? "the source" : "the destination"} + " is told to " +
                 std::string{name_of(commands_[mail].what.what)} + " by " + who + " under token " +
                 std::to_string(commands_[mail].what.token.at.value);
        });
      }
      for (const auto wish : sites_[from[i]].wished)
        go(log_part, takes(from[log_part], i, wishes_[wish]),
           [&] { return "the log takes " + std::string{name_of(wishes_[wish].what)} + " from " + who; });
    }
    if (places_[from[3]].book.state_of(job_.to, job_.id) == place_state::copying)
      go(3, copies(from[3]), [] { return std::string{"the copy is whole"}; });
    pass_on(from, go);
  }
  /// The steps of a transfer.
  template <class Go>
  void pass_on(const world& from, const Go& go) {
    const auto& log = ledgers_[from[log_part]];
    const auto held = *log.table.find(job_.subset);
    using consensus::authority_state;
    if (held.state == authority_state::active && log.grants < limits_.grants)
      for (const std::uint64_t to : {1U, 2U})
        go(log_part,
           applies(from[log_part], held.owner,
                   [&](auto& table, const auto& now, auto& out) {
                     return table.prepare({job_.subset, held.owner, site_id{to}, {}, time_point{}}, now, out);
                   }),
           [=] { return "a transfer to site " + std::to_string(to) + " is prepared"; });
    if (held.state == authority_state::preparing)
      go(log_part,
         applies(from[log_part], held.owner,
                 [&](auto& table, const auto& now, auto& out) {
                   return table.quiesce({job_.subset, held.token}, now, out);
                 }),
         [] { return std::string{"the owner has quiesced"}; });
    if (held.state != authority_state::active)  // also without the owner's word: the deadline has passed
      go(log_part,
         applies(from[log_part], held.owner,
                 [&](auto& table, const auto& now, auto& out) {
                   return table.activate_successor({job_.subset, held.pending.to}, now, out);
                 }),
         [] { return std::string{"the successor is activated"}; });
    if (held.state != authority_state::active)
      go(log_part,
         applies(from[log_part], held.owner,
                 [&](auto& table, const auto& now, auto& out) {
                   return table.abort_late({job_.subset}, now, out);
                 }),
         [] { return std::string{"the transfer is undone"}; });
  }

  [[nodiscard]] bool settled(const world& w) const {
    return ledgers_[w[log_part]].table.find_intent(job_.id) == nullptr;
  }
  [[nodiscard]] bool suspect(const world& w, std::size_t which) const {
    return sites_[w[which]].self.at() == migration::phase::suspect;
  }
  /// Every state can settle, or is for an operator: some way leads there, if messages and sites are given
  /// time.
  void find_dead_ends(findings& found) {
    edges_begin_.push_back(edges_.size());
    std::vector<bool> ends(worlds_.size());
    for (number at = 0; at < worlds_.size(); ++at) {
      const world& w = worlds_[at];
      ends[at] = settled(w) || suspect(w, 0) || suspect(w, 1);
    }
    for (bool more = true; more;) {
      more = false;
      for (std::size_t at = worlds_.size(); at-- > 0;) {  // breadth first: most edges lead on
        if (ends[at]) continue;
        for (std::size_t k = edges_begin_[at]; k < edges_begin_[at + 1] && !ends[at]; ++k)
          ends[at] = ends[edges_[k]];
        more |= ends[at];
      }
    }
    found.stuck = static_cast<std::size_t>(std::count(ends.begin(), ends.end(), false));
    if (found.stuck == 0) return;
    found.broken = "every state can settle";
    found.story = story_of(static_cast<number>(std::find(ends.begin(), ends.end(), false) - ends.begin()));
  }

  /// The number of the state.
  number add(const world& w, number parent, findings& found) {
    std::uint64_t key = 0;
    for (const auto part : w) key = mixed(key, part);
    const auto before = worlds_.size();
    const number at = worlds_.of(w, key);
    if (at != before) return at;
    parents_.push_back(parent);
    found.settled += settled(w) ? 1U : 0U;
    for (std::size_t i = 0; i < 2; ++i) found.suspect += suspect(w, i) ? 1U : 0U;
    found.broken = first_broken(w);
    if (!found.broken.empty()) found.story = story_of(at);
    return at;
  }
  /// A shortest way there.
  [[nodiscard]] std::vector<std::string> story_of(number to_tell) {
    std::vector<std::string> story;
    std::vector<number> path;
    for (auto at = to_tell; at != 0; at = parents_[at]) path.push_back(at);
    for (number at = 0; !path.empty(); path.pop_back()) {
      const world here = worlds_[at], then = worlds_[path.back()];
      std::string line;
      successors(here, [&](const world& to, const auto& words) {
        if (line.empty() && to == then) line = words();
      });
      story.push_back(line);
      at = path.back();
    }
    return story;
  }
  [[nodiscard]] std::string first_broken(const world& w) const {
    const auto& log = ledgers_[w[log_part]];
    const auto& source = places_[w[2]];
    const auto& destination = places_[w[3]];
    const auto at_source = source.book.state_of(job_.from, job_.id);
    const auto at_destination = destination.book.state_of(job_.to, job_.id);
    const bool runs = at_destination == place_state::running;
    if (destination.starts > 1) return "a migration starts at most once";
    if (source.lower_acted || destination.lower_acted) return "nothing lower acts";
    for (const auto* p : {&source, &destination})
      if (p->last_act != event_kind::status && !owns(log, p->last_by, p->last_under))
        return "only the owner of the token acts";
    const bool ceased = at_source == place_state::released || at_source == place_state::ready;
    if (ceased && !runs) return "nobody serves the workload";
    if (destination.starts > 0 && !decided<migration::start_decided>(log))
      return "a start is in the log before it is carried out";
    const bool committed = decided<migration::commit_decided>(log),
               aborted = decided<migration::abort_decided>(log);
    if (committed && aborted) return "never both commits and aborts";
    if (limits_.how == style::two_step && runs && !committed)
      return "a commit is in the log before the cut-over";
    if (!decided<migration::settled_decided>(log)) return {};
    if (committed && !(runs && at_source == place_state::released))
      return "settled after the commit, and not moved";
    if (aborted && (at_destination == place_state::copying || at_destination == place_state::ready || runs))
      return "settled after the abort, and something is left";
    return {};
  }
  template <class Fact>
  [[nodiscard]] static bool decided(const ledger& log) {
    return std::any_of(log.facts.begin(), log.facts.end(),
                       [](const auto& fact) { return std::holds_alternative<Fact>(fact); });
  }
  [[nodiscard]] static bool owns(const ledger& log, site_id who, fence_token token) {
    return std::any_of(log.facts.begin(), log.facts.end(), [&](const auto& fact) {
      const auto* grant = std::get_if<migration::activated>(&fact);
      return grant != nullptr && grant->owner == who && grant->token == token;
    });
  }

  bounds limits_;
  migration::job job_;
  interner<ledger> ledgers_;
  interner<site> sites_;
  interner<place> places_;
  interner<asked_command> commands_;
  interner<given_answer> answers_;
  interner<migration::log_request> wishes_;
  memo site_steps_, place_steps_;
  interner<world> worlds_;
  std::vector<number> parents_;
  std::vector<number> edges_;             // to where each state leads, one after the other
  std::vector<std::size_t> edges_begin_;  // of each state
};

}  // namespace model::authority
