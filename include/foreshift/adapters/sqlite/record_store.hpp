#pragma once
/// @file
/// A durable log in an SQLite database: a model of LogStorage for those who want to look into it with tools.
///
/// A batch is a transaction with synchronous = EXTRA. The journal is the one that rolls back: SQLite's own
/// write-ahead log ends at the first frame whose checksum is wrong, so that one rotten byte in it would take
/// back what was acknowledged without a word. SQLite has no checksums of its own on what it stores; every
/// record has one here, and its identity stands in another table as well.

#include <foreshift/adapters/sqlite/database.hpp>
#include <foreshift/core/bytes.hpp>
#include <foreshift/core/checksum.hpp>
#include <foreshift/core/contract.hpp>
#include <foreshift/core/id.hpp>
#include <foreshift/ports/storage.hpp>

#include <algorithm>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <system_error>
#include <utility>

namespace foreshift::inline FORESHIFT_ABI::sqlite {

/// Costs: `append` is two inserts; `sync` a commit, which forces the journal, the database and the journal
/// again. The database belongs to one store at a time.
class record_store {
 public:
  /// Opens or makes the database; what is wrong with it `recover` says.
  explicit record_store(std::string path) : path_(std::move(path)) {}

  /// @pre it has been recovered, and `at` is one more than the last
  std::error_code append(lsn at, byte_span record) {
    if (!usable()) return broken();
    FORESHIFT_EXPECT(at == next(last_));
    if (const auto error = begin()) return halted(error);
    const auto identity = record.first(std::min(record.size(), ports::identity_bytes));
    if (const auto error = add_record_.with(at.value, record, checksum_of(at, record)).run())
      return halted(error);
    if (const auto error = add_identity_.with(at.value, identity, checksum_of(at, identity)).run())
      return halted(error);
    last_ = at;
    return {};
  }
  std::error_code sync() {
    if (!usable()) return broken();
    return in_transaction_ ? commit() : std::error_code{};
  }
  [[nodiscard]] result<ports::recovered_log, ports::storage_fault> recover();
  /// @pre `covers` is not below what the last snapshot covers, nor below the fault's `last` after a fault
  std::error_code snapshot(lsn covers, byte_span bytes) {
    if (mode_ == mode::halted) return broken();
    FORESHIFT_EXPECT(covers >= covers_ && (mode_ == mode::open || covers >= last_));
    if (const auto error = begin()) return halted(error);
    if (const auto error = keep_snapshot_.with(covers.value, bytes, checksum_of(covers, bytes)).run())
      return halted(error);
    for (auto* drop : {&drop_records_through_, &drop_identities_through_})
      if (const auto error = drop->with(covers.value).run()) return halted(error);
    covers_ = covers;
    last_ = std::max(last_, covers);
    return commit();
  }
  std::error_code truncate(lsn after) {
    if (!usable()) return broken();
    after = std::max(after, covers_);
    if (after >= last_) return {};
    if (const auto error = begin()) return halted(error);
    for (auto* drop : {&drop_records_behind_, &drop_identities_behind_})
      if (const auto error = drop->with(after.value).run()) return halted(error);
    last_ = after;
    return commit();
  }

 private:
  enum class mode : std::uint8_t { halted, open, faulty };

  [[nodiscard]] bool usable() const { return mode_ == mode::open; }
  static std::error_code broken() { return std::make_error_code(std::errc::io_error); }
  std::error_code halted(std::error_code error) {
    mode_ = mode::halted;
    return error;
  }
  /// A row that strays to another number is as wrong as one that has changed.
  static std::uint64_t checksum_of(lsn at, byte_span bytes) {
    byte_writer number;
    number.put(at.value);
    return crc32c(bytes, crc32c(number.view()));
  }
  std::error_code begin() {
    if (in_transaction_) return {};
    const auto error = begin_.with().run();
    in_transaction_ = !error;
    return error;
  }
  /// Ends the transaction, with the end of the log in it.
  std::error_code commit() {
    in_transaction_ = false;
    if (const auto error = keep_end_.with(last_.value, checksum_of(last_, {})).run()) return halted(error);
    if (const auto error = commit_.with().run()) return halted(error);
    mode_ = mode::open;
    return {};
  }
  using outcome = result<ports::recovered_log, ports::storage_fault>;
  static outcome no_metadata(std::string where, std::string reason) {
    return failure{ports::storage_fault{lsn{}, std::move(where), std::move(reason), ports::damage::metadata}};
  }
  std::error_code prepare();
  [[nodiscard]] outcome read();
  /// What a table holds behind the snapshot, as far as it is whole.
  [[nodiscard]] std::map<lsn, byte_string> read_table(const char* query);

