#pragma once
// The fake API server behind a port, as real clients want it: discovery, and watches that stay open. One
// thread for each connection, one lock around the fake.

#include <adapters/kubernetes/fake_api.hpp>
#include <adapters/kubernetes/fake_rollouts.hpp>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <charconv>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <type_traits>
#include <vector>

namespace foreshift::fake {

/// What `kubectl` asks first: which kinds there are.
inline std::optional<json> discovery(std::string_view path) {
  if (path == "/version") return json{{"major", "1"}, {"minor", "32"}, {"gitVersion", "v1.32.0"}};
  if (path == "/api") return json{{"kind", "APIVersions"}, {"versions", {"v1"}}};
  if (path == "/apis") {
    json groups = json::array();
    for (const char* name : {"apps", "policy", "coordination.k8s.io"}) {
      const json version{{"groupVersion", std::string{name} + "/v1"}, {"version", "v1"}};
      groups.push_back({{"name", name}, {"versions", {version}}, {"preferredVersion", version}});
    }
    return json{{"kind", "APIGroupList"}, {"apiVersion", "v1"}, {"groups", groups}};
  }
  for (const char* version : {"v1", "apps/v1", "policy/v1", "coordination.k8s.io/v1"}) {
    if (path != (std::string_view{version} == "v1" ? "/api/" : "/apis/") + std::string{version}) continue;
    json found = json::array();
    for (const auto k : {kind::pod, kind::node, kind::deployment, kind::stateful_set, kind::replica_set,
                         kind::disruption_budget, kind::lease}) {
      const auto f = facts_of(k);
      if (f.version == version)
        found.push_back({{"name", f.plural},
                         {"singularName", ""},
                         {"namespaced", f.namespaced},
                         {"kind", f.name},
                         {"verbs", {"create", "delete", "get", "list", "patch", "update", "watch"}}});
    }
    if (std::string_view{version} == "v1")
      found.push_back({{"name", "pods/eviction"},
                       {"singularName", ""},
                       {"namespaced", true},
                       {"group", "policy"},
                       {"version", "v1"},
                       {"kind", "Eviction"},
                       {"verbs", {"create"}}});
    return json{
        {"kind", "APIResourceList"}, {"apiVersion", "v1"}, {"groupVersion", version}, {"resources", found}};
  }
  return std::nullopt;
}

class server {
 public:
  /// Begins to listen on the loopback; the controllers tick ten times a second.
  server() : rollouts_(api_) {
    door_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t length = sizeof address;
    const bool open = door_ >= 0 && ::bind(door_, reinterpret_cast<sockaddr*>(&address), length) == 0 &&
                      ::listen(door_, 64) == 0 &&
                      ::getsockname(door_, reinterpret_cast<sockaddr*>(&address), &length) == 0;
    if (!open) return;
    port_ = ntohs(address.sin_port);
    threads_.emplace_back([this] { accept(); });
    threads_.emplace_back([this] {
      while (!over_) {
        with([](api&, rollouts& controllers) { controllers.tick(); });
        std::this_thread::sleep_for(std::chrono::milliseconds{100});
      }
    });
  }
  server(const server&) = delete;
  server& operator=(const server&) = delete;
  ~server() {
    over_ = true;
    for (std::size_t i = 0; i < threads_.size(); ++i)
      threads_[i].join();  // the first makes no more when it is over
    if (door_ >= 0) ::close(door_);
  }
  [[nodiscard]] std::uint16_t port() const { return port_; }
  [[nodiscard]] std::string url() const { return "http://127.0.0.1:" + std::to_string(port_); }

  template <class Use>
  std::invoke_result_t<Use, api&, rollouts&> with(Use use) {
    const std::lock_guard lock{mutex_};
    return use(api_, rollouts_);
  }

