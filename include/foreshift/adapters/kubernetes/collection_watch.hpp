#pragma once
/// @file
/// Follows one collection of objects: a list, then a watch from the list's version on, for ever.
///
/// The protocol of Kubernetes' "Efficient detection of changes", as a state machine without I/O: it says
/// which request is next and when, is told the answer, and tells what has changed. A version or a
/// continuation that the server has forgotten (410) begins a new list, and what that does not hold any more
/// is gone. A list is what is there, older versions included: a server that was restored counts from an
/// earlier one again. An event that comes twice, or after a later one of the same object, is left out; one
/// that the server has never sent is made good by a new list every so often. Bookmarks move the version on
/// while nothing happens, so that a quiet watch is not forgotten. Held are a name and a version for each
/// object, and one answer at a time.

#include <foreshift/adapters/kubernetes/api_answer.hpp>
#include <foreshift/adapters/kubernetes/api_request.hpp>
#include <foreshift/core/result.hpp>
#include <foreshift/core/time.hpp>
#include <foreshift/ports/http_client.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

namespace foreshift::inline FORESHIFT_ABI::kubernetes {

struct watch_rules {
  duration watch_for = std::chrono::seconds{1};      ///< one watch request; a blocking client blocks for it
  duration relist_every = std::chrono::minutes{30};  ///< makes good what was never sent
  duration first_wait = std::chrono::milliseconds{500};
  duration longest_wait = std::chrono::seconds{30};  ///< waits double after each failure in a row
  std::size_t objects_max = 200'000;                 ///< more of them, or so many pages, are a failure
};

/// One change. `object` is null where it is gone.
struct collection_change {
  const std::string& key;  ///< `namespace/name`
  const json* object;
};

struct watch_counts {
  std::uint64_t lists = 0, watches = 0, events = 0, duplicates = 0, bookmarks = 0, expired = 0, failures = 0;
  friend bool operator==(const watch_counts&, const watch_counts&) = default;
};

class collection_watch {
 public:
  collection_watch(kind what, list_query query, watch_rules rules = {})
      : what_(what), query_(std::move(query)), rules_(rules) {}

  /// The request that is due; nothing before `due()`.
  [[nodiscard]] std::optional<ports::http_request> next(time_point now) {
    if (now < due_) return std::nullopt;
    if (!listing_ && now - listed_at_ >= rules_.relist_every) begin_list();
    if (!listing_) return ++counts_.watches, watch_request(what_, query_, version_, rules_.watch_for);
    if (query_.continue_token.empty()) ++counts_.lists, ++round_, listed_at_ = now;
    return list_request(what_, query_);
  }
  [[nodiscard]] time_point due() const { return due_; }

  /// The answer to the request that was given last. Empty, or what was wrong, which is tried again later.
  /// @param sink called with each `collection_change`
  template <class Sink>
  std::string take(const result<ports::http_response, ports::http_error>& answer, time_point now,
                   Sink&& sink) {
    std::string fault;
    if (!answer)
      fault = request_name() + ": " + answer.error().reason;
    else if (!listing_ && answer->status == 200)
      fault = events(answer->body, sink);
    else if (auto body = read_answer(request_name(), *answer); !body)
      fault = refused(body.error());
    else
      fault = page(*body, sink);
    if (fault.empty())
      due_ = now, wait_ = duration::zero();
    else
      ++counts_.failures, due_ = now + std::max(longer_wait(), std::exchange(asked_, duration::zero()));
    return fault;
  }

  /// Every object of the collection has been seen at least once.
  [[nodiscard]] bool complete() const { return complete_; }
  [[nodiscard]] std::size_t size() const { return known_.size(); }
  [[nodiscard]] const watch_counts& counts() const { return counts_; }

 private:
  struct known {
    std::string version;
    std::uint64_t round;
  };

