#pragma once
/// @file
/// A manager of a swarm, asked over whatever HTTP client the host has.

#include <foreshift/adapters/docker/api_error.hpp>
#include <foreshift/adapters/docker/json.hpp>
#include <foreshift/adapters/docker/movable.hpp>
#include <foreshift/adapters/docker/node.hpp>
#include <foreshift/adapters/docker/request.hpp>
#include <foreshift/adapters/docker/service.hpp>
#include <foreshift/adapters/docker/task.hpp>
#include <foreshift/core/diagnostic.hpp>
#include <foreshift/core/result.hpp>
#include <foreshift/core/time.hpp>
#include <foreshift/ports/http_client.hpp>
#include <foreshift/ports/versioned_cluster.hpp>

#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace foreshift::inline FORESHIFT_ABI::docker {

/// An absent object counts as refused, unless the caller has looked for that.
[[nodiscard]] inline ports::call_error as_call_error(const api_error& e) {
  using to = ports::call_error::kind;
  const auto what = [&] {
    switch (e.what) {
      case api_error::kind::unsent:
        return to::unsent;
      case api_error::kind::conflict:
        return to::conflict;
      case api_error::kind::refused:
      case api_error::kind::absent:
        return to::refused;
      case api_error::kind::unknown:
        break;
    }
    return to::unknown;
  }();
  return {what, e.reason, e.retry_after};
}

/// The client is the host's and outlives it. To be used by one thread.
template <ports::HttpClient Http>
class manager {
 public:
  /// @param name in reasons, as "swarm a" @param timeout of one request
  manager(Http& http, std::string name, duration timeout = std::chrono::seconds{10})
      : http_(&http), name_(std::move(name)), timeout_(timeout) {}

  [[nodiscard]] const std::string& name() const { return name_; }

  [[nodiscard]] result<std::vector<node>, api_error> nodes() { return read(list_nodes(), read_nodes); }
  [[nodiscard]] result<std::vector<service>, api_error> services() {
    return read(list_services(), read_services);
  }
  /// @param id of one service; empty: of all
  [[nodiscard]] result<std::vector<task>, api_error> tasks(std::string_view id = {}) {
    return read(list_tasks(id), read_tasks);
  }
  /// @param name_or_id `absent` where there is none
  [[nodiscard]] result<service, api_error> find(std::string_view name_or_id) {
    auto found = read(get_service(name_or_id), read_service);
    if (found && found->name != name_or_id && found->id != name_or_id)
      return another("service", name_or_id, found->name);
    return found;
  }
  /// Of these services' images, those that bring a health check, where a specification leaves it to them. An
  /// image that the manager's node has not counts as none that does. Asks once for each.
  [[nodiscard]] result<std::set<std::string>, api_error> checked_images(const std::vector<service>& all,
                                                                        const movable_rules& rules) {
    std::set<std::string> asked, checked;
    if (!rules.health_check) return checked;
    for (const service& s : all) {
      const std::string image = image_to_ask(s);
      if (image.empty() || !asked.insert(image).second) continue;
      const auto answer = ask(get_image(image));
      if (!answer && answer.error().what != api_error::kind::absent) return failure{answer.error()};
      if (answer && checks_health(*answer)) checked.insert(image);
    }
    return checked;
  }
  /// @param name_or_id of a network; gives the other one. `absent` where there is none
  [[nodiscard]] result<std::string, api_error> network(std::string_view name_or_id, const char* wanted) {
    using pair = std::pair<std::string, std::string>;
    auto found = read(get_network(name_or_id), [&](const json& answer) -> result<pair, std::string> {
      pair it{text_at(answer, "Name"), text_at(answer, "Id")};
      if (it.first.empty() || it.second.empty()) return failure{std::string{"a network without Name or Id"}};
      return it;
    });
    if (!found) return failure{found.error()};
    const auto& [name, id] = *found;
    if (name != name_or_id && id != name_or_id) return another("network", name_or_id, name);
    return std::string_view{wanted} == "Id" ? id : name;
  }
  /// @param kind "secret" or "config" @param name of one. `absent` where there is none
  [[nodiscard]] result<std::string, api_error> id_of(std::string_view kind, std::string_view name) {
    auto found = read(get_named(kind, name), [&](const json& answer) -> result<json, std::string> {
      if (text_at(answer, "ID").empty() || text_at(answer, "Spec", "Name").empty())
        return failure{"a " + std::string{kind} + " without ID or Spec.Name"};
      return answer;
    });
    if (!found) return failure{found.error()};
    if (const auto of = text_at(*found, "Spec", "Name"); of != name) return another(kind, name, of);
    return text_at(*found, "ID");
  }
  /// @return the service as it is then
  [[nodiscard]] result<service, api_error> update(const service& as_read, const json& spec) {
    const auto done = ask(update_service(as_read.id, as_read.version, spec));
    if (!done) return failure{done.error()};
    return after(as_read.id);
  }
  [[nodiscard]] result<service, api_error> create(const json& spec) {
    const auto made = ask(create_service(spec));
    if (!made) return failure{made.error()};
    return after(text_at(spec, "Name"));
  }

 private:
  /// An answer about an object whose id begins so, where none has that name.
  [[nodiscard]] failure<api_error> another(std::string_view kind, std::string_view asked,
                                           const std::string& found) const {
    return failure{api_error{api_error::kind::absent, name_ + ": no " + std::string{kind} + " is called " +
                                                          excerpt(asked, 120) + "; the answer is about " +
                                                          excerpt(found, 120)}};
  }
  [[nodiscard]] result<json, api_error> ask(ports::http_request request) {
    request.timeout = timeout_;
    return read_answer(request, http_->exchange(request), name_);
  }
  template <class Read>
  [[nodiscard]] auto read(ports::http_request request, Read&& what)
      -> result<typename decltype(what(json{}))::value_type, api_error> {
    const auto answer = ask(request);
    if (!answer) return failure{answer.error()};
    auto found = what(*answer);
    if (!found)
      return failure{api_error{api_error::kind::unknown,
                               name_ + ": " + request.method + " " + request.target + ": " + found.error()}};
    return *std::move(found);
  }
  /// It was written; that it cannot be read does not undo it.
  [[nodiscard]] result<service, api_error> after(std::string_view name_or_id) {
    auto now = find(name_or_id);
    if (now) return *std::move(now);
    auto why = now.error();
    why.what = api_error::kind::unknown;
    return failure{std::move(why)};
  }

  Http* http_;
  std::string name_;
  duration timeout_;
};

}  // namespace foreshift::inline FORESHIFT_ABI::docker
