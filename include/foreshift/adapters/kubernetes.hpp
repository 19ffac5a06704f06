#pragma once
/// @file
/// Clusters of Kubernetes: requests, answers, objects, the way in, and moves.

#include <foreshift/adapters/kubernetes/access.hpp>
#include <foreshift/adapters/kubernetes/api_answer.hpp>
#include <foreshift/adapters/kubernetes/api_request.hpp>
#include <foreshift/adapters/kubernetes/api_target.hpp>
#include <foreshift/adapters/kubernetes/cluster_inventory.hpp>
#include <foreshift/adapters/kubernetes/cluster_names.hpp>
#include <foreshift/adapters/kubernetes/cluster_watch.hpp>
#include <foreshift/adapters/kubernetes/collection_watch.hpp>
#include <foreshift/adapters/kubernetes/disruption_budget.hpp>
#include <foreshift/adapters/kubernetes/eviction.hpp>
#include <foreshift/adapters/kubernetes/json_document.hpp>
#include <foreshift/adapters/kubernetes/kubeconfig.hpp>
#include <foreshift/adapters/kubernetes/kubernetes_cluster.hpp>
#include <foreshift/adapters/kubernetes/label_selector.hpp>
#include <foreshift/adapters/kubernetes/lease.hpp>
#include <foreshift/adapters/kubernetes/node.hpp>
#include <foreshift/adapters/kubernetes/object_meta.hpp>
#include <foreshift/adapters/kubernetes/placement_patch.hpp>
#include <foreshift/adapters/kubernetes/pod.hpp>
#include <foreshift/adapters/kubernetes/pod_resources.hpp>
#include <foreshift/adapters/kubernetes/quantity.hpp>
#include <foreshift/adapters/kubernetes/rollout.hpp>
#include <foreshift/adapters/kubernetes/workload.hpp>
#include <foreshift/adapters/kubernetes/workload_writes.hpp>
