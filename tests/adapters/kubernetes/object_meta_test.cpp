#include <adapters/kubernetes/full_objects.hpp>
#include <foreshift/adapters/kubernetes/object_meta.hpp>

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace foreshift;
using kubernetes::fields, kubernetes::json, kubernetes::owners_of;

TEST_CASE("an object says who it is, and of annotations only ours are kept") {
  const auto object =
      json::parse(R"({"metadata":{"name":"web-1","namespace":"shop","uid":"u","resourceVersion":"17",
      "generation":3,"labels":{"app":"web"},"annotations":{"foreshift/record":"x","kubectl.kubernetes.io/last":"{}"},
      "ownerReferences":[{"kind":"Node","name":"n","uid":"1"},{"controller":true,"kind":"ReplicaSet","name":"web","uid":"2"}]}})");
  fields in{object};
  const auto meta = kubernetes::read_meta(in);
  CHECK(in.fault() == "");
  CHECK(meta.name == "web-1");
  CHECK(meta.space == "shop");
  CHECK(meta.version == "17");
  CHECK(meta.generation == 3);
  CHECK(*meta.labels.find("app") == "web");
  CHECK(meta.annotations.size() == 1);
  CHECK(meta.owner_kind == "ReplicaSet");
  CHECK(!meta.leaving);
}

TEST_CASE("every member of a full object has its place") {
  if (const auto full = full_object("coordination.k8s.io.v1.Lease")) {
    fields in{*full};
    const auto meta = kubernetes::read_meta(in);
    CHECK(in.fault() == "");
    CHECK(meta.uid == "uidValue");
    CHECK(meta.version == "resourceVersionValue");
    CHECK(meta.leaving);
    CHECK(meta.owner_uid == "uidValue");
  }
}

TEST_CASE("the owners of a field are those that have it in their trees") {
  const auto object = json::parse(R"({"metadata":{"managedFields":[
      {"manager":"kubectl","operation":"Apply","fieldsV1":{"f:spec":{"f:replicas":{},"f:template":{}}}},
      {"manager":"hpa","operation":"Update","fieldsV1":{"f:spec":{"f:replicas":{}}}}, 5, {"manager":"odd"}]}})");
  CHECK(owners_of(object, {"spec", "replicas"}) == std::vector<std::string>{"kubectl", "hpa"});
  CHECK(owners_of(object, {"spec", "template"}) == std::vector<std::string>{"kubectl"});
  CHECK(owners_of(object, {"spec", "template", "spec"}).empty());
  CHECK(owners_of(json::parse(R"({"metadata":{"managedFields":{}}})"), {"spec"}).empty());
}

TEST_CASE("an object without a name or a version is none") {
  const auto object = json::parse(R"({"metadata":{"name":"web"}})");
  fields in{object};
  (void)kubernetes::read_meta(in);
  CHECK(in.fault() == "metadata.resourceVersion: a string that is not empty is wanted");
}
