#pragma once
/// @file
/// The way into a cluster: its API server, whom to trust, and who we are.
///
/// What is secret sits in a type that prints nothing and compares nothing, so that no message, table or log
/// can show it by chance. Inside a cluster everything stands in files that the kubelet keeps fresh: a token
/// lives for an hour or so, and is read again for every request.

#include <foreshift/core/result.hpp>
#include <foreshift/ports/http_client.hpp>
#include <foreshift/ports/http_url.hpp>

#include <cstddef>
#include <fstream>
#include <string>
#include <string_view>
#include <utility>

namespace foreshift::inline FORESHIFT_ABI::kubernetes {

/// Text that only its user sees, by name.
class secret {
 public:
  secret() = default;
  explicit secret(std::string text) : text_(std::move(text)) {}
  [[nodiscard]] const std::string& reveal() const { return text_; }
  [[nodiscard]] bool empty() const { return text_.empty(); }

 private:
  std::string text_;
};

/// A certificate or a key: a file in PEM, or its text.
struct pem {
  std::string file{};
  secret text{};
  [[nodiscard]] bool empty() const { return file.empty() && text.empty(); }
  /// The text, else the file's name: as the adapter http takes either.
  [[nodiscard]] const std::string& given() const { return text.empty() ? file : text.reveal(); }
};

struct access {
  ports::http_url server{};
  pem authorities{};  ///< whom to trust; empty: whom the system trusts
  pem certificate{};  ///< our own; empty: none
  pem key{};
  secret token{};
  std::string token_file{};  ///< read for every request; `token` goes before it
  std::string space = "default";
};

/// Where the kubelet puts a pod's credentials.
inline constexpr std::string_view service_account_folder = "/var/run/secrets/kubernetes.io/serviceaccount";

/// Of a pod: what it finds in KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT, and in the folder. A
/// reason says what is missing.
[[nodiscard]] result<access, std::string> in_cluster_access(std::string_view host, std::string_view port,
                                                            const std::string& folder = std::string{
                                                                service_account_folder});

/// The request with its credentials, for the server's path. The reason names a file and none of its text.
[[nodiscard]] result<ports::http_request, std::string> authorised(ports::http_request request,
                                                                  const access& as);

/// A client that lets each request in: an HttpClient around another.
template <ports::HttpClient H>
class authorised_client {
 public:
  /// Lifetime: `client` outlives this.
  authorised_client(H& client, access as) : client_(&client), as_(std::move(as)) {}

  [[nodiscard]] result<ports::http_response, ports::http_error> exchange(const ports::http_request& request) {
    auto with = authorised(request, as_);
    if (!with) return failure{ports::http_error{false, with.error()}};
    return client_->exchange(*with);
  }

 private:
  H* client_;
  access as_;
};

namespace detail {

/// Of a file, up to `bytes_max`; blanks at the end cut.
inline result<std::string, std::string> read_small_file(const std::string& name, std::size_t bytes_max) {
  std::ifstream in{name, std::ios::binary};
  std::string text(bytes_max + 1, '\0');
  if (!in || !in.read(text.data(), static_cast<std::streamsize>(text.size())).eof())
    return failure{name + ": cannot be read, or is longer than " + std::to_string(bytes_max) + " bytes"};
  text.resize(static_cast<std::size_t>(in.gcount()));
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r' || text.back() == ' ')) text.pop_back();
  if (text.empty()) return failure{name + ": is empty"};
  return text;
}

}  // namespace detail

inline result<access, std::string> in_cluster_access(std::string_view host, std::string_view port,
                                                     const std::string& folder) {
  if (host.empty() || port.empty())
    return failure{
        std::string{"not in a pod: KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT are not set"}};
  const bool six = host.find(':') != std::string_view::npos;
  auto server = ports::parse_http_url("https://" + (six ? '[' + std::string{host} + ']' : std::string{host}) +
                                      ':' + std::string{port});
  if (!server) return failure{"KUBERNETES_SERVICE_HOST and _PORT: " + server.error()};
  access out{.server = *server, .authorities = {.file = folder + "/ca.crt"}, .token_file = folder + "/token"};
  const auto space = detail::read_small_file(folder + "/namespace", 256);
  if (!space) return failure{space.error()};
  out.space = *space;
  for (const auto& file : {out.authorities.file, out.token_file})
    if (const auto there = detail::read_small_file(file, std::size_t{1} << 20); !there)
      return failure{there.error()};
  return out;
}

inline result<ports::http_request, std::string> authorised(ports::http_request request, const access& as) {
  request.target.insert(0, as.server.path);
  std::string token = as.token.reveal();
  if (token.empty() && !as.token_file.empty()) {
    auto read = detail::read_small_file(as.token_file, std::size_t{1} << 16);
    if (!read) return failure{read.error()};
    token = *std::move(read);
  }
  for (const char c : token)
    if (c <= ' ' || c == 0x7F)
      return failure{std::string{"the token holds a blank or a byte that no token holds"}};
  if (!token.empty()) request.headers.emplace_back("Authorization", "Bearer " + token);
  return request;
}

}  // namespace foreshift::inline FORESHIFT_ABI::kubernetes