 private:
  static bool readable(int socket) {
    pollfd one{socket, POLLIN, 0};
    return ::poll(&one, 1, 50) > 0;
  }
  void accept() {
    while (!over_) {
      if (!readable(door_)) continue;
      const int socket = ::accept4(door_, nullptr, nullptr, SOCK_CLOEXEC);
      if (socket < 0) continue;
      const std::lock_guard lock{made_};
      connections_.emplace_back([this, socket] { serve(socket), ::close(socket); });
    }
    const std::lock_guard lock{made_};
    for (auto& one : connections_) one.join();
  }
  static bool send(int socket, std::string_view text) {
    while (!text.empty()) {
      const auto n = ::send(socket, text.data(), text.size(), MSG_NOSIGNAL);
      if (n <= 0) return false;
      text.remove_prefix(static_cast<std::size_t>(n));
    }
    return true;
  }
  void serve(int socket) {
    std::string buffer;
    while (auto request = read(socket, buffer))
      if (!reply(socket, *request)) return;
  }
  /// One request; nothing when the peer has gone.
  std::optional<ports::http_request> read(int socket, std::string& buffer) {
    const auto more = [&] {
      while (!over_) {
        if (!readable(socket)) continue;
        char part[8192];
        const auto n = ::recv(socket, part, sizeof part, 0);
        if (n > 0) buffer.append(part, static_cast<std::size_t>(n));
        return n > 0;
      }
      return false;
    };
    std::size_t head = 0;
    while ((head = buffer.find("\r\n\r\n")) == std::string::npos)
      if (!more()) return std::nullopt;
    ports::http_request out;
    std::size_t length = 0;
    const std::string text = buffer.substr(0, head + 2);
    buffer.erase(0, head + 4);
    const auto first = text.find(' '), second = text.find(' ', first + 1);
    out.method = text.substr(0, first), out.target = text.substr(first + 1, second - first - 1);
    for (std::size_t at = text.find("\r\n") + 2; at < text.size();) {
      const auto end = text.find("\r\n", at), colon = text.find(':', at);
      auto value = text.substr(colon + 1, end - colon - 1);
      value.erase(0, value.find_first_not_of(' '));
      const auto name = text.substr(at, colon - at);
      if (name == "Content-Length") std::from_chars(value.data(), value.data() + value.size(), length);
      out.headers.emplace_back(name, value);
      at = end + 2;
    }
    while (buffer.size() < length)
      if (!more()) return std::nullopt;
    out.body = buffer.substr(0, length);
    buffer.erase(0, length);
    return out;
  }
  bool reply(int socket, const ports::http_request& request) {
    const auto path = request.target.substr(0, request.target.find('?'));
    const auto query = parse_query(request.target);
    const auto w = query.find("watch");
    if (const auto where = parse_path(path);
        where && w != query.end() && w->second != "0" && w->second != "false")
      return stream(socket, *where, query);
    ports::http_response said;
    if (const auto known = discovery(path))
      said = {200, {{"Content-Type", "application/json"}}, kubernetes::to_text(*known)};
    else
      said = with([&](api& a, rollouts&) { return a.answer(request); });
    std::string head = "HTTP/1.1 " + std::to_string(said.status) +
                       " x\r\nContent-Length: " + std::to_string(said.body.size());
    for (const auto& [name, value] : said.headers) head += "\r\n" + name + ": " + value;
    return send(socket, head + "\r\n\r\n" + said.body);
  }
  /// A watch that stays open until its time is over, or the peer goes.
  bool stream(int socket, const address& where, const std::map<std::string, std::string>& query) {
    const auto value = [&](const char* name, std::uint64_t otherwise) {
      const auto at = query.find(name);
      std::uint64_t out = otherwise;
      if (at != query.end()) std::from_chars(at->second.data(), at->second.data() + at->second.size(), out);
      return out;
    };
    auto seen = value("resourceVersion", 0);
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds{value("timeoutSeconds", 300)};
    if (!send(socket,
              "HTTP/1.1 200 x\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"))
      return false;
    while (!over_ && std::chrono::steady_clock::now() < end) {
      const auto lines = with([&](api& a, rollouts&) { return a.lines_since(where, query, seen); });
      char size[32];
      std::snprintf(size, sizeof size, "%zx\r\n", lines.size());
      if (!lines.empty() && !send(socket, size + lines + "\r\n")) return false;
      if (lines.starts_with("{\"object\":{\"apiVersion\":\"v1\",\"code\":410")) break;
      pollfd one{socket, POLLIN, 0};
      if (::poll(&one, 1, 50) > 0) return false;  // it goes: nothing else is said while it watches
    }
    return send(socket, "0\r\n\r\n");
  }

  api api_;
  rollouts rollouts_;
  std::mutex mutex_, made_;
  std::atomic<bool> over_ = false;
  int door_ = -1;
  std::uint16_t port_ = 0;
  std::vector<std::thread> threads_, connections_;
};

}  // namespace foreshift::fake
