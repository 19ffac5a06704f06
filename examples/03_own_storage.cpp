// A replica keeps its log in a file, through a storage written here. Runs it twice: prints what the first run
// agreed on and what the second has read back, and fails unless the second adds to the log of the first.
//
// A storage that has to survive a power failure also calls fsync, and keeps snapshots.

#include <foreshift/core/checksum.hpp>
#include <foreshift/driver/replica_driver.hpp>
#include <foreshift/ports/host.hpp>
#include <foreshift/sim/clock.hpp>
#include <foreshift/sim/network.hpp>

#include <array>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <utility>

using namespace foreshift;

class file_storage {
 public:
  explicit file_storage(std::filesystem::path file) : file_(std::move(file)) {}

  std::error_code append(lsn at, byte_span record) {
    byte_writer head;
    head.put(at.value), head.put(crc32c(record)), head.put(record);
    buffered_.insert(buffered_.end(), head.view().begin(), head.view().end());
    return {};
  }
  std::error_code sync() {
    std::ofstream out{file_, std::ios::binary | std::ios::app};
    out.write(reinterpret_cast<const char*>(buffered_.data()),
              static_cast<std::streamsize>(buffered_.size()));
    buffered_.clear();
    return out.flush() ? std::error_code{} : std::make_error_code(std::errc::io_error);
  }
  result<ports::recovered_log, ports::storage_fault> recover() {
    std::ifstream in{file_, std::ios::binary};
    const std::string text{std::istreambuf_iterator<char>{in}, {}};
    ports::recovered_log out;
    std::size_t whole = 0;
    for (byte_reader from{bytes_of(text)}; from.left() > 0; whole = text.size() - from.left()) {
      const lsn at{from.get<std::uint64_t>()};
      const auto sum = from.get<std::uint32_t>();
      const auto bytes = from.get_blob(text.size());
      if (!from.ok()) break;  // torn: written, never acknowledged
      if (crc32c(bytes) != sum) return failure{ports::storage_fault{at, file_.string(), "wrong checksum"}};
      out.records.push_back({at, {bytes.begin(), bytes.end()}});
    }
    out.torn_bytes = text.size() - whole;
    if (out.torn_bytes > 0) std::filesystem::resize_file(file_, whole);
    return out;
  }
  std::error_code snapshot(lsn, byte_span) { return std::make_error_code(std::errc::not_supported); }
  std::error_code truncate(lsn) { return std::make_error_code(std::errc::not_supported); }

 private:
  std::filesystem::path file_;
  byte_string buffered_;
};
static_assert(ports::LogStorage<file_storage>);

/// Agrees on one more remark and gives back how many the log holds then; 0 when something went wrong.
int run(const std::filesystem::path& file) {
  constexpr std::array members = {site_id{1}};  // one replica is a quorum by itself
  const auto epoch = consensus::uniform_epoch(members);
  sim::timer time;
  sim::network network{time, 1};
  ports::host host{sim::clock{time}, network.attach(members[0]), file_storage{file}};
  consensus::replica_config config;
  config.self = members[0], config.members = epoch;
  auto replica = driver::replica_driver<decltype(host)>::start(
      config, consensus::state_machine{{epoch, {}, {}, {}}}, host, driver::driver_options::no_snapshots());
  if (!replica) return std::printf("%s\n", replica.error().reason.c_str()), 0;
  replica->submit(consensus::remark{});
  int remarks = 0;
  for (int i = 0; i < 500; ++i, time.run_for(std::chrono::milliseconds{10}))
    for (const auto& entry : replica->poll().applied)
      for (const auto& effect : entry.effects)
        remarks += std::holds_alternative<consensus::remarked>(effect) ? 1 : 0;
  std::printf("run %u: the log holds %d remarks\n", replica->replica().incarnation(), remarks);
  return remarks;
}

int main() {
  const auto file = std::filesystem::temp_directory_path() / "foreshift_03_own_storage.log";
  std::filesystem::remove(file);
  const bool kept = run(file) == 1 && run(file) == 2;
  std::filesystem::remove(file);
  return kept ? 0 : 1;
}
