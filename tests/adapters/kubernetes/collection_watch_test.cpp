#include <adapters/kubernetes/fake_api.hpp>
#include <foreshift/adapters/kubernetes/collection_watch.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <cstddef>
#include <map>
#include <optional>
#include <string>

using namespace foreshift;
using namespace std::chrono_literals;
using kubernetes::collection_change, kubernetes::collection_watch, kubernetes::json, kubernetes::kind,
    kubernetes::watch_counts;

namespace {

json pod(const std::string& phase) { return {{"spec", json::object()}, {"status", {{"phase", phase}}}}; }

/// A follower of pods that keeps what it is told, beside the server that it follows.
struct follower {
  fake::api server;
  collection_watch watch;
  std::map<std::string, std::string> phases;
  std::size_t told = 0;
  time_point now{};
  std::string fault;

  explicit follower(std::size_t limit = 500, kubernetes::watch_rules rules = {})
      : watch(kind::pod, {.limit = limit}, rules) {}
  void hear(const result<ports::http_response, ports::http_error>& answer) {
    fault = watch.take(answer, now, [&](const collection_change& c) {
      ++told;
      if (c.object == nullptr)
        phases.erase(c.key);
      else
        phases[c.key] = (*c.object)["status"]["phase"];
    });
  }
  void step() {
    now += 1min;
    const auto request = watch.next(now);
    REQUIRE(request.has_value());
    hear(server.answer(*request));
  }
  /// It holds what the server holds.
  void agrees() {
    std::map<std::string, std::string> there;
    for (const auto& p : server.all(kind::pod))
      there[p["metadata"]["namespace"].get<std::string>() + "/" + p["metadata"]["name"].get<std::string>()] =
          p["status"]["phase"];
    CHECK(phases == there);
    CHECK(watch.size() == there.size());
  }
};

std::string event(const std::string& type, const std::string& name, const std::string& version,
                  const std::string& phase = "Running") {
  return R"({"type":")" + type + R"(","object":{"metadata":{"namespace":"shop","name":")" + name +
         R"(","resourceVersion":")" + version + R"("},"status":{"phase":")" + phase + "\"}}}\n";
}
ports::http_response said(std::string body) { return {200, {}, std::move(body)}; }

}  // namespace

TEST_CASE("a list in pages, then changes from its version on") {
  follower f{3};
  for (int i = 0; i < 10; ++i) f.server.put(kind::pod, "shop", "p" + std::to_string(i), pod("Running"));
  CHECK(!f.watch.complete());
  for (int i = 0; i < 4; ++i) f.step();
  CHECK(f.watch.complete());
  f.agrees();
  f.server.put(kind::pod, "shop", "p3", pod("Failed"));
  f.server.remove(kind::pod, "shop", "p4");
  f.server.put(kind::pod, "test", "p4", pod("Pending"));
  f.step();
  f.agrees();
  CHECK(f.told == 13);
  f.step();
  CHECK(f.told == 13);
  CHECK(f.watch.counts() == watch_counts{.lists = 1, .watches = 2, .events = 3, .bookmarks = 2});
}

TEST_CASE("what changed between the pages of a list and the watch is not missed") {
  follower f{2};
  for (int i = 0; i < 4; ++i) f.server.put(kind::pod, "shop", "p" + std::to_string(i), pod("Running"));
  f.step();
  f.server.remove(kind::pod, "shop", "p0"), f.server.put(kind::pod, "shop", "p3", pod("Failed"));
  f.server.put(kind::pod, "shop", "new", pod("Running"));
  f.step(), f.step();
  f.agrees();
}

