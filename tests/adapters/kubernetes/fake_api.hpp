#pragma once
// An API server of Kubernetes for tests, without I/O: objects with resource versions and managed fields,
// lists in pages, watches from a version, server-side apply with conflicts, patches, dry runs, evictions
// under budgets; and what a test scripts: any answer to any request. Not the real thing: it has no admission
// and no defaults, and judges of a specification only that it has copies and a container.

#include <adapters/kubernetes/fake_managers.hpp>
#include <foreshift/adapters/kubernetes/api_target.hpp>
#include <foreshift/adapters/kubernetes/disruption_budget.hpp>
#include <foreshift/adapters/kubernetes/json_document.hpp>
#include <foreshift/core/result.hpp>
#include <foreshift/ports/http_client.hpp>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace foreshift::fake {

using kubernetes::kind, kubernetes::facts_of, kubernetes::fields;

/// What a path means.
struct address {
  kind what = kind::pod;
  std::string space, name, part;
};
inline std::string decoded(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i)
    if (text[i] == '%' && i + 2 < text.size()) {
      out += static_cast<char>(std::stoi(std::string{text.substr(i + 1, 2)}, nullptr, 16));
      i += 2;
    } else {
      out += text[i] == '+' ? ' ' : text[i];
    }
  return out;
}
inline std::optional<address> parse_path(std::string_view path) {
  for (const auto k : {kind::pod, kind::node, kind::deployment, kind::stateful_set, kind::replica_set,
                       kind::disruption_budget, kind::lease, kind::pod_metrics, kind::node_metrics}) {
    const auto facts = facts_of(k);
    const auto root = (facts.version == "v1" ? "/api/" : "/apis/") + std::string{facts.version};
    if (!path.starts_with(root + "/")) continue;
    auto rest = path.substr(root.size() + 1);
    address out{k, {}, {}, {}};
    if (rest.starts_with("namespaces/")) {
      rest.remove_prefix(11);
      const auto slash = rest.find('/');
      if (slash == std::string_view::npos) continue;
      out.space = decoded(rest.substr(0, slash));
      rest.remove_prefix(slash + 1);
    }
    const auto slash = std::min(rest.find('/'), rest.size());
    if (rest.substr(0, slash) != facts.plural) continue;
    rest.remove_prefix(slash);
    if (rest.starts_with('/')) {
      rest.remove_prefix(1);
      const auto end = std::min(rest.find('/'), rest.size());
      out.name = decoded(rest.substr(0, end));
      if (end < rest.size()) out.part = rest.substr(end + 1);
    }
    return out;
  }
  return std::nullopt;
}
inline std::map<std::string, std::string> parse_query(std::string_view target) {
  std::map<std::string, std::string> out;
  auto at = target.find('?');
  while (at != std::string_view::npos && at < target.size()) {
    const auto end = std::min(target.find('&', at + 1), target.size());
    const auto pair = target.substr(at + 1, end - at - 1);
    const auto equal = std::min(pair.find('='), pair.size());
    out[decoded(pair.substr(0, equal))] = equal < pair.size() ? decoded(pair.substr(equal + 1)) : "";
    at = end;
  }
  return out;
}

/// RFC 7386; lists of objects with names, as of containers, element by element (strategic merge).
inline void merge(json& into, const json& patch) {
  const auto named = [](const json& list) {
    return list.is_array() && !list.empty() && list[0].is_object() && list[0].contains("name");
  };
  if (patch.is_object()) {
    if (!into.is_object()) into = json::object();
    for (const auto& [key, value] : patch.items())
      if (value.is_null())
        into.erase(key);
      else
        merge(into[key], value);
  } else if (named(patch) && named(into)) {
    for (const auto& one : patch) {
      json* same = nullptr;
      for (auto& other : into)
        if (other["name"] == one["name"]) same = &other;
      if (same != nullptr)
        merge(*same, one);
      else
        into.push_back(one);
    }
  } else {
    into = patch;
  }
}

class api {
 public:
  struct event {
    std::uint64_t version;
    kind what;
    std::string type;
    json object;
  };
  struct logged {
    std::string method, target, type, body;
  };

