#include <adapters/kubernetes/full_objects.hpp>
#include <foreshift/adapters/kubernetes/pod_volumes.hpp>
#include <foreshift/core/result.hpp>

#include <doctest/doctest.h>

#include <string>

using namespace foreshift;
using kubernetes::fields, kubernetes::json, kubernetes::pod_volumes;

namespace {

/// Of a pod with one volume, which one container mounts.
pod_volumes volumes(const std::string& volume, const std::string& mount = R"({"name":"v"})") {
  const auto pod = json::parse(R"({"spec":{"containers":[{"volumeMounts":[)" + mount +
                               R"(]}],"volumes":[{"name":"v",)" + volume + "}]}}");
  fields in{pod};
  auto out = read_volumes(in, "spec");
  CHECK(in.fault() == "");
  return out;
}
const std::string read_only = R"({"name":"v","readOnly":true})";

}  // namespace

TEST_CASE("a folder of the host stays behind where it is written to") {
  const std::string folder = R"("hostPath":{"path":"/srv/data","type":"Directory"})";
  CHECK(volumes(folder).host_path == "/srv/data");
  CHECK(volumes(folder, read_only).host_path.empty());
  CHECK(volumes(folder, R"({"name":"other"})").host_path.empty());
  CHECK(volumes(R"("hostPath":{"path":"/run/log.sock","type":"Socket"})").host_path.empty());
  CHECK(volumes(R"("hostPath":{"path":"/srv"})").host_path == "/srv");
}

TEST_CASE("a claim is told with what is done with it") {
  const auto one = [](const pod_volumes& all) {
    REQUIRE(all.claims.size() == 1);
    CHECK(all.claims[0].name == "data");
    return all.claims[0].written;
  };
  CHECK(one(volumes(R"("persistentVolumeClaim":{"claimName":"data"})")));
  CHECK(!one(volumes(R"("persistentVolumeClaim":{"claimName":"data"})", read_only)));
  CHECK(!one(volumes(R"("persistentVolumeClaim":{"claimName":"data","readOnly":true})")));
  CHECK(!one(volumes(R"("persistentVolumeClaim":{"claimName":"data"})", R"({"name":"other"})")));
  const auto raw = json::parse(R"({"spec":{"initContainers":[{"volumeDevices":[{"name":"v"}]}],
      "volumes":[{"name":"v","persistentVolumeClaim":{"claimName":"data"}}]}})");
  fields in{raw};
  CHECK(one(read_volumes(in, "spec")));
}

TEST_CASE("disks are held by one node, also those of kinds that are not known; scratch and shares follow") {
  CHECK(volumes(R"("awsElasticBlockStore":{"volumeID":"x"})").disk == "awsElasticBlockStore \"v\"");
  CHECK(volumes(R"("awsElasticBlockStore":{"volumeID":"x","readOnly":true})").disk.empty());
  CHECK(volumes(R"("tomorrowsDisk":{})").disk == "tomorrowsDisk \"v\"");
  for (const char* kind : {"emptyDir", "configMap", "secret", "nfs", "projected", "csi"}) {
    const auto all = volumes("\"" + std::string{kind} + "\":{}");
    CHECK(all.disk.empty());
    CHECK(all.host_path.empty());
    CHECK(all.claims.empty());
  }
}

TEST_CASE("wrong types are named") {
  every_wrong_type_is_named(
      json::parse(R"({"spec":{"containers":[{"volumeMounts":[{"name":"v","readOnly":false}]}],
          "volumes":[{"name":"v","hostPath":{"path":"/x","type":""}},
                     {"name":"w","persistentVolumeClaim":{"claimName":"c","readOnly":true}}]}})"),
      [](const json& pod) -> result<pod_volumes, std::string> {
        fields in{pod};
        auto out = read_volumes(in, "spec");
        if (!in.fault().empty()) return failure{in.fault()};
        return out;
      });
}
