#pragma once
/// @file
/// Which objects a workload or a budget means: by their labels.
///
/// Kubernetes' `LabelSelector`: all of `matchLabels` and all of `matchExpressions`. One that is empty means
/// every object, one that is absent none.

#include <foreshift/adapters/kubernetes/json_document.hpp>
#include <foreshift/core/flat_map.hpp>

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace foreshift::inline FORESHIFT_ABI::kubernetes {

using label_map = flat_map<std::string, std::string>;

/// Pairs of an object whose values are strings. @param path of it, for faults
[[nodiscard]] inline label_map read_labels(fields& in, std::string_view path) {
  label_map out;
  for (const auto& [key, value] : in.object(path).items())
    if (const auto* text = value.get_ptr<const std::string*>())
      out[key] = *text;
    else
      in.complain(std::string{path} + "[" + key + "]", "a string");
  return out;
}

struct label_selector {
  enum class demand : std::uint8_t { in, not_in, exists, absent };
  struct expression {
    std::string key;
    demand what = demand::exists;
    std::vector<std::string> values{};
    friend bool operator==(const expression&, const expression&) = default;
  };
  bool present = false;
  label_map equal{};
  std::vector<expression> expressions{};

  [[nodiscard]] bool matches(const label_map& labels) const {
    if (!present) return false;
    for (const auto& [key, value] : equal)
      if (const auto* has = labels.find(key); has == nullptr || *has != value) return false;
    return std::all_of(expressions.begin(), expressions.end(), [&](const expression& e) {
      const auto* has = labels.find(e.key);
      const bool among =
          has != nullptr && std::find(e.values.begin(), e.values.end(), *has) != e.values.end();
      switch (e.what) {
        case demand::in:
          return among;
        case demand::not_in:
          return !among;
        case demand::exists:
          return has != nullptr;
        case demand::absent:
          return has == nullptr;
      }
      return false;
    });
  }
};

/// An operator that is none of the four is a fault.
[[nodiscard]] inline label_selector read_selector(fields& in, const std::string& path) {
  label_selector out;
  out.present = in.has(path);
  out.equal = read_labels(in, path + ".matchLabels");
  for (const auto& one : in.list(path + ".matchExpressions")) {
    if (!one.is_object()) {
      in.complain(path + ".matchExpressions", "a list of objects");
      break;
    }
    fields part{one};
    label_selector::expression made{part.some_text("key")};
    const auto what = part.text("operator");
    using demand = label_selector::demand;
    if (what == "In")
      made.what = demand::in;
    else if (what == "NotIn")
      made.what = demand::not_in;
    else if (what == "Exists")
      made.what = demand::exists;
    else if (what == "DoesNotExist")
      made.what = demand::absent;
    else
      part.complain("operator", "In, NotIn, Exists or DoesNotExist");
    for (const auto& value : part.list("values"))
      if (const auto* text = value.get_ptr<const std::string*>()) made.values.push_back(*text);
    in.adopt(path + ".matchExpressions[]", part.fault());
    out.expressions.push_back(std::move(made));
  }
  return out;
}

}  // namespace foreshift::inline FORESHIFT_ABI::kubernetes
