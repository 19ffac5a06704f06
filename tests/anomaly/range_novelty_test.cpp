#include <foreshift/anomaly/range_novelty.hpp>
#include <foreshift/core/random.hpp>

#include <doctest/doctest.h>
#include <support/nasty_streams.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <limits>
#include <string>
#include <vector>

using namespace foreshift;
using anomaly::range_novelty, anomaly::range_novelty_options, anomaly::score;

namespace {

constexpr double gap = std::numeric_limits<double>::quiet_NaN();

std::vector<score> scores_of(const std::vector<double>& values, const range_novelty_options& options) {
  range_novelty detector{options};
  std::vector<score> out;
  for (const double x : values) out.push_back(detector.observe({time_point{}, x}));
  return out;
}

// The definition, written out: each score looks at the whole past.
std::vector<score> slow_scores(const std::vector<double>& values, const range_novelty_options& options) {
  const auto holdoff =
      static_cast<std::size_t>(std::ceil(options.holdoff_share * static_cast<double>(options.probation)));
  std::vector<score> out;
  std::vector<double> finite, known;
  std::size_t silent_until = 0;
  for (const double x : values) {
    out.push_back({});
    if (!std::isfinite(x)) continue;
    finite.push_back(x);
    if (finite.size() <= options.probation) {
      known.push_back(x);
      continue;
    }
    if (finite.size() <= silent_until) continue;
    std::vector<double> probation(finite.begin(),
                                  finite.begin() + static_cast<std::ptrdiff_t>(options.probation));
    std::sort(probation.begin(), probation.end());
    const double median = probation[options.probation / 2];
    double furthest = 0;
    for (const double y : known) furthest = std::max(furthest, std::abs(y - median));
    known.push_back(x);
    const double distance = std::abs(x - median);
    if (distance <= furthest) continue;
    out.back() = {1 - furthest / distance, 1 - furthest / distance > options.alert_threshold};
    if (out.back().alert) silent_until = finite.size() + holdoff;
  }
  return out;
}

std::vector<double> values_of_csv(const std::filesystem::path& file) {
  std::ifstream in{file};
  std::string line;
  std::getline(in, line);
  std::vector<double> values;
  while (std::getline(in, line))
    if (const auto comma = line.find(','); comma != std::string::npos)
      values.push_back(std::stod(line.substr(comma + 1)));
  return values;
}

}  // namespace

TEST_CASE("the probation is never scored, and the first value beyond it that goes further is") {
  const auto s = scores_of({1, 2, 3, 100, 3, 5, 1}, {.probation = 3, .holdoff_share = 0});
  CHECK(s[0] == score{});
  CHECK(s[1] == score{});
  CHECK(s[2] == score{});
  CHECK(s[3].alert);
  CHECK(s[3].value == doctest::Approx(1 - 1.0 / 98));  // median 2, furthest 1; 98 is new
  CHECK(s[4] == score{});
  CHECK(s[5] == score{});
}

TEST_CASE("as far as ever before is not further than ever before, on either side of the median") {
  const auto s = scores_of({1, 2, 3, 3, 1, 3.5, 0.5, 0.25}, {.probation = 3, .holdoff_share = 0});
  CHECK_FALSE(s[3].alert);
  CHECK_FALSE(s[4].alert);
  CHECK(s[5].alert);
  CHECK_FALSE(s[6].alert);
  CHECK(s[7].alert);
}

TEST_CASE(
    "an incident is reported once a hold-off, and what is seen in the hold-off does not widen the range") {
  // Probation 10, hold-off 2.
  std::vector<double> values{0, 1, 2, 3, 4, 5, 6, 7, 8, 9};
  values.insert(values.end(), {20, 30, 40, 25, 21});
  const auto s = scores_of(values, {.probation = 10, .holdoff_share = 0.2});
  CHECK(s[10].alert);
  CHECK(s[11] == score{});
  CHECK(s[12] == score{});
  CHECK(s[13].alert);  // further than 20, though 40 has been seen
  CHECK_FALSE(s[14].alert);
}

TEST_CASE("twice as far as ever is half new, and a threshold of a half is not crossed by it") {
  const auto s = scores_of({-1, 0, 1, 2}, {.probation = 3, .holdoff_share = 0, .alert_threshold = 0.5});
  CHECK(s[3] == score{0.5, false});
}

TEST_CASE("a score at or below the threshold is shown without an alarm, and starts no hold-off") {
  const auto s =
      scores_of({-1, 0, 1, 1.5, 100}, {.probation = 3, .holdoff_share = 1, .alert_threshold = 0.5});
  CHECK(s[3].value == doctest::Approx(1 - 1 / 1.5));
  CHECK_FALSE(s[3].alert);
  CHECK(s[4].alert);
}