  [[nodiscard]] std::string request_name() const { return "GET " + collection_target(what_, query_.space); }
  void begin_list() { listing_ = true, query_.continue_token.clear(), pages_ = 0; }
  duration longer_wait() {
    wait_ = wait_ == duration::zero() ? rules_.first_wait : std::min(wait_ * 2, rules_.longest_wait);
    return wait_;
  }
  std::string refused(const api_error& e) {
    if (e.what == fault::expired) ++counts_.expired, begin_list();
    // A server that was restored does not know our version yet, and may not for long (staging/src/k8s.io/
    // apiserver, pkg/storage/errors.go).
    if (!listing_ && e.reason.find("Too large resource version") != std::string::npos) begin_list();
    asked_ = e.retry_after.value_or(duration::zero());
    return e.reason;
  }
  /// Versions count upwards where both are numbers (KEP-5504); others are only the same or not.
  static bool is_older_or_same(std::string_view a, std::string_view b) {
    const auto number = [](std::string_view t) {
      return !t.empty() && t.find_first_not_of("0123456789") == std::string_view::npos;
    };
    if (!number(a) || !number(b)) return a == b;
    return a.size() != b.size() ? a.size() < b.size() : a <= b;
  }
  /// Empty, or what is wrong with the object.
  template <class Sink>
  std::string keep(const json& object, bool listed, Sink& sink) {
    fields in{object};
    const auto space = in.text("metadata.namespace"), name = in.some_text("metadata.name");
    auto version = in.some_text("metadata.resourceVersion");
    if (!in.fault().empty()) return in.fault();
    const auto [at, is_new] = known_.try_emplace(space + '/' + name);
    at->second.round = round_;
    if (!is_new && (listed ? version == at->second.version : is_older_or_same(version, at->second.version)))
      return ++counts_.duplicates, std::string{};
    if (known_.size() > rules_.objects_max)
      return known_.erase(at), "more than " + std::to_string(rules_.objects_max) + " objects";
    at->second.version = std::move(version);
    sink(collection_change{at->first, &object});
    return {};
  }
  template <class Sink>
  std::string page(const json& body, Sink& sink) {
    fields in{body};
    for (const auto& item : in.list("items")) {
      const auto fault = item.is_object() ? keep(item, true, sink) : std::string{"items: objects are wanted"};
      if (!fault.empty()) return begin_list(), malformed(request_name(), fault).reason;
    }
    const auto before = std::exchange(query_.continue_token, in.text("metadata.continue"));
    auto version = in.some_text("metadata.resourceVersion");
    if (!in.fault().empty()) return begin_list(), malformed(request_name(), in.fault()).reason;
    if (!query_.continue_token.empty()) {
      if (query_.continue_token != before && ++pages_ < rules_.objects_max) return {};
      return begin_list(),
             malformed(request_name(), "its pages never end: a token to continue comes again").reason;
    }
    pages_ = 0;
    for (auto at = known_.begin(); at != known_.end();) {
      if (at->second.round == round_) {
        ++at;
        continue;
      }
      sink(collection_change{at->first, nullptr});
      at = known_.erase(at);
    }
    listing_ = false, complete_ = true, version_ = std::move(version);
    return {};
  }
  /// One event a line. A last line that is cut belongs to a connection that broke: the next watch has it, at
  /// once where there were whole ones before it. What does not begin as an event does is no cut one.
  template <class Sink>
  std::string events(std::string_view body, Sink& sink) {
    for (bool any = false; !body.empty(); any = true) {
      const auto end = body.find('\n');
      const auto line = body.substr(0, end);
      const bool whole = end != std::string_view::npos;
      body.remove_prefix(whole ? end + 1 : body.size());
      const auto first = line.find_first_not_of(" \r\t");
      if (first == std::string_view::npos) continue;
      const auto read = parse_object(line);
      if (!read && !whole && line[first] == '{') {
        if (any) break;
        return malformed(request_name(), "it ends within its first event").reason;
      }
      const auto fault = read ? event(*read, sink) : read.error();
      // An event is lost: only a list can tell what it was about.
      if (!fault.empty()) return begin_list(), malformed(request_name(), fault).reason;
    }
    return {};
  }
  template <class Sink>
  std::string event(const json& line, Sink& sink) {
    fields in{line};
    const auto type = in.text("type");
    const auto& object = in.object("object");
    if (type == "ERROR") {
      fields status{object};
      if (status.integer("code") == 410) ++counts_.expired;
      return "the watch ends: " + detail::one_line(status.text("message"));
    }
    fields about{object};
    auto version = about.some_text("metadata.resourceVersion");
    if (!in.fault().empty() || !about.fault().empty())
      return in.fault().empty() ? "object." + about.fault() : in.fault();
    if (type == "BOOKMARK") {
      ++counts_.bookmarks;
    } else if (type == "ADDED" || type == "MODIFIED") {
      ++counts_.events;
      if (const auto fault = keep(object, false, sink); !fault.empty()) return "object." + fault;
    } else if (type == "DELETED") {
      ++counts_.events;
      gone(about.text("metadata.namespace") + '/' + about.text("metadata.name"), version, sink);
    } else {
      return "an event of the type " + excerpt(type);
    }
    if (!is_older_or_same(version, version_)) version_ = std::move(version);
    return {};
  }
  template <class Sink>
  void gone(const std::string& key, std::string_view version, Sink& sink) {
    const auto at = known_.find(key);
    // One of a life before this one comes late, or a second time.
    if (at == known_.end() ||
        (version != at->second.version && is_older_or_same(version, at->second.version)))
      return void(++counts_.duplicates);
    sink(collection_change{at->first, nullptr});
    known_.erase(at);
  }

  kind what_;
  list_query query_;
  watch_rules rules_;
  bool listing_ = true, complete_ = false;
  std::string version_{};
  time_point due_{}, listed_at_{};
  duration wait_{}, asked_{};
  std::uint64_t round_ = 0;
  std::size_t pages_ = 0;  ///< of the list under way
  std::unordered_map<std::string, known> known_;
  watch_counts counts_;
};

}  // namespace foreshift::inline FORESHIFT_ABI::kubernetes
