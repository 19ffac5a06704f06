#include <adapters/kubernetes/fake_api.hpp>
#include <foreshift/adapters/kubernetes/pod_eviction.hpp>
#include <foreshift/core/random.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

using namespace foreshift;
using namespace foreshift::kubernetes;
using namespace std::chrono_literals;
using state = pod_eviction::state;

namespace {

constexpr time_point start{1h};

struct stage {
  fake::api api;
  object_meta web;
  time_point now = start;

  stage() { web = put(); }
  object_meta put() {
    const auto object =
        api.put(kind::pod, "shop", "web-1",
                {{"metadata", {{"labels", {{"app", "web"}}}}}, {"status", {{"phase", "Running"}}}});
    fields in{object};
    return read_meta(in);
  }
  void budget(const char* name, unsigned allowed) {
    api.put(kind::disruption_budget, "shop", name,
            {{"spec", {{"selector", {{"matchLabels", {{"app", "web"}}}}}}},
             {"status", {{"disruptionsAllowed", allowed}, {"desiredHealthy", 2}}}});
  }
  void allow(unsigned n) {
    api.change(kind::disruption_budget, "shop", "b", [&](json& o) { o["status"]["disruptionsAllowed"] = n; });
  }
  [[nodiscard]] bool there() const { return api.get(kind::pod, "shop", "web-1") != nullptr; }
  [[nodiscard]] std::size_t asked() const {
    std::size_t n = 0;
    for (const auto& l : api.log) n += l.method == "POST" ? 1U : 0U;
    return n;
  }
  /// To its end, or so many requests; the times from the start at which they were made.
  std::vector<duration> run(pod_eviction& e, std::size_t requests = 1000) {
    std::vector<duration> at;
    while (!e.over() && at.size() < requests) {
      now = std::max(now, e.due());
      CHECK(!e.next(e.due() - 1ns));
      at.push_back(now - start);
      e.step(api, now);
    }
    return at;
  }
};

}  // namespace

TEST_CASE("an eviction is over when the pod has gone, not when it is granted") {
  stage s;
  s.api.graceful = true;
  pod_eviction e{s.web, {}, s.now};
  s.run(e, 4);
  CHECK(e.now_is() == state::leaving);
  CHECK(e.reason() == "GET /api/v1/namespaces/shop/pods/web-1: the pod is on its way out");
  CHECK(s.asked() == 1);
  CHECK(s.now == start + 4s);
  s.api.remove(kind::pod, "shop", "web-1");
  s.run(e);
  CHECK(e.now_is() == state::gone);
  CHECK(e.reason().empty());
  CHECK(!e.next(s.now + 1h));
}

TEST_CASE("a pod that somebody else has ended is gone, and its successor of the same name is left alone") {
  stage s;
  s.api.remove(kind::pod, "shop", "web-1");
  pod_eviction absent{s.web, {}, s.now};
  s.run(absent);
  CHECK(absent.now_is() == state::gone);
  s.put();
  pod_eviction again{s.web, {}, s.now};
  s.run(again);
  CHECK(again.now_is() == state::gone);
  CHECK(s.there());
}

TEST_CASE("while a budget says no the pauses double, and what the server asks for goes before them") {
  stage s;
  s.budget("b", 0);
  pod_eviction e{s.web, {.pause = {.retry = 5s, .retry_max = 20s}}, s.now};
  CHECK(s.run(e, 5) == std::vector<duration>{0s, 5s, 15s, 35s, 55s});
  CHECK(e.now_is() == state::asking);
  CHECK(e.reason().find("429 Cannot evict pod") != std::string::npos);
  s.api.scripted = [&](const ports::http_request&) -> std::optional<ports::http_response> {
    s.api.scripted = {};
    auto said = fake::api::status(429, "TooManyRequests", "later");
    said.headers.emplace_back("Retry-After", "90");
    return said;
  };
  s.run(e, 1);
  CHECK(e.due() == s.now + 90s);
  s.api.scripted = [&](const ports::http_request&) -> std::optional<ports::http_response> {
    s.api.scripted = {};
    return fake::api::status(429, "TooManyRequests", "later", {{"retryAfterSeconds", 3}});
  };
  s.run(e, 1);
  CHECK(e.due() == s.now + 20s);
  s.allow(1);
  s.run(e);
  CHECK(e.now_is() == state::gone);
  CHECK(!s.there());
}

