#pragma once
/// @file
/// Duplicate suppression: a command is applied once, however often it is retried.
///
/// Commands of a client may arrive in any order, so each client has a window of recent sequence numbers with
/// the answers given. Within it a retry gets the first answer; what lies before the window is refused and
/// never run.

#include <foreshift/consensus/effect.hpp>
#include <foreshift/core/flat_map.hpp>

#include <algorithm>
#include <cstddef>
#include <optional>

namespace foreshift::inline FORESHIFT_ABI::consensus {

/// A regular value, bounded by members x 2 windows, and a row for each client that has left: no epoch is let
/// in whose members could make them more than `clients_max`.
class duplicate_table {
 public:
  struct answer {
    log_position at;
    refusal reason = refusal::none;
    friend bool operator==(const answer&, const answer&) = default;
    static constexpr void fields(auto& self, auto&& f) { f(self.at, self.reason); }
  };
  static constexpr std::size_t window_max = std::size_t{1} << 20;
  static constexpr std::size_t clients_max = std::size_t{1} << 16;

  /// @param window answers kept per client at least, 1 to `window_max`
  explicit duplicate_table(std::size_t window = 2048)
      : window_(std::clamp<std::size_t>(window, 1, window_max)) {}

  /// What to answer without applying; nothing if the command is new.
  [[nodiscard]] std::optional<answer> find(command_id id) const {
    const auto* known = sessions_.find(id.client);
    if (known == nullptr) return std::nullopt;
    if (const auto* given = known->answers.find(id.sequence); given != nullptr) return *given;
    if (id.sequence <= known->evicted) return answer{{}, refusal::forgotten};
    return std::nullopt;
  }
  void record(command_id id, answer given) {
    auto& known = sessions_[id.client];
    known.answers.insert_or_assign(id.sequence, given);
    if (known.answers.size() < 2 * window_) return;
    // Half at a time, so that eviction costs O(1) per command.
    known.evicted = (known.answers.begin() + static_cast<std::ptrdiff_t>(window_) - 1)->first;
    known.answers.erase_if([&](std::uint64_t sequence, const answer&) { return sequence <= known.evicted; });
  }
  /// Whether so many more clients find room. O(1).
  [[nodiscard]] bool has_room_for(std::size_t more) const { return sessions_.size() + more <= clients_max; }
  /// The client has left: its answers go, and what it may still have under way is refused. Should it come
  /// back, it must not run a second time.
  void retire(site_id client) {
    auto& known = sessions_[client];
    const std::uint64_t last = known.answers.empty() ? 1 : (known.answers.end() - 1)->first;
    known.evicted = std::max(known.evicted, last);
    known.answers.clear();
  }
  /// A command of a client that has left was refused, and stays refused. Of others nothing is kept.
  void refuse(command_id id) {
    auto* known = sessions_.find(id.client);
    if (known != nullptr && known->answers.empty()) known->evicted = std::max(known->evicted, id.sequence);
  }
  friend bool operator==(const duplicate_table&, const duplicate_table&) = default;
  static constexpr void fields(auto& self, auto&& f) { f(self.window_, self.sessions_); }
  /// True when what was read is a table that has kept its bounds.
  [[nodiscard]] bool restored() const {
    return window_ >= 1 && window_ <= window_max && has_room_for(0) &&
           std::all_of(sessions_.begin(), sessions_.end(), [&](const auto& item) {
             const session& known = item.second;
             if (known.answers.empty()) return known.evicted > 0;  // retired
             return known.answers.size() < 2 * window_ &&
                    (known.evicted == 0 || known.answers.begin()->first > known.evicted);
           });
  }

 private:
  struct session {
    std::uint64_t evicted = 0;  // this number and all below: forgotten
    flat_map<std::uint64_t, answer> answers;
    friend bool operator==(const session&, const session&) = default;
    static constexpr void fields(auto& self, auto&& f) { f(self.evicted, self.answers); }
  };
  std::uint64_t window_;
  flat_map<site_id, session> sessions_;
};

}  // namespace foreshift::inline FORESHIFT_ABI::consensus
