// Whatever an API server or a proxy answers: objects and errors are read or refused, in one line.
#include <foreshift/adapters/kubernetes/api_answer.hpp>
#include <foreshift/adapters/kubernetes/cluster_watch.hpp>
#include <foreshift/adapters/kubernetes/cordon.hpp>
#include <foreshift/adapters/kubernetes/lease_holder.hpp>
#include <foreshift/adapters/kubernetes/movable.hpp>
#include <foreshift/adapters/kubernetes/node.hpp>
#include <foreshift/adapters/kubernetes/placement_patch.hpp>
#include <foreshift/adapters/kubernetes/pod.hpp>
#include <foreshift/adapters/kubernetes/pod_eviction.hpp>
#include <foreshift/adapters/kubernetes/rollout.hpp>
#include <foreshift/adapters/kubernetes/usage.hpp>
#include <foreshift/adapters/kubernetes/workload_writes.hpp>
#include <foreshift/core/contract.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

using namespace foreshift;
using namespace foreshift::kubernetes;

namespace {

void one_line(const std::string& text) {
  FORESHIFT_EXPECT(!text.empty() && text.find('\n') == std::string::npos);
}
template <class T>
void checked(const result<T, std::string>& read) {
  if (!read) one_line(read.error());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text{reinterpret_cast<const char*>(data), size};
  for (const std::uint16_t code :
       {std::uint16_t{200}, std::uint16_t{404}, std::uint16_t{409}, std::uint16_t{500}})
    if (const auto read = read_answer("GET /x", {code, {{"Retry-After", text}}, text}); !read)
      one_line(read.error().reason);
  (void)parse_quantity(text);
  cluster_watch watch;
  struct client {
    const std::string& text;
    result<ports::http_response, ports::http_error> exchange(const ports::http_request& r) {
      const bool first = r.target.find("limit=") != std::string::npos && r.target.size() % 2 == 0;
      return ports::http_response{
          200, {}, first ? R"({"items":[],"metadata":{"resourceVersion":"1"}})" : text};
    }
  } says{text};
  for (int i = 0; i < 3; ++i)
    for (const auto& fault : watch.step(says, watch.due())) one_line(fault);
  (void)watch.inventory();
  pod_eviction eviction{{.name = "p", .space = "s", .uid = "u"}, {}, time_point{}};
  for (int i = 0; i < 4; ++i) eviction.step(says, eviction.due());
  if (!eviction.reason().empty()) one_line(eviction.reason());
  lease_holder holder{{kind::lease, "s", "l"}, "h"};
  for (int i = 0; i < 4; ++i) holder.step(says, holder.due());
  if (!holder.reason().empty()) one_line(holder.reason());
  const auto object = parse_object(text);
  if (!object) return one_line(object.error()), 0;
  checked(read_pod(*object)), checked(read_node(*object)), checked(read_lease(*object)),
      checked(read_usage(*object));
  checked(read_disruption_budget(*object)), checked(read_cordon(*object));
  for (const auto k : {kind::deployment, kind::stateful_set, kind::replica_set}) {
    const auto w = read_workload(k, *object);
    checked(w);
    if (w) (void)rollout_of(*w), (void)why_not_within(*w, {}), (void)why_not_between(*w);
  }
  for (std::size_t a = 0; a <= static_cast<std::size_t>(ports::cluster_act::scale); ++a)
    for (const std::uint64_t site : {1U, 2U})
      for (const auto end : {migration::endpoint::source, migration::endpoint::destination}) {
        migration::command c;
        c.from_site = {1}, c.to_site = {site}, c.end = end;
        const migration::object_record next;
        write_intent to{{kind::deployment, "shop", "web"},
                        static_cast<ports::cluster_act>(a),
                        &c,
                        "n1",
                        &next,
                        &*object,
                        &*object};
        if (const auto all = requests_for(to)) FORESHIFT_EXPECT(!all->empty());
        to.as_read = nullptr;
        if (const auto all = requests_for(to)) FORESHIFT_EXPECT(!all->empty());
      }
  (void)placed_on(*object, "n1"), (void)owners_of(*object, {"spec", "replicas"});
  return 0;
}
