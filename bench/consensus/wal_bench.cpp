// How fast are durable batches beside the bare minimum, on one file system in one run?
//
// raw:    write + fdatasync of the batch's bytes at the next place in a file that was filled with zeros
// before. wal:    the same records appended to a write-ahead log and synced. sqlite: the same in an SQLite
// database (rollback journal, synchronous = EXTRA), where that adapter is built. The disk's own rate differs
// from minute to minute, so the ratio to `raw` counts. The folder is TMPDIR or /tmp; the label says which
// file system that is. What was written is read back outside the timed part.

#include <foreshift/adapters/wal.hpp>
#ifdef FORESHIFT_BENCH_SQLITE
#include <foreshift/adapters/sqlite.hpp>
#endif

#include <benchmark/benchmark.h>

#include <stdlib.h>  // mkdtemp is POSIX
#include <sys/vfs.h>

#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <string>
#include <utility>

namespace {

using namespace foreshift;

constexpr std::size_t record_bytes = 256;

/// A folder on the file system that is measured, gone afterwards.
struct scratch {
  scratch() {
    path = (std::filesystem::temp_directory_path() / "foreshift_bench_XXXXXX").string();
    if (::mkdtemp(path.data()) == nullptr) std::abort();
  }
  ~scratch() {
    std::error_code ignored;
    std::filesystem::remove_all(path, ignored);
  }
  [[nodiscard]] std::string file_system() const {
    struct statfs s {};
    if (::statfs(path.c_str(), &s) != 0) return "unknown";
    switch (static_cast<unsigned long>(s.f_type)) {
      case 0xEF53:
        return "ext4";
      case 0x58465342:
        return "xfs";
      case 0x9123683E:
        return "btrfs";
      case 0x01021994:
        return "tmpfs";
      case 0x794C7630:
        return "overlayfs";
    }
    char hex[24];
    std::snprintf(hex, sizeof hex, "type %lx", static_cast<unsigned long>(s.f_type));
    return hex;
  }
  std::string path;
};

void report(benchmark::State& state, const scratch& place) {
  state.SetLabel(place.file_system());
  state.counters["batches/s"] =
      benchmark::Counter(static_cast<double>(state.iterations()), benchmark::Counter::kIsRate);
  state.counters["records/s"] = benchmark::Counter(static_cast<double>(state.iterations() * state.range(0)),
                                                   benchmark::Counter::kIsRate);
}

void raw(benchmark::State& state) {
  const scratch place;
  const auto count = static_cast<std::size_t>(state.range(0));
  auto files = wal::posix_directory::at(place.path);
  const std::size_t room = std::size_t{64} << 20;
  auto file = files->create("raw", room);
  if (!file || file->sync()) return state.SkipWithError("no file");
  const byte_string batch(count * record_bytes, std::byte{'r'});
  std::uint64_t at = 0;
  for (auto _ : state) {
    if (at + batch.size() > room) at = 0;
    if (file->write(at, batch) || file->sync()) return state.SkipWithError("cannot write");
    at += batch.size();
  }
  report(state, place);
}

/// Appends and syncs batches, then reads everything back.
template <class Open>
void log_batches(benchmark::State& state, const scratch& place, Open open) {
  const std::string text(record_bytes, 'r');
  lsn last;
  {
    auto log = open();
    if (!log.recover()) return state.SkipWithError("cannot be opened");
    for (auto _ : state) {
      for (std::int64_t i = 0; i < state.range(0); ++i) {
        last = next(last);
        if (log.append(last, bytes_of(text))) return state.SkipWithError("cannot append");
      }
      if (log.sync()) return state.SkipWithError("cannot sync");
    }
  }
  auto again = open();
  const auto found = again.recover();
  if (!found || found->records.size() != last.value || found->records.back().bytes.size() != record_bytes)
    return state.SkipWithError("what was acknowledged is not there");
  report(state, place);
}
void wal_batches(benchmark::State& state) {
  const scratch place;
  log_batches(state, place, [&] {
    return wal::write_ahead_log{std::move(wal::posix_directory::at(place.path + "/log")).value()};
  });
}
#ifdef FORESHIFT_BENCH_SQLITE
void sqlite_batches(benchmark::State& state) {
  const scratch place;
  log_batches(state, place, [&] { return sqlite::record_store{place.path + "/log.db"}; });
}
BENCHMARK(sqlite_batches)->Arg(1)->Arg(16)->Arg(64)->UseRealTime()->Unit(benchmark::kMicrosecond);
#endif

BENCHMARK(raw)->Arg(1)->Arg(16)->Arg(64)->UseRealTime()->Unit(benchmark::kMicrosecond);
BENCHMARK(wal_batches)->Arg(1)->Arg(16)->Arg(64)->UseRealTime()->Unit(benchmark::kMicrosecond);

/// The part that is ours: what a batch costs before it reaches the system.
void frame_without_disk(benchmark::State& state) {
  const std::string text(record_bytes, 'r');
  wal::frame_buffer frame;
  for (auto _ : state) {
    for (std::int64_t i = 0; i < state.range(0); ++i) frame.add(bytes_of(text));
    benchmark::DoNotOptimize(frame.seal({1, 1, 0}, lsn{1}, 0, 4096).data());
    frame.clear();
  }
  state.counters["records/s"] = benchmark::Counter(static_cast<double>(state.iterations() * state.range(0)),
                                                   benchmark::Counter::kIsRate);
}
BENCHMARK(frame_without_disk)->Arg(1)->Arg(16)->Arg(64);

}  // namespace
