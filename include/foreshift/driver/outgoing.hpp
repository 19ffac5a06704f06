#pragma once
/// @file
/// What a replica wants written down and sent, in the order that keeps its word.
///
/// A message leaves when everything it rests on is durable, and not before. All that is due is synced
/// together, and only where something waits for it: that an entry is chosen, for one, is written down and
/// waited for by nothing, since a quorum has it durably and after a crash it is learned again. A snapshot
/// takes the place of records once these are durable, and in the place of damage it comes before all of them.

#include <foreshift/consensus/codec.hpp>
#include <foreshift/consensus/message.hpp>
#include <foreshift/consensus/ready.hpp>
#include <foreshift/core/bytes.hpp>
#include <foreshift/core/id.hpp>
#include <foreshift/core/result.hpp>
#include <foreshift/driver/progress.hpp>
#include <foreshift/ports/storage.hpp>
#include <foreshift/ports/transport.hpp>

#include <cstddef>
#include <iterator>
#include <optional>
#include <span>
#include <utility>
#include <vector>

namespace foreshift::inline FORESHIFT_ABI::driver {

/// The first byte of every message of the agreement on the resource channel; any other is somebody else's.
inline constexpr std::byte agreement_frame{1};

/// A value. After an error it is not to be used any more.
class outgoing {
 public:
  /// @param last of the records that the storage has kept
  explicit outgoing(lsn last = {}) : written_(last), durable_(last) {}

  [[nodiscard]] lsn durable() const { return durable_; }
  /// What a step brought about; its records, messages and snapshot are moved from.
  void add(consensus::duties& due) {
    const auto append = [](auto& to, auto& from) {
      to.insert(to.end(), std::make_move_iterator(from.begin()), std::make_move_iterator(from.end()));
    };
    append(unwritten_, due.persist);
    append(outbox_, due.send);
    if (due.snapshot) snapshot_ = std::move(due.snapshot);  // a later one holds all of the earlier
  }
  void add(consensus::send_duty message) { outbox_.push_back(std::move(message)); }

  /// Sends what rests on nothing that is not durable yet. What goes to several sites is encoded once. An
  /// error of the transport means that the message is lost, which the agreement expects anyway.
  /// @param keep gets each message that is for this site itself
  template <ports::Transport Transport, class Keep>
  void send(Transport& transport, site_id self, Keep&& keep);
  /// Appends the records, and syncs if anything waits for that, `awaited` among it. Gives whether all is
  /// durable now: false where nothing waits.
  template <ports::LogStorage Storage>
  [[nodiscard]] result<bool, driver_error> write(Storage& storage, lsn awaited);

 private:
  /// @pre there is a snapshot
  template <ports::LogStorage Storage>
  [[nodiscard]] std::optional<driver_error> cut(Storage& storage) {
    const auto due = std::exchange(snapshot_, {});
    return fault_of(storage.snapshot(due->covers, due->bytes), driver_fault::write_failed);
  }
  [[nodiscard]] static std::optional<driver_error> fault_of(const std::error_code& error, driver_fault what) {
    return error ? std::optional{driver_error{what, error.message()}} : std::nullopt;
  }

  std::vector<consensus::persist_duty> unwritten_;
  std::vector<consensus::send_duty> outbox_;
  std::optional<consensus::snapshot_duty> snapshot_;
  lsn written_, durable_;
  byte_writer record_, frame_;  // their room is used again
};

template <ports::Transport Transport, class Keep>
void outgoing::send(Transport& transport, site_id self, Keep&& keep) {
  const consensus::message* framed = nullptr;  // what `frame_` holds
  auto kept = outbox_.begin();
  for (auto& m : outbox_) {
    if (m.after > durable_) {
      if (&*kept != &m) *kept = std::move(m);
      ++kept;
      framed = nullptr;  // it may be gone
    } else if (m.to == self) {
      keep(m.what);
    } else {
      if (framed == nullptr || !(*framed == m.what)) {
        frame_.clear();
        frame_.raw(std::span{&agreement_frame, 1});
        encode(frame_, m.what);
        framed = &m.what;
      }
      static_cast<void>(transport.send(m.to, ports::channel::resource, frame_.view()));
    }
  }
  outbox_.erase(kept, outbox_.end());
  // So that the others work while this site waits for its disk.
  if constexpr (requires { transport.flush(); }) transport.flush();
}

template <ports::LogStorage Storage>
result<bool, driver_error> outgoing::write(Storage& storage, lsn awaited) {
  using enum driver_fault;
  if (snapshot_ && snapshot_->covers <= durable_)
    if (auto fault = cut(storage)) return failure{std::move(*fault)};
  for (const auto& r : unwritten_) {
    record_.clear();
    consensus::wire_writer{record_}(r.what);
    if (auto fault = fault_of(storage.append(r.at, record_.view()), write_failed))
      return failure{std::move(*fault)};
    written_ = r.at;
  }
  unwritten_.clear();
  if (outbox_.empty() && awaited == lsn{} && !snapshot_) return false;
  if (durable_ < written_)
    if (auto fault = fault_of(storage.sync(), sync_failed)) return failure{std::move(*fault)};
  durable_ = written_;
  // Not before the records are durable that it stands for: until it has taken their place they are needed.
  if (snapshot_)
    if (auto fault = cut(storage)) return failure{std::move(*fault)};
  return true;
}

}  // namespace foreshift::inline FORESHIFT_ABI::driver
