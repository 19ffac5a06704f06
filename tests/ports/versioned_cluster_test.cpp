#include <foreshift/ports/versioned_cluster.hpp>

#include <doctest/doctest.h>

#include <string_view>

using namespace foreshift;
using namespace foreshift::ports;

namespace {

/// Says no to everything.
struct closed_cluster {
  struct object {
    bool exists = false;
    migration::object_record record{};
  };
  static constexpr auto style = migration::cut_over_style::one_step;
  result<object, call_error> read(const migration::command&) { return failure{call_error{}}; }
  result<object, call_error> write(const object&, const migration::command&, cluster_act,
                                   const migration::object_record&, const object*) {
    return failure{call_error{}};
  }
  result<copy_progress, call_error> progress(const object&, const migration::command&) {
    return failure{call_error{}};
  }
};
struct without_write : closed_cluster {
  void write() {}
};
struct without_record : closed_cluster {
  struct object {
    bool exists = false;
  };
};

static_assert(VersionedCluster<closed_cluster>);
static_assert(!VersionedCluster<without_write>);
static_assert(!VersionedCluster<without_record>);

}  // namespace

TEST_CASE("every act has a name of its own") {
  constexpr std::string_view names[] = {"hold", "start",   "serve",  "cease",
                                        "undo", "release", "resize", "scale"};
  for (std::size_t i = 0; i < std::size(names); ++i) CHECK(name_of(static_cast<cluster_act>(i)) == names[i]);
}

TEST_CASE("an error of which nothing is known counts as possibly carried out") {
  CHECK(call_error{}.what == call_error::kind::unknown);
  CHECK(copy_progress{}.what == copy_progress::state::copying);
}
