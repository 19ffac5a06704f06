#pragma once
/// @file
/// A client of one HTTP server, by Boost.Beast: plain, TLS, or over a Unix socket.

#include <foreshift/adapters/http/boost_beast.hpp>
#include <foreshift/adapters/http/connection.hpp>
#include <foreshift/adapters/http/message.hpp>
#include <foreshift/adapters/http/options.hpp>
#include <foreshift/adapters/http/tls.hpp>
#include <foreshift/core/result.hpp>
#include <foreshift/ports/http_client.hpp>
#include <foreshift/ports/http_url.hpp>

#include <memory>
#include <string>
#include <utility>

namespace foreshift::inline FORESHIFT_ABI::http {

/// Keeps its connection from one exchange to the next where the server does. Reasons name the server, and
/// never what was said to it. An exchange takes as long as its request's timeout at most; only the
/// destructor may wait longer, for a name that the system is still looking up.
class client {
 public:
  explicit client(options rules)
      : rules_(std::make_unique<options>(std::move(rules))),
        connection_(std::make_unique<connection>(*rules_)) {}

  [[nodiscard]] result<ports::http_response, ports::http_error> exchange(const ports::http_request& request) {
    const auto head = request_head(request, authority(rules_->server));
    if (!head) return failed(false, head.error());
    if (rules_->server.tls && !tls_) {
      auto made = make_tls(rules_->tls);
      if (!made) return failed(false, made.error());
      tls_ = *std::move(made);
    }
    connection_->set_deadline(connection::clock::now() + request.timeout);
    if (!connection_->usable())
      if (const auto opened = connection_->open(tls_.get()); !opened) return failed(false, opened.error());
    if (const auto sent = connection_->send(*head, request.body); !sent) return failed(true, sent.error());
    auto answer = connection_->receive(request.method == "HEAD");
    if (!answer) return failed(true, answer.error());
    return *std::move(answer);
  }

 private:
  failure<ports::http_error> failed(bool sent, const std::string& why) const {
    const auto& s = rules_->server;
    return failure{
        ports::http_error{sent, (rules_->unix_socket.empty() ? (s.tls ? "https://" : "http://") + authority(s)
                                                             : rules_->unix_socket) +
                                    ": " + why}};
  }

  std::unique_ptr<options> rules_;
  std::unique_ptr<net::ssl::context> tls_;  // outlives the connection
  std::unique_ptr<connection> connection_;
};
static_assert(ports::HttpClient<client>);

}  // namespace foreshift::inline FORESHIFT_ABI::http
