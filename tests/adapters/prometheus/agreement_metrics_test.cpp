#include <foreshift/adapters/prometheus/agreement_metrics.hpp>

#include <adapters/prometheus/page_text.hpp>
#include <adapters/prometheus/quiet_site.hpp>

#include <doctest/doctest.h>

#include <string>

using namespace prometheus_test;

TEST_CASE("claims are told by whose they are and what became of them") {
  quiet_site site;
  const time_point now = site.now();
  const auto claim = [&](std::uint64_t number, std::uint32_t permille) {
    feedback::claim made;
    made.id = {site_id{2}, number};
    made.made = now, made.due = now + driver_test::step;
    made.probability = feedback::quantise(permille / 1000.0);
    site.score_.apply({2}, driver::claim_note{{site_id{1}, number}, made}, now);
  };
  claim(1, 900), claim(2, 100), claim(2, 100);
  site.score_.apply({3}, driver::outcome_note{{site_id{1}, 1}, true}, now + driver_test::step);
  exposition_writer out;
  write_credits(out, site.log(), site.score(), 100);
  const page_text page{out.take()};
  CHECK(page["foreshift_claims_total{claimant=\"2\",state=\"settled\"}"] == 1);
  CHECK(page["foreshift_claims_total{claimant=\"2\",state=\"refused\"}"] == 1);
  CHECK(page["foreshift_claims_total{claimant=\"3\",state=\"settled\"}"] == 0);
  CHECK(page["foreshift_claims_open{claimant=\"2\"}"] == 1);
  CHECK(page["foreshift_skill_ratio{voter=\"2\",class=\"0\"}"] ==
        site.score().book().skill({2}, {}).value / 10'000.0);
  CHECK(page["foreshift_credit_standard"] == 5);
  CHECK(page.count("foreshift_credit{") == 0);
  CHECK(page["foreshift_credits_not_shown"] == 0);
}

TEST_CASE("what a replica says of itself is told") {
  quiet_site site;
  site.driver_.refused.add({});
  const auto page_of = [&] {
    exposition_writer out;
    write_log(out, site.log(), site.replica());
    return page_text{out.take()};
  };
  const auto well = page_of();
  CHECK(well["foreshift_members"] == 3);
  CHECK(well["foreshift_log_applied_total"] == 0);
  CHECK(well["foreshift_log_chosen_total"] == 7);
  CHECK(well["foreshift_commands_waiting"] == 2);
  CHECK(well["foreshift_leads"] == 1);
  CHECK(well["foreshift_halted"] == 0);
  CHECK(well["foreshift_storage_damaged"] == 0);
  CHECK(well["foreshift_abstains"] == 0);
  CHECK(well["foreshift_messages_garbled_total"] == 1);
  site.driver_.broken = 1, site.driver_.inner.silence.lost = true, site.driver_.inner.leader = false;
  const auto ill = page_of();
  CHECK(ill["foreshift_storage_damaged"] == 1);
  CHECK(ill["foreshift_abstains"] == 1);
  CHECK(ill["foreshift_leads"] == 0);
}

TEST_CASE("of many credits the first are shown, and the others counted") {
  consensus::genesis start = driver_test::make_genesis({.sites = 1});
  for (std::uint64_t c = 1; c <= 10; ++c)
    start.credits.earned.insert_or_assign({site_id{1}, class_id{c}}, consensus::credit{c});
  const consensus::state_machine log{start};
  exposition_writer out;
  write_credits(out, log, driver::scorekeeper{}, 4);
  const page_text page{out.take()};
  CHECK(page.count("foreshift_credit{") == 4);
  CHECK(page["foreshift_credit{voter=\"1\",class=\"4\"}"] == 4);
  CHECK(page["foreshift_credits_not_shown"] == 6);
}