TEST_CASE("a version that is forgotten begins a new list, and what that does not hold is gone") {
  follower f;
  f.server.put(kind::pod, "shop", "a", pod("Running")), f.server.put(kind::pod, "shop", "b", pod("Running"));
  f.step(), f.step();
  f.server.remove(kind::pod, "shop", "a"), f.server.put(kind::pod, "shop", "b", pod("Failed"));
  f.server.compact();
  f.server.put(kind::pod, "shop", "c", pod("Running"));
  f.step();
  CHECK(f.fault == "GET /api/v1/pods: the answer cannot be used: the watch ends: too old resource version");
  f.step();
  f.agrees();
  CHECK(f.watch.counts().expired == 1);
  // The same as a status of the whole answer.
  f.now += 1min;
  (void)f.watch.next(f.now);
  f.hear(fake::api::status(410, "Gone", "too old"));
  CHECK(f.watch.next(f.now + 1min)->target.find("limit=") != std::string::npos);
}

TEST_CASE("a continuation that is forgotten begins the list again") {
  follower f{2};
  for (int i = 0; i < 5; ++i) f.server.put(kind::pod, "shop", "p" + std::to_string(i), pod("Running"));
  f.step();
  f.server.remove(kind::pod, "shop", "p0");
  f.server.compact();
  f.step();
  CHECK(f.fault.find("410 The provided continue parameter is too old") != std::string::npos);
  for (int i = 0; i < 3; ++i) f.step();
  f.agrees();
  CHECK(f.watch.counts().lists == 2);
}

TEST_CASE("a server that was restored counts from an earlier version: its list is what is there") {
  follower f;
  for (const char* name : {"a", "b"}) f.server.put(kind::pod, "shop", name, pod("Running"));
  for (int i = 0; i < 50; ++i) f.server.put(kind::pod, "shop", "b", pod("Running"));
  f.step();
  const std::string old =
      R"({"kind":"PodList","metadata":{"resourceVersion":"90"},"items":[{"metadata":{"namespace":"shop","name":"b",)"
      R"("resourceVersion":"80"},"status":{"phase":"Failed"}}]})";
  f.now += 1min, (void)f.watch.next(f.now);
  f.hear(fake::api::status(504, "Timeout", "Too large resource version: 152, current: 90"));
  f.now += 1min;
  CHECK(f.watch.next(f.now)->target.find("limit=") != std::string::npos);
  f.hear(said(old));
  CHECK(f.phases == std::map<std::string, std::string>{{"shop/b", "Failed"}});
  CHECK(f.watch.next(f.now)->target.find("resourceVersion=90&") != std::string::npos);
  f.hear(said(event("MODIFIED", "b", "91")));
  CHECK(f.phases == std::map<std::string, std::string>{{"shop/b", "Running"}});
}

TEST_CASE("a list whose pages never end is told, and begun anew after a while") {
  follower f;
  f.server.scripted = [](const ports::http_request&) -> std::optional<ports::http_response> {
    return said(R"({"metadata":{"resourceVersion":"1","continue":"same"},"items":[]})");
  };
  f.step();
  CHECK(f.fault.empty());
  f.step();
  CHECK(f.fault.ends_with("its pages never end: a token to continue comes again"));
  CHECK(f.watch.due() > f.now);
  CHECK(f.watch.next(f.watch.due())->target.find("continue=") == std::string::npos);
}

TEST_CASE("an answer that is no watch, or ends within its first event, is told and waited after") {
  follower f;
  f.step();
  for (const char* answer : {"<html>502 Bad Gateway</html>", "{\"type\":\"ADDED\",\"obj"}) {
    f.now += 1min, (void)f.watch.next(f.now);
    f.hear(said(answer));
    CHECK(f.fault.starts_with("GET /api/v1/pods: the answer cannot be used: "));
    CHECK(f.watch.due() - f.now >= 500ms);
    f.now += 1min;
    f.hear(f.server.answer(*f.watch.next(f.now)));
    CHECK(f.fault.empty());
  }
}

