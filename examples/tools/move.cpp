// `foreshift move`: one fenced, watched and reversible move within a cluster, decided by whoever types it.

#include "clocks.hpp"
#include "cluster_access.hpp"
#include "command.hpp"
#include "option_error.hpp"
#include "text.hpp"

#include <foreshift/core/diagnostic.hpp>
#include <foreshift/core/result.hpp>
#include <foreshift/migration/executor.hpp>

#include <csignal>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <memory>
#include <string>
#include <thread>
#include <utility>

namespace tool {

namespace {

using foreshift::diagnostic;
using foreshift::excerpt;
using foreshift::failure;
using foreshift::result;
namespace migration = foreshift::migration;
namespace ports = foreshift::ports;
using migration::phase, migration::place_state, migration::verb;

struct move_options {
  cluster_options cluster;
  std::string workload, to, within = "10m", observe = "0s";
  bool dry_run = false, undo = false;
};

/// One move: what it is, and why it is none where `why_not` is not empty.
struct planned_move {
  migration::job job;
  foreshift::fence_token token;
  std::string workload, from, to, why_not;
};

std::atomic<int> interrupts{0};
static_assert(std::atomic<int>::is_always_lock_free);

foreshift::time_point now() { return steady_clock{}.now(); }

template <class Things>
std::string some_names(const Things& things) {
  std::string all;
  for (std::size_t i = 0; i < std::min<std::size_t>(things.size(), 8); ++i)
    all += (i == 0 ? "" : ", ") + things[i].name;
  return things.empty() ? "none" : all + (things.size() > 8 ? ", ..." : "");
}
template <class Things>
auto named(const Things& things, const std::string& name) {
  const auto found = std::ranges::find(things, name, [](const auto& t) { return t.name; });
  return found == things.end() ? nullptr : &*found;
}
diagnostic told(std::string reason) { return {"", 0, "", std::move(reason)}; }

/// A move that was broken off goes on under its own name; any other one gets the next.
foreshift::migration_id id_of(const planned_move& m, const migration::object_record& kept) {
  for (std::uint64_t again = 0;; ++again) {
    const foreshift::migration_id id{
        ports::id_of_name(m.workload + '>' + m.to + '#' + std::to_string(again))};
    const auto at = kept.state_of(id, migration::endpoint::destination);
    const bool ended = at == place_state::running || at == place_state::reverted ||
                       at == place_state::tombstone || at == place_state::released;
    if (kept.migration != id || !ended) return id;
  }
}

result<planned_move, diagnostic> plan(const move_options& o, open_clusters& cluster) {
  const auto seen = cluster.inventory(only_site);
  if (!seen) return failure{told(seen.error())};
  const auto* workload = named(seen->workloads, o.workload);
  if (workload == nullptr) workload = named(seen->workloads, "deployment/" + o.workload);
  if (workload == nullptr)
    return wrong("--workload",
                 "there is no " + excerpt(o.workload) + "; there is " + some_names(seen->workloads));
  const auto* to = named(seen->hosts, o.to);
  if (to == nullptr)
    return wrong("--to", "there is no node " + excerpt(o.to) + "; there is " + some_names(seen->hosts));
  const auto kept = cluster.record_of(only_site, workload->id);
  if (!kept) return failure{told(kept.error())};

  planned_move m;
  m.workload = workload->name, m.to = to->name;
  // One that keeps no token yet gets the subset that a site's fleet file gives it.
  m.job.subset =
      kept->highest == foreshift::fence_token{} ? foreshift::subset_id{workload->id.value} : kept->subset;
  m.job.workload = workload->id;
  m.job.from_site = m.job.to_site = only_site;
  m.job.how = migration::style::one_step;
  m.token = {kept->highest.at, kept->highest.index + 1};  // the agreement's next grant is higher again
  m.job.to = {to->id.value};
  const bool under_way = kept->destination.at == place_state::copying;
  if (o.undo) {
    m.job.id = kept->migration;
    if (!under_way) m.why_not = "no move of it is on its way";
    return m;
  }
  m.job.id = id_of(m, *kept);
  for (const auto host : workload->on)
    if (host != to->id) m.job.from = {host.value};
  for (const auto& host : seen->hosts)
    if (host.id.value == m.job.from.value) m.from = host.name;
  if (under_way && m.job.id != kept->migration)
    m.why_not = "another move of it is on its way: wait for its end, or say where to and --undo";
  else if (m.job.from == foreshift::place_id{} && !workload->on.empty())
    m.why_not = "it stands there already";
  else if (!workload->movable)
    m.why_not = workload->why_not;
  else if (!to->ready || !to->schedulable)
    m.why_not = to->name + (to->ready ? " takes nothing new" : " is down");
  return m;
}

/// After the time that a move has, so long for putting it back, or for ending what is committed.
constexpr foreshift::duration grace = std::chrono::minutes{2};

/// Follows the move to its end. Exit code: it stands there, or it does not.
int carry_out(const planned_move& m, open_clusters& cluster, const migration::executor_options& options) {
  migration::executor run{m.job, only_site, 1, options};
  const auto began = now();
  phase told_of = phase::awaiting;
  std::string told_why, trouble;
  const auto tell = [&] {
    if (run.at() == std::exchange(told_of, run.at())) return;
    const bool why = run.why() != std::exchange(told_why, run.why()) && !run.why().empty();
    std::printf("%7.2f s  %s%s%s\n", foreshift::to_seconds(now() - began), spaced(name_of(run.at())).c_str(),
                why ? ": " : "", why ? run.why().c_str() : "");
    std::fflush(stdout);
  };
  auto step = [&](auto&& self, const migration::input& in) -> void {
    const auto due = run.step(in);
    tell();
    for (const auto& c : due.commands)
      if (const auto refused = cluster.submit(c)) std::fprintf(stderr, "%s\n", refused.message().c_str());
    for (const auto& wish : due.requests) self(self, migration::granted(wish));  // a log of one
  };
  step(step, migration::tick{began});
  step(step, migration::activated{m.job.subset, only_site, m.token});
  const auto until = began + options.give_up_after + options.observe_for + grace;
  for (int asked = 0; run.at() != phase::settled && run.at() != phase::suspect;) {
    if (now() >= until) {
      std::printf("left on its way, %s: the same command goes on with it, --undo puts it back\n",
                  trouble.empty() ? "without an answer" : trouble.c_str());
      return exit_no;
    }
    if (interrupts.load() > asked && ++asked == 1) {
      std::printf("           interrupted: it is put back; once more leaves it as it is\n");
      step(step, migration::give_up{});
    } else if (interrupts.load() > 1) {
      std::printf("left on its way: the same command goes on with it, --undo puts it back\n");
      return exit_no;
    }
    for (const auto& e : cluster.poll()) {
      const bool ends_it = e.what == migration::event_kind::failed;  // the phase that follows says why
      if (!ends_it && !e.reason.empty() && e.reason != std::exchange(trouble, e.reason))
        std::printf("           %s: %s\n", spaced(name_of(e.what)).c_str(), e.reason.c_str());
      step(step, e);
    }
    step(step, migration::tick{now()});
    std::this_thread::sleep_for(std::chrono::milliseconds{20});
  }
  const double seconds = foreshift::to_seconds(now() - began);
  if (run.at() == phase::settled && run.committed())
    return std::printf("%s runs on %s after %.2f s\n", m.workload.c_str(), m.to.c_str(), seconds), exit_fine;
  std::printf("%s was not moved%s%s\n", m.workload.c_str(), run.why().empty() ? "" : ": ", run.why().c_str());
  return exit_no;
}

/// Puts back a move that was left on its way, by whomever.
int put_back(const planned_move& m, open_clusters& cluster, foreshift::duration within) {
  migration::command c;
  c.end = migration::endpoint::destination;
  c.migration = m.job.id, c.subset = m.job.subset, c.workload = m.job.workload;
  c.from_site = c.to_site = only_site, c.to = m.job.to, c.token = m.token;
  std::string trouble = "the cluster did not answer";
  for (const auto until = now() + within; now() < until && interrupts.load() == 0;) {
    for (const verb what : {verb::fence, verb::abort}) {
      c.what = what, ++c.request;
      if (const auto refused = cluster.submit(c)) trouble = refused.message();
    }
    for (const auto& e : cluster.poll()) {
      if (e.answers != verb::abort) continue;
      if (e.what == migration::event_kind::aborted)
        return std::printf("%s: put back\n", m.workload.c_str()), exit_fine;
      trouble = e.reason.empty() ? spaced(name_of(e.what)) : e.reason;
      if (e.what == migration::event_kind::unreachable) continue;
      return std::printf("%s was not put back: %s\n", m.workload.c_str(), trouble.c_str()), exit_no;
    }
    std::this_thread::sleep_for(std::chrono::seconds{1});
  }
  return std::printf("%s was not put back: %s\n", m.workload.c_str(), trouble.c_str()), exit_no;
}

result<int, diagnostic> run(const move_options& o) {
  const auto within = parse_duration(o.within);
  if (!within) return wrong("--within", "not a duration: " + excerpt(o.within) + ": write 90s or 10m");
  const auto observe = o.observe == "0s" ? foreshift::duration::zero() : parse_duration(o.observe);
  if (!observe) return wrong("--observe", "not a duration: " + excerpt(o.observe) + ": write 30s or 5m");
  auto cluster = open({{only_site, o.cluster}});
  if (!cluster) return failure{cluster.error()};
  const auto m = plan(o, **cluster);
  if (!m) return failure{m.error()};
  if (!m->why_not.empty())
    return std::printf("%s is not moved: %s\n", m->workload.c_str(), m->why_not.c_str()), exit_no;
  if (o.undo) return o.dry_run ? exit_fine : put_back(*m, **cluster, *within);
  std::printf("%s: from %s to %s%s\n", m->workload.c_str(), m->from.empty() ? "nowhere" : m->from.c_str(),
              m->to.c_str(), o.dry_run ? " would be moved" : "");
  if (o.dry_run) return exit_fine;
  using std::chrono::seconds, std::chrono::milliseconds;
  return carry_out(*m, **cluster,
                   {.patience = {.retry = seconds{1}, .retry_max = seconds{10}},
                    .query_every = seconds{5},
                    .observe_for = *observe,
                    .fence_within = std::min<foreshift::duration>(*within, seconds{60}),
                    .give_up_after = *within});
}

}  // namespace

void add_move(CLI::App& app, int& exit_status) {
  auto options = std::make_shared<move_options>();
  auto& o = *options;
  auto& c = *app.add_subcommand("move", "Moves one workload of a cluster to another node, or puts it back");
  c.footer(
      "The new copy starts first; the old one ends when the new one is healthy. What fails, or is not done "
      "in time,\n"
      "is put back, and so it is on Ctrl-C. A second Ctrl-C leaves it as it is: the same command goes on "
      "with it.\n\n"
      "  foreshift move --orchestrator swarm --workload web --to node-2\n"
      "  foreshift move --orchestrator kubernetes --kubeconfig ~/.kube/config --workload deployment/shop/web "
      "--to "
      "node-2\n\n"
      "Exit code 0: it stands there; 1: it does not, and why; 2: something given was wrong, or nobody "
      "answered.");
  add_cluster_options(c, o.cluster);
  c.add_option("--workload", o.workload, "its name, as `inventory` prints it")->required()->type_name("NAME");
  c.add_option("--to", o.to, "the node's name, as `inventory` prints it")->required()->type_name("NAME");
  c.add_option("--within", o.within, "after that much time it is put back")
      ->type_name("TIME")
      ->capture_default_str();
  c.add_option("--observe", o.observe,
               "how long the new copy is watched before the old one is let go for good")
      ->type_name("TIME")
      ->capture_default_str();
  c.add_flag("--dry-run", o.dry_run, "say what would be done and do nothing");
  c.add_flag("--undo", o.undo, "put back a move of the workload to that node that was left on its way");
  c.callback([options, &exit_status] {
    std::signal(SIGINT, [](int) { interrupts.fetch_add(1); });
    std::signal(SIGTERM, [](int) { interrupts.fetch_add(1); });
    const auto done = run(*options);
    exit_status = done ? *done : refuse("move: " + to_string(done.error()));
  });
}

}  // namespace tool
