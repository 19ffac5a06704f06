#include <foreshift/driver/progress.hpp>

#include <doctest/doctest.h>

#include <set>
#include <string_view>

using namespace foreshift;

TEST_CASE("every fault has a name of its own") {
  using driver::driver_fault;
  std::set<std::string_view> names;
  for (int i = 0; i <= static_cast<int>(driver_fault::image_unusable); ++i)
    names.insert(name_of(static_cast<driver_fault>(i)));
  CHECK(names.size() == 5);
  CHECK(name_of(driver_fault::image_unusable) == "image_unusable");
}

TEST_CASE("without snapshots neither slots nor bytes call for one") {
  constexpr auto none = driver::driver_options::no_snapshots();
  CHECK(none.snapshot_slots == 0);
  CHECK(none.snapshot_bytes > driver::driver_options{}.snapshot_bytes);
}
