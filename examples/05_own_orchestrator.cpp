// Carries one migration out over an orchestrator written here, and plays the log that grants every wish.
// Prints each command and its answer; fails unless the workload ends on its destination, copied once.

#include <foreshift/migration/executor.hpp>
#include <foreshift/ports/orchestrator.hpp>

#include <chrono>
#include <cstdio>
#include <map>
#include <utility>
#include <vector>

using namespace foreshift;
using namespace foreshift::migration;
using namespace std::chrono_literals;

/// A cluster that does at once what a fresh token asks for. A real one keeps tokens and states on disk.
class instant_orchestrator {
 public:
  static constexpr bool fences = true;
  static constexpr migration::cut_over_style style = migration::cut_over_style::two_step;

  std::error_code submit(const command& c) {
    auto& [token, state] = places_[c.place()];
    if (c.what != verb::query && c.token < token) return answer(c, event_kind::stale_token);
    if (c.what != verb::query) token = c.token;
    if (c.what == verb::abort) state = place_state::tombstone;  // and nothing starts there any more
    if (c.what == verb::start && state == place_state::tombstone) return answer(c, event_kind::aborted);
    if (c.what == verb::start && state == place_state::never_seen) ++copies, state = place_state::ready;
    if (c.what == verb::cut_over && c.place() == c.to) state = place_state::running, runs_at = c.place();
    answer(c, kind_of_answer.at(c.what));
    return c.what == verb::start ? answer(c, event_kind::copied) : std::error_code{};
  }
  template <class Sink>
  void poll(Sink&& sink) {
    for (const event& e : std::exchange(answers_, {})) sink(e);
  }
  place_id runs_at{1};
  int copies = 0;

 private:
  std::error_code answer(const command& c, event_kind what) {
    const auto& [token, state] = places_[c.place()];
    answers_.push_back(
        {what, c.what, c.end, c.migration, c.subset, c.workload, c.place(), {}, token, state, c.request, {}});
    std::printf("%s at place %d: %s\n", name_of(c.what).data(), static_cast<int>(c.place().value),
                name_of(what).data());
    return {};
  }
  std::map<place_id, std::pair<fence_token, place_state>> places_;
  std::vector<event> answers_;
  inline static const std::map<verb, event_kind> kind_of_answer = {
      {verb::fence, event_kind::fenced},     {verb::query, event_kind::status},
      {verb::start, event_kind::started},    {verb::cut_over, event_kind::serving},
      {verb::release, event_kind::released}, {verb::abort, event_kind::aborted},
      {verb::resize, event_kind::refused},   {verb::scale, event_kind::refused}};
};
static_assert(ports::Orchestrator<instant_orchestrator>);

int main() {
  executor run{{.id = {1}, .from_site = {1}, .from = {1}, .to_site = {1}, .to = {2}}, site_id{1}, 1};
  instant_orchestrator cluster;
  const auto step = [&](auto&& self, const input& in) -> void {
    const auto due = run.step(in);
    for (const command& c : due.commands) static_cast<void>(cluster.submit(c));
    for (const auto& [what, id, token] : due.requests) {
      if (what == want::start) self(self, start_decided{id, token});
      if (what == want::commit) self(self, commit_decided{id, token});
      if (what == want::settled) self(self, settled_decided{id, token});
    }
  };
  step(step, activated{{}, {1}, {slot{7}, 0}});
  for (auto now = 0s; now < 10min && run.at() != phase::settled; ++now) {
    step(step, tick{time_point{now}});
    cluster.poll([&](const event& e) { step(step, e); });
  }
  std::printf("phase %s, place %d\n", name_of(run.at()).data(), static_cast<int>(cluster.runs_at.value));
  return run.at() == phase::settled && cluster.runs_at == place_id{2} && cluster.copies == 1 ? 0 : 1;
}
