#pragma once
/// @file
/// Proposals between being made and being decided.

#include <foreshift/consensus/message.hpp>
#include <foreshift/consensus/proposal_header.hpp>
#include <foreshift/consensus/state_machine.hpp>
#include <foreshift/core/digest.hpp>
#include <foreshift/core/flat_map.hpp>
#include <foreshift/placement/priority.hpp>
#include <foreshift/placement/proposal.hpp>
#include <foreshift/placement/proposal_codec.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>
#include <variant>
#include <vector>

namespace foreshift::inline FORESHIFT_ABI::driver {

/// A proposal as this site has heard it.
struct heard_proposal {
  placement::proposal what;
  consensus::proposal_header header;
  std::uint32_t attempt = 0;
  time_point sent{};       ///< by this site, when it is the sponsor: last time
  time_point submitted{};  ///< the verdict, by this site as the distinguished proposer: last time
};

/// What the log calls an action. The alternatives have one order.
[[nodiscard]] inline consensus::proposal_kind kind_of(const placement::action& what) {
  return static_cast<consensus::proposal_kind>(what.index());
}
/// The host that will have the workload: for anything but a move, the one that has it.
[[nodiscard]] inline host_id destination_of(const placement::action& what) {
  const auto* move = std::get_if<placement::migrate>(&what);
  return move != nullptr ? move->to.host : placement::place_of(what).host;
}

/// The header that the agreement sees of a proposal. Nothing when the subset is unknown to the log.
[[nodiscard]] inline std::optional<consensus::proposal_header> header_of(const placement::proposal& what,
                                                                         const consensus::state_machine& log,
                                                                         time_point expires_at) {
  const auto* authority = log.authorities().find(what.subset);
  if (authority == nullptr) return std::nullopt;
  const host_id destination = destination_of(what.what);
  consensus::proposal_header header;
  header.id = what.id;
  header.kind = kind_of(what.what);
  header.changes = {{what.workload, what.subset, destination}};
  header.subsets = {{what.subset, authority->version}};
  header.hosts = {{destination, log.ledger_version(destination)}};
  header.stakes = {{what.workload_class, consensus::criticality{what.criticality}}};
  header.expires_at = expires_at;
  header.body = placement::proposal_digest(what);
  return header;
}

/// Reads a proposal that came; nothing when body and header do not belong together.
[[nodiscard]] inline std::optional<heard_proposal> read(const consensus::propose& message) {
  if (!consensus::well_formed(message.header) || digest_of(message.body) != message.header.body)
    return std::nullopt;
  auto what = placement::decode(message.body);
  if (!what || what->id != message.header.id) return std::nullopt;
  if (message.header.kind != kind_of(what->what) || message.header.changes.size() != 1) return std::nullopt;
  const consensus::workload_change said{what->workload, what->subset, destination_of(what->what)};
  if (message.header.changes.front() != said || message.header.stakes.size() != 1) return std::nullopt;
  const consensus::stake stake{what->workload_class, consensus::criticality{what->criticality}};
  if (message.header.stakes.front() != stake) return std::nullopt;
  return heard_proposal{std::move(*what), message.header, message.attempt, {}, {}};
}

/// The proposals under way at one site.
class hearing {
 public:
  /// Takes a proposal in, or a later attempt of it. False for one that is known already.
  bool open(heard_proposal one) {
    if (const auto* known = open_.find(one.what.id); known != nullptr && known->attempt >= one.attempt)
      return false;
    open_.insert_or_assign(one.what.id, std::move(one));
    return true;
  }
  [[nodiscard]] heard_proposal* find(proposal_id id) { return open_.find(id); }
  /// Takes a proposal out; it is decided.
  [[nodiscard]] std::optional<placement::proposal> close(proposal_id id) {
    auto* one = open_.find(id);
    if (one == nullptr) return std::nullopt;
    auto what = std::move(one->what);
    open_.erase(id);
    return what;
  }
  /// Lets go of what nobody will decide any more, and says what that was.
  std::vector<proposal_id> expire(time_point before) {
    std::vector<proposal_id> over;
    open_.erase_if([&](const proposal_id& id, const heard_proposal& one) {
      if (one.header.expires_at >= before) return false;
      over.push_back(id);
      return true;
    });
    return over;
  }
  /// How many open moves go before this one when moves are short.
  [[nodiscard]] std::size_t ahead_of(const placement::proposal& what) const {
    return count([&](const auto& one) { return one.id != what.id && placement::goes_before(one, what); });
  }
  /// How many open proposals are moves.
  [[nodiscard]] std::size_t moves() const {
    return count([](const auto&) { return true; });
  }
  /// Whether any open proposal is about this workload.
  [[nodiscard]] bool is_about(workload_id w) const {
    return std::ranges::any_of(open_, [&](const auto& entry) { return entry.second.what.workload == w; });
  }
  /// Whether any open move leads to this host.
  [[nodiscard]] bool leads_to(host_id h) const {
    return count([&](const placement::proposal& what) {
             return std::get<placement::migrate>(what.what).to.host == h;
           }) > 0;
  }
  [[nodiscard]] const flat_map<proposal_id, heard_proposal>& proposals() const { return open_; }
  [[nodiscard]] flat_map<proposal_id, heard_proposal>& proposals() { return open_; }

 private:
  template <class Predicate>
  [[nodiscard]] std::size_t count(const Predicate& of_move) const {
    return static_cast<std::size_t>(std::ranges::count_if(open_, [&](const auto& entry) {
      return std::holds_alternative<placement::migrate>(entry.second.what.what) && of_move(entry.second.what);
    }));
  }
  flat_map<proposal_id, heard_proposal> open_;
};

}  // namespace foreshift::inline FORESHIFT_ABI::driver