  /// Puts an object there as `manager` would with kubectl apply; returns it as it is kept.
  json put(kind what, const std::string& space, const std::string& name, json object,
           const std::string& manager = "kubectl-client-side-apply") {
    object["metadata"]["name"] = name;
    if (facts_of(what).namespaced) object["metadata"]["namespace"] = space;
    const auto* old = find(what, space, name);
    const json before = old != nullptr ? old->object : json::object();
    return store(what, before, std::move(object), manager, std::nullopt,
                 old != nullptr ? "MODIFIED" : "ADDED");
  }
  /// Changes one object as its controller does: no generation, and nobody's field.
  void change(kind what, const std::string& space, const std::string& name,
              const std::function<void(json&)>& how) {
    auto& kept = objects_.at(key(what, space, name));
    how(kept.object);
    kept.object["metadata"]["resourceVersion"] = std::to_string(++version_);
    note(what, "MODIFIED", kept.object);
  }
  void remove(kind what, const std::string& space, const std::string& name) {
    const auto at = objects_.find(key(what, space, name));
    if (at == objects_.end()) return;
    auto last = at->second.object;
    objects_.erase(at);
    last["metadata"]["resourceVersion"] = std::to_string(++version_);
    note(what, "DELETED", last);
  }
  [[nodiscard]] const json* get(kind what, const std::string& space, const std::string& name) const {
    const auto at = objects_.find(key(what, space, name));
    return at == objects_.end() ? nullptr : &at->second.object;
  }
  [[nodiscard]] std::vector<json> all(kind what) const {
    std::vector<json> out;
    for (const auto& [k, kept] : objects_)
      if (k.first == what) out.push_back(kept.object);
    return out;
  }

  /// Answers the next requests that match in its stead; returning nothing leaves them to it.
  using script = std::function<std::optional<ports::http_response>(const ports::http_request&)>;
  script scripted{};
  bool graceful = false;  ///< a pod that is evicted is only told to end
  /// History before now is forgotten: older watches and continuations are answered 410.
  void compact() { oldest_ = version_, events_.clear(), continued_.clear(); }
  std::vector<logged> log{};  ///< every request
  [[nodiscard]] std::uint64_t version() const { return version_; }

  [[nodiscard]] ports::http_response answer(const ports::http_request& request) {
    std::string type, agent = "unknown";  // who names no manager writes as the program that it is
    for (const auto& [name, value] : request.headers)
      if (name == "Content-Type")
        type = value;
      else if (name == "User-Agent")
        agent = value.substr(0, value.find('/'));
    log.push_back({request.method, request.target, type, request.body});
    if (scripted)
      if (auto said = scripted(request)) return *std::move(said);
    const auto path = request.target.substr(0, request.target.find('?'));
    const auto where = parse_path(path);
    if (!where) return status(404, "NotFound", "the server could not find the requested resource");
    const auto query = parse_query(request.target);
    if (request.method == "GET") return where->name.empty() ? list(*where, query) : one(*where);
    if (request.method == "DELETE" && !where->name.empty())
      return remove(where->what, where->space, where->name), status(200, "", "");
    const auto body = kubernetes::parse_object(request.body);
    if (!body) return status(400, "BadRequest", body.error());
    if (request.method == "POST" && where->part == "eviction") return evict(*where, query, *body);
    return write(request.method, type, *where, query, *body, agent);
  }
  /// The same as a client of it.
  [[nodiscard]] result<ports::http_response, ports::http_error> exchange(const ports::http_request& request) {
    return answer(request);
  }

