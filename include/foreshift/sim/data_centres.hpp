#pragma once
/// @file
/// The data centres behind the sites, one with one place for each: out of reach now and then, unwilling, slow
/// to answer, with copies that never end. Everything they do is checked, and where each workload is served is
/// known.

#include <foreshift/consensus/invariants.hpp>
#include <foreshift/core/id.hpp>
#include <foreshift/core/random.hpp>
#include <foreshift/core/time.hpp>
#include <foreshift/migration/event.hpp>
#include <foreshift/ports/orchestrator.hpp>
#include <foreshift/sim/act_checker.hpp>
#include <foreshift/sim/coverage.hpp>
#include <foreshift/sim/data_centre.hpp>
#include <foreshift/sim/timer.hpp>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace foreshift::inline FORESHIFT_ABI::sim {

/// Stays where it is: the centres call back.
class data_centres {
 public:
  /// @param strikes false: places do as they are told from the beginning, though calls may be lost
  /// @pre clock and seen outlive it
  data_centres(timer& clock, std::uint64_t seed, migration::cut_over_style style, bool strikes,
               coverage& seen)
      : clock_(&clock),
        seed_(seed),
        random_(seed, 0x706c6163),
        style_(style),
        strikes_(strikes),
        seen_(&seen),
        acts_(style) {}
  data_centres(const data_centres&) = delete;
  data_centres& operator=(const data_centres&) = delete;

  /// One more. @param fences false: it obeys any token; a bug to be caught
  void open(site_id site, bool fences) {
    using std::chrono::milliseconds;
    const duration tail = milliseconds{random_.chance(0.2) ? 2500 : 300};  // in some seeds very late
    all_.push_back(std::make_unique<data_centre>(
        *clock_, site, seed_,
        data_centre_options{.style = style_,
                            .fences = fences,
                            .calls = {.delay_tail = tail, .loss = 0.1, .duplication = 0.1}}));
    auto& c = *all_.back();
    c.on_act([this](const act& a) { acted(a); });
    c.copy_time([this](const migration::command&) { return copy_time(); });
    c.admit([this](const migration::command&) { return std::string{strikes(0.05) ? "no room" : ""}; });
  }
  /// Is told of every act after it has been checked.
  void on_act(std::function<void(const act&)> told) { told_ = std::move(told); }
  template <class Orchestrator>
  void connect(Orchestrator& places) {
    for (auto& c : all_) places.reach(*c);
  }
  /// A workload begins here.
  void house(workload_id workload, place_id place) { serving_[workload] = {place}; }

  /// Puts places out of reach or back, from now on every while until it is spared.
  void disturb() {
    for (auto& c : all_) c->reach(place_id{c->self().value}, !strikes(0.15));
    if (!spared_) clock_->after(std::chrono::milliseconds{1500}, [this] { disturb(); });
  }
  /// From now on places do as they are told, and calls arrive.
  void spare() {
    spared_ = true;
    for (auto& c : all_) c->set(call_options{});
  }

  [[nodiscard]] act_checker& acts() { return acts_; }
  [[nodiscard]] std::uint64_t refused_tokens() const {
    std::uint64_t n = 0;
    for (const auto& c : all_) n += c->refused_tokens();
    return n;
  }
  /// At rest. A move that nobody is left to end, one of `intents`, may stand where it is.
  template <class Intents>
  [[nodiscard]] std::optional<consensus::violation> placed_once(const Intents& intents) const {
    for (const auto& [workload, at] : serving_) {
      const bool open = std::any_of(intents.begin(), intents.end(),
                                    [&](const auto& i) { return i.second.workload == workload; });
      if (at.size() != 1 && !open)
        return consensus::violation{
            "at rest each workload is placed exactly once",
            "workload " + std::to_string(workload.value) + " is at " + std::to_string(at.size()) + " places"};
    }
    return std::nullopt;
  }

 private:
  bool strikes(double chance) { return strikes_ && !spared_ && random_.chance(chance); }
  duration copy_time() {
    if (!strikes(0.05)) return std::chrono::milliseconds{200 + random_.below(600)};
    seen_->note(occasion::copy_failed);
    return std::chrono::hours{24};
  }
  void acted(const act& a) {
    acts_.observe(a);
    if (told_) told_(a);
    auto& at = serving_[a.command.workload];
    const bool here = a.command.end == migration::endpoint::destination;
    const bool serves = a.what == migration::event_kind::serving;
    if (serves && here) {
      at.insert(a.command.place());
      seen_->note(style_ == migration::cut_over_style::two_step ? occasion::moved_in_two_steps
                                                                : occasion::moved_in_one_step);
    }
    // In one step nobody tells the source to cease: it is over when it has let go.
    if (!here && (serves || a.what == migration::event_kind::released)) at.erase(a.command.place());
  }

  timer* clock_;
  std::uint64_t seed_;
  random_stream random_;
  migration::cut_over_style style_;
  bool strikes_;
  coverage* seen_;
  std::vector<std::unique_ptr<data_centre>> all_;
  act_checker acts_;
  std::map<workload_id, std::set<place_id>> serving_;
  std::function<void(const act&)> told_;
  bool spared_ = false;
};

}  // namespace foreshift::inline FORESHIFT_ABI::sim
