// The manifests that are installed, held against the published schemas. Skipped as the bodies that we send
// are.
#include <support/scratch_directory.hpp>
#include <support/shell.hpp>

#include <doctest/doctest.h>
#include <yaml-cpp/yaml.h>
#include <nlohmann/json.hpp>

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <string>

namespace {

using json = nlohmann::json;

/// As a reader of Kubernetes takes it: what is not quoted and is a number or a truth is no text.
json json_of(const YAML::Node& in) {
  if (in.IsMap()) {
    json out = json::object();
    for (const auto& one : in) out[one.first.Scalar()] = json_of(one.second);
    return out;
  }
  if (in.IsSequence()) {
    json out = json::array();
    for (const auto& one : in) out.push_back(json_of(one));
    return out;
  }
  if (!in.IsScalar()) return nullptr;
  const json read = in.Tag() == "?" ? json::parse(in.Scalar(), nullptr, false) : json();
  return read.is_number() || read.is_boolean() ? read : json(in.Scalar());
}

}  // namespace

TEST_SUITE("schemas") {
  TEST_CASE("every object of the manifests is valid by the published schemas") {
    if (!foreshift::have_program("node")) return;
    const char* modules = std::getenv("FORESHIFT_NODE_MODULES");
    if (modules == nullptr)
      return void(std::puts("skipped: no kubernetes-models: FORESHIFT_NODE_MODULES is not set"));
    auto objects = json::array();
    for (const char* name : {"rbac.yaml", "site.yaml"})
      for (const auto& document : YAML::LoadAllFromFile(
               std::string{FORESHIFT_TEST_DATA "/../../share/foreshift/kubernetes/"} + name))
        objects.push_back(json_of(document));
    REQUIRE(objects.size() >= 10);
    const foreshift::scratch_directory folder;
    const std::string file = (folder.path() / "objects.json").string();
    std::ofstream{file} << objects.dump();
    const auto ran = foreshift::run_shell("node " FORESHIFT_TEST_DATA "/../system/kubectl/validate.mjs '" +
                                          file + "' '" + std::string{modules} + "'");
    INFO(ran.output);
    CHECK(ran.status == 0);
    CHECK(ran.output.find(std::to_string(objects.size()) + " objects, 0 wrong") != std::string::npos);
  }
}