TEST_CASE("gaps score 0, teach nothing and pass no time") {
  const range_novelty_options options{.probation = 3, .holdoff_share = 0.5};
  const std::vector<double> whole{1, 2, 3, 50, 60, 60, 80, 1};
  std::vector<double> gaps;
  for (const double x : whole) gaps.insert(gaps.end(), {gap, x, std::numeric_limits<double>::infinity()});
  const auto plain = scores_of(whole, options), gappy = scores_of(gaps, options);
  for (std::size_t i = 0; i < whole.size(); ++i) {
    CHECK(gappy[3 * i] == score{});
    CHECK(gappy[3 * i + 1] == plain[i]);
    CHECK(gappy[3 * i + 2] == score{});
  }
}

TEST_CASE("a flat stream is never strange, and the first change in it is as strange as can be") {
  std::vector<double> values(50, 7.0);
  values.push_back(7.5);
  const auto s = scores_of(values, {.probation = 10});
  for (std::size_t i = 0; i < 50; ++i) CHECK(s[i] == score{});
  CHECK(s[50] == score{1, true});
}

TEST_CASE("the largest finite numbers give scores between 0 and 1") {
  constexpr double huge = std::numeric_limits<double>::max();
  for (const score s :
       scores_of({-huge, -huge, 0, huge, -huge, huge}, {.probation = 2, .holdoff_share = 0})) {
    CHECK(s.value >= 0);
    CHECK(s.value <= 1);
  }
}

TEST_CASE("it scores as the definition over the whole past does") {
  random_stream random{7};
  for (int round = 0; round < 300; ++round) {
    const range_novelty_options options{.probation = 1 + random.below(12),
                                        .holdoff_share = random.uniform(),
                                        .alert_threshold = random.chance(0.5) ? 0 : 0.3};
    std::vector<double> values;
    for (std::size_t n = random.below(60); n > 0; --n)
      values.push_back(
          random.chance(0.1) ? gap : static_cast<double>(random.below(20)) * (random.chance(0.1) ? 9 : 1));
    // The fast one halves distances, which is exact, so the two agree to the bit.
    CHECK(scores_of(values, options) == slow_scores(values, options));
  }
}

TEST_CASE("range novelty stands nasty streams, in its probation and after it") {
  for (const std::size_t probation : {20U, 390U})
    test_support::scores_nasty_streams(range_novelty{{.probation = probation}});
}

TEST_CASE("a copy scores as the original does, also out of the middle of the probation") {
  random_stream random{3};
  std::vector<double> values;
  for (int i = 0; i < 40; ++i) values.push_back(random.normal());
  for (std::size_t cut = 0; cut < values.size(); ++cut) {
    range_novelty a{{.probation = 15}};
    for (std::size_t i = 0; i < cut; ++i) a.observe({time_point{}, values[i]});
    range_novelty b = a;
    for (std::size_t i = cut; i < values.size(); ++i)
      CHECK(a.observe({time_point{}, values[i]}) == b.observe({time_point{}, values[i]}));
  }
}

TEST_CASE("on the Numenta files a score depends on nothing after it") {
  const char* folder = std::getenv("FORESHIFT_DATA_DIR");
  if (folder == nullptr || *folder == '\0' ||
      !std::filesystem::is_directory(std::filesystem::path{folder} / "nab" / "data")) {
    MESSAGE("skipped: FORESHIFT_DATA_DIR does not name a folder with nab/data in it");
    return;
  }
  std::size_t files = 0;
  for (const auto& entry :
       std::filesystem::recursive_directory_iterator{std::filesystem::path{folder} / "nab" / "data"}) {
    if (entry.path().extension() != ".csv") continue;
    ++files;
    const auto values = values_of_csv(entry.path());
    const range_novelty_options options{.probation = std::min<std::size_t>(750, values.size() * 15 / 100)};
    const auto whole = scores_of(values, options);
    CHECK(whole.size() == values.size());
    // Two futures: none, and one full of extremes.
    for (const std::size_t tenths : {2U, 5U, 9U}) {
      const auto cut = static_cast<std::ptrdiff_t>(values.size() * tenths / 10);
      std::vector<double> past(values.begin(), values.begin() + cut);
      const auto without = scores_of(past, options);
      past.resize(values.size(), 1e12);
      const auto otherwise = scores_of(past, options);
      CHECK(std::equal(whole.begin(), whole.begin() + cut, without.begin(), without.end()));
      CHECK(std::equal(whole.begin(), whole.begin() + cut, otherwise.begin()));
    }
  }
  CHECK(files > 0);
}
