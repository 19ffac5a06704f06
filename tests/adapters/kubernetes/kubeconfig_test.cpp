#include <foreshift/adapters/kubernetes/kubeconfig.hpp>

#include <doctest/doctest.h>

#include <string>

using namespace foreshift;
using kubernetes::parse_kubeconfig;

namespace {

std::string config(const std::string& user, const std::string& cluster = "") {
  return "apiVersion: v1\nkind: Config\ncurrent-context: west\ncontexts:\n- name: west\n"
         "  context: {cluster: c, user: u, namespace: shop}\nclusters:\n- name: c\n  cluster:\n"
         "    server: https://api.west:6443\n" +
         cluster + "users:\n- name: u\n  user:\n" + user;
}
diagnostic fault(const std::string& text) {
  const auto read = parse_kubeconfig(text, "config", "/home/me/.kube");
  REQUIRE(!read.has_value());
  CHECK(to_string(read.error()).find("s3cret") == std::string::npos);
  return read.error();
}

}  // namespace

TEST_CASE("a token, and files beside the kubeconfig") {
  const auto read = parse_kubeconfig(config("    token: s3cret\n", "    certificate-authority: ca.pem\n"),
                                     "config", "/home/me/.kube");
  REQUIRE(read.has_value());
  CHECK(to_string(read->server) == "https://api.west:6443");
  CHECK(read->token.reveal() == "s3cret");
  CHECK(read->space == "shop");
  CHECK(read->authorities.file == "/home/me/.kube/ca.pem");
  CHECK(parse_kubeconfig(config("    tokenFile: /run/t\n"), "config", "/x")->token_file == "/run/t");
}

TEST_CASE("a client certificate within the text") {
  // "-----BEGIN X" in base64
  const std::string data = "LS0tLS1CRUdJTiBY";
  const auto read = parse_kubeconfig(
      config("    client-certificate-data: " + data + "\n    client-key-data: " + data + "\n"), "config", "");
  REQUIRE(read.has_value());
  CHECK(read->certificate.text.reveal() == "-----BEGIN X");
  CHECK(read->key.text.reveal() == "-----BEGIN X");
  CHECK(read->token.empty());
  CHECK(read->key.given() == "-----BEGIN X");
  CHECK(read->authorities.given().empty());
  CHECK(fault(config("    client-certificate-data: " + data + "\n")).reason ==
        "a certificate and its key are given together");
  CHECK(fault(config("    client-key-data: s3cret*\n")).reason == "not PEM in base64");
  CHECK(fault(config("    client-key-data: YWJj\n")).field == "client-key-data");
}

TEST_CASE("what cannot be honoured is refused by name, with line and way out") {
  const auto exec = fault(config("    exec:\n      command: aws\n"));
  CHECK(exec.field == "exec");
  CHECK(exec.line == 14);
  CHECK(exec.reason.starts_with("no program is run to fetch credentials: make a token"));
  CHECK(fault(config("    auth-provider: {name: gcp}\n")).field == "auth-provider");
  CHECK(fault(config("    username: me\n    password: s3cret\n")).field == "username");
  CHECK(fault(config("    as: admin\n    token: s3cret\n")).field == "as");
  CHECK(fault(config("    token: s3cret\n", "    insecure-skip-tls-verify: true\n"))
            .reason.starts_with("a server is always verified"));
  CHECK(parse_kubeconfig(config("    token: t\n", "    insecure-skip-tls-verify: false\n"), "c", "")
            .has_value());
  CHECK(fault(config("    token: s3cret\n", "    proxy-url: http://p\n")).field == "proxy-url");
  auto plain = config("    token: s3cret\n");
  plain.replace(plain.find("https"), 5, "http");
  CHECK(fault(plain).reason.starts_with("a token is not sent without TLS"));
}

TEST_CASE("another context can be asked for, and what is not there is named") {
  const auto read = parse_kubeconfig(config("    token: t\n"), "config", "", "east");
  CHECK(to_string(read.error()) == "config:1: contexts: none has the name \"east\"");
  CHECK(fault("current-context: x\n").reason == "none has the name \"x\"");
  CHECK(fault("contexts: []\n").field == "current-context");
  CHECK(fault("current-context: x\ncontexts:\n- name: x\n  context: 7\n").reason ==
        "a map is wanted under the name \"x\"");
  CHECK(fault("current-context: [x]\n").reason == "a string is wanted");
  CHECK(
      fault("current-context: west\ncontexts: [{name: west, context: {cluster: c, user: u}}]\n"
            "clusters: [{name: c, cluster: {server: 'https://me:s3cret@h'}}]\nusers: [{name: u, user: {}}]\n")
          .field == "server");
}

TEST_CASE("what is no kubeconfig is an error, and never a crash") {
  CHECK(fault("").reason == "not a kubeconfig: it holds no map");
  CHECK(fault("- a\n- b\n").reason == "not a kubeconfig: it holds no map");
  CHECK(fault("a: [s3cret\nb: }").reason == "not YAML");
  CHECK(fault("%YAML 9.9\n---\n\t{").source == "config");
  CHECK(fault(std::string(100'000, '[')).source == "config");
  CHECK(fault(std::string((1 << 20) + 1, ' ')).reason == "longer than 1 MiB: not a kubeconfig");
  CHECK(fault("a: &a [*a]\n").source == "config");
  const auto whole = config("    token: s3cret\n");
  for (std::size_t cut = 0; cut < whole.size(); ++cut) {
    const auto read = parse_kubeconfig(whole.substr(0, cut), "config", "");
    if (!read) CHECK(to_string(read.error()).find("s3cret") == std::string::npos);
  }
}
