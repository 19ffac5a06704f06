// Every body that a move, an undo, a change in place, a cordon, an eviction and a Lease send, held against
// the published schemas. A patch is held against them as what it makes of an object. Skipped without Node and
// the npm package kubernetes-models, whose folder node_modules $FORESHIFT_NODE_MODULES names.
#include <adapters/kubernetes/fake_api.hpp>
#include <adapters/kubernetes/fake_rollouts.hpp>
#include <foreshift/adapters/kubernetes/cordon.hpp>
#include <foreshift/adapters/kubernetes/eviction.hpp>
#include <foreshift/adapters/kubernetes/lease_holder.hpp>
#include <foreshift/adapters/kubernetes/workload_notes.hpp>
#include <foreshift/adapters/kubernetes/workload_writes.hpp>
#include <support/scratch_directory.hpp>
#include <support/shell.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <initializer_list>
#include <string>

using namespace foreshift;
using namespace foreshift::kubernetes;

TEST_SUITE("schemas") {
  TEST_CASE("every body that we send is valid by the published schemas") {
    if (!have_program("node")) return;
    const char* modules = std::getenv("FORESHIFT_NODE_MODULES");
    if (modules == nullptr)
      return void(std::puts("skipped: no kubernetes-models: FORESHIFT_NODE_MODULES is not set"));
    auto sent = json::array();
    for (const auto what : {kind::deployment, kind::stateful_set}) {
      const object_name which{what, "shop", "web"};
      fake::api api;
      const auto seen = api.put(what, "shop", "web", fake::workload_object(3, "web", what));
      auto placed = api.put(what, "shop", "web", placement_body(which, {}, {}, "n2"));
      placed["spec"].update(seen["spec"]);
      placed["spec"]["template"]["spec"]["affinity"]["nodeAffinity"]
            ["requiredDuringSchedulingIgnoredDuringExecution"] = affinity_to("n2");
      auto made = seen;
      made["metadata"]["annotations"][made_key] = "1";
      auto idle = seen;  // a namesake that runs nothing, and the same after a start that kept what it was
      idle["spec"]["replicas"] = 0;
      auto begun = placed;
      begun["metadata"]["annotations"][former_key] = to_text(idle["spec"]);
      for (std::size_t a = 0; a <= static_cast<std::size_t>(ports::cluster_act::scale); ++a)
        for (const std::uint64_t site : {1U, 2U})
          for (const json* as_read :
               std::initializer_list<const json*>{&seen, &placed, &made, &idle, &begun, nullptr}) {
            migration::command c;
            c.from_site = {1}, c.to_site = {site}, c.replicas = 5;
            c.limits[resource::cpu] = 1.5, c.limits[resource::memory] = 1e9;
            const migration::object_record next;
            const auto all =
                requests_for({which, static_cast<ports::cluster_act>(a), &c, "n2", &next, as_read, &seen});
            if (!all) continue;
            for (const auto& r : *all) {
              const auto body = *parse_object(r.body);
              json whole = r.method == "PATCH" ? *as_read : json::object();
              whole["kind"] = facts_of(what).name, whole["apiVersion"] = facts_of(what).version;
              fake::merge(whole, body);
              sent.push_back(whole);
            }
          }
    }
    sent.push_back(*parse_object(eviction_request("shop", "web-1", "uid").body));
    for (const auto& r : {cordon_request({.name = "n1", .uid = "u"}), uncordon_request({.name = "n1"})})
      sent.push_back(*parse_object(r.body));
    fake::api api;
    time_point now{std::chrono::hours{1}};
    const auto hold = [&](lease_holder& h, std::size_t requests) {
      for (; requests > 0; --requests) {
        now = std::max(now, h.due());
        const auto r = h.next(now);
        REQUIRE(r.has_value());
        if (!r->body.empty()) sent.push_back(*parse_object(r->body));
        h.take(api.exchange(*r), now);
      }
    };
    lease_holder first{{kind::lease, "shop", "l"}, "a"}, second{{kind::lease, "shop", "l"}, "b"};
    hold(first, 3), first.release(now), hold(first, 1), hold(second, 2);
    CHECK(second.holds(now));
    CHECK(sent.size() > 40);
    const scratch_directory place;
    const auto file = (place.path() / "sent.json").string();
    std::ofstream{file} << to_text(sent);
    const auto said = run_shell("node '" FORESHIFT_TEST_DATA "/../system/kubectl/validate.mjs' '" + file +
                                "' '" + std::string{modules} + "'");
    std::printf("%s", said.output.substr(0, 2000).c_str());
    CHECK(said.status == 0);
  }
}
