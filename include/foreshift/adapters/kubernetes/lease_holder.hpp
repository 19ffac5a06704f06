#pragma once
/// @file
/// To hold a Lease: one of several who want the same, as far as clocks can tell.
///
/// Who wants it takes it when it is not there, when nobody has it, or when its holder has not been seen to
/// renew for the whole duration, by our clock alone. Every write is conditional on the version that was read,
/// so that of two who take it one wins, and the other reads again. The holder renews at a third of the
/// duration and believes in itself for two thirds, counted from when it sent the last renewal that it knows
/// of; the others wait for the whole, counted from when they saw that renewal. Between the two lies what
/// clocks may differ in pace: while no clock runs half as fast again as another (3 : 2), no two believe at
/// one time, whatever is lost, late or out of order on the way. A clock that stands still while its machine
/// sleeps does not keep that pace; nor does belief keep back a write that is under way when it ends: what
/// must never happen twice needs a token beside it (migration/place_record.hpp).
///
/// The same in outline as client-go's tools/leaderelection, whose holders and ours get along: its own rule of
/// a renewal deadline below the duration is made the two thirds here. A state machine without I/O.

#include <foreshift/adapters/kubernetes/api_answer.hpp>
#include <foreshift/adapters/kubernetes/api_request.hpp>
#include <foreshift/adapters/kubernetes/lease.hpp>
#include <foreshift/adapters/kubernetes/placement_patch.hpp>
#include <foreshift/core/contract.hpp>
#include <foreshift/core/result.hpp>
#include <foreshift/core/time.hpp>
#include <foreshift/ports/http_client.hpp>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <optional>
#include <string>
#include <utility>

namespace foreshift::inline FORESHIFT_ABI::kubernetes {

struct lease_rules {
  std::chrono::seconds valid{15};  ///< what others wait after the last renewal that they see; at least 3 s
  duration ask_every = std::chrono::seconds{2};  ///< while another has it, and after trouble
};

/// `seeking`  nothing is known yet, or only trouble
/// `waiting`  another has it
/// `held`     ours
/// `lost`     it was ours, and is not: stop; it is sought again
/// `leaving`  to be given back, which is not yet written
/// `released` given back, and no more sought
enum class lease_standing : std::uint8_t { seeking, waiting, held, lost, leaving, released };

class lease_holder {
 public:
  /// @param identity of this life of the process, such as its host's name and a random number
  /// @pre identity is not empty, and no other holder's
  lease_holder(object_name which, std::string identity, const lease_rules& rules = {})
      : which_(std::move(which)), identity_(std::move(identity)), rules_(rules) {
    FORESHIFT_EXPECT(which_.what == kind::lease && !identity_.empty());
    FORESHIFT_EXPECT(rules_.valid >= std::chrono::seconds{3} && rules_.ask_every > duration::zero());
  }

  /// All times are of one clock that keeps its pace and never jumps.
  [[nodiscard]] bool holds(time_point now) const { return now < held_until_; }
  [[nodiscard]] time_point held_until() const { return held_until_; }
  [[nodiscard]] lease_standing standing(time_point now) const {
    if (released_) return lease_standing::released;
    if (leaving_) return lease_standing::leaving;
    if (holds(now)) return lease_standing::held;
    if (had_) return lease_standing::lost;
    return sight_.holder().empty() || sight_.holder() == identity_ ? lease_standing::seeking
                                                                   : lease_standing::waiting;
  }
  /// Who had it when it was read last; empty: nobody, or not yet read.
  [[nodiscard]] const std::string& holder() const { return sight_.holder(); }
  /// The last trouble, in one line, such as why it is lost; empty while all is well.
  [[nodiscard]] const std::string& reason() const { return reason_; }

  /// Gives it back; from now on it is not held.
  void release(time_point now) {
    leaving_ = true;
    held_until_ = std::min(held_until_, now);
    if (under_way_) return;  // its answer decides
    plan(to_do_ == act::replace && sight_.holder() == identity_ ? act::replace : act::read,
         std::min(due_, now));
  }

  /// When the next request is due.
  [[nodiscard]] time_point due() const { return due_; }
  /// The request that is due; nothing before `due()`, before the last one's answer, and once released.
  [[nodiscard]] std::optional<ports::http_request> next(time_point now) {
    if (released_ || under_way_ || now < due_) return std::nullopt;
    under_way_ = true;
    if (to_do_ == act::read) return get_request(kind::lease, which_.space, which_.name);
    const auto body = written(now);
    if (to_do_ == act::create) return create_request(kind::lease, which_.space, body);
    return replace_request(kind::lease, which_.space, which_.name, body);
  }
  /// The answer to the request that was given last.
  void take(const result<ports::http_response, ports::http_error>& answer, time_point now) {
    under_way_ = false;
    const auto request = to_do_ == act::read     ? "GET " + target()
                         : to_do_ == act::create ? "POST " + collection_target(kind::lease, which_.space)
                                                 : "PUT " + target();
    if (!answer) return again({fault::unanswered, request + ": " + answer.error().reason}, now);
    const auto body = read_answer(request, *answer);
    if (!body && to_do_ == act::read && body.error().what == fault::absent) return absent(now);
    if (!body) return refused(body.error(), now);
    const auto seen = read_lease(*body);
    if (!seen) return again(malformed(request, seen.error()), now);
    read(*seen, *body, request, now);
  }
  /// Makes the request that is due, if one is.
  template <ports::HttpClient H>
  void step(H& client, time_point now) {
    if (const auto request = next(now)) take(client.exchange(*request), now);
  }

