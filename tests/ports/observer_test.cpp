#include <foreshift/ports/archetypes.hpp>
#include <foreshift/ports/observer.hpp>

#include <doctest/doctest.h>

#include <string>
#include <type_traits>
#include <variant>
#include <vector>

using namespace foreshift;

namespace {

struct has_a_say {
  bool observe(const ports::note&);
};
struct watches_alarms_only {
  void observe(const ports::alarm&);
};
struct wants_to_change_it {
  void observe(ports::note&);
};
struct reads_text {
  void observe(const std::string&);
};
static_assert(!ports::Observer<has_a_say>);
static_assert(!ports::Observer<watches_alarms_only>);
static_assert(!ports::Observer<wants_to_change_it>);
static_assert(!ports::Observer<reads_text>);

struct diary {
  std::vector<ports::note> notes;
  void observe(const ports::note& what) { notes.push_back(what); }
};
static_assert(ports::Observer<diary>);

}  // namespace

TEST_CASE("a note says which site, when, and what") {
  diary d;
  d.observe({site_id{2}, time_point{std::chrono::seconds{7}}, ports::alarm{"two votes of one voter"}});
  REQUIRE(d.notes.size() == 1);
  CHECK(d.notes[0].site == site_id{2});
  CHECK(std::get<ports::alarm>(d.notes[0].what).text == "two votes of one voter");
}

TEST_CASE("the smallest observer looks away") {
  ports::archetypes::observer{}.observe({site_id{1}, time_point{}, ports::credits_updated{3}});
}
