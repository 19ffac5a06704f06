#pragma once
/// @file
/// What carries a migration out: one end of it, in one data centre.

#include <foreshift/migration/command.hpp>
#include <foreshift/migration/event.hpp>
#include <foreshift/migration/place_record.hpp>

#include <concepts>
#include <system_error>

namespace foreshift::inline FORESHIFT_ABI::ports {

namespace detail {
/// Any callable, not a function pointer only.
struct event_sink {
  void operator()(const migration::event&) const;
};
}  // namespace detail

/// An orchestrator of one data centre.
///
/// Syntax        `submit(command)` hands over a command for an end in this data centre;
///               `poll(sink)` calls `sink(event)` for each answer that has come and returns.
/// Semantics     Every verb is idempotent by (migration, verb, token). Places whose `fences` is true persist
///               the highest token per subset before they answer, and check it where they act, not where it
///               was sent: also those where the workload is not yet, so that to fence is to create what holds
///               the token, with nothing running. They keep the record of a migration, or a tombstone where
///               nothing was begun, until it is settled and a token higher than any used for it is persisted,
///               or for ever: otherwise a late duplicate starts it a second time. An answer may come late,
///               twice, or never; `query` finds out.
///               `style` is how a move within one data centre is carried out. A model that moves between data
///               centres in another way names it `style_between`. What a model cannot do at all it refuses
///               by an event: `query` too, and then a migration that has begun ends as `suspect`.
///               A copy that will not get there is told by `failed`, and put back by nobody but `abort`.
///               To start is to reserve: a copy that stands holds its room, at both ends until `release`.
/// Failure       An error from `submit` says that nothing was sent. Everything later comes as an event.
/// Threads       Called from one thread at a time.
/// Model         `ports::archetypes::orchestrator`, `sim::orchestrator`, `driver::cluster_orchestrator`.
template <class O>
concept Orchestrator = requires(O& o, const migration::command& what) {
  { O::fences } -> std::convertible_to<bool>;
  { O::style } -> std::convertible_to<migration::cut_over_style>;
  { o.submit(what) } -> std::same_as<std::error_code>;
  { o.poll(detail::event_sink{}) } -> std::same_as<void>;
};

namespace detail {
template <class O>
constexpr migration::cut_over_style style_between() {
  if constexpr (requires { O::style_between; }) {
    return O::style_between;
  } else {
    return O::style;
  }
}
}  // namespace detail

/// How `O` moves a workload from one data centre to another.
template <Orchestrator O>
inline constexpr migration::cut_over_style style_between = detail::style_between<O>();

}  // namespace foreshift::inline FORESHIFT_ABI::ports
