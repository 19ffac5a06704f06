#include <foreshift/core/archive.hpp>
#include <foreshift/core/random.hpp>
#include <foreshift/numeric/adjusted_rand_index.hpp>
#include <foreshift/placement/workload_classes.hpp>
#include <foreshift/sim/labelled_workloads.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <span>
#include <vector>

using namespace foreshift;
using namespace foreshift::placement;

namespace {

struct sample {
  std::vector<workload_features> features;
  std::vector<std::uint64_t> truth;
};
sample drawn(std::uint64_t seed, std::size_t of_each = 20) {
  sample out;
  for (const auto& w : sim::labelled_workloads({.seed = seed, .of_each = of_each})) {
    out.features.push_back(features_of(w.demand, 1));
    out.truth.push_back(static_cast<std::uint64_t>(w.kind));
  }
  return out;
}
byte_string saved(const workload_classes& classes) {
  archive_writer out;
  out(classes);
  REQUIRE(out.ok());
  return out.take();
}

}  // namespace

TEST_CASE("workloads of known kinds are told apart: adjusted Rand index at least 0.8 for every seed") {
  for (std::uint64_t seed = 1; seed <= 6; ++seed) {
    const auto all = drawn(seed);
    workload_classes classes;
    classes.learn(all.features);
    std::vector<std::uint64_t> found;
    std::size_t named = 0;
    for (std::size_t i = 0; i < all.features.size(); ++i) {
      const auto one = classes.classify(all.features[i]);
      found.push_back(one.of.value);
      named += name_of(one.kind) == name_of(static_cast<sim::known_kind>(all.truth[i])) ? 1 : 0;
    }
    CHECK(numeric::adjusted_rand_index(all.truth, found) >= 0.8);
    CHECK(named * 10 >= 9 * all.features.size());
  }
}

TEST_CASE("the order of workloads in a batch does not matter") {
  auto all = drawn(7);
  workload_classes one, other;
  one.learn(all.features);
  random_stream random{1};
  shuffle(std::span{all.features}, random);
  other.learn(all.features);
  CHECK(saved(one) == saved(other));
  one.learn(all.features);
  shuffle(std::span{all.features}, random);
  other.learn(all.features);
  CHECK(saved(one) == saved(other));
}

TEST_CASE("a workload between two classes is a less certain member of either") {
  const auto all = drawn(8);
  workload_classes classes;
  classes.learn(all.features);
  const auto& centres = classes.centres();
  REQUIRE(centres.size() >= 2);
  const auto middle = placement::detail::between(centres[0].at, centres[1].at, 0.5);
  CHECK(classes.classify(centres[0].at).confidence == 1);
  CHECK(classes.classify(middle).confidence < 0.3);
  CHECK(classes.classify(workload_features{}).confidence == 0);
  CHECK(classes.classify(workload_features{}).of == class_id{});
  auto half_known = centres[0].at;
  half_known.seasonality = half_known.trend = numeric::missing;
  CHECK(classes.classify(half_known).of == class_of(centres[0].at));
  CHECK(classes.classify(half_known).confidence < 0.8);
}

TEST_CASE("before anything is learned a workload is what its own features say, and not surely") {
  const auto all = drawn(9, 2);
  const workload_classes none;
  for (const auto& f : all.features) {
    const auto one = none.classify(f);
    CHECK(one.of == class_of(f));
    CHECK(one.confidence == doctest::Approx(1.0 / 3));
  }
}

TEST_CASE("memory stays bounded whatever comes, and old classes are let go") {
  random_stream random{2};
  workload_classes classes{{.centres_max = 5}};
  for (int batch = 0; batch < 60; ++batch) {
    std::vector<workload_features> strange;
    for (int group = 0; group < 10; ++group) {
      workload_features f;
      f.level = 1;
      for (const auto field : placement::detail::clustered_features) f.*field = random.uniform();
      strange.insert(strange.end(), 3, f);
    }
    classes.learn(strange);
    CHECK(classes.centres().size() <= 5);
  }
  // From now on there is only one kind.
  workload_features f;
  f.level = 1;
  for (const auto field : placement::detail::clustered_features) f.*field = 0.1;
  for (int batch = 0; batch < 60; ++batch) classes.learn(std::vector<workload_features>(10, f));
  CHECK(classes.centres().size() == 1);
  CHECK(feature_distance(classes.centres()[0].at, f) < 1e-9);
}

