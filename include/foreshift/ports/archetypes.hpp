#pragma once
/// @file
/// The smallest type that models each port, and nothing more: what an algorithm may ask of a port, this
/// offers.

#include <foreshift/ports/clock.hpp>
#include <foreshift/ports/file_system.hpp>
#include <foreshift/ports/http_client.hpp>
#include <foreshift/ports/observer.hpp>
#include <foreshift/ports/orchestrator.hpp>
#include <foreshift/ports/storage.hpp>
#include <foreshift/ports/telemetry_source.hpp>
#include <foreshift/ports/transport.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

namespace foreshift::inline FORESHIFT_ABI::ports::archetypes {

/// Cannot be copied, moved or made anew: nothing of that is asked.
struct pinned {
  pinned() = default;
  pinned(const pinned&) = delete;
  pinned& operator=(const pinned&) = delete;
};

/// Time stands still.
struct clock : pinned {
  time_point now() { return {}; }
};
static_assert(Clock<clock>);

/// Every message is lost.
struct transport : pinned {
  std::error_code send(site_id, channel, byte_span) { return {}; }
  template <class Sink>
  void poll(Sink&&) {}
};
static_assert(Transport<transport>);

/// Refuses to store anything, since it could not keep it.
struct log_storage {
  log_storage() = default;
  log_storage(log_storage&&) = default;
  log_storage& operator=(log_storage&&) = default;
  std::error_code append(lsn, byte_span) { return full(); }
  std::error_code sync() { return {}; }
  result<recovered_log, storage_fault> recover() { return recovered_log{}; }
  std::error_code snapshot(lsn, byte_span) { return full(); }
  std::error_code truncate(lsn) { return {}; }

 private:
  static std::error_code full() { return std::make_error_code(std::errc::no_space_on_device); }
};
static_assert(LogStorage<log_storage>);

/// A directory in which nothing can be made.
struct file_system {
  struct file {
    file() = default;
    file(file&&) = default;
    file& operator=(file&&) = default;
    result<std::size_t, std::error_code> read(std::uint64_t, std::span<std::byte>) { return std::size_t{0}; }
    std::error_code write(std::uint64_t, byte_span) { return full(); }
    std::error_code sync() { return {}; }
  };
  file_system() = default;
  file_system(file_system&&) = default;
  file_system& operator=(file_system&&) = default;
  result<file, std::error_code> create(std::string_view, std::uint64_t) { return failure{full()}; }
  result<file, std::error_code> open(std::string_view) { return failure{absent()}; }
  std::error_code rename(std::string_view, std::string_view) { return absent(); }
  std::error_code remove(std::string_view) { return absent(); }
  result<std::vector<std::string>, std::error_code> list() { return std::vector<std::string>{}; }
  std::error_code sync_directory() { return {}; }

 private:
  static std::error_code full() { return std::make_error_code(std::errc::no_space_on_device); }
  static std::error_code absent() { return std::make_error_code(std::errc::no_such_file_or_directory); }
};
static_assert(FileSystem<file_system>);

/// Cannot be reached.
struct orchestrator : pinned {
  static constexpr bool fences = false;
  static constexpr migration::cut_over_style style = migration::cut_over_style::one_step;
  std::error_code submit(const migration::command&) {
    return std::make_error_code(std::errc::host_unreachable);
  }
  template <class Sink>
  void poll(Sink&&) {}
};
static_assert(Orchestrator<orchestrator>);

/// Has nothing to tell.
struct telemetry_source : pinned {
  template <class Sink>
  void poll(Sink&&) {}
};
static_assert(TelemetrySource<telemetry_source>);

/// Looks away.
struct observer : pinned {
  void observe(const note&) {}
};
static_assert(Observer<observer>);

/// No connection.
struct http_client : pinned {
  result<http_response, http_error> exchange(const http_request&) {
    return failure{http_error{.sent = false, .reason = "no connection"}};
  }
};
static_assert(HttpClient<http_client>);

}  // namespace foreshift::inline FORESHIFT_ABI::ports::archetypes