  std::string path_;
  std::optional<database> it_;
  statement begin_, commit_, add_record_, add_identity_, keep_snapshot_, keep_end_;
  statement drop_records_through_, drop_identities_through_, drop_records_behind_, drop_identities_behind_;
  mode mode_ = mode::halted;  // until it has been recovered
  bool in_transaction_ = false;
  lsn covers_, last_;
};

inline std::error_code record_store::prepare() {
  *this = record_store{std::move(path_)};  // closes what was open, its transaction rolled back
  it_.emplace(path_);
  if (const auto error = it_->error()) return error;
  for (const auto* setting : {"PRAGMA locking_mode = EXCLUSIVE", "PRAGMA journal_mode = DELETE",
                              "PRAGMA synchronous = EXTRA", "PRAGMA fullfsync = 1"})
    if (const auto error = it_->run(setting)) return error;
  const auto pages = it_->number("PRAGMA page_count");
  if (const auto error = it_->run("BEGIN EXCLUSIVE")) return error;
  const bool is_new = pages && *pages == 0;  // nothing was ever written here
  if (is_new)
    for (const auto* table : {
             "CREATE TABLE records (lsn INTEGER PRIMARY KEY, bytes BLOB, checksum INTEGER)",
             "CREATE TABLE identities (lsn INTEGER PRIMARY KEY, bytes BLOB, checksum INTEGER)",
             "CREATE TABLE snapshots (one INTEGER PRIMARY KEY, lsn INTEGER, bytes BLOB, checksum INTEGER)",
             "CREATE TABLE ends (one INTEGER PRIMARY KEY, lsn INTEGER, checksum INTEGER)",
         })
      if (const auto error = it_->run(table)) return error;
  keep_end_ = it_->prepare("INSERT OR REPLACE INTO ends VALUES (1, ?, ?)");
  if (is_new)
    if (const auto error = keep_end_.with(std::uint64_t{0}, checksum_of({}, {})).run()) return error;
  if (const auto error = it_->run("COMMIT")) return error;
  begin_ = it_->prepare("BEGIN IMMEDIATE");
  commit_ = it_->prepare("COMMIT");
  add_record_ = it_->prepare("INSERT INTO records VALUES (?, ?, ?)");
  add_identity_ = it_->prepare("INSERT INTO identities VALUES (?, ?, ?)");
  keep_snapshot_ = it_->prepare("INSERT OR REPLACE INTO snapshots VALUES (1, ?, ?, ?)");
  drop_records_through_ = it_->prepare("DELETE FROM records WHERE lsn <= ?");
  drop_identities_through_ = it_->prepare("DELETE FROM identities WHERE lsn <= ?");
  drop_records_behind_ = it_->prepare("DELETE FROM records WHERE lsn > ?");
  drop_identities_behind_ = it_->prepare("DELETE FROM identities WHERE lsn > ?");
  return drop_identities_behind_.error();
}

inline result<ports::recovered_log, ports::storage_fault> record_store::recover() {
  if (const auto error = prepare()) return no_metadata(path_, error.message());
  auto found = read();
  const bool mendable = !found && found.error().what != ports::damage::metadata;
  mode_ = found ? mode::open : mendable ? mode::faulty : mode::halted;
  return found;
}

inline auto record_store::read() -> outcome {
  {
    auto end = it_->prepare("SELECT lsn, checksum FROM ends");
    if (!end.with().step() || end.number(1) != checksum_of(lsn{end.number(0)}, {}))
      return no_metadata(path_ + ", table ends", "nobody knows where the log ends");
    last_ = lsn{end.number(0)};
  }
  ports::recovered_log log;
  ports::storage_fault fault;
  fault.last = last_;
  {
    auto blob = it_->prepare("SELECT lsn, bytes, checksum FROM snapshots");
    if (blob.with().step()) {
      covers_ = log.snapshot_covers = lsn{blob.number(0)};
      const auto bytes = blob.bytes(1);
      if (checksum_of(covers_, bytes) == blob.number(2) && covers_ <= last_) {
        log.snapshot.assign(bytes.begin(), bytes.end());
      } else {
        covers_ = log.snapshot_covers = std::min(covers_, last_);
        fault.at = covers_;
        fault.where = path_ + ", table snapshots";
        fault.reason = "the snapshot's checksum is wrong";
        fault.what = ports::damage::snapshot;
      }
    } else if (blob.error()) {
      fault.where = path_ + ", table snapshots";
      fault.reason = blob.error().message();
      fault.what = ports::damage::snapshot;
    }
  }
  auto records = read_table("SELECT lsn, bytes, checksum FROM records WHERE lsn > ? ORDER BY lsn");
  std::map<lsn, byte_string> identities;
  bool run_begins = true;
  for (lsn at = next(covers_); at <= last_;) {
    if (const auto hit = records.find(at); hit != records.end()) {
      log.records.push_back({at, std::move(hit->second)});
      run_begins = true;
      at = next(at);
      continue;
    }
    if (fault.reason.empty()) {
      fault.at = at;
      fault.where = path_ + ", table records";
      fault.reason = "an acknowledged record is missing, or its checksum is wrong";
    }
    if (fault.lost.empty())
      identities = read_table("SELECT lsn, bytes, checksum FROM identities WHERE lsn > ? ORDER BY lsn");
    const auto identity = identities.find(at);
    if (identity != identities.end())
      fault.lost.push_back({at, identity->second});
    else if (run_begins)
      fault.lost.push_back({at, {}});
    run_begins = identity != identities.end();
    // Without a record or an identity there is nothing more to tell before the next one that has either.
    const auto skip = [&](const auto& table) {
      const auto later = table.upper_bound(at);
      return later == table.end() ? next(last_) : later->first;
    };
    at = std::min(skip(records), skip(identities));
  }
  if (fault.reason.empty()) return log;
  fault.readable = std::move(log);
  return failure{std::move(fault)};
}

inline std::map<lsn, byte_string> record_store::read_table(const char* query) {
  std::map<lsn, byte_string> out;
  auto rows = it_->prepare(query);
  rows.with(covers_.value);
  while (rows.step()) {
    const lsn at{rows.number(0)};
    const auto bytes = rows.bytes(1);
    if (checksum_of(at, bytes) == rows.number(2)) out.emplace(at, byte_string(bytes.begin(), bytes.end()));
  }
  return out;  // an error ends the rows, and what it hides is missing then
}

static_assert(ports::LogStorage<record_store>);

}  // namespace foreshift::inline FORESHIFT_ABI::sqlite
