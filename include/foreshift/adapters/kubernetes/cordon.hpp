#pragma once
/// @file
/// To keep new pods off a node, and to take nothing back but our own word.
///
/// A cordon is one field, `spec.unschedulable`, that anybody may have set. Server-side apply keeps the word
/// of each apart: an apply of `true` beside a cordon by hand makes two managers own the field, and an apply
/// that names it no more takes it away only when nobody else owns it. A patch under the node's resource
/// version could not be undone as well: whose cordon it was would have to stand in a note of ours, which a
/// cordon that was lifted and set anew by hand leaves behind, and the version, which every status of the
/// kubelet moves on, would refuse writes that meet nobody's. So no version is sent. Sent is the uid: a node
/// that has gone is not made anew by the apply, and its successor of the same name is not meant. Without
/// force, so that whoever has the field at `false` is a conflict that names him.
///
/// What no way of writing can tell apart: `kubectl cordon` writes nothing on a node that is cordoned
/// already, so that a cordon by hand after ours is lifted with ours.

#include <foreshift/adapters/kubernetes/api_request.hpp>
#include <foreshift/adapters/kubernetes/json_document.hpp>
#include <foreshift/adapters/kubernetes/object_meta.hpp>
#include <foreshift/adapters/kubernetes/placement_patch.hpp>
#include <foreshift/core/result.hpp>
#include <foreshift/ports/http_client.hpp>

#include <string>
#include <utility>
#include <vector>

namespace foreshift::inline FORESHIFT_ABI::kubernetes {

/// How a node stands, and by whom.
struct node_cordon {
  bool cordoned = false;
  bool ours = false;                  ///< we own the field
  std::vector<std::string> others{};  ///< managers who own it beside us, or instead of us
};

/// Of a node, such as a write's answer. A reason names the member.
[[nodiscard]] inline result<node_cordon, std::string> read_cordon(const json& object) {
  fields in{object};
  node_cordon out{in.flag("spec.unschedulable"), false, owners_of(object, {"spec", "unschedulable"})};
  out.ours = std::erase(out.others, field_manager) > 0;
  return detail::unless(in, std::move(out));
}

namespace detail {

inline json cordon_body(const object_meta& node) {
  auto body = body_of({kind::node, {}, node.name}, {}, {});
  body["metadata"]["uid"] = node.uid;
  return body;
}

}  // namespace detail

/// Answered by the node as it is then, or with `owned`: somebody holds it open; `stale` or `invalid`: that
/// life of the node is over. May be repeated.
/// @param node as it was read, its uid included
[[nodiscard]] inline ports::http_request cordon_request(const object_meta& node, dry_run dry = dry_run::no) {
  auto body = detail::cordon_body(node);
  body["spec"]["unschedulable"] = true;
  return apply_request(kind::node, {}, node.name, body, take_over::no, dry);
}

/// Takes our cordon back; those of others stay, which the answer's `read_cordon` tells. `stale` or `invalid`:
/// the node is gone, and our cordon with it. May be repeated.
[[nodiscard]] inline ports::http_request uncordon_request(const object_meta& node,
                                                          dry_run dry = dry_run::no) {
  return apply_request(kind::node, {}, node.name, detail::cordon_body(node), take_over::no, dry);
}

}  // namespace foreshift::inline FORESHIFT_ABI::kubernetes
