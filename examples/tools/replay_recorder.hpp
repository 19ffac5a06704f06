#pragma once
// Listens to the sites of a replay and writes down what the table and the report tell.

#include "replay_run.hpp"
#include "replay_story.hpp"

#include <foreshift/core/flat_map.hpp>
#include <foreshift/placement/outlook.hpp>
#include <foreshift/ports/observer.hpp>
#include <foreshift/sim/world.hpp>

#include <memory>
#include <string>
#include <vector>

namespace tool {

class recorder {
 public:
  /// An observer that passes everything on. Copies speak to the same recorder.
  struct tap {
    recorder* to = nullptr;
    void observe(const foreshift::ports::note& what) const { to->hear(what); }
  };

  recorder(const foreshift::sim::world& world, const replay_input& input);
  recorder(const recorder&) = delete;
  recorder& operator=(const recorder&) = delete;

  tap listen() { return {this}; }
  /// The step that is being decided on.
  void at(std::size_t step) { step_ = step; }
  /// Writes down what a site expects of its own hosts, before it decides.
  template <class Outlook>
  void look(const Outlook& fleet) {
    for (const auto& h : fleet.known().hosts())
      if (fleet.is_mine(h.id) && fleet.paths(h.id) != nullptr)
        look(h.id, *fleet.paths(h.id), fleet.odds_of(h.id).slow);
  }
  void complain(std::string what) { complaints_.push_back(std::move(what)); }
  [[nodiscard]] policy_notes take();

 private:
  void look(foreshift::host_id h, const foreshift::forecast::sample_paths& paths, double risk);
  void hear(const foreshift::ports::note& what);
  void hear(const foreshift::ports::note& from, const foreshift::ports::proposed& what);
  void hear(const foreshift::ports::note& from, const foreshift::ports::voted& what);
  void hear(const foreshift::ports::note& from, const foreshift::ports::agreed& what);
  void hear(const foreshift::ports::note& from, const foreshift::ports::authority_passed& what);
  void hear(const foreshift::ports::note& from, const foreshift::ports::migration_advanced& what);
  void hear(const foreshift::ports::note& from, const foreshift::ports::outcome_judged& what);
  void hear(const foreshift::ports::note& from, const foreshift::ports::alarm& what);
  void hear(const foreshift::ports::note&, const auto&) {}
  void hear_adjustment(const foreshift::ports::note& from, const foreshift::placement::proposal& what);
  proposal_story* find(foreshift::proposal_id id);
  adjustment_story* find_adjustment(foreshift::proposal_id id);

  const foreshift::sim::world* world_;
  const replay_input* input_;
  std::size_t step_ = 0;
  policy_notes notes_;
  foreshift::flat_map<foreshift::proposal_id, std::size_t> index_;             // into notes_.proposals
  foreshift::flat_map<foreshift::proposal_id, std::size_t> adjustment_index_;  // into notes_.adjustments
  foreshift::flat_map<foreshift::subset_id, std::size_t> under_vote_;  // the last proposal on a subset
  std::vector<band_curve> expected_;                                   // of each host, as of this step
  std::vector<std::string> complaints_;
};

}  // namespace tool
