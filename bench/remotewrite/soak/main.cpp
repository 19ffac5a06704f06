// Does the receiver of remote write keep up with 100,000 samples/s on one core, in bounded memory and without
// losing one? And when it does not take what has come, is the sender put off, and is nothing lost then
// either?
//
//     bench_remotewrite_soak [--seconds N] [--stall N]
//
// The sender is a process of its own; requests go over a real socket on loopback. Everything is done to the
// samples: HTTP, unpacking, relabelling, rates, alignment to steps of 10 s. After N seconds nothing is taken
// for as long as --stall says, which is longer than the intake has room for. Exit code 1: something was lost.

#include "sender.hpp"

#include <foreshift/adapters/http/server.hpp>
#include <foreshift/adapters/prometheus/written_source.hpp>
#include <foreshift/adapters/remotewrite/intake.hpp>

#include <sched.h>
#include <signal.h>  // kill is POSIX
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <map>
#include <string>
#include <vector>

using namespace foreshift;
using namespace std::chrono_literals;
using steady = std::chrono::steady_clock;

namespace {

struct wall_clock {
  time_point now() { return time_point{std::chrono::system_clock::now().time_since_epoch()}; }
};
/// Counts what the source takes out.
struct counted_intake {
  remotewrite::intake* in;
  std::uint64_t samples = 0;
  double sum = 0;
  std::size_t drain(auto&& sink) {
    return in->drain([&](const auto& labels, const auto& s) {
      if (!sink(labels, s)) return false;
      ++samples, sum += s.value;
      return true;
    });
  }
};

double cpu_seconds(const rusage& r) {
  const auto of = [](const timeval& t) {
    return static_cast<double>(t.tv_sec) + 1e-6 * static_cast<double>(t.tv_usec);
  };
  return of(r.ru_utime) + of(r.ru_stime);
}
double cpu_seconds() {
  rusage used{};
  ::getrusage(RUSAGE_SELF, &used);
  return cpu_seconds(used);
}
/// In MB, of `VmRSS` or `VmHWM`.
double memory_mb(const std::string& what) {
  std::ifstream file{"/proc/self/status"};
  for (std::string name; file >> name;)
    if (double kb = 0; name == what + ":" && file >> kb) return kb / 1000;
  return 0;
}
void stay_on_core(unsigned core) {
  cpu_set_t set;
  CPU_ZERO(&set);
  CPU_SET(core, &set);
  ::sched_setaffinity(0, sizeof set, &set);  // where it fails the run goes on
}

}  // namespace

