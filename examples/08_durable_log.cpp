// A replica keeps its log in files that survive a power failure: the write-ahead log of adapters/wal. Runs it
// three times: prints what each run has found and agreed on, and fails unless every run adds to the log of
// the one before. Then a byte of the log rots: the fourth run reads what is whole, and may vote no more, so
// it must add nothing.
//
// A program links foreshift::wal for it.

#include <foreshift/adapters/wal.hpp>
#include <foreshift/driver/replica_driver.hpp>
#include <foreshift/ports/host.hpp>
#include <foreshift/sim/clock.hpp>
#include <foreshift/sim/network.hpp>

#include <array>
#include <cstdio>
#include <filesystem>
#include <string>
#include <utility>

using namespace foreshift;

/// Agrees on one more remark and gives back how many the log holds then; 0 when something went wrong.
int run(const std::filesystem::path& folder) {
  auto files = wal::posix_directory::at(folder.string());  // held by this run alone
  if (!files) return std::printf("%s: %s\n", folder.c_str(), files.error().message().c_str()), 0;

  constexpr std::array members = {site_id{1}};  // one replica is a quorum by itself
  const auto epoch = consensus::uniform_epoch(members);
  sim::timer time;
  sim::network network{time, 1};
  ports::host host{sim::clock{time}, network.attach(members[0]),
                   wal::write_ahead_log{std::move(*files), {.store = members[0].value}}};
  consensus::replica_config config;
  config.self = members[0], config.members = epoch;
  auto replica = driver::replica_driver<decltype(host)>::start(
      config, consensus::state_machine{{epoch, {}, {}, {}}}, host);
  if (!replica) return std::printf("refused: %s\n", replica.error().reason.c_str()), 0;
  replica->submit(consensus::remark{});
  int remarks = 0;
  for (int i = 0; i < 500; ++i, time.run_for(std::chrono::milliseconds{10}))
    for (const auto& entry : replica->poll().applied)
      for (const auto& effect : entry.effects)
        remarks += std::holds_alternative<consensus::remarked>(effect) ? 1 : 0;
  std::printf("run %u: the log holds %d remarks\n", replica->replica().incarnation(), remarks);
  return remarks;
}

/// Flips a bit of the run record, the first one in the first segment.
void rot(const std::filesystem::path& folder) {
  std::FILE* f = std::fopen((folder / wal::numbered_name("segment", 1)).c_str(), "r+b");
  if (f == nullptr) return;
  std::fseek(f, static_cast<long>(wal::segment_head_blocks * wal::options{}.block_bytes), SEEK_SET);
  const int byte = std::fgetc(f);
  std::fseek(f, -1, SEEK_CUR);
  std::fputc(byte ^ 1, f);
  std::fclose(f);
}

int main() {
  const auto folder = std::filesystem::temp_directory_path() / "foreshift_08_durable_log";
  std::filesystem::remove_all(folder);
  bool kept = run(folder) == 1 && run(folder) == 2 && run(folder) == 3;
  rot(folder);
  kept = run(folder) == 3 && kept;  // alone, a replica that may not vote agrees on nothing
  std::filesystem::remove_all(folder);
  return kept ? 0 : 1;
}
