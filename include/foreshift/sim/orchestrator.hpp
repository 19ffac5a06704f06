#pragma once
/// @file
/// One site's way to the data centres it commands.

#include <foreshift/core/contract.hpp>
#include <foreshift/core/id.hpp>
#include <foreshift/migration/command.hpp>
#include <foreshift/migration/event.hpp>
#include <foreshift/ports/orchestrator.hpp>
#include <foreshift/sim/data_centre.hpp>

#include <functional>
#include <memory>
#include <system_error>
#include <utility>
#include <vector>

namespace foreshift::inline FORESHIFT_ABI::sim {

/// Hands commands to data centres in the name of one site. When it is destroyed, as in a crash, the answers
/// under way are lost, and the data centres go on.
template <migration::cut_over_style Style = migration::cut_over_style::two_step>
class orchestrator {
 public:
  static constexpr bool fences = true;
  static constexpr migration::cut_over_style style = Style;

  explicit orchestrator(site_id caller) : caller_(caller) {}

  /// Opens the way to one more data centre. @pre it outlives the orchestrator and has the same style
  orchestrator& reach(data_centre& centre) {
    FORESHIFT_EXPECT(centre.style() == Style);
    centres_.push_back(&centre);
    return *this;
  }

  /// The command goes to the data centre of `what.site()`; `no_such_device_or_address` if there is no way
  /// there.
  std::error_code submit(const migration::command& what) {
    for (data_centre* centre : centres_)
      if (centre->self() == what.site()) return centre->call(what, caller_, answers_), std::error_code{};
    return std::make_error_code(std::errc::no_such_device_or_address);
  }
  /// Calls `sink(event)` for each answer that has come. The sink may submit.
  template <class Sink>
  void poll(Sink&& sink) {
    for (const auto& e : std::exchange(answers_->waiting, {})) sink(e);
  }
  /// Has `notify()` called whenever an answer comes. It must not poll there and then.
  void on_answer(std::function<void()> notify) { answers_->arrival = std::move(notify); }

 private:
  site_id caller_;
  std::vector<data_centre*> centres_;
  std::shared_ptr<answers> answers_ = std::make_shared<answers>();
};
static_assert(ports::Orchestrator<orchestrator<>>);

}  // namespace foreshift::inline FORESHIFT_ABI::sim
