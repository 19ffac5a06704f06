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

/// The header that the agreement sees of a move. Nothing when the subset is unknown to the log.
[[nodiscard]] inline std::optional<consensus::proposal_header> header_of(const placement::proposal& what,
                                                                         const consensus::state_machine& log,
                                                                         time_point expires_at) {
  const auto* move = std::get_if<placement::migrate>(&what.what);
  const auto* authority = log.authorities().find(what.subset);
  if (move == nullptr || authority == nullptr) return std::nullopt;
  consensus::proposal_header header;
  header.id = what.id;
  header.kind = consensus::proposal_kind::migrate;
  header.changes = {{what.workload, what.subset, move->to.host}};
  header.subsets = {{what.subset, authority->version}};
  header.hosts = {{move->to.host, log.ledger_version(move->to.host)}};
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
  const auto* move = std::get_if<placement::migrate>(&what->what);
  if (move == nullptr || message.header.changes.size() != 1) return std::nullopt;
  const consensus::workload_change said{what->workload, what->subset, move->to.host};
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
  /// How many open proposals go before this one when moves are short.
  [[nodiscard]] std::size_t ahead_of(const placement::proposal& what) const {
    std::size_t n = 0;
    for (const auto& [id, one] : open_) n += id != what.id && placement::goes_before(one.what, what) ? 1 : 0;
    return n;
  }
  [[nodiscard]] const flat_map<proposal_id, heard_proposal>& proposals() const { return open_; }
  [[nodiscard]] flat_map<proposal_id, heard_proposal>& proposals() { return open_; }

 private:
  flat_map<proposal_id, heard_proposal> open_;
};

}  // namespace foreshift::inline FORESHIFT_ABI::driver