 private:
  enum class act : std::uint8_t { read, create, replace };

  [[nodiscard]] std::string target() const { return object_target(kind::lease, which_.space, which_.name); }
  /// RFC 3339 with microseconds, as the API wants it.
  static std::string micro_time(time_point t) {
    const auto since = std::chrono::floor<std::chrono::microseconds>(t.time_since_epoch());
    char part[16];
    std::snprintf(part, sizeof part, ".%06dZ",
                  static_cast<int>((since - std::chrono::floor<std::chrono::seconds>(since)).count()));
    auto text = format_time(t);
    text.pop_back();
    return text += part;
  }
  /// The lease as it was read, with our name and time in it, or nobody's.
  json written(time_point now) {
    auto body = document_.is_object() ? document_ : body_of(which_, {}, {});
    body["metadata"].erase("managedFields");
    auto& spec = body["spec"];
    if (!spec.is_object()) spec = json::object();
    written_ = {leaving_ ? std::string{} : identity_, micro_time(now), now};
    spec["renewTime"] = written_.renewal;
    if (leaving_) {  // as client-go does it
      spec["holderIdentity"] = "", spec["leaseDurationSeconds"] = 1;
      return body;
    }
    if (sight_.holder() != identity_) {
      spec["acquireTime"] = written_.renewal;
      spec["leaseTransitions"] = document_.is_object() ? transitions_ + 1 : 0;
    }
    spec["holderIdentity"] = identity_, spec["leaseDurationSeconds"] = rules_.valid.count();
    return body;
  }
  void plan(act what, time_point when) { to_do_ = what, due_ = when; }
  void absent(time_point now) {
    if (leaving_) return void(released_ = true);
    lose("it has been deleted", now);
    document_ = nullptr, sight_ = {}, transitions_ = 0;
    plan(act::create, now);
  }
  void read(const lease& seen, const json& body, const std::string& request, time_point now) {
    const bool wrote = to_do_ != act::read;
    document_ = body, transitions_ = std::min(seen.transitions, std::uint32_t{INT32_MAX} - 1);
    sight_.see(seen, now);
    const bool as_written = seen.renewal == written_.renewal && seen.holder == written_.holder;
    conflicts_ = 0;
    if (wrote && !as_written) return again(malformed(request, "it is not what was sent"), now);
    if (seen.holder != identity_) {
      lose(seen.holder.empty() ? "nobody has it" : "the holder is " + excerpt(seen.holder), now);
      if (leaving_) return void(released_ = true);
      if (!sight_.alive(now)) return plan(act::replace, now);
      return plan(act::read, std::min(now + rules_.ask_every, sight_.ends()));
    }
    // Ours: as of the write that it shows, if that is our last; else a write of ours must show when.
    reason_.clear();
    if (leaving_ || !as_written) return plan(act::replace, now);
    had_ = true;
    held_until_ = written_.at + duration{rules_.valid} * 2 / 3;
    plan(act::replace, std::max(now, written_.at + duration{rules_.valid} / 3));
  }
  /// A conflict is read again at once, several in a row with a pause.
  void refused(const api_error& e, time_point now) {
    const bool conflict = e.what == fault::stale || e.what == fault::exists || e.what == fault::absent;
    if (to_do_ == act::read || !conflict || ++conflicts_ > 1) return again(e, now);
    plan(act::read, now);
  }
  void again(const api_error& e, time_point now) {
    reason_ = e.reason;
    plan(act::read, now + std::max(rules_.ask_every, e.retry_after.value_or(duration::zero())));
  }
  void lose(const std::string& why, time_point now) {
    if (had_) reason_ = target() + ": lost: " + why;
    held_until_ = std::min(held_until_, now);
  }

  object_name which_;
  std::string identity_;
  lease_rules rules_;
  lease_sight sight_{};
  json document_{};  ///< as it was read last; null: it is not there
  act to_do_ = act::read;
  bool under_way_ = false, leaving_ = false, released_ = false, had_ = false;
  std::uint32_t transitions_ = 0, conflicts_ = 0;
  time_point due_{}, held_until_{};
  struct {
    std::string holder{}, renewal{};
    time_point at{};
  } written_{};  ///< last, whether it has come through or not
  std::string reason_{};
};

}  // namespace foreshift::inline FORESHIFT_ABI::kubernetes
