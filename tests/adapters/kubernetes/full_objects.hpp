#pragma once
// The API's own full objects, one for each kind with every member set: of Kubernetes' source tree, folder
// staging/src/k8s.io/api/testdata/HEAD, among the public data sets.

#include <foreshift/adapters/kubernetes/json_document.hpp>

#include <doctest/doctest.h>

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <optional>
#include <string>

namespace foreshift {

/// Nothing where the data sets are missing, which is said.
inline std::optional<kubernetes::json> full_object(const std::string& name) {
  const char* folder = std::getenv("FORESHIFT_DATA_DIR");
  std::ifstream in{std::string{folder != nullptr ? folder : ""} + "/orchestrators/kubernetes/" + name +
                   ".json"};
  if (folder == nullptr || !in) {
    MESSAGE("skipped: no data set orchestrators/kubernetes");
    return std::nullopt;
  }
  const std::string text{std::istreambuf_iterator<char>{in}, {}};
  auto read = kubernetes::parse_object(text);
  REQUIRE(read.has_value());
  return *std::move(read);
}

/// A member of another type must be a fault that names it, or not be read at all.
template <class Read>
void every_wrong_type_is_named(const kubernetes::json& good, Read read) {
  REQUIRE(read(good).has_value());
  const auto flat = good.flatten();
  for (const auto& [pointer, value] : flat.items())
    for (const auto& wrong :
         {kubernetes::json(true), kubernetes::json::array({1}), kubernetes::json("x"), kubernetes::json(-1),
          kubernetes::json{{"a", nullptr}}, kubernetes::json(1e300)}) {
      auto bad = good;
      bad[kubernetes::json::json_pointer{pointer}] = wrong;
      const auto got = read(bad);
      if (!got) CHECK(got.error().find(" is wanted") != std::string::npos);
    }
}

}  // namespace foreshift
