#pragma once
/// @file
/// The process's view of a simulated directory: a model of FileSystem on a `volume`.

#include <foreshift/core/bytes.hpp>
#include <foreshift/core/result.hpp>
#include <foreshift/ports/file_system.hpp>
#include <foreshift/sim/volume.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

namespace foreshift::inline FORESHIFT_ABI::sim {

/// An open file on a volume. After a crash of the volume every call fails.
class file {
 public:
  result<std::size_t, std::error_code> read(std::uint64_t offset, std::span<std::byte> into) {
    auto* f = content();
    if (f == nullptr) return failure{broken()};
    if (offset >= f->seen.size()) return std::size_t{0};
    const std::size_t count = std::min<std::size_t>(into.size(), f->seen.size() - offset);
    std::copy_n(f->seen.begin() + static_cast<std::ptrdiff_t>(offset), count, into.begin());
    return count;
  }
  std::error_code write(std::uint64_t offset, byte_span bytes) {
    auto* f = content();
    if (f == nullptr || !on_->powered_) return broken();
    if (const auto by = std::exchange(on_->misdirect_by_, 0); by != 0 && !f->seen.empty()) {
      offset = (offset + by) % f->seen.size();
      bytes = bytes.first(std::min<std::size_t>(bytes.size(), f->seen.size() - offset));
      ++on_->counts_.misdirected;
    }
    const std::uint64_t end = offset + bytes.size();
    if (end > f->seen.size() && !on_->fits(end - f->seen.size()))
      return std::make_error_code(std::errc::no_space_on_device);
    if (end > f->seen.size()) f->seen.resize(end);
    std::copy(bytes.begin(), bytes.end(), f->seen.begin() + static_cast<std::ptrdiff_t>(offset));
    volume::mark(*f, offset, bytes.size());
    ++on_->counts_.writes;
    return on_->operate() ? std::error_code{} : broken();
  }
  std::error_code sync() {
    auto* f = content();
    // At the operation that the power goes at, the crash decides which sectors had reached the medium.
    if (f == nullptr || !on_->powered_ || !on_->operate()) return broken();
    ++on_->counts_.syncs;
    const auto outcome = on_->draw_sync();
    if (outcome == volume::outcome::done)
      for (const std::size_t sector : f->dirty) volume::reach_medium(*f, sector);
    f->dirty.clear();
    return outcome == volume::outcome::failed ? broken() : std::error_code{};
  }

 private:
  friend class file_system;
  file(volume& v, volume::inode id) : on_(&v), id_(id), life_(v.life_) {}
  volume::content_of_file* content() {
    if (life_ != on_->life_) return nullptr;
    const auto hit = on_->files_.find(id_);
    return hit == on_->files_.end() ? nullptr : &hit->second;
  }
  static std::error_code broken() { return std::make_error_code(std::errc::io_error); }

  volume* on_;
  volume::inode id_;
  std::uint64_t life_;
};

/// The files of a volume. Opening one after a crash is the restart.
class file_system {
 public:
  using file = sim::file;

  /// @pre the volume outlives it
  explicit file_system(volume& v) : on_(&v), life_(v.life_) {}

  result<file, std::error_code> create(std::string_view name, std::uint64_t size) {
    if (!usable()) return failure{broken()};
    if (!on_->fits(size)) return failure{std::make_error_code(std::errc::no_space_on_device)};
    const auto id = ++on_->last_inode_;
    auto& f = on_->files_[id];
    f.seen.resize(size);
    volume::mark(f, 0, size);
    on_->rename_entry({std::string{name}, {}, id});
    ++on_->counts_.creates;
    if (!on_->operate()) return failure{broken()};
    return file{*on_, id};
  }
  result<file, std::error_code> open(std::string_view name) {
    if (!usable()) return failure{broken()};
    const auto hit = on_->names_.find(name);
    if (hit == on_->names_.end()) return failure{absent()};
    return file{*on_, hit->second};
  }
  std::error_code rename(std::string_view from, std::string_view to) {
    if (!usable()) return broken();
    const auto hit = on_->names_.find(from);
    if (hit == on_->names_.end()) return absent();
    if (from != to) on_->rename_entry({std::string{to}, std::string{from}, hit->second});
    ++on_->counts_.renames;
    return on_->operate() ? std::error_code{} : broken();
  }
  std::error_code remove(std::string_view name) {
    if (!usable()) return broken();
    if (on_->names_.find(name) == on_->names_.end()) return absent();
    on_->rename_entry({std::string{name}, {}, 0});
    ++on_->counts_.removes;
    return on_->operate() ? std::error_code{} : broken();
  }
  result<std::vector<std::string>, std::error_code> list() {
    if (!usable()) return failure{broken()};
    return on_->names();
  }
  std::error_code sync_directory() {
    if (!usable() || !on_->operate()) return broken();
    ++on_->counts_.directory_syncs;
    const auto outcome = on_->draw_sync();
    if (outcome == volume::outcome::done)
      for (const auto& c : on_->changes_) volume::apply(on_->durable_names_, c);
    on_->changes_.clear();
    on_->collect();
    return outcome == volume::outcome::failed ? broken() : std::error_code{};
  }

 private:
  [[nodiscard]] bool usable() const { return life_ == on_->life_ && on_->powered_; }
  static std::error_code broken() { return std::make_error_code(std::errc::io_error); }
  static std::error_code absent() { return std::make_error_code(std::errc::no_such_file_or_directory); }

  volume* on_;
  std::uint64_t life_;
};
static_assert(ports::FileSystem<file_system>);

}  // namespace foreshift::inline FORESHIFT_ABI::sim