  [[nodiscard]] static ports::http_response status(int code, const std::string& reason,
                                                   const std::string& message,
                                                   json details = json::object()) {
    const json body{{"kind", "Status"},
                    {"apiVersion", "v1"},
                    {"metadata", json::object()},
                    {"status", code < 300 ? "Success" : "Failure"},
                    {"message", message},
                    {"reason", reason},
                    {"details", std::move(details)},
                    {"code", code}};
    return {
        static_cast<std::uint16_t>(code), {{"Content-Type", "application/json"}}, kubernetes::to_text(body)};
  }
  /// What a watch from a version hears by now, and the version after it. From 0: what is there, as if just
  /// made, and then the changes; from one that is forgotten: an error.
  [[nodiscard]] std::string lines_since(const address& where, const std::map<std::string, std::string>& query,
                                        std::uint64_t& seen) const {
    std::string lines;
    if (seen == 0) {
      for (const auto& o : all(where.what))
        if (selected(o, where, query)) lines += line_of("ADDED", o);
    } else if (seen < oldest_) {
      lines = line_of("ERROR",
                      *kubernetes::parse_object(status(410, "Expired", "too old resource version").body));
    } else {
      for (const auto& e : events_)
        if (e.version > seen && e.what == where.what && selected(e.object, where, query))
          lines += line_of(e.type, e.object);
    }
    seen = version_;
    return lines;
  }
  [[nodiscard]] static bool selected(const json& object, const address& where,
                                     const std::map<std::string, std::string>& query) {
    fields in{object};
    if (!where.space.empty() && in.text("metadata.namespace") != where.space) return false;
    if (const auto at = query.find("fieldSelector"); at != query.end())
      for (std::size_t begin = 0; begin < at->second.size();) {  // such as a.b=x,c!=y
        const auto end = std::min(at->second.find(',', begin), at->second.size());
        const auto one = at->second.substr(begin, end - begin);
        const auto name = one.substr(0, one.find_first_of("!="));
        const bool same = in.text(name) == one.substr(one.find('=') + 1);
        if (same == (one[name.size()] == '!')) return false;
        begin = end + 1;
      }
    if (const auto at = query.find("labelSelector"); at != query.end()) {
      const auto equal = at->second.find('=');
      const auto& labels = in.object("metadata.labels");
      const auto label = labels.find(at->second.substr(0, equal));
      if (label == labels.end() || *label != at->second.substr(equal + 1)) return false;
    }
    return true;
  }
  [[nodiscard]] static std::string line_of(const std::string& type, const json& object) {
    return kubernetes::to_text(json{{"type", type}, {"object", object}}) + "\n";
  }

