#include <foreshift/adapters/kubernetes/pod_resources.hpp>

#include <doctest/doctest.h>

#include <string>

using namespace foreshift;
using kubernetes::fields, kubernetes::json;

namespace {

std::string container(const std::string& cpu, const std::string& memory = "0", const std::string& more = "") {
  return R"({"resources":{"requests":{"cpu":")" + cpu + R"(","memory":")" + memory + R"("}})" + more + "}";
}
resources requests(const std::string& spec) {
  const auto object = json::parse(R"({"spec":)" + spec + "}");
  fields in{object};
  const auto out = kubernetes::pod_resources(in, "spec", "requests");
  CHECK(in.fault() == "");
  return out;
}

}  // namespace

TEST_CASE("containers add up, and those before them count where they need more") {
  CHECK(requests(R"({"containers":[)" + container("500m", "1Gi") + "," + container("1", "1Mi") + "]}") ==
        resources{{1.5, 1073741824.0 + 1048576.0, 0, 0}});
  CHECK(requests(R"({"containers":[)" + container("1") + R"(],"initContainers":[)" + container("3") + "," +
                 container("2") + "]}")[resource::cpu] == 3);
}

TEST_CASE("an init container that stays counts beside the others") {
  // KEP-753's example: what has stayed so far runs beside each later one.
  const auto stays = container("1", "0", R"(,"restartPolicy":"Always")");
  CHECK(requests(R"({"containers":[)" + container("2") + R"(],"initContainers":[)" + stays +
                 "]}")[resource::cpu] == 3);
  CHECK(requests(R"({"containers":[)" + container("2") + R"(],"initContainers":[)" + stays + "," +
                 container("4") + "]}")[resource::cpu] == 5);
  CHECK(requests(R"({"containers":[)" + container("2") + R"(],"initContainers":[)" + container("4") + "," +
                 stays + "]}")[resource::cpu] == 4);
}

TEST_CASE("what a pod states as a whole goes before its parts, and its overhead on top") {
  CHECK(requests(R"({"containers":[)" + container("2", "8") +
                 R"(],"resources":{"requests":{"cpu":"3"}},"overhead":{"cpu":"250m"}})") ==
        resources{{3.25, 8, 0, 0}});
}

TEST_CASE("what is no quantity is a fault, and other resources are left out") {
  const auto object = json::parse(
      R"({"spec":{"containers":[{"resources":{"requests":{"cpu":"lots","nvidia.com/gpu":"x"}}}]}})");
  fields in{object};
  (void)kubernetes::pod_resources(in, "spec", "requests");
  CHECK(in.fault() ==
        "spec.containers[].resources.requests.cpu: a quantity such as 500m or 1Gi, not \"lots\", is wanted");
  const auto number = json::parse(R"({"r":{"cpu":2}})");
  fields numbers{number};
  CHECK(kubernetes::read_resources(numbers, "r")[resource::cpu] == 2);
}
