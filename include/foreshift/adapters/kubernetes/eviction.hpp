#pragma once
/// @file
/// To ask for the end of a pod, as far as the budgets that protect it allow.
///
/// The eviction subresource (policy/v1). It is a request and not a deletion: a budget may say no for now, and
/// a pod that is not there any more has been evicted by whoever was faster. A pod's name is used again, so
/// the request names the life that was meant.

#include <foreshift/adapters/kubernetes/api_answer.hpp>
#include <foreshift/adapters/kubernetes/api_request.hpp>
#include <foreshift/core/result.hpp>
#include <foreshift/ports/http_client.hpp>

#include <string>
#include <string_view>

namespace foreshift::inline FORESHIFT_ABI::kubernetes {

/// @param uid of the pod that is meant; empty: whichever has the name now
[[nodiscard]] inline ports::http_request eviction_request(std::string_view space, std::string_view name,
                                                          std::string_view uid = {},
                                                          dry_run dry = dry_run::no) {
  json body{{"apiVersion", "policy/v1"},
            {"kind", "Eviction"},
            {"metadata", {{"name", name}, {"namespace", space}}}};
  if (!uid.empty()) body["deleteOptions"]["preconditions"]["uid"] = uid;
  return detail::write_request("POST", object_target(kind::pod, space, name, "eviction"), body,
                               "application/json", dry);
}

/// Success where the pod is on its way out or gone. `over_budget` may be tried again, after `retry_after`
/// where it is said; `many_budgets` is for a person to mend; `stale`: the name is another pod's by now, which
/// is a success as well.
[[nodiscard]] inline result<void, api_error> read_eviction(const std::string& request_name,
                                                           const ports::http_response& answer) {
  const auto read = read_answer(request_name, answer);
  if (read || read.error().what == fault::absent || read.error().what == fault::stale) return {};
  return failure{read.error()};
}

}  // namespace foreshift::inline FORESHIFT_ABI::kubernetes
