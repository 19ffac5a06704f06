#pragma once
/// @file
/// The cluster behind an orchestrator: its places, the time that copies take, and the way there and back.
///
/// It goes on when the site that commands it crashes. A call and its answer may be delayed, repeated or lost
/// on the way; what the places make of them stands in place_book.hpp.

#include <foreshift/core/flat_map.hpp>
#include <foreshift/core/id.hpp>
#include <foreshift/core/random.hpp>
#include <foreshift/core/time.hpp>
#include <foreshift/migration/command.hpp>
#include <foreshift/migration/event.hpp>
#include <foreshift/migration/place_record.hpp>
#include <foreshift/ports/orchestrator.hpp>
#include <foreshift/sim/place_book.hpp>
#include <foreshift/sim/timer.hpp>

#include <cstdint>
#include <functional>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace foreshift::inline FORESHIFT_ABI::sim {

/// The way of a command to the data centre, and of an answer back.
struct call_options {
  duration delay = std::chrono::milliseconds{5};
  duration delay_tail = std::chrono::milliseconds{5};  ///< mean of the exponential part above `delay`
  double loss = 0;                                     ///< probability, each way; [0, 1]
  double duplication = 0;                              ///< probability, each way; [0, 1]
};

struct data_centre_options {
  migration::cut_over_style style = migration::cut_over_style::two_step;
  bool fences = true;  ///< false: places keep tokens and obey any; never safe, and a checker has to see it
  duration copy_time = std::chrono::minutes{1};
  call_options calls{};
};

/// What a place did, as against what it was asked: repeated and refused commands leave no act.
struct act {
  time_point at{};
  site_id by;  ///< the site in whose name it was asked
  migration::event_kind what = migration::event_kind::fenced;
  migration::command command;
};

/// Where the answers for one endpoint arrive. Gone when its site has crashed.
struct answers {
  std::vector<migration::event> waiting;
  std::function<void()> arrival;
};

/// Not copied and not moved: calls under way refer to it.
class data_centre {
 public:
  /// @pre the timer outlives the data centre and every call under way
  data_centre(timer& t, site_id self, std::uint64_t seed, data_centre_options options = {})
      : timer_(t),
        self_(self),
        random_(seed, 0x6463 ^ self.value),
        options_(std::move(options)),
        book_(options_.style, options_.fences) {}
  data_centre(const data_centre&) = delete;
  data_centre& operator=(const data_centre&) = delete;

  /// Called after each act: a world moves its workloads here. `serving` at the destination is the cut-over.
  void on_act(std::function<void(const act&)> hook) { hook_ = std::move(hook); }
  /// How long a copy takes, instead of the option.
  void copy_time(std::function<duration(const migration::command&)> model) { copy_time_ = std::move(model); }
  /// Asked before start, resize and scale begin: a non-empty answer is the reason for a refusal.
  void admit(std::function<std::string(const migration::command&)> judge) { admit_ = std::move(judge); }
  /// A place out of reach answers `unreachable` to everything.
  void reach(place_id place, bool reachable) {
    reachable ? void(out_of_reach_.erase(place)) : void(out_of_reach_.insert(place));
  }
  void set(call_options calls) { options_.calls = calls; }

  [[nodiscard]] site_id self() const { return self_; }
  [[nodiscard]] migration::cut_over_style style() const { return options_.style; }
  /// Everything done so far, in order.
  [[nodiscard]] const std::vector<act>& acts() const { return acts_; }
  /// How often a command came under a token lower than one seen before.
  [[nodiscard]] std::uint64_t refused_tokens() const { return refused_tokens_; }
  [[nodiscard]] fence_token highest(place_id place, subset_id subset) const {
    return book_.highest(place, subset);
  }

  /// A command sets out for this data centre; the answers go to `reply`, while it lasts.
  void call(const migration::command& c, site_id by, const std::shared_ptr<answers>& reply) {
    travel([this, c, by, to = std::weak_ptr{reply}] { carry_out({c, by, to}); });
  }

 private:
  /// A command as it has arrived.
  struct request {
    migration::command what;
    site_id by;
    std::weak_ptr<answers> reply;
  };

  void travel(std::function<void()> arrive) {
    const call_options& calls = options_.calls;
    const int copies = random_.chance(calls.loss) ? 0 : random_.chance(calls.duplication) ? 2 : 1;
    for (int copy = 0; copy < copies; ++copy) {
      const double tail = static_cast<double>(calls.delay_tail.count()) * random_.exponential();
      timer_.after(calls.delay + duration{static_cast<std::int64_t>(tail)}, arrive);
    }
  }
  void answer(const request& r, migration::event_kind what, std::string reason = {}) {
    const auto& c = r.what;
    if (what == migration::event_kind::stale_token) ++refused_tokens_;
    migration::event e{.what = what,
                       .answers = c.what,
                       .end = c.end,
                       .migration = c.migration,
                       .subset = c.subset,
                       .workload = c.workload,
                       .place = c.place(),
                       .at = timer_.now(),
                       .seen = book_.highest(c.place(), c.subset),
                       .state = book_.state_of(c.place(), c.migration),
                       .request = c.request,
                       .reason = std::move(reason)};
    travel([to = r.reply, e = std::move(e)] {
      const auto box = to.lock();
      if (!box) return;
      box->waiting.push_back(e);
      if (box->arrival) box->arrival();
    });
  }

  void carry_out(const request& r) {
    const auto& c = r.what;
    if (out_of_reach_.contains(c.place())) return answer(r, migration::event_kind::unreachable);
    if (admit_ && book_.begins(c))
      if (const auto reason = admit_(c); !reason.empty())
        return answer(r, migration::event_kind::refused, reason);
    const auto response = book_.carry_out(c);
    follow(r, response);
    // What comes of a copy is told to whoever asked last, and done in the name of whoever may act.
    request* copy = copies_.find({c.place(), c.migration});
    if (c.what == migration::verb::query && copy != nullptr)
      copy->reply = r.reply, copy->what.request = c.request;
    if (c.what != migration::verb::start || refused(response)) return;
    copies_.insert_or_assign({c.place(), c.migration}, r);
    if (response.copies)
      timer_.after(copy_time_ ? copy_time_(c) : options_.copy_time,
                   [this, place = c.place(), id = c.migration] { copied(place, id); });
  }
  void copied(place_id place, migration_id id) {
    follow(*copies_.find({place, id}), book_.copied(place, id));
  }
  static bool refused(const migration::place_response& response) {
    return response.answers.front().what != migration::event_kind::started;
  }
  /// Notes the acts and sends the answers.
  void follow(const request& r, const migration::place_response& response) {
    for (const auto what : response.acts) {
      acts_.push_back({timer_.now(), r.by, what, r.what});
      if (hook_) hook_(acts_.back());
    }
    for (const auto& a : response.answers) answer(r, a.what, a.reason);
  }

  timer& timer_;
  site_id self_;
  random_stream random_;
  data_centre_options options_;
  place_book book_;
  flat_map<std::pair<place_id, migration_id>, request>
      copies_;  // the last start of each, whether or not it has ended
  std::set<place_id> out_of_reach_;
  std::vector<act> acts_;
  std::uint64_t refused_tokens_ = 0;
  std::function<void(const act&)> hook_;
  std::function<duration(const migration::command&)> copy_time_;
  std::function<std::string(const migration::command&)> admit_;
};

}  // namespace foreshift::inline FORESHIFT_ABI::sim
