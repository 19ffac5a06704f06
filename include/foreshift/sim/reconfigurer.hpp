#pragma once
/// @file
/// Who wants another epoch, and which: weights, alpha, f, frozen members, and members that leave and come
/// back.
///
/// It has a table of members in mind and works towards it from whatever state it is shown: what those who
/// shall leave own is passed on first, then the epoch is asked for. Once that is in force it has another
/// table in mind. In every epoch that it asks for, as many members may fail as disks may be lost for good, so
/// that progress may be asked for when the faults have stopped.

#include <foreshift/consensus/command.hpp>
#include <foreshift/consensus/state_machine.hpp>
#include <foreshift/core/id.hpp>
#include <foreshift/core/random.hpp>
#include <foreshift/sim/fault.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <utility>
#include <variant>
#include <vector>

namespace foreshift::inline FORESHIFT_ABI::sim {

/// How many of so many sites may be without weight at once.
[[nodiscard]] constexpr std::size_t away_max(std::size_t sites) { return sites >= 5 ? 2 : 1; }
/// How many members may fail in every epoch that is asked for. @pre three sites or more
[[nodiscard]] constexpr std::size_t tolerated_always(std::size_t sites) {
  return (sites - away_max(sites) - 1) / 2;
}

class reconfigurer {
 public:
  using wish = std::variant<consensus::change_epoch, consensus::freeze, consensus::prepare_transfer>;

  /// @param sites all there are, sorted, three or more
  /// @param on with `departure` members leave, with `epoch_change` everything else changes
  reconfigurer(std::uint64_t seed, std::span<const site_id> sites, nemesis_set on)
      : random_(seed, 0x7265636f), sites_(sites.begin(), sites.end()), on_(on), electors_(sites_) {}

  /// From what one site has applied, which may be long out of date.
  template <class Machine>
  [[nodiscard]] std::optional<wish> next(const Machine& seen) {
    const bool parameters = on_.has(nemesis::epoch_change);
    if (!parameters && !on_.has(nemesis::departure)) return std::nullopt;
    if (parameters && random_.chance(0.4)) return parameter(seen);
    if (reached(seen.members())) draw();
    return towards(seen);
  }
  /// Whether the members that leave this time are stopped before the others can do without them.
  [[nodiscard]] bool hasty() const { return hasty_; }

 private:
  [[nodiscard]] site_id any(const std::vector<site_id>& of) { return of[random_.below(of.size())]; }
  [[nodiscard]] static bool among(const std::vector<site_id>& some, site_id site) {
    return std::find(some.begin(), some.end(), site) != some.end();
  }
  [[nodiscard]] bool reached(const consensus::epoch& now) const {
    const auto same = [](const consensus::elector& e, site_id site) { return e.site == site; };
    const auto electors = now.electors();
    const auto learners = now.learners();
    return std::equal(electors.begin(), electors.end(), electors_.begin(), electors_.end(), same) &&
           std::equal(learners.begin(), learners.end(), learners_.begin(), learners_.end());
  }
  /// When all are electors some go; when some are gone they come back, now and then as learners first.
  void draw() {
    const bool leave = on_.has(nemesis::departure), learn = on_.has(nemesis::epoch_change);
    std::vector<site_id> away;
    for (const site_id site : sites_)
      if (!among(electors_, site)) away.push_back(site);
    const bool back = !away.empty();
    electors_ = sites_;
    learners_.clear();
    if (!back) {
      hasty_ = random_.chance(0.3);
      for (std::size_t left = 1 + random_.below(away_max(sites_.size())); left > 0; --left) {
        const site_id one = any(electors_);
        std::erase(electors_, one);
        if (!leave || (learn && random_.chance(0.3))) learners_.push_back(one);
      }
    } else if (random_.chance(0.3)) {
      std::erase(electors_, away.front());
      learners_.push_back(away.front());
    }
    std::sort(learners_.begin(), learners_.end());
  }
  template <class Machine>
  [[nodiscard]] wish towards(const Machine& seen) {
    for (const auto& [id, held] : seen.authorities().authorities())
      if (!among(electors_, held.owner) && !among(learners_, held.owner))
        return consensus::prepare_transfer{
            id, held.owner, any(electors_), {}, seen.log_time() + std::chrono::seconds{4}};
    auto to = seen.members().spec();
    std::vector<consensus::elector> electors;
    for (const site_id site : electors_) {
      const auto known = std::find_if(to.electors.begin(), to.electors.end(),
                                      [&](const consensus::elector& e) { return e.site == site; });
      electors.push_back({site, known != to.electors.end() ? known->weight : consensus::quorum_weight{1}});
    }
    to.electors = std::move(electors);
    to.learners = learners_;
    to.promises = to.accepts = {};  // they were made for another total
    to.tolerated = std::min(to.tolerated, tolerated_max(to));
    return consensus::change_epoch{seen.members().identity(), std::move(to)};
  }
  template <class Machine>
  [[nodiscard]] wish parameter(const Machine& seen) {
    auto to = seen.members().spec();
    auto& one = to.electors[random_.below(to.electors.size())];
    to.promises = to.accepts = {};
    constexpr std::uint32_t alphas[] = {1, 2, 4, 16, 40};
    switch (random_.below(5)) {
      case 0:
        one.weight = consensus::quorum_weight{1 + random_.below(4)};
        break;
      case 1:
        to.alpha = alphas[random_.below(std::size(alphas))];
        break;
      case 2: {
        const auto least = static_cast<std::uint32_t>(tolerated_always(sites_.size()));
        to.tolerated = least + static_cast<std::uint32_t>(random_.below(tolerated_max(to) - least + 1));
        break;
      }
      case 3: {  // fewer for the one, more for the other; refused where too few may be silent then
        const auto total = consensus::total_weight(to.electors);
        to.accepts = {1 + random_.below(total.value)};
        to.promises = {total.value + 1 - to.accepts.value};
        break;
      }
      default:
        return consensus::freeze{one.site, random_.chance(0.4)};
    }
    return consensus::change_epoch{seen.members().identity(), std::move(to)};
  }
  [[nodiscard]] static std::uint32_t tolerated_max(const consensus::epoch_spec& of) {
    return static_cast<std::uint32_t>((of.electors.size() - 1) / 2);
  }

  random_stream random_;
  std::vector<site_id> sites_;
  nemesis_set on_;
  std::vector<site_id> electors_, learners_;  // as they shall be
  bool hasty_ = false;
};

}  // namespace foreshift::inline FORESHIFT_ABI::sim