 private:
  struct stored {
    json object;
    managers owners;
  };
  using object_key = std::pair<kind, std::string>;
  static object_key key(kind what, const std::string& space, const std::string& name) {
    return {what, (facts_of(what).namespaced ? space : std::string{}) + "/" + name};
  }
  const stored* find(kind what, const std::string& space, const std::string& name) const {
    const auto at = objects_.find(key(what, space, name));
    return at == objects_.end() ? nullptr : &at->second;
  }
  static ports::http_response ok(int code, const json& body) {
    return {
        static_cast<std::uint16_t>(code), {{"Content-Type", "application/json"}}, kubernetes::to_text(body)};
  }
  void note(kind what, const std::string& type, const json& object) {
    events_.push_back({version_, what, type, object});
    if (events_.size() > 10'000) oldest_ = events_.front().version, events_.pop_front();
  }

  ports::http_response one(const address& where) const {
    const auto* found = find(where.what, where.space, where.name);
    if (found == nullptr) return absent(where);
    return ok(200, found->object);
  }
  static ports::http_response absent(const address& where) {
    return status(404, "NotFound",
                  std::string{facts_of(where.what).plural} + " \"" + where.name + "\" not found");
  }
  ports::http_response list(const address& where, const std::map<std::string, std::string>& query) {
    const auto value = [&](const char* name) {
      const auto at = query.find(name);
      return at == query.end() ? std::string{} : at->second;
    };
    if (const auto w = value("watch"); w == "1" || w == "true")
      return watch(where, query, value("resourceVersion"));
    std::vector<json> left;
    std::uint64_t as_of = version_;
    if (const auto token = value("continue"); !token.empty()) {
      const auto at = continued_.find(token);
      if (at == continued_.end()) return status(410, "Expired", "The provided continue parameter is too old");
      left = at->second.second, as_of = at->second.first;
    } else {
      for (const auto& o : all(where.what))
        if (selected(o, where, query)) left.push_back(o);
    }
    const auto limit = value("limit").empty() ? 0 : std::stoul(value("limit"));
    json meta{{"resourceVersion", std::to_string(as_of)}};
    if (limit > 0 && left.size() > limit) {
      const auto token = "c" + std::to_string(++continuations_);
      continued_[token] = {as_of, {left.begin() + static_cast<std::ptrdiff_t>(limit), left.end()}};
      left.resize(limit);
      meta["continue"] = token;
    }
    const auto facts = facts_of(where.what);
    return ok(200, {{"kind", std::string{facts.name} + "List"},
                    {"apiVersion", facts.version},
                    {"metadata", meta},
                    {"items", left}});
  }
  ports::http_response watch(const address& where, const std::map<std::string, std::string>& query,
                             const std::string& from) {
    std::uint64_t seen = from.empty() ? 0 : std::stoull(from);
    auto body = lines_since(where, query, seen);
    const auto facts = facts_of(where.what);
    if (body.find("\"type\":\"ERROR\"") == std::string::npos)
      body += line_of("BOOKMARK", {{"kind", facts.name},
                                   {"apiVersion", facts.version},
                                   {"metadata", {{"resourceVersion", std::to_string(version_)}}}});
    return {200, {{"Content-Type", "application/json"}}, body};
  }
  ports::http_response write(const std::string& method, const std::string& type, const address& where,
                             const std::map<std::string, std::string>& query, const json& body,
                             const std::string& agent) {
    auto name = where.name;
    if (method == "POST") name = fields{body}.text("metadata.name");
    const auto* old = find(where.what, where.space, name);
    if (method == "POST" && old != nullptr) return status(409, "AlreadyExists", name + " already exists");
    const bool apply = type == "application/apply-patch+yaml";
    if (method != "POST" && old == nullptr && !apply) return absent(where);
    const auto wanted = fields{body}.text("metadata.resourceVersion");
    // Of what is not there no version is wrong: an apply makes it, unless it names a uid.
    if (!wanted.empty() && old != nullptr && wanted != fields{old->object}.text("metadata.resourceVersion"))
      return status(409, "Conflict",
                    "Operation cannot be fulfilled on " + name +
                        ": the object has been modified; please apply your changes to the latest version");
    const auto uid = fields{body}.text("metadata.uid");
    if (!uid.empty() && old == nullptr && method != "POST")
      return status(
          409, "Conflict",
          "uid mismatch: the provided object specified uid " + uid + ", and no existing object was found");
    if (!uid.empty() && old != nullptr && uid != fields{old->object}.text("metadata.uid"))
      return method == "PUT" ? status(409, "Conflict", "Precondition failed: UID in precondition: " + uid)
                             : status(422, "Invalid", name + " is invalid: metadata.uid: field is immutable");
    const auto manager = query.contains("fieldManager") ? query.at("fieldManager") : agent;
    const json before = old != nullptr ? old->object : json::object();
    json after = before;
    std::optional<managers> owners;
    if (apply) {
      owners = old != nullptr ? old->owners : managers{};
      if (old == nullptr) after = {{"metadata", {{"name", name}, {"namespace", where.space}}}};
      const bool force = query.contains("force") && query.at("force") == "true";
      const auto conflicts = owners->apply(after, body, manager, force);
      if (!conflicts.empty()) return owned(conflicts);
    } else if (method == "PATCH") {
      merge(after, body);
    } else {
      after = body;
      if (old != nullptr && before.contains("status")) after["status"] = before["status"];
    }
    if (facts_of(where.what).namespaced) after["metadata"]["namespace"] = where.space;
    after["kind"] = facts_of(where.what).name, after["apiVersion"] = facts_of(where.what).version;
    if (auto wrong = invalid(where.what, before, after); !wrong.empty())
      return status(422, "Invalid", name + " is invalid: " + wrong);
    if (query.contains("dryRun")) return ok(method == "POST" ? 201 : 200, after);
    return ok(method == "POST" ? 201 : 200, store(where.what, before, std::move(after), manager,
                                                  std::move(owners), old != nullptr ? "MODIFIED" : "ADDED"));
  }
  static ports::http_response owned(const std::vector<managers::conflict>& conflicts) {
    json causes = json::array();
    for (const auto& c : conflicts) {
      std::string field = c.path;
      for (auto& ch : field) ch = ch == '/' ? '.' : ch;
      causes.push_back({{"reason", "FieldManagerConflict"},
                        {"message", "conflict with \"" + c.manager + "\" using apps/v1"},
                        {"field", field}});
    }
    return status(409, "Conflict",
                  "Apply failed with " + std::to_string(conflicts.size()) + " conflict: " +
                      causes[0]["message"].get<std::string>() + ": " + causes[0]["field"].get<std::string>(),
                  {{"causes", causes}});
  }
  static std::string invalid(kind what, const json& before, const json& after) {
    if (what != kind::deployment && what != kind::stateful_set) return {};
    fields in{after};
    if (in.list("spec.template.spec.containers").empty())
      return "spec.template.spec.containers: Required value";
    if (in.object("spec.selector").empty()) return "spec.selector: Required value";
    if (before.contains("spec") && differ(before, after, "/spec/selector"))
      return "spec.selector: field is immutable";
    if (in.integer("spec.replicas").value_or(1) < 0)
      return "spec.replicas: must be greater than or equal to 0";
    return in.fault();
  }
  json store(kind what, const json& before, json after, const std::string& manager,
             std::optional<managers> owners, const std::string& type) {
    auto& meta = after["metadata"];
    const auto name = fields{after}.text("metadata.name"), space = fields{after}.text("metadata.namespace");
    if (before.empty()) {
      meta["uid"] = "uid-" + std::to_string(++uids_);
      meta["creationTimestamp"] = "2026-11-27T10:00:00Z";
      meta["generation"] = 1;
    } else {
      for (const char* key : {"uid", "creationTimestamp", "generation"})
        if (before["metadata"].contains(key)) meta[key] = before["metadata"][key];
      if (differ(before, after, "/spec"))
        meta["generation"] = fields{before}.integer("metadata.generation").value_or(0) + 1;
    }
    auto& place = objects_[key(what, space, name)];
    meta.erase("managedFields");
    if (owners)
      place.owners = *std::move(owners);
    else
      place.owners.update(before, after, manager);
    meta["managedFields"] = place.owners.managed_fields();
    meta["resourceVersion"] = std::to_string(++version_);
    after["kind"] = facts_of(what).name, after["apiVersion"] = facts_of(what).version;
    place.object = after;
    note(what, type, after);
    return after;
  }
  ports::http_response evict(const address& where, const std::map<std::string, std::string>& query,
                             const json& body) {
    const auto* found = find(kind::pod, where.space, where.name);
    if (found == nullptr) return absent(where);
    fields pod{found->object};
    const auto uid = fields{body}.text("deleteOptions.preconditions.uid");
    if (!uid.empty() && uid != pod.text("metadata.uid"))
      return status(409, "Conflict", "Precondition failed: UID in precondition: " + uid);
    const auto labels = kubernetes::read_labels(pod, "metadata.labels");
    std::vector<kubernetes::disruption_budget> claims;
    for (const auto& o : all(kind::disruption_budget))
      if (auto b = kubernetes::read_disruption_budget(o);
          b && b->meta.space == where.space && b->selector.matches(labels))
        claims.push_back(*std::move(b));
    if (claims.size() > 1)
      return status(
          500, "InternalError",
          "This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.");
    if (claims.size() == 1 && claims[0].allowed == 0)
      return status(
          429, "TooManyRequests", "Cannot evict pod as it would violate the pod's disruption budget.",
          {{"causes",
            json::array({{{"reason", "DisruptionBudget"},
                          {"message", "The disruption budget " + claims[0].meta.name + " needs " +
                                          std::to_string(claims[0].desired_healthy) + " healthy pods"}}})}});
    if (query.contains("dryRun")) return status(201, "", "");
    if (claims.size() == 1)
      change(kind::disruption_budget, where.space, claims[0].meta.name,
             [&](json& o) { o["status"]["disruptionsAllowed"] = claims[0].allowed - 1; });
    if (graceful)
      change(kind::pod, where.space, where.name,
             [](json& o) { o["metadata"]["deletionTimestamp"] = "2026-11-27T10:00:00Z"; });
    else
      remove(kind::pod, where.space, where.name);
    return status(201, "", "");
  }

  std::map<object_key, stored> objects_;
  std::deque<event> events_;
  std::map<std::string, std::pair<std::uint64_t, std::vector<json>>> continued_;
  std::uint64_t version_ = 100, oldest_ = 100;
  std::size_t uids_ = 0, continuations_ = 0;
};

}  // namespace foreshift::fake
