#pragma once
/// @file
/// The numbering of a replica's durable records, and what waits for them.

#include <foreshift/consensus/ready.hpp>
#include <foreshift/consensus/record.hpp>
#include <foreshift/core/fifo.hpp>

#include <algorithm>
#include <optional>
#include <utility>

namespace foreshift::inline FORESHIFT_ABI::consensus {

/// A replica is its own peer: what it says to itself waits here until it is as durable as what it says to
/// others. That is how a proposer comes to count its own acceptance only when it survives a crash. A regular
/// value.
class journal {
 public:
  journal() = default;
  explicit journal(lsn last) : last_(last), durable_(last) {}

  /// Numbers a record and hands it out to be persisted.
  template <class Record>
  lsn write(Record&& what, duties& out) {
    last_ = next(last_);
    auto& due = out.persist.emplace_back();
    due.at = last_;
    due.what = std::forward<Record>(what);
    return last_;
  }
  /// The last record written, durable or not.
  [[nodiscard]] lsn last() const { return last_; }
  [[nodiscard]] lsn durable_through() const { return durable_; }
  /// A claim about records that were never written is ignored.
  void on_durable(lsn through) { durable_ = std::max(durable_, std::min(through, last_)); }

  template <class Body>
  void post(Body own, lsn after) {
    earliest_ = mail_.empty() ? after : std::min(earliest_, after);
    auto& waiting = mail_.emplace_back();
    waiting.what = std::move(own), waiting.after = after;
  }
  /// The last record that a letter to oneself waits for; nothing when none waits.
  [[nodiscard]] lsn awaited() const {
    lsn last;
    for (const auto& waiting : mail_) last = std::max(last, waiting.after);
    return last > durable_ ? last : lsn{};
  }
  /// The first letter to oneself that has waited long enough. O(1) when none has.
  [[nodiscard]] std::optional<message_body> collect() {
    if (mail_.empty() || earliest_ > durable_) return std::nullopt;
    lsn earliest = mail_.begin()->after;
    for (auto first = mail_.begin(); first != mail_.end(); ++first) {
      earliest = std::min(earliest, first->after);
      if (first->after > durable_) continue;
      std::optional<message_body> due{std::move(first->what)};
      mail_.erase(first);
      return due;
    }
    earliest_ = earliest;
    return std::nullopt;
  }
  friend bool operator==(const journal& a, const journal& b) {  // what else is kept only saves looking
    return a.last_ == b.last_ && a.durable_ == b.durable_ && a.mail_ == b.mail_;
  }

 private:
  struct letter {
    message_body what;
    lsn after;
    friend bool operator==(const letter&, const letter&) = default;
  };
  lsn last_;
  lsn durable_;
  fifo<letter> mail_;
  lsn earliest_;  // no letter waits for less
};

}  // namespace foreshift::inline FORESHIFT_ABI::consensus
