#include <foreshift/ports/archetypes.hpp>
#include <foreshift/ports/orchestrator.hpp>

#include <doctest/doctest.h>

using namespace foreshift;
using migration::cut_over_style;

// Named: Clang calls an unread constant of an unnamed namespace unused, and some are never to be read.
namespace near_misses {

struct does_not_say_whether_it_fences {
  static constexpr cut_over_style style = cut_over_style::one_step;
  std::error_code submit(const migration::command&);
  void poll(auto&&);
};
struct has_no_style {
  static constexpr bool fences = true;
  std::error_code submit(const migration::command&);
  void poll(auto&&);
};
struct style_is_a_number : has_no_style {
  static constexpr int style = 1;
};
struct never_answers {
  static constexpr bool fences = true;
  static constexpr cut_over_style style = cut_over_style::two_step;
  std::error_code submit(const migration::command&);
};
struct answers_by_return {
  static constexpr bool fences = true;
  static constexpr cut_over_style style = cut_over_style::two_step;
  migration::event submit(const migration::command&);
  void poll(auto&&);
};
struct takes_function_pointers_only {
  static constexpr bool fences = true;
  static constexpr cut_over_style style = cut_over_style::two_step;
  std::error_code submit(const migration::command&);
  void poll(void (*sink)(const migration::event&));
};
static_assert(!ports::Orchestrator<does_not_say_whether_it_fences>);
static_assert(!ports::Orchestrator<has_no_style>);
static_assert(!ports::Orchestrator<style_is_a_number>);
static_assert(!ports::Orchestrator<never_answers>);
static_assert(!ports::Orchestrator<answers_by_return>);
static_assert(!ports::Orchestrator<takes_function_pointers_only>);

/// Updates within a cluster, and copies between two.
struct moves_in_two_ways : ports::archetypes::orchestrator {
  static constexpr cut_over_style style_between = cut_over_style::two_step;
};
static_assert(ports::style_between<moves_in_two_ways> == cut_over_style::two_step);
static_assert(ports::style_between<ports::archetypes::orchestrator> == cut_over_style::one_step);

}  // namespace near_misses
using namespace near_misses;

TEST_CASE("the smallest orchestrator cannot be reached, and says so at once") {
  ports::archetypes::orchestrator o;
  CHECK(o.submit(migration::command{}));
  o.poll([](const migration::event&) { FAIL("nothing was sent"); });
}
