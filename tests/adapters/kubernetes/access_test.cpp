#include <foreshift/adapters/kubernetes/access.hpp>
#include <support/scratch_directory.hpp>

#include <doctest/doctest.h>

#include <concepts>
#include <fstream>
#include <ostream>
#include <string>
#include <utility>

using namespace foreshift;
using kubernetes::access, kubernetes::authorised, kubernetes::in_cluster_access, kubernetes::secret;

namespace {

template <class T>
concept Printable = requires(std::ostream& out, const T& t) {
  out << t;
};
static_assert(!Printable<secret> && !std::equality_comparable<secret> &&
              !std::convertible_to<secret, std::string>);

void write(const std::string& name, const std::string& text) { std::ofstream{name} << text; }

ports::http_request get(std::string target) { return {"GET", std::move(target), {}, {}}; }

struct last_request {
  ports::http_request seen;
  result<ports::http_response, ports::http_error> exchange(const ports::http_request& r) {
    seen = r;
    return ports::http_response{200, {}, {}};
  }
};

}  // namespace

TEST_CASE("a pod finds its way by its environment and the kubelet's folder") {
  const scratch_directory folder;
  const auto at = folder.path().string();
  write(at + "/token", "abc.def\n"), write(at + "/ca.crt", "-----BEGIN"), write(at + "/namespace", "shop\n");
  const auto found = in_cluster_access("10.0.0.1", "443", at);
  REQUIRE(found.has_value());
  CHECK(to_string(found->server) == "https://10.0.0.1");
  CHECK(found->space == "shop");
  CHECK(found->authorities.file == at + "/ca.crt");
  CHECK(to_string(in_cluster_access("fd00::1", "6443", at)->server) == "https://[fd00::1]:6443");

  // The kubelet puts another token there every hour.
  last_request inner;
  kubernetes::authorised_client client{inner, *found};
  REQUIRE(client.exchange(get("/api")).has_value());
  CHECK(inner.seen.headers.back().second == "Bearer abc.def");
  write(at + "/token", "new");
  REQUIRE(client.exchange(get("/api")).has_value());
  CHECK(inner.seen.headers.back().second == "Bearer new");
}

TEST_CASE("what is missing is named, and no secret with it") {
  CHECK(in_cluster_access("", "").error().starts_with("not in a pod"));
  CHECK(in_cluster_access("a b", "443").error().starts_with("KUBERNETES_SERVICE_HOST"));
  const scratch_directory folder;
  const auto at = folder.path().string();
  CHECK(in_cluster_access("h", "443", at).error().starts_with(at + "/namespace: cannot be read"));
  write(at + "/namespace", "");
  CHECK(in_cluster_access("h", "443", at).error() == at + "/namespace: is empty");
  write(at + "/namespace", "shop"), write(at + "/ca.crt", "x");
  CHECK(in_cluster_access("h", "443", at).error().starts_with(at + "/token"));

  last_request inner;
  kubernetes::authorised_client bad{inner, access{.token = secret{"se cret"}}};
  const auto told = bad.exchange(get("/"));
  REQUIRE(!told.has_value());
  CHECK(!told.error().sent);
  CHECK(told.error().reason.find("se cret") == std::string::npos);
}

TEST_CASE("a server behind a path is asked there, and nobody is anybody without a token") {
  const auto made = authorised(get("/api/v1/pods"), access{.server = {.host = "h", .path = "/k8s"}});
  CHECK(made->target == "/k8s/api/v1/pods");
  CHECK(made->headers.empty());
}
