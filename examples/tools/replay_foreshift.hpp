#pragma once
// The policy `foreshift`: a whole site for each data centre, over a simulated network, storage and
// orchestrator.

#include "replay_run.hpp"

#include <foreshift/sim/world.hpp>

#include <memory>
#include <string_view>

namespace tool {

/// Plays the world to the sites, which know only what their telemetry and the other sites tell them, and
/// carries out in the world what their orchestrators start.
class foreshift_policy {
 public:
  static constexpr std::string_view name = "foreshift";
  explicit foreshift_policy(const replay_input& input);
  foreshift_policy(foreshift_policy&&) noexcept;
  ~foreshift_policy();

  /// The sites see step world.now() and have until the end of the next one to act.
  void decide(foreshift::sim::world& world);
  [[nodiscard]] policy_notes notes();

 private:
  struct sites;
  const replay_input* input_;
  std::unique_ptr<sites> sites_;
};

}  // namespace tool
