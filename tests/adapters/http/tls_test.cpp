#include <foreshift/adapters/http/tls.hpp>

#include <doctest/doctest.h>

#include <adapters/http/certificates.hpp>
#include <support/scratch_directory.hpp>

#include <fstream>
#include <iterator>
#include <string>

using namespace foreshift;

TEST_CASE("files of TLS that do not fit are named") {
  const scratch_directory place;
  const auto path = [&](const char* name) { return (place.path() / name).string(); };
  const identity authority{"authority"}, me{"me", &authority}, other{"other", &authority};
  authority.write_certificate(path("ca.pem"));
  me.write_certificate(path("me.pem"));
  me.write_key(path("me.key"));
  other.write_key(path("other.key"));

  CHECK(http::make_tls({}).has_value());
  CHECK(http::make_tls({path("ca.pem"), path("me.pem"), path("me.key")}).has_value());
  const auto why = [](const http::tls_files& files) {
    const auto made = http::make_tls(files);
    REQUIRE(!made.has_value());
    return made.error();
  };
  CHECK(why({path("absent.pem"), "", ""}).find("absent.pem") != std::string::npos);
  CHECK(why({path("me.key"), "", ""}).find("me.key") != std::string::npos);
  CHECK(why({"", path("absent.pem"), path("me.key")}).find("absent.pem") != std::string::npos);
  CHECK(why({"", path("me.pem"), path("absent.key")}).find("absent.key") != std::string::npos);
  CHECK(why({"", path("me.pem"), path("other.key")}).find("not that of the certificate") !=
        std::string::npos);
  CHECK(why({"", path("me.pem"), ""}) == "a certificate and its key are given together");
  CHECK(why({"", "", path("me.key")}) == "a certificate and its key are given together");

  const auto text = [&](const char* name) {
    std::ifstream in{path(name)};
    return std::string{std::istreambuf_iterator<char>{in}, {}};
  };
  // The same as text, as a kubeconfig holds it; what is wrong with it is told without it.
  CHECK(http::make_tls({text("ca.pem"), text("me.pem"), text("me.key")}).has_value());
  CHECK(http::make_tls({text("ca.pem"), text("me.pem"), path("me.key")}).has_value());
  for (const auto& reason :
       {why({"", text("me.pem"), text("other.key")}), why({"", "-----BEGIN nothing", text("me.key")}),
        why({"-----BEGIN nothing", "", ""})}) {
    CHECK(reason.find("PEM as given") != std::string::npos);
    CHECK(reason.find("-----BEGIN") == std::string::npos);
  }
}
