#include <foreshift/consensus/merit.hpp>

#include <doctest/doctest.h>

using namespace foreshift;
using namespace foreshift::consensus;

namespace {

epoch three(permille theta = {600}) {
  const site_id sites[] = {{1}, {2}, {3}};
  epoch_spec others;
  others.theta = theta;
  return uniform_epoch(sites, others);
}

const stake cpu{class_id{1}, criticality{10}};
const stake web{class_id{2}, criticality{1}};

}  // namespace

TEST_CASE("the site that has been right about workloads like these weighs more") {
  credit_table credits;
  credits.earned[{site_id{1}, class_id{1}}] = credit{2000};
  credits.earned[{site_id{1}, class_id{2}}] = credit{100};
  CHECK(merit_of(site_id{1}, std::vector{cpu}, credits) == merit_weight{20'000});
  CHECK(merit_of(site_id{1}, std::vector{web}, credits) == merit_weight{100});
  CHECK(merit_of(site_id{2}, std::vector{cpu, web}, credits) == merit_weight{11'000});
}

TEST_CASE("a criticality that multiplies every voter alike decides nothing: it cancels out") {
  for (std::uint64_t stakes = 1; stakes < 50; ++stakes)
    for (std::uint64_t yes = 0; yes <= 3; ++yes)
      CHECK(passes({yes * stakes}, {3 * stakes}, {600}) == passes({yes}, {3}, {600}));
}

TEST_CASE("a proposal passes above theta, fails when it can not pass any more, and never both") {
  for (std::uint32_t theta = 500; theta <= 999; ++theta)
    for (std::uint64_t total = 1; total <= 20; ++total)
      for (std::uint64_t yes = 0; yes <= total; ++yes) {
        const merit_weight accepted{yes}, rejected{total - yes};
        // With every vote in, exactly one of the two holds.
        if (passes(accepted, {total}, {theta}) == fails(rejected, {total}, {theta}))
          FAIL(theta << total << yes);
      }
}

TEST_CASE("of three equal sites two suffice at theta 0.6, and at two thirds it takes all") {
  CHECK(passes({2}, {3}, {600}));
  CHECK_FALSE(passes({2}, {3}, {667}));
  CHECK(passes({3}, {3}, {667}));
}

TEST_CASE("an absent voter is an abstention: the electorate does not shrink") {
  const std::vector<counted_vote> one{{site_id{1}, verdict::accept, 0}};
  const auto count = count_merit(one, std::vector{cpu}, three(), {});
  REQUIRE(count);
  CHECK_FALSE(count->passes());
  CHECK_FALSE(count->fails());
}

TEST_CASE("votes of strangers, out of order or twice make the whole count void") {
  const counted_vote a{site_id{1}, verdict::accept, 0}, b{site_id{2}, verdict::accept, 0};
  const auto counts = [](std::vector<counted_vote> votes) {
    return count_merit(votes, std::vector{cpu}, three(), {}).has_value();
  };
  CHECK(counts({a, b}));
  CHECK_FALSE(counts({b, a}));
  CHECK_FALSE(counts({a, a}));
  CHECK_FALSE(counts({a, {site_id{9}, verdict::accept, 0}}));
}

TEST_CASE("a proposal over several classes takes the largest theta") {
  const site_id sites[] = {{1}, {2}, {3}};
  epoch_spec others;
  others.theta_of[class_id{2}] = permille{900};
  CHECK(theta_for(uniform_epoch(sites, others), std::vector{cpu, web}) == permille{900});
  CHECK(theta_for(uniform_epoch(sites, others), std::vector{cpu}) == permille{600});
}

TEST_CASE("credits under which f silent voters block a class are found, with the class") {
  credit_table credits;
  CHECK_FALSE(blocked_by_silence(three(), credits));
  CHECK(blocked_by_silence(three({667}), credits) == class_id{0});  // uniform: two thirds needs everybody
  credits.earned[{site_id{1}, class_id{5}}] = credit{2000};         // 2000 of 4000: above 0.4
  CHECK(blocked_by_silence(three(), credits) == class_id{5});
  credits.earned[{site_id{1}, class_id{5}}] = credit{1300};  // 1300 of 3300: below 0.4
  CHECK_FALSE(blocked_by_silence(three(), credits));
}
