#include <foreshift/placement/tags.hpp>

#include <doctest/doctest.h>

#include <string>

using namespace foreshift::placement;

TEST_CASE("a set has all of another's tags, or it lacks one") {
  tag_names names;
  const auto gpu = *names.tag("gpu"), oracle = *names.tag("oracle"), ssd = *names.tag("ssd");
  CHECK((gpu | ssd).has_all(gpu));
  CHECK((gpu | ssd).has_all({}));
  CHECK_FALSE((gpu | ssd).has_all(gpu | oracle));
  CHECK((gpu | ssd) - ssd == gpu);
  CHECK(tag_set{}.empty());
  CHECK(names.text(ssd | gpu) == "gpu, ssd");
  CHECK(names.text({}) == "");
}

TEST_CASE("a name has one number, and there are sixty-four") {
  tag_names names;
  for (std::size_t i = 0; i < tag_set::tags_max; ++i) {
    const auto made = names.tag(std::to_string(i));
    REQUIRE(made);
    CHECK(made->bits == std::uint64_t{1} << i);
  }
  CHECK_FALSE(names.tag("one more"));
  CHECK(names.tag("63") == tag_set{std::uint64_t{1} << 63U});
}
