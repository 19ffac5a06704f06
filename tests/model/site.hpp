#pragma once
/// @file
/// One site of the model: the real replica with its disk, what it has yet to send, and what it ever said.
///
/// Everything that a site does is a step of the replica itself. Its records lie on a disk whose sync is an
/// action of its own; a message leaves when what it waits for is synced; a crash keeps what was synced and
/// any part of what was written after it, in order, and the site comes back by `recover()`. What was said
/// stays said: the network is the union of what the sites ever sent, so loss is a message that is not
/// delivered, and repetition and reordering are free.
///
/// Steps are pure, so each is run once for every (replica, input) and remembered; states are numbers.

#include "interner.hpp"
#include "telling.hpp"

#include "../consensus/forgetful.hpp"

#include <foreshift/consensus/replica.hpp>

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace model {

using consensus_test::mutant;
using consensus_test::seeded;

/// Which messages the network may deliver. The signs of life carry nothing that agreement depends on.
struct carried {
  bool nacks = false;
  bool beats = false;  ///< heartbeats that say nothing of a choice, and the answers to all of them
  bool news = true;    ///< heartbeats that say what is chosen
  bool catch_up = true;
};

struct bounds {
  std::vector<elector> electors{};  ///< every site; one without weight learns
  /// What the sites weigh in the epoch that any command in slot 1 decides; empty: commands decide none.
  std::vector<quorum_weight> weights_then{};
  /// Ballot k, counted from 1, has round k and belongs to site schedule[k - 1], which may open it at any time
  /// or never. Only the order of ballots matters, so any ballots in use are as good as ones with such
  /// numbers.
  std::vector<std::size_t> schedule{0, 1, 2};
  std::uint64_t crashes = 0;  ///< by all sites together
  std::uint64_t beats = 0;    ///< retransmission timers that run out, at all sites together
  std::uint64_t slots = 1;    ///< clients stop submitting when the proposer has used these
  std::uint32_t alpha = 1;
  bool partial_syncs = false;  ///< a sync may complete for part of what is written by then
  /// Who asks to catch up hears the answer before anything else.
  bool prompt_catch_up = false;
  bool prompt_disks = false;  ///< a sync completes at once: for larger bounds
  bool lazy_apply = false;    ///< applying an entry is an action of its own; else at once when it is chosen
  carried network{};
};

/// What a site has used up of the bounds; the crashes and beats are summed over all sites.
struct spending {
  std::uint8_t opened = 0;  ///< bit k: ballot k + 1
  std::uint8_t crashes = 0, beats = 0;
  friend bool operator==(spending, spending) = default;
};

struct held_letter {
  number letter = 0;
  number after = 0;
  friend bool operator==(held_letter, held_letter) = default;
};

/// A site, in numbers.
struct site_state {
  number replica = 0;
  number disk = 0;    ///< the records written, synced or not
  number synced = 0;  ///< so many of them survive a crash
  number sent = 0;    ///< the set of letters that ever left
  number book = 0;    ///< the (slot, entry) pairs that it ever took as chosen, sorted
  number clock = 0;
  number delivered = 0;  ///< since it started
  number applied = 0;    ///< since it started; behind `delivered` where the state machine takes its time
  number too_early = 0;  ///< a slot in which it has asked to accept before it might; 0: none
  number submitted = 0;
  bool led = false;  ///< has opened a ballot since it started
  spending spent{};
  std::vector<held_letter> held{};
  friend bool operator==(const site_state&, const site_state&) = default;
};

template <class Replica>
class site_model {
 public:
  struct letter {
    std::size_t from = 0, to = 0;
    message what;
    friend bool operator==(const letter&, const letter&) = default;
  };
  /// Something that a site may do by itself.
  struct action {
    enum what : std::uint8_t { open, sync, beat, crash, apply };
    what kind = open;
    number argument = 0;  ///< the ballot's round; how many records; the slot
    friend bool operator==(action, action) = default;
  };
  static constexpr number nowhere = ~number{};

  explicit site_model(bounds limits) : limits_(std::move(limits)) {
    members_ = epoch_of(epoch_number{1}, limits_.electors);
    if (limits_.weights_then.empty()) return;
    auto then = limits_.electors;
    for (std::size_t i = 0; i < then.size(); ++i) then[i].weight = limits_.weights_then[i];
    later_ = epoch_of(epoch_number{2}, then);
  }

  [[nodiscard]] std::size_t size() const { return limits_.electors.size(); }
  [[nodiscard]] const bounds& limits() const { return limits_; }

  /// The number of the first state of site `i`: started, its run recorded and synced.
  number start(std::size_t i) {
    site_state s;
    s.clock = static_cast<number>(10 * i);  // no two sites write the same time into a no-op
    s.disk = disks_.of({}, 0);
    s.sent = sent_of({});
    s.book = books_.of({}, 0);
    boot(i, s);
    step(i, s, durable{lsn{disks_[s.disk].size()}}, code(input_kind::durable, disks_[s.disk].size()));
    s.synced = static_cast<number>(disks_[s.disk].size());
    return keep(i, std::move(s));
  }

  [[nodiscard]] const site_state& operator[](number which) const { return states_[which]; }
  [[nodiscard]] const Replica& replica_of(number which) const { return replicas_[states_[which].replica]; }
  [[nodiscard]] const letter& letter_of(number which) const { return letters_[which]; }
  /// What this site has sent to site `to`.
  [[nodiscard]] const std::vector<number>& sent_to(number which, std::size_t to) const {
    return by_receiver_[states_[which].sent * size() + to];
  }
  [[nodiscard]] const std::vector<std::pair<number, number>>& book(number which) const {
    return books_[states_[which].book];
  }
  [[nodiscard]] const entry& entry_of(number which) const { return entries_[which]; }
  /// The first promise that the site itself has broken; empty: none.
  [[nodiscard]] const std::string& broken(number which) const { return notes_[which].broken; }
  /// Slots that the distinguished proposer has passed over without knowing an entry for them.
  [[nodiscard]] const std::vector<number>& holes(number which) const { return notes_[which].holes; }

  /// Where a delivery leads.
  number deliver(std::size_t i, number which, number mail) {
    if (const number* known = deliveries_.find(which, mail)) return *known;
    site_state s = states_[which];
    const letter& l = letters_[mail];
    step(i, s, received{limits_.electors[l.from].site, l.what}, code(input_kind::letter, mail));
    const number to = s == states_[which] ? which : keep(i, std::move(s));
    deliveries_.put(which, mail, to);
    return to;
  }

  /// Every state that a delivery of something that `other` ever sent leads to, but for this one.
  const std::vector<number>& deliveries(std::size_t i, number which, number other) {
    const number sent = states_[other].sent;
    if (const number* known = heard_.find(which, sent)) return heard_lists_[*known];
    std::vector<number> found;
    number answered = nowhere;
    for (const number mail : by_receiver_[sent * size() + i])
      if (const number to = deliver(i, which, mail); to != which) {
        found.push_back(to);
        if (answered == nowhere && only_says_more(which, to)) answered = to;
        if (limits_.prompt_catch_up && was_asked_for(which, letters_[mail])) answered = to;
      }
    answers_.put(which, sent, answered);
    std::sort(found.begin(), found.end());
    found.erase(std::unique(found.begin(), found.end()), found.end());
    const std::uint64_t hash = mixed(found);
    const number named = heard_lists_.of(std::move(found), hash);
    heard_.put(which, sent, named);
    return heard_lists_[named];
  }

  /// A delivery of something that `other` ever sent which is answered and changes nothing else, or `nowhere`.
  /// Like a quiet sync it only makes messages available: whatever happens without it can happen after it.
  /// With `prompt_catch_up` also the delivery of what was asked for.
  [[nodiscard]] number due_delivery(std::size_t i, number which, number other) {
    static_cast<void>(deliveries(i, which, other));
    return *answers_.find(which, states_[other].sent);
  }

  /// What the site may do by itself, whatever the others do.
  struct option {
    action what;
    number to = 0;
  };
  const std::vector<option>& options(std::size_t i, number which) {
    if (!notes_[which].options) {
      auto found = find_options(i, which);
      notes_[which].options = std::move(found);
    }
    return *notes_[which].options;
  }
  /// The sync of everything at a site that has opened no ballot since it started, so that no letter to itself
  /// waits for it; or `nowhere`. It makes messages available and changes nothing else: as long as the site
  /// cannot crash, whatever happens without it can happen after it just as well.
  [[nodiscard]] number quiet_sync(number which) const { return notes_[which].quiet_sync; }

  [[nodiscard]] std::string tell(std::size_t i, number which, const action& what) const {
    const auto& s = states_[which];
    const std::string who = "site " + std::to_string(i + 1);
    switch (what.kind) {
      case action::open:
        return who + " runs out of patience, finds a quorum willing and opens ballot " +
               std::to_string(what.argument) + "." + std::to_string(i + 1);
      case action::sync:
        return who + " has synced " + std::to_string(what.argument) + " records";
      case action::beat:
        return who + " retransmits";
      case action::crash:
        return who + " crashes and restarts with " + std::to_string(what.argument) + " of " +
               std::to_string(disks_[s.disk].size()) + " records";
      case action::apply:
        return who + " applies slot " + std::to_string(what.argument);
    }
    return {};
  }
  /// What has changed from one state of a site to the next, in words.
  [[nodiscard]] std::string tell_change(number from, number to) const {
    std::string said;
    const auto& before = by_sender(from);
    for (const auto mail : by_sender(to))
      if (!std::binary_search(before.begin(), before.end(), mail))
        said +=
            " [to " + std::to_string(letters_[mail].to + 1) + ": " + model::tell(letters_[mail].what) + "]";
    for (const auto& [at, value] : book(to)) {
      const auto& old = book(from);
      if (std::find(old.begin(), old.end(), std::pair{at, value}) == old.end())
        said += " [takes " + model::tell(entries_[value]) + " as chosen in slot " + std::to_string(at) + "]";
    }
    if (replica_of(to).leads() && !replica_of(from).leads()) said += " [leads]";
    return said;
  }

  struct counts {
    std::size_t sites = 0, replicas = 0, letters = 0, steps = 0;
  };
  [[nodiscard]] counts count() const {
    return {states_.size(), replicas_.size(), letters_.size(), steps_.size()};
  }

 private:
  enum class input_kind : std::uint8_t { letter, durable, tick, submit, applied };
  static number code(input_kind kind, std::size_t argument) {
    return static_cast<number>(static_cast<std::size_t>(kind) << 29 | argument);
  }
  struct outcome {
    number replica = 0;
    std::vector<number> persist;
    std::vector<held_letter> send;
    std::vector<std::pair<number, number>> deliver;
    struct opening {
      number at = 0;       ///< the slot of an accept
      number applied = 0;  ///< as far as the replica was told before; 0: as before the step
    };
    std::vector<opening> openings;
  };
  struct note {
    std::string broken;
    std::vector<number> holes;
    number quiet_sync = nowhere;
    std::optional<std::vector<option>> options;
  };

  [[nodiscard]] const std::vector<number>& by_sender(number which) const {
    return sent_[states_[which].sent];
  }
  [[nodiscard]] time_point time_of(const site_state& s) const {
    return time_point{} + std::chrono::hours{1} + duration{static_cast<duration::rep>(s.clock)};
  }
  static constexpr number long_time = 1000, short_time = 1;
  [[nodiscard]] replica_config config(std::size_t i) const {
    return {limits_.electors[i].site, members_, {duration{1}, duration{1}, duration{100}}, 1, 1, 64};
  }
  [[nodiscard]] static std::uint64_t hash_of(const ballot b) { return mixed(b.round, b.site.value); }
  /// Only finds candidates: replicas that differ elsewhere are told apart by ==.
  [[nodiscard]] std::uint64_t hash_of(const Replica& r) const {
    std::uint64_t key = mixed(r.last_lsn().value, hash_of(r.promised()));
    key = mixed(key, r.chosen_through().value * 4 + r.submitted() * 64 + (r.leads() ? 2U : 0U));
    key = mixed(key, r.distinguished_proposer() ? r.distinguished_proposer()->value : 0);
    for (slot at = first_slot; at.value <= limits_.slots + 2; at = next(at)) {
      const auto* held = r.acceptor_state().accepted_at(at);
      key = mixed(key, held == nullptr ? 0 : held->commands.empty() ? 1 : hash_of(held->commands[0]));
      key = mixed(key, r.log().find(at) != nullptr ? 1 : 0);
    }
    return key;
  }
  [[nodiscard]] static std::uint64_t hash_of(byte_span bytes) {
    std::uint64_t key = bytes.size();
    for (const auto b : bytes) key = key * 1099511628211U ^ std::to_integer<std::uint64_t>(b);
    return mixed(key, 0);
  }
  number letter_number(std::size_t from, std::size_t to, const message& what) {
    const auto bytes = canonical(what);
    return letters_.of({from, to, what}, mixed(hash_of(bytes), from * 64 + to));
  }
  [[nodiscard]] std::size_t seat(site_id site) const {
    std::size_t i = 0;
    while (limits_.electors[i].site != site) ++i;
    return i;
  }

  /// One step of the replica, and its duties on disk and network. @param input_code names `in`
  void step(std::size_t i, site_state& s, const input& in, number input_code) {
    number known = nowhere;
    if (const number* before = steps_.find(s.replica, input_code)) {
      known = *before;
    } else {
      known = static_cast<number>(outcomes_.size());
      outcomes_.push_back(run(i, s, in));
      steps_.put(s.replica, input_code, known);
    }
    perform(s, outcomes_[known]);
  }
  outcome run(std::size_t i, const site_state& s, const input& in) {
    Replica self = replicas_[s.replica];
    outcome out;
    const auto take_down = [&](const duties& tasks, number applied) {
      for (const auto& due : tasks.persist) {
        auto bytes = canonical(due.what);
        const auto hash = hash_of(bytes);
        out.persist.push_back(records_.of(std::move(bytes), hash));
      }
      for (const auto& mail : tasks.send) {
        const number named = letter_number(i, seat(mail.to), mail.what);
        if (const auto* asked = std::get_if<accept>(&mail.what.body))
          out.openings.push_back({static_cast<number>(asked->at.value), applied});
        out.send.push_back({named, static_cast<number>(mail.after.value)});
      }
      for (const auto& chosen : tasks.deliver)
        out.deliver.push_back({static_cast<number>(chosen.at.value), entry_number(chosen.value)});
    };
    const duties tasks = self.step(in);
    take_down(tasks, 0);
    for (const auto& chosen : tasks.deliver)
      if (!limits_.lazy_apply)
        take_down(self.step(applied{chosen.at, decided_by(chosen.at, chosen.value)}),
                  static_cast<number>(chosen.at.value));
      else if (seeded(mutant::applied_when_chosen))
        take_down(self.step(applied{chosen.at, {}}), 0);
    out.replica = replicas_.of(self, hash_of(self));
    return out;
  }
  [[nodiscard]] epoch epoch_of(epoch_number which, const std::vector<elector>& sites) const {
    epoch_spec spec;
    spec.number = which;
    spec.alpha = limits_.alpha + (seeded(mutant::opens_beyond_alpha) ? 1U : 0U);
    for (const auto& one : sites)
      if (one.weight != quorum_weight{})
        spec.electors.push_back(one);
      else
        spec.learners.push_back(one.site);
    return epoch::make(spec).value();
  }
  /// The state machine, as far as it matters here: the first slot's command is the change.
  [[nodiscard]] std::optional<decided_epoch> decided_by(slot at, const entry& value) const {
    if (!later_ || at != first_slot || value.commands.empty()) return std::nullopt;
    return decided_epoch{slot{at.value + limits_.alpha}, *later_};
  }
  number entry_number(const entry& value) { return entries_.of(value, hash_of(canonical(value))); }

  void perform(site_state& s, const outcome& what) {
    s.replica = what.replica;
    for (const auto& opening : what.openings)
      if (opening.at > std::max(s.applied, opening.applied) + limits_.alpha) s.too_early = opening.at;
    if (!limits_.lazy_apply && !what.deliver.empty()) s.applied = what.deliver.back().first;
    if (!what.persist.empty()) {
      auto disk = disks_[s.disk];
      disk.insert(disk.end(), what.persist.begin(), what.persist.end());
      const auto hash = mixed(disk);
      s.disk = disks_.of(std::move(disk), hash);
    }
    for (const auto& mail : what.send)
      if (carries(letters_[mail.letter].what.body)) s.held.push_back(mail);
    release(s);
    if (!seeded(mutant::applied_out_of_order)) {
      for (const auto& [at, value] : what.deliver) take(s, at, value);
    } else {  // as it is learned: what waits beyond a gap is applied at once
      for (slot at = first_slot; at.value <= limits_.slots + 2; at = next(at))
        if (const auto* value = replicas_[s.replica].log().find(at); value != nullptr)
          apply_at_once(s, entry_number(*value));
    }
  }
  void take(site_state& s, number at, number value) {
    s.delivered = at == s.delivered + 1 ? at : nowhere;
    add_to_book(s, {at, value});
  }
  /// The bug: the n-th entry learned is the n-th applied.
  void apply_at_once(site_state& s, number value) {
    for (const auto& [at, known] : books_[s.book])
      if (known == value) return;
    add_to_book(s, {static_cast<number>(books_[s.book].size() + 1), value});
  }
  void add_to_book(site_state& s, std::pair<number, number> what) {
    auto book = books_[s.book];
    const auto place = std::lower_bound(book.begin(), book.end(), what);
    if (place != book.end() && *place == what) return;
    book.insert(place, what);
    std::uint64_t hash = 0;
    for (const auto& [at, value] : book) hash = mixed(hash, std::uint64_t{at} << 32 | value);
    s.book = books_.of(std::move(book), hash);
  }
  [[nodiscard]] bool carries(const message_body& what) const {
    const auto& network = limits_.network;
    if (std::holds_alternative<prepare>(what) || std::holds_alternative<promise>(what) ||
        std::holds_alternative<accepted>(what))
      return true;
    if (const auto* asked = std::get_if<accept>(&what)) return asked->at.value <= limits_.slots;
    if (const auto* beat = std::get_if<heartbeat>(&what))
      return beat->chosen_through == slot{} ? network.beats : network.news;
    if (std::holds_alternative<heartbeat_answer>(what)) return network.beats;
    if (std::holds_alternative<nack>(what)) return network.nacks;
    return network.catch_up &&
           (std::holds_alternative<catch_up_request>(what) || std::holds_alternative<catch_up_reply>(what));
  }
  /// Lets go of what waits for nothing any more.
  void release(site_state& s) {
    std::vector<number> fresh;
    std::erase_if(s.held, [&](const held_letter& mail) {
      if (mail.after > s.synced && !seeded(mutant::reply_before_sync)) return false;
      fresh.push_back(mail.letter);
      return true;
    });
    std::sort(s.held.begin(), s.held.end(), [](const held_letter& a, const held_letter& b) {
      return std::pair{a.after, a.letter} < std::pair{b.after, b.letter};
    });
    s.held.erase(std::unique(s.held.begin(), s.held.end()), s.held.end());
    if (fresh.empty()) return;
    auto all = sent_[s.sent];
    all.insert(all.end(), fresh.begin(), fresh.end());
    std::sort(all.begin(), all.end());
    all.erase(std::unique(all.begin(), all.end()), all.end());
    if (all.size() != sent_[s.sent].size()) s.sent = sent_of(std::move(all));
  }
  number sent_of(std::vector<number> all) {
    const auto hash = mixed(all);
    const number named = sent_.of(std::move(all), hash);
    if (by_receiver_.size() == named * size()) {
      for (std::size_t to = 0; to < size(); ++to) by_receiver_.emplace_back();
      for (const auto mail : sent_[named]) by_receiver_[named * size() + letters_[mail].to].push_back(mail);
    }
    return named;
  }

  /// Starts the site with what its disk holds, and tells it the time.
  void boot(std::size_t i, site_state& s) {
    std::vector<stored_record> stored;
    for (const auto named : disks_[s.disk])
      stored.push_back({next(lsn{stored.size()}), consensus_test::survived(records_[named])});
    auto self = Replica::recover(config(i), stored);
    FORESHIFT_EXPECT(self.has_value());
    s.replica = replicas_.of(*self, hash_of(*self));
    s.delivered = s.applied = 0;
    s.led = false;
    s.held.clear();
    step(i, s, tick{time_of(s)}, code(input_kind::tick, s.clock));
  }
  std::vector<option> find_options(std::size_t i, number which) {
    std::vector<option> found;
    const auto add = [&](typename action::what kind, number argument, std::optional<number> to) {
      if (to && *to != which) found.push_back({{kind, argument}, *to});
    };
    const site_state s = states_[which];
    const auto written = static_cast<number>(disks_[s.disk].size());
    if (s.synced < written) {
      const number first = limits_.partial_syncs ? s.synced + 1 : written;
      for (number through = first; through <= written; ++through)
        add(action::sync, through, synced(i, s, through));
    }
    for (number k = 0; k < limits_.schedule.size(); ++k)
      if (limits_.schedule[k] == i && (s.spent.opened >> k & 1U) == 0)
        add(action::open, k + 1, opened(i, s, k));
    if (limits_.lazy_apply && s.delivered != nowhere && s.applied < s.delivered)
      add(action::apply, s.applied + 1, applied_next(i, s));
    if (s.spent.beats < limits_.beats && replicas_[s.replica].leads()) add(action::beat, 0, beaten(i, s));
    if (s.spent.crashes < limits_.crashes)
      for (number keep = s.synced; keep <= written; ++keep) add(action::crash, keep, crashed(i, s, keep));
    return found;
  }
  std::optional<number> synced(std::size_t i, site_state s, number through) {
    s.synced = through;
    if (!seeded(mutant::own_accept_before_sync))
      step(i, s, durable{lsn{through}}, code(input_kind::durable, through));
    release(s);
    return keep(i, std::move(s));
  }
  /// The patience of the site runs out, and as many others as it needs are willing. They tell of the round
  /// before the one to be opened; a site that has seen a higher one cannot open it any more.
  std::optional<number> opened(std::size_t i, site_state s, number k) {
    if (replicas_[s.replica].promised().round > k) return std::nullopt;
    s.spent.opened = static_cast<std::uint8_t>(s.spent.opened | 1U << k);
    s.led = true;
    for (int attempt = 0; attempt < 4; ++attempt) {
      s.clock += long_time;
      Replica self = replicas_[s.replica];
      const duties asked = self.step(tick{time_of(s)});
      const number quiet = s.disk;
      step(i, s, tick{time_of(s)}, code(input_kind::tick, s.clock));
      if (s.disk != quiet) {  // it is a quorum by itself
        if (asks(s, {k + 1, limits_.electors[i].site})) return keep(i, std::move(s));
        return std::nullopt;
      }
      const probe* question = nullptr;
      for (const auto& mail : asked.send)
        if (const auto* found = std::get_if<probe>(&mail.what.body)) question = found;
      if (question == nullptr) continue;
      for (const auto& other : limits_.electors) {
        if (other.site == limits_.electors[i].site) continue;
        const ballot told{k, k == 0 ? site_id{} : limits_.electors[limits_.schedule[k - 1]].site};
        const message said = self.envelope(probe_answer{question->number, true, told, slot{}});
        const number before = s.disk;
        step(i, s, received{other.site, said},
             code(input_kind::letter, letter_number(seat(other.site), i, said)));
        if (s.disk == before) continue;
        if (asks(s, {k + 1, limits_.electors[i].site})) return keep(i, std::move(s));
        return std::nullopt;
      }
      return std::nullopt;
    }
    return std::nullopt;
  }
  [[nodiscard]] bool asks(const site_state& s, ballot for_promises_to) const {
    const auto matches = [&](number mail) {
      const auto* asked = std::get_if<prepare>(&letters_[mail].what.body);
      return asked != nullptr && asked->number == for_promises_to;
    };
    return std::any_of(sent_[s.sent].begin(), sent_[s.sent].end(), matches) ||
           std::any_of(s.held.begin(), s.held.end(), [&](const auto& mail) { return matches(mail.letter); });
  }
  /// Clients are prompt: whenever the distinguished proposer has a slot to spare it is given a command. One
  /// that waits for a command is as good as one that has yet to hear the promise that makes it lead.
  [[nodiscard]] bool may_submit(const site_state& s) const {
    const Replica& self = replicas_[s.replica];
    if (!self.leads() || self.submitted() >= limits_.slots) return false;
    slot used = self.chosen_through();
    const auto look = [&](number mail) {
      const auto* asked = std::get_if<accept>(&letters_[mail].what.body);
      if (asked != nullptr && asked->number == self.promised()) used = std::max(used, asked->at);
    };
    for (const auto mail : sent_[s.sent]) look(mail);
    for (const auto& mail : s.held) look(mail.letter);
    return used.value < limits_.slots;
  }
  void submit_what_may_be(std::size_t i, site_state& s) {
    while (may_submit(s)) {
      const auto waiting = replicas_[s.replica].submitted();
      s.submitted += 1;
      const byte_string command{static_cast<std::byte>(i + 1), static_cast<std::byte>(s.submitted)};
      step(i, s, submit{command}, code(input_kind::submit, s.submitted));
      if (replicas_[s.replica].submitted() == waiting) return;
    }
  }
  std::optional<number> applied_next(std::size_t i, site_state s) {
    const slot at{++s.applied};
    step(i, s, applied{at, decided_by(at, replicas_[s.replica].log()[at])},
         code(input_kind::applied, s.applied));
    return keep(i, std::move(s));
  }
  std::optional<number> beaten(std::size_t i, site_state s) {
    s.clock += short_time;
    s.spent.beats += 1;
    step(i, s, tick{time_of(s)}, code(input_kind::tick, s.clock));
    return keep(i, std::move(s));
  }
  std::optional<number> crashed(std::size_t i, site_state s, number survivors) {
    s.spent.crashes += 1;
    s.spent.opened = 0;  // whether it may open them again is the replica's to know
    auto disk = disks_[s.disk];
    disk.resize(survivors);
    const auto hash = mixed(disk);
    s.disk = disks_.of(std::move(disk), hash);
    s.synced = survivors;
    boot(i, s);
    return keep(i, std::move(s));
  }

  /// Numbers a state; a new one is looked at once.
  number keep(std::size_t i, site_state s) {
    submit_what_may_be(i, s);
    for (; limits_.prompt_disks && s.synced < disks_[s.disk].size(); submit_what_may_be(i, s)) {
      s.synced = static_cast<number>(disks_[s.disk].size());
      step(i, s, durable{lsn{s.synced}}, code(input_kind::durable, s.synced));
    }
    if (seeded(mutant::own_accept_before_sync)) {  // the driver says durable before the disk does
      for (number told = nowhere; told != s.disk;) {
        told = s.disk;
        const auto written = disks_[s.disk].size();
        step(i, s, durable{lsn{written}}, code(input_kind::durable, written));
      }
    }
    std::uint64_t hash = mixed(std::uint64_t{s.replica} << 32 | s.disk, std::uint64_t{s.sent} << 32 | s.book);
    hash = mixed(hash, std::uint64_t{s.synced} << 40 | std::uint64_t{s.clock} << 16 | s.submitted);
    hash = mixed(hash, std::uint64_t{s.applied} << 32 | s.too_early);
    hash = mixed(hash, s.spent.opened * 65536U + s.spent.crashes * 256U + s.spent.beats + (i << 24));
    for (const auto& mail : s.held) hash = mixed(hash, std::uint64_t{mail.letter} << 32 | mail.after);
    const number named = states_.of(std::move(s), hash);
    if (named == notes_.size()) {
      notes_.emplace_back();
      notes_[named].broken = first_broken(i, states_[named]);
      notes_[named].holes = find_holes(states_[named]);
      notes_[named].quiet_sync = find_quiet_sync(i, named);
    }
    return named;
  }

  [[nodiscard]] std::string first_broken(std::size_t i, const site_state& s) const {
    const Replica& self = replicas_[s.replica];
    const std::string who = "site " + std::to_string(i + 1);
    if (s.delivered == nowhere) return who + " applies slots out of order";
    if (s.too_early != 0)
      return who + " asks to accept in slot " + std::to_string(s.too_early) + " and has applied only slot " +
             std::to_string(s.applied) + ", alpha being " + std::to_string(limits_.alpha);
    const auto& book = books_[s.book];
    for (std::size_t k = 1; k < book.size(); ++k)
      if (book[k].first == book[k - 1].first)
        return who + " has taken two entries as chosen in slot " + std::to_string(book[k].first);
    flat_map<std::pair<slot, ballot>, const entry*> proposed;
    for (const auto mail : sent_[s.sent]) {
      const auto& body = letters_[mail].what.body;
      ballot told;
      if (const auto* given = std::get_if<promise>(&body)) told = given->number;
      if (const auto* said = std::get_if<accepted>(&body)) told = said->number;
      if (told > self.promised())
        return who + " has told of ballot " + model::tell(told) + " and falls back to " +
               model::tell(self.promised());
      const auto* asked = std::get_if<accept>(&body);
      if (asked == nullptr) continue;
      const auto*& first = proposed[{asked->at, asked->number}];
      if (first != nullptr && *first != asked->value)
        return who + " has proposed two values in slot " + model::tell(asked->at) + " under ballot " +
               model::tell(asked->number);
      first = &asked->value;
    }
    return {};
  }
  /// Slots below one that is open under the own ballot which are neither known here nor open.
  [[nodiscard]] std::vector<number> find_holes(const site_state& s) const {
    const Replica& self = replicas_[s.replica];
    std::vector<number> open, found;
    if (!self.leads()) return found;
    const auto look = [&](number mail) {
      const auto* asked = std::get_if<accept>(&letters_[mail].what.body);
      if (asked != nullptr && asked->number == self.promised())
        open.push_back(static_cast<number>(asked->at.value));
    };
    for (const auto mail : sent_[s.sent]) look(mail);
    for (const auto& mail : s.held) look(mail.letter);
    for (const auto above : open)
      for (number at = 1; at < above; ++at)
        if (self.log().find(slot{at}) == nullptr && std::find(open.begin(), open.end(), at) == open.end())
          found.push_back(at);
    return found;
  }
  /// Whether the letter brings the next slot that the site has asked its sender for.
  [[nodiscard]] bool was_asked_for(number which, const letter& mail) const {
    const auto* told = std::get_if<catch_up_reply>(&mail.what.body);
    if (told == nullptr || told->from != next(replica_of(which).chosen_through())) return false;
    const auto& said = by_sender(which);
    return std::any_of(said.begin(), said.end(), [&](number own) {
      const auto* asked = std::get_if<catch_up_request>(&letters_[own].what.body);
      return asked != nullptr && letters_[own].to == mail.from && asked->from == told->from;
    });
  }
  [[nodiscard]] bool only_says_more(number which, number to) const {
    site_state before = states_[which];
    before.sent = states_[to].sent;
    return before == states_[to];
  }
  number find_quiet_sync(std::size_t i, number which) {
    site_state s = states_[which];
    const auto written = static_cast<number>(disks_[s.disk].size());
    if (s.synced == written || s.led) return nowhere;
    return *synced(i, std::move(s), written);
  }

  bounds limits_;
  epoch members_;
  std::optional<epoch> later_;
  interner<Replica> replicas_;
  interner<byte_string> records_;
  interner<entry> entries_;
  interner<letter> letters_;
  interner<std::vector<number>> disks_, sent_;
  interner<std::vector<std::pair<number, number>>> books_;
  interner<site_state> states_;
  std::deque<note> notes_;
  std::deque<std::vector<number>> by_receiver_;  // references stay

  std::deque<outcome> outcomes_;
  memo steps_, deliveries_, heard_, answers_;
  interner<std::vector<number>> heard_lists_;
};

}  // namespace model
