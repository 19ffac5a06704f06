#pragma once
/// @file
/// Where the classes in an inventory come from: a site looks at the histories of its workloads, now and then.

#include <foreshift/core/id.hpp>
#include <foreshift/placement/inventory.hpp>
#include <foreshift/placement/workload_classes.hpp>
#include <foreshift/placement/workload_features.hpp>
#include <foreshift/telemetry/series.hpp>

#include <cstddef>
#include <span>
#include <vector>

namespace foreshift::inline FORESHIFT_ABI::placement {

/// The past of one workload. The values belong to somebody else.
struct workload_history {
  workload_id workload{};
  telemetry::series_view demand{};
  double size = 0;  ///< what it may use, in the unit of its demand; 0: not known
};

/// Learns from all histories as one batch, and then writes the class of each workload into the inventory,
/// where it is surer than `confidence_min`; another one keeps the class it had. Workloads that the inventory
/// does not know are left out. Gives the assignments, in the order of the histories.
inline std::vector<class_assignment> take_census(workload_classes& classes, inventory& known,
                                                 std::span<const workload_history> histories,
                                                 double confidence_min = 0.1) {
  std::vector<workload_features> batch;
  for (const auto& h : histories) batch.push_back(features_of(h.demand, h.size));
  classes.learn(batch);
  std::vector<class_assignment> out;
  for (std::size_t i = 0; i < batch.size(); ++i) {
    out.push_back(classes.classify(batch[i]));
    if (out.back().confidence > confidence_min && known.find(histories[i].workload) != nullptr)
      known.classify(histories[i].workload, out.back().of);
  }
  return out;
}

}  // namespace foreshift::inline FORESHIFT_ABI::placement
