#include <foreshift/core/flat_map.hpp>
#include <foreshift/core/random.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <string>

using namespace foreshift;

namespace {

bool same(const flat_map<int, int>& flat, const std::map<int, int>& model) {
  return std::equal(flat.begin(), flat.end(), model.begin(), model.end(),
                    [](const auto& a, const auto& b) { return a.first == b.first && a.second == b.second; });
}

}  // namespace

TEST_CASE("a flat map behaves like std::map over random operations") {
  random_stream random{2};
  flat_map<int, int> flat;
  std::map<int, int> model;
  for (int i = 0; i < 20000; ++i) {
    const int key = static_cast<int>(random.below(40));
    switch (random.below(6)) {
      case 0:
        flat.insert_or_assign(key, i), model.insert_or_assign(key, i);
        break;
      case 1:
        REQUIRE(flat.erase(key) == (model.erase(key) == 1));
        break;
      case 2:
        REQUIRE(flat[key] == model[key]);
        break;
      case 3:
        flat[key] = i, model[key] = i;
        break;
      case 4: {
        const auto at = model.find(key);
        REQUIRE(flat.contains(key) == (at != model.end()));
        if (at != model.end()) REQUIRE(*flat.find(key) == at->second);
        break;
      }
      default: {
        const int rest = static_cast<int>(random.below(17));
        const auto doomed = [&](int k, int value) { return k % 17 == rest && value % 2 == 0; };
        REQUIRE(flat.erase_if(doomed) ==
                std::erase_if(model, [&](const auto& item) { return doomed(item.first, item.second); }));
      }
    }
    REQUIRE(flat.size() == model.size());
    REQUIRE(flat.empty() == model.empty());
    REQUIRE(same(flat, model));
  }
}

TEST_CASE("the order of insertion leaves no trace") {
  flat_map<std::string, int> forward, backward;
  for (int i = 0; i < 9; ++i) forward[std::to_string(i)] = i;
  for (int i = 8; i >= 0; --i) backward[std::to_string(i)] = i;
  CHECK(forward == backward);
  backward.clear();
  CHECK(backward.empty());
}

TEST_CASE("a constant map is searched without being changed") {
  const flat_map<int, int> nothing;
  CHECK(nothing.find(1) == nullptr);
  CHECK_FALSE(nothing.contains(1));
}
