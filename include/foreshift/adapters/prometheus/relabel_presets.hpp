#pragma once
/// @file
/// Relabel tables for what most people scrape: node_exporter, cAdvisor or the kubelet, and cAdvisor on
/// Docker.
///
/// The names of metrics and labels are those of node_exporter 1.0 and later, of cAdvisor 0.38 and later as
/// Kubernetes 1.16 and later exposes it (labels `pod` and `container`), and of cAdvisor beside Docker (label
/// `name`).

#include <foreshift/core/config.hpp>

#include <optional>
#include <string_view>

namespace foreshift::inline FORESHIFT_ABI::prometheus {

struct relabel_preset {
  std::string_view name;
  std::string_view text;  ///< to be read by `parse_relabel_table`
};

inline constexpr relabel_preset relabel_presets[] = {
    {"node_exporter", R"(# Hosts as node_exporter sees them.
[cpu]
query = sum by (instance) (rate(node_cpu_seconds_total{mode!~"idle|iowait|steal|guest|guest_nice"}[$window]))
host  = {instance|host}

[memory]
query = sum by (instance) (node_memory_MemTotal_bytes - node_memory_MemAvailable_bytes)
host  = {instance|host}

[network]
query = sum by (instance) (
          rate(node_network_receive_bytes_total{device!="lo"}[$window])
          + rate(node_network_transmit_bytes_total{device!="lo"}[$window]))
host  = {instance|host}

[io]
query = sum by (instance) (
          rate(node_disk_read_bytes_total[$window]) + rate(node_disk_written_bytes_total[$window]))
host  = {instance|host}
)"},
    {"cadvisor",
     R"(# Pods of Kubernetes as the kubelet's cAdvisor sees them. A pod moves as a whole, so it is the workload.
[cpu]
query    = sum by (instance, namespace, pod) (
             rate(container_cpu_usage_seconds_total{pod!="", container!="", container!="POD"}[$window]))
host     = {instance|host}
workload = {namespace}/{pod}

[memory]
query    = sum by (instance, namespace, pod) (
             container_memory_working_set_bytes{pod!="", container!="", container!="POD"})
host     = {instance|host}
workload = {namespace}/{pod}

[network]
query    = sum by (instance, namespace, pod) (
             rate(container_network_receive_bytes_total{pod!=""}[$window])
             + rate(container_network_transmit_bytes_total{pod!=""}[$window]))
host     = {instance|host}
workload = {namespace}/{pod}

[io]
query    = sum by (instance, namespace, pod) (
             rate(container_fs_reads_bytes_total{pod!="", container!=""}[$window])
             + rate(container_fs_writes_bytes_total{pod!="", container!=""}[$window]))
host     = {instance|host}
workload = {namespace}/{pod}
)"},
    {"docker", R"(# Containers of Docker as cAdvisor beside it sees them. Their names are their host's own.
[cpu]
query    = sum by (instance, name) (rate(container_cpu_usage_seconds_total{name!=""}[$window]))
host     = {instance|host}
workload = {instance|host}/{name}

[memory]
query    = sum by (instance, name) (container_memory_working_set_bytes{name!=""})
host     = {instance|host}
workload = {instance|host}/{name}

[network]
query    = sum by (instance, name) (
             rate(container_network_receive_bytes_total{name!=""}[$window])
             + rate(container_network_transmit_bytes_total{name!=""}[$window]))
host     = {instance|host}
workload = {instance|host}/{name}

[io]
query    = sum by (instance, name) (
             rate(container_fs_reads_bytes_total{name!=""}[$window])
             + rate(container_fs_writes_bytes_total{name!=""}[$window]))
host     = {instance|host}
workload = {instance|host}/{name}
)"},
    {"swarm",
     R"(# Services of a Docker Swarm as cAdvisor on each node sees their containers, under the names that `inventory` prints.
[cpu]
query    = sum by (instance, container_label_com_docker_swarm_service_name) (
             rate(container_cpu_usage_seconds_total{container_label_com_docker_swarm_service_name!=""}[$window]))
host     = {instance|host}
workload = {container_label_com_docker_swarm_service_name}

[memory]
query    = sum by (instance, container_label_com_docker_swarm_service_name) (
             container_memory_working_set_bytes{container_label_com_docker_swarm_service_name!=""})
host     = {instance|host}
workload = {container_label_com_docker_swarm_service_name}

[network]
query    = sum by (instance, container_label_com_docker_swarm_service_name) (
             rate(container_network_receive_bytes_total{container_label_com_docker_swarm_service_name!=""}[$window])
             + rate(container_network_transmit_bytes_total{container_label_com_docker_swarm_service_name!=""}[$window]))
host     = {instance|host}
workload = {container_label_com_docker_swarm_service_name}

[io]
query    = sum by (instance, container_label_com_docker_swarm_service_name) (
             rate(container_fs_reads_bytes_total{container_label_com_docker_swarm_service_name!=""}[$window])
             + rate(container_fs_writes_bytes_total{container_label_com_docker_swarm_service_name!=""}[$window]))
host     = {instance|host}
workload = {container_label_com_docker_swarm_service_name}
)"},
    {"deployments",
     R"(# Deployments of Kubernetes as the kubelet's cAdvisor sees their pods, under the names that `inventory` prints. The name
# is what is left of the pod's without the two words that Kubernetes appends.
[cpu]
query    = sum by (instance, namespace, deployment) (label_replace(
             rate(container_cpu_usage_seconds_total{pod!="", container!="", container!="POD"}[$window]),
             "deployment", "$1", "pod", "(.+)-[a-z0-9]{6,10}-[a-z0-9]{5}"))
host     = {instance|host}
workload = deployment/{namespace}/{deployment}

[memory]
query    = sum by (instance, namespace, deployment) (label_replace(
             container_memory_working_set_bytes{pod!="", container!="", container!="POD"},
             "deployment", "$1", "pod", "(.+)-[a-z0-9]{6,10}-[a-z0-9]{5}"))
host     = {instance|host}
workload = deployment/{namespace}/{deployment}

[network]
query    = sum by (instance, namespace, deployment) (label_replace(
             rate(container_network_receive_bytes_total{pod!=""}[$window])
             + rate(container_network_transmit_bytes_total{pod!=""}[$window]),
             "deployment", "$1", "pod", "(.+)-[a-z0-9]{6,10}-[a-z0-9]{5}"))
host     = {instance|host}
workload = deployment/{namespace}/{deployment}

[io]
query    = sum by (instance, namespace, deployment) (label_replace(
             rate(container_fs_reads_bytes_total{pod!="", container!="", container!="POD"}[$window])
             + rate(container_fs_writes_bytes_total{pod!="", container!="", container!="POD"}[$window]),
             "deployment", "$1", "pod", "(.+)-[a-z0-9]{6,10}-[a-z0-9]{5}"))
host     = {instance|host}
workload = deployment/{namespace}/{deployment}
)"}};

[[nodiscard]] constexpr std::optional<std::string_view> relabel_preset_text(std::string_view name) {
  for (const auto& preset : relabel_presets)
    if (preset.name == name) return preset.text;
  return std::nullopt;
}

}  // namespace foreshift::inline FORESHIFT_ABI::prometheus