int main(int argc, char** argv) {
  std::map<std::string, std::size_t> said{{"--seconds", 60}, {"--stall", 15}};
  for (int i = 1; i < argc; i += 2) {
    const auto option = said.find(argv[i]);
    if (option == said.end() || i + 1 == argc)
      return std::fprintf(stderr, "usage: %s [--seconds N] [--stall N]\n", argv[0]), 2;
    option->second = static_cast<std::size_t>(std::atoi(argv[i + 1]));
  }
  const auto seconds = said["--seconds"], stall = said["--stall"];

  wall_clock clock;
  remotewrite::intake intake;
  counted_intake counted{&intake};
  prometheus::subject_book names;
  auto table = prometheus::parse_relabel_table(
      "[cpu]\nquery = node_cpu_seconds_total{mode!~\"idle|iowait\"}\nkind = counter\nhost = "
      "{instance|host}\n",
      "soak");
  auto source = prometheus::written_source<counted_intake, wall_clock>::make(
      *table, counted, clock, names, {.aligner = {.step = 10s, .grace = 60s}});
  std::uint64_t readings = 0;
  auto server = http::server::listen({}, [&](const ports::http_request& r) {
    std::string encoding;
    for (const auto& [name, value] : r.headers)
      if (name == "Content-Encoding") encoding = value;
    const auto answer = intake.receive(r.body, encoding, clock.now());
    ports::http_response out{answer.status, {}, answer.reason};
    if (answer.retry_after)
      out.headers.emplace_back("Retry-After", std::to_string(answer.retry_after->count()));
    return out;
  });
  if (!server) return std::fprintf(stderr, "%s\n", server.error().c_str()), 2;

  soak::load load{.rounds = seconds + stall + 30, .steady_rounds = seconds};
  load.begin_ms = std::chrono::floor<std::chrono::milliseconds>(clock.now().time_since_epoch()).count();
  int told[2];
  if (::pipe(told) != 0) return std::perror("pipe"), 2;
  const auto port = (*server)->port();
  const ::pid_t child = ::fork();
  if (child < 0) return std::perror("fork"), 2;
  if (child == 0) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    const auto sent = soak::send_all(load, port);
    ::_exit(::write(told[1], &sent, sizeof sent) == sizeof sent ? 0 : 1);
  }
  ::close(told[1]);
  stay_on_core(1);

  const auto begin = steady::now();
  double early_mb = 0, late_mb = 0, steady_cpu = 0;
  std::uint64_t steady_samples = 0;
  std::size_t waiting_most = 0;
  int status = 0;
  for (bool ended = false; !ended;) {
    ended = ::waitpid(child, &status, WNOHANG) == child;
    (*server)->wait(5ms);
    waiting_most = std::max(waiting_most, intake.waiting());
    const double t = std::chrono::duration<double>(steady::now() - begin).count();
    const auto first = static_cast<double>(seconds), last = static_cast<double>(seconds + stall);
    if (early_mb == 0 && t > first / 4) early_mb = memory_mb("VmRSS");
    if (late_mb == 0 && t > first)
      late_mb = memory_mb("VmRSS"), steady_cpu = cpu_seconds(), steady_samples = counted.samples;
    if (t < first || t > last) source->poll([&](const telemetry::reading&) { ++readings; });
  }
  source->poll([&](const telemetry::reading&) { ++readings; });
  soak::sent sent;
  if (::read(told[0], &sent, sizeof sent) != sizeof sent)
    return std::fprintf(stderr, "the sender told nothing\n"), 2;

  using enum telemetry::offer_outcome;
  const auto& n = intake.counts();
  const auto& aligned = source->samples();
  const bool whole = sent.failed == 0 && sent.samples == load.samples_of_round() * load.rounds &&
                     n.taken == sent.samples && n.received == n.taken && n.malformed == 0 &&
                     counted.samples == sent.samples && counted.sum == sent.sum && intake.waiting() == 0 &&
                     aligned.of(late) + aligned.of(full) + aligned.of(crowded) + aligned.of(ahead) == 0 &&
                     source->counts().first_of_counter + aligned.of(taken) == sent.samples;
  const double rate = static_cast<double>(steady_samples) / static_cast<double>(seconds);
  std::printf(
      "steady       %zu s, %.0f samples/s of %zu series, the sender %.2f s late at most,\n"
      "             %.1f %% of one core, %.2f us of CPU a sample\n",
      seconds, rate, load.samples_of_round(), sent.late_s, 100 * steady_cpu / static_cast<double>(seconds),
      1e6 * steady_cpu / static_cast<double>(steady_samples));
  std::printf(
      "memory       %.0f MB after a quarter of it, %.0f MB at its end, %.0f MB at most in the whole run\n",
      early_mb, late_mb, memory_mb("VmHWM"));
  std::printf(
      "overload     nothing taken for %zu s: %zu samples waited at most, %llu answers 503, the sender waited "
      "%.0f s,\n"
      "             was %.1f s behind at most, and met the rate again %.1f s after the last 503\n",
      stall, waiting_most, static_cast<unsigned long long>(sent.put_off), sent.waited_s, sent.behind_s,
      sent.caught_up_s);
  std::printf(
      "accounted    %llu sent and answered 204, %llu taken in, %llu taken out, %llu of counters' first, %llu "
      "aligned: %s\n",
      static_cast<unsigned long long>(sent.samples), static_cast<unsigned long long>(n.taken),
      static_cast<unsigned long long>(counted.samples),
      static_cast<unsigned long long>(source->counts().first_of_counter),
      static_cast<unsigned long long>(aligned.of(taken)), whole ? "nothing lost" : "SOMETHING IS LOST");
  return whole ? 0 : 1;
}
