#pragma once
/// @file
/// The commands that a site has submitted and waits for.
///
/// Whoever submits gets an answer within a bound, or the word that there is none yet; after that word the
/// answer may still come, once.

#include <foreshift/consensus/command.hpp>
#include <foreshift/core/time.hpp>

#include <vector>

namespace foreshift::inline FORESHIFT_ABI::driver {

/// A regular value. O(commands that wait) a call.
class unanswered_commands {
 public:
  void add(consensus::command_id id, time_point until) { waiting_.push_back({id, until}); }
  /// Whether anybody waits for this answer; from now on nobody does.
  bool settle(consensus::command_id id) {
    return std::erase_if(waiting_, [&](const waiting& held) { return held.id == id; }) > 0;
  }
  /// Calls `give_up(id)` for each command whose time is over, once.
  template <class F>
  void overdue(time_point now, F give_up) {
    for (auto& held : waiting_) {
      if (held.given_up || now < held.until) continue;
      held.given_up = true;
      give_up(held.id);
    }
  }
  friend bool operator==(const unanswered_commands&, const unanswered_commands&) = default;

 private:
  struct waiting {
    consensus::command_id id;
    time_point until;
    bool given_up = false;
    friend bool operator==(const waiting&, const waiting&) = default;
  };
  std::vector<waiting> waiting_;
};

}  // namespace foreshift::inline FORESHIFT_ABI::driver
