#pragma once
/// @file
/// A cluster whose API reads objects and writes them under the version that was read.
///
/// Docker Swarm and Kubernetes have that in common, and it is all that fencing needs: the token is kept in
/// the object, looked at where it was read, and written under that version together with what is to be done.
/// Whoever wrote in between makes the write fail. `driver::cluster_orchestrator` makes an Orchestrator of it.

#include <foreshift/core/result.hpp>
#include <foreshift/core/time.hpp>
#include <foreshift/migration/command.hpp>
#include <foreshift/migration/object_record.hpp>
#include <foreshift/migration/place_record.hpp>

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace foreshift::inline FORESHIFT_ABI::ports {

/// Why a call of the cluster's API brought nothing.
struct call_error {
  enum class kind : std::uint8_t {
    unsent,    ///< certainly not carried out; may be made again
    unknown,   ///< sent, and no readable answer: nobody knows
    conflict,  ///< the object has changed since it was read
    refused,   ///< the cluster says no, and would say it again
  };
  kind what = kind::unknown;
  std::string reason{};                   ///< names the request and the answer; holds no credentials
  std::optional<duration> retry_after{};  ///< the cluster asked for that much quiet
};

/// What a write is to do to the object, together with keeping the record.
enum class cluster_act : std::uint8_t {
  hold,     ///< nothing; an object that is not there is made, with nothing running
  start,    ///< destination: begin the copy; within one cluster, begin the whole move
  serve,    ///< destination: it serves from now on; traffic has been switched
  cease,    ///< source: stop, and stay able to go on
  undo,     ///< destination: put back what `start` did; source: go on after `cease`
  release,  ///< source: drop what is left, all but what keeps the record
  resize,   ///< the command's limits
  scale,    ///< the command's replicas
};

[[nodiscard]] constexpr std::string_view name_of(cluster_act a) {
  constexpr std::string_view names[] = {"hold", "start",   "serve",  "cease",
                                        "undo", "release", "resize", "scale"};
  return names[static_cast<std::size_t>(a)];
}

/// How far a copy is.
struct copy_progress {
  enum class state : std::uint8_t {
    copying,
    ready,    ///< the destination could serve; within one cluster the source still may
    serving,  ///< within one cluster: and the source has ceased
    failed,   ///< it will not get there; nothing has been put back
    foreign,  ///< somebody else has changed what we wrote; nothing has been put back
  };
  state what = state::copying;
  std::string reason{};  ///< for people
};

/// The object API of one data centre's cluster.
///
/// Syntax        `object` is the object that stands for the workload of a command, as it was read: whether it
///               is there, what record it keeps (the default where it keeps none), and what else the model
///               needs. `read`, `write` and `progress` take the command for its workload, places and sites.
/// Semantics     `write` does `act` and keeps `next` in one step, or nothing; it fails with `conflict` unless
///               the object is as it was read. It returns the object as it is after it. Where the object is
///               not there, `elsewhere` is the workload's object in the cluster that it comes from, or null;
///               creating fails with `conflict` where the object is there by now. What is written outlives
///               this process, `undo` by another process included.
/// Failure       `call_error`. A failed `write` of kind `unknown` may have been carried out.
/// Threads       Called from one thread at a time; a call may block for as long as the client's timeout.
/// Model         `sim::versioned_cluster`.
template <class C>
concept VersionedCluster = requires {
  typename C::object;
}
&&requires(C& cluster, const typename C::object& as_read, const typename C::object* elsewhere,
           const migration::command& what, cluster_act act, const migration::object_record& next) {
  { C::style } -> std::convertible_to<migration::cut_over_style>;
  { as_read.exists } -> std::convertible_to<bool>;
  { as_read.record } -> std::convertible_to<migration::object_record>;
  { cluster.read(what) } -> std::same_as<result<typename C::object, call_error>>;
  {
    cluster.write(as_read, what, act, next, elsewhere)
    } -> std::same_as<result<typename C::object, call_error>>;
  { cluster.progress(as_read, what) } -> std::same_as<result<copy_progress, call_error>>;
};

}  // namespace foreshift::inline FORESHIFT_ABI::ports