TEST_CASE("a class follows its workloads, and two that have become alike are merged") {
  workload_features a;
  a.level = 1;
  for (const auto field : placement::detail::clustered_features) a.*field = 0.1;
  auto b = a;
  b.seasonality = 0.8;
  const auto batch = [&] {
    std::vector<workload_features> all(10, a);
    all.insert(all.end(), 10, b);
    return all;
  };
  workload_classes classes;
  classes.learn(batch());
  CHECK(classes.centres().size() == 2);
  for (int day = 0; day < 100; ++day) {
    b.seasonality = std::max(b.seasonality - 0.01, 0.1);
    classes.learn(batch());
  }
  CHECK(classes.centres().size() == 1);
  CHECK(classes.classify(a).kind == workload_kind::steady);
}

TEST_CASE("wild features of a few do not move a class") {
  workload_features a;
  a.level = 1;
  for (const auto field : placement::detail::clustered_features) a.*field = 0.1;
  std::vector<workload_features> batch(20, a);
  for (int i = 0; i < 5; ++i) batch[static_cast<std::size_t>(i)].burstiness = 0.4;
  workload_classes classes;
  classes.learn(batch);
  CHECK(classes.centres()[0].at.burstiness == doctest::Approx(0.1));  // a mean would be 0.175
}

TEST_CASE("classes that were saved and restored go on to the bit like those that were not") {
  const auto all = drawn(10), more = drawn(11);
  workload_classes classes, restored;
  classes.learn(all.features);
  const auto bytes = saved(classes);
  archive_reader in{bytes};
  in(restored);
  CHECK(in.finished());
  classes.learn(more.features), restored.learn(more.features);
  CHECK(saved(classes) == saved(restored));
  for (std::size_t n = 0; n < bytes.size(); ++n) {
    archive_reader cut{byte_span{bytes}.first(n)};
    workload_classes half;
    cut(half);
    CHECK_FALSE(cut.finished());
  }
}

TEST_CASE(
    "a first census of many sites' workloads founds its centres on a sample, and tells them apart as well") {
  // All pairs of so many, for each centre, would take minutes.
  const auto few = drawn(12);
  random_stream random{12};
  sample many;
  for (std::size_t i = 0; i < 33'000; ++i) {
    auto f = few.features[i % few.features.size()];
    for (const auto field : placement::detail::clustered_features) f.*field += 0.005 * random.normal();
    many.features.push_back(f);
    many.truth.push_back(few.truth[i % few.features.size()]);
  }
  // And a few alike that no sample is likely to hold: found among those that are left.
  workload_features rare;
  rare.level = 1;
  for (const auto field : placement::detail::clustered_features) rare.*field = 5;
  for (int i = 0; i < 3; ++i) many.features.push_back(rare), rare.level += 1;
  workload_classes classes{{.centres_max = 100}}, other{{.centres_max = 100}};
  classes.learn(many.features);
  std::vector<std::uint64_t> found;
  for (std::size_t i = 0; i < many.truth.size(); ++i)
    found.push_back(classes.classify(many.features[i]).of.value);
  CHECK(numeric::adjusted_rand_index(many.truth, found) >= 0.8);
  CHECK(std::ranges::count(classes.centres(), rare.trend, [](const auto& c) { return c.at.trend; }) == 1);
  shuffle(std::span{many.features}, random);
  other.learn(many.features);
  CHECK(saved(classes) == saved(other));
}

TEST_CASE("distance counts known features only, and infinite is nothing to compare") {
  workload_features a, b;
  a.variability = 0.2, b.variability = 0.5;
  CHECK(feature_distance(a, b) == doctest::Approx(7 * 0.3));
  a.trend = 0.1;
  CHECK(feature_distance(a, b) == doctest::Approx(7 * 0.3));
  b.trend = 0.1;
  CHECK(feature_distance(a, b) == doctest::Approx(7 * 0.15));
  CHECK(std::isinf(feature_distance(a, {})));
}
