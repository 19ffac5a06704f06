#include <foreshift/migration/phase.hpp>

#include <doctest/doctest.h>

#include <string_view>
#include <vector>

using namespace foreshift::migration;
using detail::reaches;

TEST_CASE("every phase has a name of its own") {
  std::vector<std::string_view> names;
  for (std::size_t p = 0; p < phase_count; ++p) {
    for (const auto other : names) CHECK(name_of(static_cast<phase>(p)) != other);
    names.push_back(name_of(static_cast<phase>(p)));
  }
  CHECK(names.back() == "suspect");
}

TEST_CASE("no transition is given twice, and none leaves the end") {
  for (std::size_t i = 0; i < detail::transitions.size(); ++i) {
    const auto& a = detail::transitions[i];
    CHECK(a.from != phase::settled);
    CHECK(a.from != phase::suspect);  // within one grant
    CHECK(a.from != a.to);
    for (std::size_t k = 0; k < i; ++k)
      CHECK_FALSE((detail::transitions[k].from == a.from && detail::transitions[k].to == a.to));
  }
}

TEST_CASE("every transition can be made: its origin is reached in each of its styles") {
  for (const auto& t : detail::transitions)
    for (std::size_t s = 0; s < style_count; ++s)
      if ((t.styles >> s & 1U) != 0) CHECK(reaches(static_cast<style>(s), phase::fencing, t.from));
}

TEST_CASE("the source is released only after the commit, and not without having been observed") {
  for (const auto how : {style::one_step, style::two_step}) {
    for (std::size_t p = 0; p < phase_count; ++p) {
      const auto from = static_cast<phase>(p);
      if (leads_to(how, from, phase::releasing)) CHECK(from == phase::observing);
      if (leads_to(how, from, phase::observing))
        CHECK((from == phase::committed || from == phase::cutting_over));
      if (leads_to(how, from, phase::cutting_over)) CHECK(from == phase::committed);
    }
    CHECK_FALSE(reaches(how, phase::aborted, phase::releasing));
  }
  CHECK_FALSE(reaches(style::in_place, phase::fencing, phase::releasing));
}

TEST_CASE("one_step aborts at the place before it aborts in the log, two_step the other way round") {
  CHECK(leads_to(style::one_step, phase::reverting, phase::reverted));
  CHECK_FALSE(reaches(style::two_step, phase::fencing, phase::reverting));
  CHECK_FALSE(reaches(style::one_step, phase::fencing, phase::giving_up));
}

TEST_CASE("a new grant goes on from anywhere but the end") {
  for (std::size_t p = 0; p < phase_count; ++p)
    CHECK(allowed(style::two_step, static_cast<phase>(p), phase::fencing) ==
          (static_cast<phase>(p) != phase::settled));
}
