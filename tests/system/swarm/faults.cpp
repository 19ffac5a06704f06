// What dies in the middle of a move: the destination's daemon, and we ourselves.
#include <system/swarm/ride.hpp>
#include <system/swarm/swarms.hpp>

#include <doctest/doctest.h>

#include <signal.h>  // kill is POSIX
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <fstream>
#include <string>
#include <thread>

using namespace swarm_test;
using migration::phase;

namespace {

/// A process of ours that begins a move and is killed as soon as the copy is under way.
void begin_and_die(town& here, const web& w, int from, int to, std::uint64_t token) {
  const ::pid_t child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    ride r{here, w, from, to, token};
    r.go(60s, phase::copying);
    ::kill(::getpid(), SIGKILL);
  }
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  REQUIRE((WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL));
}

/// The log has it that the move was started; nobody knows more.
void take_over(ride& r, std::uint64_t token) { r.step(migration::start_decided{{token}, {slot{token}, 0}}); }

}  // namespace

TEST_CASE("our process is killed in the middle of a move: its successor finishes it exactly once") {
  town here;
  for (const int to : {2, 4}) {
    web w{here};
    begin_and_die(here, w, 1, to, 10);
    ride r{here, w, 1, to, 10, {}, 2};
    take_over(r, 10);
    CHECK_MESSAGE(r.go() == phase::settled, r.story());
    CHECK_MESSAGE(r.run.committed(), r.story());
    CHECK(w.begun(to).size() == 1);
    CHECK(w.serving(to) == w.begun(to));
    CHECK(comes_true([&] { return w.serving(1).empty(); }));
  }
}

TEST_CASE("our process is killed in the middle of a move that fails: its successor puts it back") {
  town here;
  web w{here};
  const auto old = w.serving(1);
  const auto before = docker::digest_of_spec(w.seen().spec);
  here.flag("sick-node2");
  begin_and_die(here, w, 1, 2, 10);
  ride r{here, w, 1, 2, 10, {}, 2};
  take_over(r, 10);
  CHECK_MESSAGE(r.go() == phase::settled, r.story());
  CHECK_MESSAGE(r.run.aborted(), r.story());
  here.unflag();
  CHECK(w.serving(1) == old);
  CHECK(docker::digest_of_spec(w.seen().spec) == before);
}

TEST_CASE("the next owner's fence in the middle of a move ends it, and the old copy is never stopped") {
  town here;
  web w{here};
  const auto old = w.serving(1);
  here.flag("sick-node2");
  ride first{here, w, 1, 2, 10};
  REQUIRE(first.go(60s, phase::copying) == phase::copying);
  here.unflag();
  ride next{here, w, 1, 2, 20};
  next.each_round = [&] { CHECK(w.serving(1).size() + w.serving(2).size() >= 1); };
  for (int i = 0; i < 3; ++i) next.round();
  CHECK(w.serving(1) == old);
  CHECK_MESSAGE(next.go() == phase::settled, next.story());
  CHECK_MESSAGE(next.run.committed(), next.story());
  first.round();
  CHECK(w.serving(2).size() == 1);  // what comes late under the old token does nothing
}

TEST_CASE(
    "the daemon of the destination is killed in the middle of a move: put back, the old copy never stopped") {
  town here;
  web w{here};
  const auto old = w.serving(1);
  here.flag("sick-node2");  // the copy is on its way for a while
  ride r{here, w, 1, 2, 10, {.give_up_after = 3s}};
  REQUIRE(r.go(60s, phase::copying) == phase::copying);
  ::pid_t daemon = 0;
  std::ifstream{here.place + "/2/pid"} >> daemon;
  REQUIRE(daemon > 1);
  REQUIRE(::kill(daemon, SIGKILL) == 0);
  r.each_round = [&] { CHECK(w.serving(1) == old); };
  CHECK_MESSAGE(r.go() == phase::settled, r.story());
  CHECK_MESSAGE(r.run.aborted(), r.story());
  here.unflag();
  CHECK(w.serving(1) == old);
  const auto up =
      run_shell(std::string{"sh "} + std::getenv("FORESHIFT_SWARMS_SCRIPT") + " start " + here.place + " 2");
  REQUIRE_MESSAGE(up.status == 0, up.output);
  REQUIRE(comes_true([&] {
    const auto nodes = here.manager(1).nodes();
    return nodes && std::ranges::all_of(*nodes, [](const auto& n) { return n.ready(); });
  }));
  ride again{here, w, 1, 2, 20};
  CHECK_MESSAGE(again.go() == phase::settled, again.story());
  CHECK_MESSAGE(again.run.committed(), again.story());
}
