// What a single daemon tells: over TLS.
#include <system/swarm/swarms.hpp>

#include <doctest/doctest.h>

#include <string>

using namespace swarm_test;

TEST_CASE(
    "over TLS a daemon tells the same as over its Unix socket, to who shows a certificate that it trusts") {
  town here;
  web w{here};
  const auto over_tls = [&](const std::string& authority, const std::string& who) {
    const std::string at = here.place + "/tls/";
    http::options to{.server = {.tls = true, .host = here.network + "1", .port = 2376},
                     .tls = {.authorities = at + authority + ".pem"}};
    if (!who.empty()) to.tls.certificate = at + who + ".pem", to.tls.key = at + who + ".key";
    return http::client{to};
  };
  const auto listed = [](http::client& c) {
    std::string text;
    const auto seen = swarm{c, {.name = "swarm a"}}.inventory();
    if (!seen) return "error: " + seen.error().reason;
    for (const auto& h : seen->hosts) text += h.name + " ";
    for (const auto& one : seen->workloads) text += one.name + " " + std::to_string(one.running) + " ";
    return text;
  };
  auto known = over_tls("ca", "client");
  CHECK(listed(known) == "node1 node2 " + w.name() + " 1 ");
  CHECK(listed(known) == listed(here.http[0]));

  const auto s = docker::manager<http::client>{known, "swarm a"}.find(w.name());
  REQUIRE(s.has_value());
  auto labelled = s->spec;
  labelled["Labels"]["by"] = "TLS";
  CHECK(docker::manager<http::client>{known, "swarm a"}.update(*s, labelled).has_value());
  CHECK(w.seen().label("by") == "TLS");

  const auto why = [&](const std::string& authority, const std::string& who) {
    auto other = over_tls(authority, who);
    return listed(other);
  };
  const auto says = [](const std::string& reason, const char* claim) {
    CHECK_MESSAGE(reason.find(claim) != std::string::npos, reason);
  };
  says(why("ca", ""), "the server wants to see a certificate of ours: give one");
  says(why("ca", "late"), "/tls/late.pem has expired on 20");
  says(why("ca", "stranger"), "signed by an authority that it trusts");
  says(why("other", "client"), "no trusted authority has signed the server's certificate: name the file");
}
