#pragma once
/// @file
/// Where a Prometheus is, and how to be let in.
///
/// The path of the URL is what the API hangs from. So a server behind a proxy works, and so does a data
/// source of Grafana: `https://grafana.example/api/datasources/proxy/uid/UID` with a service account's token.

#include <foreshift/core/result.hpp>
#include <foreshift/ports/http_url.hpp>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace foreshift::inline FORESHIFT_ABI::prometheus {

struct endpoint {
  ports::http_url url{};
  std::string bearer_token{};  ///< empty: none
  std::string user{};          ///< of basic authentication; empty: none
  std::string password{};
  std::vector<std::pair<std::string, std::string>> headers{};  ///< others, such as X-Scope-OrgID

  friend bool operator==(const endpoint&, const endpoint&) = default;
};

/// The headers of every request to it, or what cannot stand in one; the reason holds no secret.
[[nodiscard]] inline result<std::vector<std::pair<std::string, std::string>>, std::string> headers_of(
    const endpoint& at) {
  constexpr std::string_view token =  // RFC 6750, section 2.1
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~+/=";
  std::vector<std::pair<std::string, std::string>> all{{"Accept", "application/json"},
                                                       {"User-Agent", "foreshift/" FORESHIFT_VERSION}};
  if (!at.bearer_token.empty() && !at.user.empty())
    return failure{std::string{"both a bearer token and a user are given: one of them lets in"}};
  if (at.user.empty() && !at.password.empty()) return failure{std::string{"a password without a user"}};
  if (!at.bearer_token.empty()) {
    if (at.bearer_token.find_first_not_of(token) != std::string::npos)
      return failure{
          std::string{"the bearer token holds what no token holds, such as a blank or a line's end"}};
    all.emplace_back("Authorization", "Bearer " + at.bearer_token);
  }
  if (!at.user.empty()) {
    if (at.user.find(':') != std::string::npos)
      return failure{std::string{"a user's name holds no colon in basic authentication"}};
    all.emplace_back("Authorization", ports::basic_authorization(at.user, at.password));
  }
  all.insert(all.end(), at.headers.begin(), at.headers.end());
  return all;
}

}  // namespace foreshift::inline FORESHIFT_ABI::prometheus