TEST_CASE("events that come twice or late change nothing") {
  follower f;
  f.step();
  f.now += 1min, (void)f.watch.next(f.now);
  f.hear(said(event("ADDED", "a", "201", "Pending") + event("MODIFIED", "a", "202") +
              event("ADDED", "a", "201", "Pending") + event("MODIFIED", "a", "202") +
              event("ADDED", "b", "203") + event("DELETED", "b", "204") + event("DELETED", "b", "204") +
              event("ADDED", "b", "205") + event("DELETED", "b", "204")));
  CHECK(f.fault.empty());
  CHECK(f.phases == std::map<std::string, std::string>{{"shop/a", "Running"}, {"shop/b", "Running"}});
  CHECK(f.watch.counts().duplicates == 4);
  CHECK(f.watch.next(f.now)->target.find("resourceVersion=205&") != std::string::npos);
}

TEST_CASE("an event that was never sent is made good by the next list") {
  follower f{500, {.relist_every = 10min}};
  f.server.put(kind::pod, "shop", "a", pod("Running"));
  f.step();
  f.server.scripted = [](const ports::http_request& r) -> std::optional<ports::http_response> {
    if (r.target.find("watch=1") == std::string::npos) return std::nullopt;
    return said(R"({"type":"BOOKMARK","object":{"metadata":{"resourceVersion":"900"}}})");
  };
  f.server.remove(kind::pod, "shop", "a"), f.server.put(kind::pod, "shop", "b", pod("Running"));
  for (int i = 0; i < 10; ++i) f.step();
  f.agrees();
}

TEST_CASE("a cut line is left to the next watch; one that is whole and none begins a new list") {
  follower f;
  f.step();
  f.now += 1min, (void)f.watch.next(f.now);
  const auto cut = event("ADDED", "b", "202").substr(0, 40);
  f.hear(said(event("ADDED", "a", "201") + cut));
  CHECK(f.fault.empty());
  CHECK(f.phases.size() == 1);
  CHECK(f.watch.next(f.now)->target.find("resourceVersion=201&") != std::string::npos);
  for (const auto& bad :
       {cut + "\n", std::string{"<html>\n"},
        std::string{"{\"type\":\"ODD\",\"object\":{\"metadata\":{\"resourceVersion\":\"1\"}}}\n"},
        std::string{"{\"type\":\"ADDED\",\"object\":7}\n"}, std::string{"{}\n"}}) {
    f.now += 1min, (void)f.watch.next(f.now);
    f.hear(said(bad));
    CHECK(f.fault.starts_with("GET /api/v1/pods: the answer cannot be used: "));
    f.now += 1min;
    CHECK(f.watch.next(f.now)->target.find("limit=") != std::string::npos);
    f.hear(f.server.answer(*f.watch.next(f.now)));
  }
}

TEST_CASE("after failures it waits, longer each time, and as long as the server asks") {
  follower f;
  f.now += 1s;
  (void)f.watch.next(f.now);
  duration before{};
  for (int i = 0; i < 10; ++i) {
    f.hear(failure{ports::http_error{false, "no connection"}});
    CHECK(f.fault == "GET /api/v1/pods: no connection");
    const auto wait = f.watch.due() - f.now;
    CHECK(wait >= before);
    CHECK(wait <= 30s);
    CHECK(!f.watch.next(f.watch.due() - 1ns).has_value());
    CHECK(f.watch.next(f.watch.due()).has_value());
    before = wait;
  }
  CHECK(before == 30s);
  f.hear({ports::http_response{429, {{"Retry-After", "90"}}, ""}});
  CHECK(f.watch.due() - f.now == 90s);
  f.now = f.watch.due();
  f.step();
  CHECK(f.fault.empty());
  f.hear(failure{ports::http_error{true, "cut"}});
  CHECK(f.watch.due() - f.now == 500ms);
}

TEST_CASE("what is held is bounded") {
  follower f{500, {.objects_max = 3}};
  for (int i = 0; i < 5; ++i) f.server.put(kind::pod, "shop", "p" + std::to_string(i), pod("Running"));
  f.step();
  CHECK(f.fault.ends_with("more than 3 objects"));
  CHECK(f.watch.size() == 3);
}
