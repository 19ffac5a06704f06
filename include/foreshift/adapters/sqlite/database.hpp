#pragma once
/// @file
/// The door to SQLite: a connection and its statements, as values that close themselves.

#include <foreshift/core/bytes.hpp>
#include <foreshift/core/contract.hpp>

#include <sqlite3.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <system_error>
#include <utility>

namespace foreshift::inline FORESHIFT_ABI::sqlite {

/// SQLite's result codes as errors.
[[nodiscard]] inline const std::error_category& category() {
  static const struct : std::error_category {
    const char* name() const noexcept override { return "sqlite"; }
    std::string message(int code) const override { return sqlite3_errstr(code); }
  } it;
  return it;
}
/// No error for SQLITE_OK, SQLITE_ROW and SQLITE_DONE.
[[nodiscard]] inline std::error_code error_of(int code) {
  if (code == SQLITE_OK || code == SQLITE_ROW || code == SQLITE_DONE) return {};
  return {code, category()};
}

/// A prepared statement. Parameters and columns count from 0.
class statement {
 public:
  statement() = default;
  statement(sqlite3* on, const char* text) {
    sqlite3_stmt* made = nullptr;
    status_ = sqlite3_prepare_v3(on, text, -1, SQLITE_PREPARE_PERSISTENT, &made, nullptr);
    it_.reset(made);
  }
  /// Binds from the first parameter on: numbers by their bits, bytes without a copy, so they must live until
  /// the statement has run.
  template <class... T>
  statement& with(T... values) {
    reset();
    int at = 0;
    (bind(++at, values), ...);
    return *this;
  }
  /// Runs to the end; rows are ignored.
  std::error_code run() {
    while (step()) {
    }
    auto error = error_of(status_);
    reset();
    return error;
  }
  /// True while there is a row.
  bool step() {
    if (it_ != nullptr && status_ == SQLITE_OK) status_ = SQLITE_ROW;
    if (status_ == SQLITE_ROW) status_ = sqlite3_step(it_.get());
    return status_ == SQLITE_ROW;
  }
  [[nodiscard]] std::error_code error() const { return error_of(status_); }
  void reset() {
    if (it_ == nullptr) return;
    sqlite3_reset(it_.get());
    status_ = SQLITE_OK;
  }

  [[nodiscard]] std::uint64_t number(int column) const {
    return static_cast<std::uint64_t>(sqlite3_column_int64(it_.get(), column));
  }
  /// Valid until the next step.
  [[nodiscard]] byte_span bytes(int column) const {
    const auto* data = static_cast<const std::byte*>(sqlite3_column_blob(it_.get(), column));
    return {data, data == nullptr ? 0 : static_cast<std::size_t>(sqlite3_column_bytes(it_.get(), column))};
  }

 private:
  void bind(int at, std::uint64_t value) {
    bound(sqlite3_bind_int64(it_.get(), at, static_cast<sqlite3_int64>(value)));
  }
  void bind(int at, byte_span value) {
    // SQLite takes a null pointer for NULL, which is not the empty blob.
    const void* data = value.empty() ? static_cast<const void*>("") : value.data();
    bound(sqlite3_bind_blob64(it_.get(), at, data, value.size(), SQLITE_STATIC));
  }
  void bound(int code) {
    if (status_ == SQLITE_OK && code != SQLITE_OK) status_ = code;
  }
  struct finalizer {
    void operator()(sqlite3_stmt* s) const { sqlite3_finalize(s); }
  };
  std::unique_ptr<sqlite3_stmt, finalizer> it_;
  int status_ = SQLITE_MISUSE;
};

/// A connection. Statements made on it must be gone before it is.
class database {
 public:
  explicit database(const std::string& path) {
    sqlite3* made = nullptr;
    const int flags =
        SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
    status_ = sqlite3_open_v2(path.c_str(), &made, flags, nullptr);
    it_.reset(made);
  }
  [[nodiscard]] std::error_code error() const { return error_of(status_); }
  [[nodiscard]] statement prepare(const char* text) { return statement{it_.get(), text}; }
  std::error_code run(const char* text) { return prepare(text).run(); }
  /// The first column of the first row; nothing where there is none or it cannot be read.
  [[nodiscard]] std::optional<std::uint64_t> number(const char* text) {
    auto s = prepare(text);
    return s.step() ? std::optional{s.number(0)} : std::nullopt;
  }

 private:
  struct closer {
    void operator()(sqlite3* d) const { sqlite3_close_v2(d); }
  };
  std::unique_ptr<sqlite3, closer> it_;
  int status_;
};

}  // namespace foreshift::inline FORESHIFT_ABI::sqlite
