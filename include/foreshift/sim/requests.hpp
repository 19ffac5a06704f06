#pragma once
/// @file
/// What somebody wants next: proposals, transfers, new subsets, credits, and nonsense.
///
/// Everything is made from what one site has applied, which may be long out of date, so much of it is
/// refused: that is part of the point.

#include <foreshift/consensus/command.hpp>
#include <foreshift/consensus/state_machine.hpp>
#include <foreshift/core/id.hpp>
#include <foreshift/core/random.hpp>
#include <foreshift/sim/atlas.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace foreshift::inline FORESHIFT_ABI::sim {

/// Site k owns subset k, whose four workloads are at place k.
[[nodiscard]] inline consensus::genesis genesis_for(std::span<const site_id> sites) {
  // Theta leaves room for f silent voters at up to 24 sites, and for credits that differ.
  consensus::genesis all{consensus::uniform_epoch(sites, {.theta = consensus::permille{520}}), {}, {}, {}};
  std::vector<place_id> places;
  for (const site_id site : sites) places.push_back({site.value});
  for (const site_id site : sites) {
    const std::uint64_t k = site.value;
    consensus::subset s{{k}, "subset " + std::to_string(k), {}, places};
    for (std::uint64_t w = 0; w < 4; ++w) s.workloads.push_back({10 * k + w});
    all.subsets.push_back({std::move(s), site});
  }
  return all;
}

/// One of them, or nothing.
struct wish {
  std::optional<consensus::define_subset> define;
  std::optional<consensus::proposal_header> proposal;
  std::optional<
      std::variant<consensus::noop, consensus::prepare_transfer, consensus::abort, consensus::credit_update>>
      command;
};

class requests {
 public:
  /// @param owners_abort whether an owner may have a move aborted in the log and see to the places after: not
  /// where they cut over by themselves, for they may have done so
  requests(std::uint64_t seed, std::span<const site_id> sites, bool owners_abort = true)
      : random_(seed, 0x72657175), sites_(sites.begin(), sites.end()), owners_abort_(owners_abort) {}

  /// At the site `self` in its run `incarnation`, which has come as far as `machine`.
  template <class Machine>
  [[nodiscard]] wish next(const Machine& machine, site_id self, std::uint32_t incarnation, const atlas& map) {
    const auto& table = machine.authorities();
    const auto& authorities = table.authorities();
    const auto& [what, held] =
        *(authorities.begin() + static_cast<std::ptrdiff_t>(random_.below(authorities.size())));
    wish out;
    switch (random_.below(16)) {
      case 0:
        out.command = consensus::noop{};
        break;
      case 1:
        if (const auto& intents = table.intents();
            !intents.empty() && (owners_abort_ || held.owner != self)) {
          consensus::abort undo;
          undo.what = (intents.begin() + static_cast<std::ptrdiff_t>(random_.below(intents.size())))->first;
          undo.token = held.token;  // often of another subset, or somebody else's: refused
          out.command = undo;
        }
        break;
      case 2:
        out.command = credits(machine);
        break;
      case 3:
        if (defined_ < 3) out.define = subset();
        break;
      case 4:
      case 5:
      case 6:
      case 7:
        ++transfers_;
        out.command = consensus::prepare_transfer{
            what, held.owner, any(), {}, machine.log_time() + std::chrono::seconds{1 + random_.below(6)}};
        break;
      default:
        out.proposal = proposal(machine, {self, std::uint64_t{incarnation} << 32 | ++proposals_}, what, map);
    }
    return out;
  }
  [[nodiscard]] std::uint64_t transfers() const { return transfers_; }

 private:
  [[nodiscard]] site_id any() { return sites_[random_.below(sites_.size())]; }
  template <class Machine>
  [[nodiscard]] consensus::credit_update credits(const Machine& machine) {
    // Now and then about the client itself, which is refused.
    return {machine.credits().version,
            {{any(), class_id{1 + random_.below(2)},
              consensus::credit{static_cast<std::uint32_t>(900 + random_.below(200))}}}};
  }
  [[nodiscard]] consensus::define_subset subset() {
    const std::uint64_t id = 1000 + ++defined_;
    std::vector<place_id> places;
    for (const site_id site : sites_) places.push_back({site.value});
    return {{{id}, "later " + std::to_string(id), {{10 * id}}, std::move(places)}, any()};
  }
  /// A move of one workload, sometimes although it is on its way already, or although it stands where it is
  /// to go.
  template <class Machine>
  [[nodiscard]] std::optional<consensus::proposal_header> proposal(const Machine& machine, proposal_id id,
                                                                   subset_id what, const atlas& map) {
    const auto& workloads = machine.authorities().find_subset(what)->workloads;
    const workload_id workload = workloads[random_.below(workloads.size())];
    const host_id to{any().value};
    if (map.home.find(workload)->value == to.value && random_.chance(0.8)) return std::nullopt;
    for (const auto& [move, intent] : machine.authorities().intents())
      if (intent.workload == workload && (intent.destination == to || random_.chance(0.5)))
        return std::nullopt;
    consensus::proposal_header header;
    header.id = id;
    header.changes = {{workload, what, to}};
    header.subsets = {{what, machine.authorities().find(what)->version}};
    header.hosts = {{to, machine.ledger_version(to)}};
    header.stakes = {{class_id{1 + random_.below(2)}, consensus::criticality{1 + random_.below(5)}}};
    header.expires_at = machine.log_time() + std::chrono::seconds{random_.chance(0.2) ? 1 : 20};
    return header;
  }

  random_stream random_;
  std::vector<site_id> sites_;
  bool owners_abort_;
  std::uint64_t proposals_ = 0, transfers_ = 0, defined_ = 0;
};

}  // namespace foreshift::inline FORESHIFT_ABI::sim
