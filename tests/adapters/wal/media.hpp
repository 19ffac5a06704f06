#pragma once
/// @file
/// Media that the tests run a write-ahead log on: harnesses of the storage contract.

#include <foreshift/adapters/wal/posix_directory.hpp>
#include <foreshift/adapters/wal/write_ahead_log.hpp>
#include <foreshift/core/random.hpp>
#include <foreshift/sim/file_system.hpp>
#include <foreshift/sim/volume.hpp>

#include <contracts/storage_contract.hpp>
#include <support/scratch_directory.hpp>

#include <doctest/doctest.h>

#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace foreshift::wal_tests {

/// Small enough that a few batches fill a segment.
inline constexpr wal::options small{.store = 7, .block_bytes = 512, .segment_bytes = 16 * 512};

using simulated_log = wal::write_ahead_log<sim::file_system>;

/// Where a text begins in bytes.
inline std::optional<std::size_t> find_text(byte_span bytes, std::string_view text) {
  const std::string_view all{reinterpret_cast<const char*>(bytes.data()), bytes.size()};
  const auto at = all.find(text);
  return at == std::string_view::npos ? std::nullopt : std::optional{at};
}

struct simulated_medium {
  std::unique_ptr<sim::volume> medium = std::make_unique<sim::volume>();
  static random_stream& random() {
    static random_stream stream{12};  // shared, so that the rounds of the suite see different crashes
    return stream;
  }
  auto open() { return simulated_log{sim::file_system{*medium}, small}; }
  void crash() { medium->crash(random()); }
  void fail_next_sync() { medium->fail_next_sync(); }
  bool damage(lsn at) { return rot(contracts::record_text(at.value)); }
  void damage_snapshot() { REQUIRE(rot("state of")); }

 private:
  /// Flips a bit of the last byte of the text, which is behind the record's identity.
  bool rot(const std::string& text) {
    for (const auto& name : medium->names())
      if (const auto at = find_text(medium->content(name), text))
        return medium->rot(name, *at + text.size() - 1, std::byte{4});
    return false;
  }
};

/// A directory of the system. It cannot lose power: what was written is there.
struct posix_medium {
  scratch_directory place;
  auto open() {
    auto files = wal::posix_directory::at(place.path().string());
    REQUIRE(files.has_value());
    return wal::write_ahead_log{std::move(*files), small};
  }
  void crash() {}
  bool damage(lsn at) { return rot(contracts::record_text(at.value)); }
  void damage_snapshot() { REQUIRE(rot("state of")); }

 private:
  bool rot(const std::string& text) {
    for (const auto& entry : std::filesystem::directory_iterator{place.path()}) {
      std::FILE* f = std::fopen(entry.path().c_str(), "r+b");
      REQUIRE(f != nullptr);
      byte_string bytes(static_cast<std::size_t>(entry.file_size()));
      REQUIRE(std::fread(bytes.data(), 1, bytes.size(), f) == bytes.size());
      const auto at = find_text(bytes, text);
      if (at) {
        const auto target = static_cast<long>(*at + text.size() - 1);
        REQUIRE(std::fseek(f, target, SEEK_SET) == 0);
        REQUIRE(std::fputc(std::to_integer<int>(bytes[static_cast<std::size_t>(target)] ^ std::byte{4}), f) !=
                EOF);
      }
      REQUIRE(std::fclose(f) == 0);
      if (at) return true;
    }
    return false;
  }
};

}  // namespace foreshift::wal_tests
