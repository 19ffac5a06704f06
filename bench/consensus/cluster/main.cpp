// How fast do three sites on this machine agree, beside etcd's three members, under the same load in the same
// run? And how long until the next decision when the distinguished proposer is killed?
//
//     bench_consensus_cluster --dir FOLDER [--memory] [--seconds N] [--clients 1,16,64] [--no-etcd] [--kill
//     N]
//
// Logs and data of both go into a new folder below FOLDER, so to the same file system, which is asserted.
// Each system has three processes; its clients are in this one, and their CPU time is nobody's. With --memory
// our sites keep nothing, and etcd has its data in FOLDER, which should then be a tmpfs.

#include "etcd.hpp"
#include "load.hpp"
#include "node.hpp"
#include "own.hpp"

#include <sys/stat.h>

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <optional>
#include <string>
#include <vector>

using namespace cluster_bench;

namespace {

struct settings {
  std::string dir;
  bool memory = false;
  bool etcd = true;
  unsigned seconds = 5;
  unsigned kills = 0;
  std::vector<unsigned> clients{1, 16, 64};
};

[[noreturn]] void fail(const std::string& why) {
  std::fprintf(stderr, "%s\n", why.c_str());
  std::exit(2);
}

settings parse(const std::vector<std::string>& args) {
  settings s;
  for (std::size_t i = 0; i < args.size(); ++i) {
    const auto value = [&] {
      return ++i < args.size() ? args[i] : (fail(args[i - 1] + " wants a value"), "");
    };
    if (args[i] == "--dir")
      s.dir = value();
    else if (args[i] == "--memory")
      s.memory = true;
    else if (args[i] == "--no-etcd")
      s.etcd = false;
    else if (args[i] == "--seconds")
      s.seconds = static_cast<unsigned>(std::stoul(value()));
    else if (args[i] == "--kill")
      s.kills = static_cast<unsigned>(std::stoul(value()));
    else if (args[i] == "--clients") {
      s.clients.clear();
      const std::string list = value();
      for (std::size_t at = 0; at < list.size();) {
        const auto comma = std::min(list.find(',', at), list.size());
        s.clients.push_back(static_cast<unsigned>(std::stoul(list.substr(at, comma - at))));
        at = comma + 1;
      }
    } else {
      fail("what is " + args[i] + "?");
    }
  }
  if (s.dir.empty()) fail("--dir FOLDER is needed: where the data goes");
  if (s.memory && s.kills > 0) fail("--kill needs a log that survives: not --memory");
  return s;
}

std::string first_line(const char* path) {
  std::string line;
  std::getline(std::ifstream{path} >> std::ws, line);
  return line;
}

/// fdatasync calls a second on a file that is there already, 512 bytes written before each.
double syncs_per_second(const std::string& dir) {
  const std::string path = dir + "/probe";
  const int file = ::open(path.c_str(), O_RDWR | O_CREAT, 0666);
  const std::string block(1 << 20, 'x');
  if (file < 0 || ::pwrite(file, block.data(), block.size(), 0) < 0 || ::fsync(file) != 0) fail(path);
  unsigned count = 0;
  const auto begin = bench_clock::now();
  while (bench_clock::now() - begin < 1s) {
    if (::pwrite(file, block.data(), 512, (count % 2048) * 512) < 0 || ::fdatasync(file) != 0) fail(path);
    ++count;
  }
  const double seconds = std::chrono::duration<double>(bench_clock::now() - begin).count();
  ::close(file);
  return count / seconds;
}

dev_t device_of(const std::string& path) {
  struct stat about {};
  if (::stat(path.c_str(), &about) != 0) fail(path);
  return about.st_dev;
}

void print(const char* name, const figures& f) {
  std::printf("%-10s %7u %9.0f %8.2f %8.2f %10.1f %9.0f %8llu   %s\n", name, f.clients, f.per_second,
              f.p50_ms, f.p99_ms, f.cpu_us, f.syncs, static_cast<unsigned long long>(f.refused),
              first_line("/proc/loadavg").c_str());
  std::fflush(stdout);
}

void kill_trials(own_cluster& cluster, unsigned trials) {
  std::vector<double> took_ms;
  cluster.ready();
  for (unsigned i = 0; i < trials; ++i) {
    ::usleep(i * 37'000 % 200'000);  // not always at the same phase of the heartbeat
    took_ms.push_back(std::chrono::duration<double, std::milli>(cluster.fail_over()).count());
    std::printf("%s%.0f", i == 0 ? "kill -9 of the distinguished proposer, ms to the next decision: " : " ",
                took_ms.back());
    std::fflush(stdout);
  }
  std::sort(took_ms.begin(), took_ms.end());
  std::printf("\nmedian %.0f ms, max %.0f ms, %u trials\n", took_ms[took_ms.size() / 2], took_ms.back(),
              trials);
}

int compare(const settings& s) {
  const std::string work = s.dir + "/cluster-" + std::to_string(::getpid());
  for (const char* part : {"", "/own", "/etcd", "/logs"}) std::filesystem::create_directories(work + part);
  if (device_of(work + "/own") != device_of(work + "/etcd")) fail("the data are not on one file system");

  std::printf("%s, %u processors, load %s\n", first_line("/proc/sys/kernel/osrelease").c_str(),
              static_cast<unsigned>(::sysconf(_SC_NPROCESSORS_ONLN)), first_line("/proc/loadavg").c_str());
  std::printf("%s: %.0f fdatasync a second; ours %s\n", work.c_str(), syncs_per_second(work),
              s.memory ? "keeps nothing" : "keeps a log there");
  std::printf("%-10s %7s %9s %8s %8s %10s %9s %8s   %s\n", "", "clients", "puts/s", "p50 ms", "p99 ms",
              "CPU us/put", "syncs/s", "refused", "load");
  const auto warm_up = 1s;
  const auto span = std::chrono::seconds{s.seconds};
  {
    own_cluster own{work + "/logs", s.memory ? "" : work + "/own"};
    std::optional<etcd_cluster> etcd;
    if (s.etcd && etcd_cluster::installed()) etcd.emplace(work + "/logs", work + "/etcd");
    for (const unsigned n : s.clients) {
      print("foreshift", closed_loop(own, n, warm_up, span));
      if (etcd) print("etcd", closed_loop(*etcd, n, warm_up, span));
    }
    if (s.kills > 0) kill_trials(own, s.kills);
  }
  std::filesystem::remove_all(work);
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  const std::vector<std::string> args(argv + 1, argv + argc);
  if (args.size() < 5 || args[0] != "--node") return compare(parse(args));
  node_options o;
  o.self = foreshift::site_id{std::stoull(args[1])};
  for (std::size_t i = 2; i < 5; ++i) o.ports.push_back(static_cast<std::uint16_t>(std::stoul(args[i])));
  if (args.size() > 5) o.dir = args[5];
  return run_node(o);
}
