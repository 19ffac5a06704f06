// Whatever a daemon answers: it is read or refused, judged, and a move of it can be put back.
#include <foreshift/adapters/docker/container_usage.hpp>
#include <foreshift/adapters/docker/inventory.hpp>
#include <foreshift/adapters/docker/move_progress.hpp>
#include <foreshift/adapters/docker/move_spec.hpp>
#include <foreshift/adapters/docker/service_usage.hpp>
#include <foreshift/core/contract.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

using namespace foreshift;

namespace {

void move(const docker::service& s, const std::vector<docker::task>& tasks) {
  static_cast<void>(docker::record_of(s));
  static_cast<void>(docker::changes_of(s));
  static_cast<void>(docker::progress_within(s, tasks, {}));
  static_cast<void>(docker::progress_between(s, tasks, {}));
  static_cast<void>(docker::spec_between(s.spec, "n", {{"n"}, {"s"}, {"c"}}, 1));
  static_cast<void>(docker::why_not_movable(s, tasks, {}, {docker::image_to_ask(s)}));
  auto plan = docker::move_within(s.spec, "n");
  docker::keep(plan.spec, {}, plan.changes);
  docker::service moved = s;
  moved.spec = plan.spec;
  FORESHIFT_EXPECT(!docker::is_foreign(moved));
  FORESHIFT_EXPECT(docker::changes_of(moved).size() == plan.changes.size());
  FORESHIFT_EXPECT(docker::parse_json(docker::to_text(plan.spec)).has_value());
}

/// Two rounds over containers that all say the same.
void count(const result<std::vector<docker::container>, std::string>& listed, docker::container_usage used) {
  if (!listed) return;
  docker::service_usage book;
  for (int round = 1; round <= 2; ++round) {
    book.begin(*listed, time_point{std::chrono::seconds{round}});
    while (book.due() != nullptr) book.heard(used);
    if (used.at) *used.at += std::chrono::seconds{1};
    used.cpu_s /= 2, used.received *= 2;
  }
  book.tell({}, {}, [](const telemetry::reading& r) {
    FORESHIFT_EXPECT(r.what.value >= 0 && r.what.value <= std::numeric_limits<double>::max());
  });
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto answer = docker::parse_json({reinterpret_cast<const char*>(data), size});
  if (!answer) return 0;
  if (const auto used = docker::read_container_usage(*answer)) {
    FORESHIFT_EXPECT(used->use[resource::cpu] >= 0 && used->use[resource::memory] >= 0);
    count(docker::read_containers(*answer), *used);
    count(std::vector{docker::container{"c", "s"}}, *used);
  }
  const auto nodes = docker::read_nodes(*answer);
  const auto tasks = docker::read_tasks(*answer);
  const auto services = docker::read_services(*answer);
  const auto one = docker::read_service(*answer);
  const std::vector<docker::task> seen = tasks ? *tasks : std::vector<docker::task>{};
  if (services)
    for (const auto& s : *services) move(s, seen);
  if (one) move(*one, seen);
  static_cast<void>(docker::inventory_of(nodes ? *nodes : std::vector<docker::node>{},
                                         services ? *services : std::vector<docker::service>{}, seen));
  return 0;
}