TEST_CASE("several budgets, and missing rights, are refusals with a reason, and nothing is asked again") {
  stage s;
  s.budget("a", 1), s.budget("b", 1);
  pod_eviction e{s.web, {}, s.now};
  CHECK(s.run(e).size() == 1);
  CHECK(e.now_is() == state::refused);
  CHECK(e.reason().starts_with(
      "POST /api/v1/namespaces/shop/pods/web-1/eviction: 500 This pod has more than one"));
  CHECK(e.reason().ends_with("; leave one budget that selects the pod"));
  for (const int code : {403, 422}) {
    s.api.scripted = [&](const ports::http_request&) { return fake::api::status(code, "No", "no"); };
    pod_eviction other{s.web, {}, s.now};
    CHECK(s.run(other).size() == 1);
    CHECK(other.now_is() == state::refused);
  }
  s.api.scripted = [&](const ports::http_request& r) -> std::optional<ports::http_response> {
    if (r.method == "POST") return fake::api::status(201, "", "");
    return fake::api::status(403, "Forbidden", "no");
  };
  pod_eviction blind{s.web, {}, s.now};
  CHECK(s.run(blind).size() == 2);
  CHECK(blind.reason().ends_with("no; the eviction is granted"));
  CHECK(s.there());
}

TEST_CASE("at our deadline it is asked once more and then given up; what ends later is not waited for") {
  stage s;
  s.budget("b", 0);
  pod_eviction e{s.web, {.within = 60s}, s.now};
  CHECK(s.run(e) == std::vector<duration>{0s, 5s, 15s, 35s, 60s});
  CHECK(e.now_is() == state::given_up);
  CHECK(e.reason().ends_with("; given up after 60 s"));
  CHECK(s.there());

  s.api.scripted = [](const ports::http_request&) {
    auto said = fake::api::status(503, "ServiceUnavailable", "soon");
    said.headers.emplace_back("Retry-After", "3600");
    return said;
  };
  pod_eviction put_off{s.web, {.within = 60s}, s.now};
  CHECK(s.run(put_off).size() == 1);
  CHECK(put_off.now_is() == state::given_up);
  CHECK(put_off.reason().ends_with("503 soon; the wait that is asked for ends after our deadline"));

  s.api.scripted = {};
  s.api.graceful = true;
  s.allow(1);
  pod_eviction slow{s.web, {.within = 60s}, s.now};
  const auto begun = s.now;
  s.run(slow);
  CHECK(slow.now_is() == state::given_up);
  CHECK(slow.reason().ends_with("the pod is on its way out; given up after 60 s"));
  CHECK(s.now == begun + 60s);
}

TEST_CASE("a grant that nobody has carried out is asked for again") {
  stage s;
  s.api.scripted = [&](const ports::http_request&) -> std::optional<ports::http_response> {
    s.api.scripted = {};
    return ports::http_response{200, {}, "{}"};  // somebody else's
  };
  pod_eviction e{s.web, {}, s.now};
  CHECK(s.run(e) == std::vector<duration>{0s, 0s, 5s, 5s});
  CHECK(e.now_is() == state::gone);
}

TEST_CASE("whatever is answered or lost, it ends by its deadline, and gone is gone") {
  std::size_t gone = 0;
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    random_stream random{seed};
    stage s;
    s.api.graceful = random.chance(0.5);
    s.budget("b", random.chance(0.5) ? 0 : 1);
    struct client {
      stage* on;
      random_stream* random;
      result<ports::http_response, ports::http_error> exchange(const ports::http_request& r) {
        const auto draw = random->below(12);
        if (draw == 0) return failure{ports::http_error{false, "no way there"}};
        if (draw == 1) return ports::http_response{200, {}, "<html>"};
        if (draw == 2) return fake::api::status(500, "InternalError", "etcd");
        if (draw == 3) return ports::http_response{200, {}, R"({"metadata":{"uid":7}})"};
        if (draw == 4) return fake::api::status(429, "TooManyRequests", "x", {{"retryAfterSeconds", 20}});
        auto said = on->api.answer(r);
        if (draw == 5) return failure{ports::http_error{true, "cut off"}};
        return said;
      }
    } way{&s, &random};
    const duration within = 3min;
    pod_eviction e{s.web, {.within = within}, s.now};
    std::size_t requests = 0;
    while (!e.over()) {
      s.now = e.due();
      if (random.chance(0.2)) s.allow(1);
      const auto* pod = s.api.get(kind::pod, "shop", "web-1");
      if (pod != nullptr && pod->at("metadata").contains("deletionTimestamp") && random.chance(0.2))
        s.api.remove(kind::pod, "shop", "web-1");
      e.step(way, s.now);
      CHECK(e.reason().find('\n') == std::string::npos);
      REQUIRE(s.now <= start + within);
      REQUIRE(++requests < 200);
    }
    CHECK(e.now_is() != state::refused);
    CHECK((e.now_is() == state::given_up) == !e.reason().empty());
    CHECK((e.now_is() != state::gone || !s.there()));
    gone += e.now_is() == state::gone ? 1U : 0U;
  }
  CHECK(gone > 100);
}
