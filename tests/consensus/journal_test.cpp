#include <foreshift/consensus/journal.hpp>

#include <doctest/doctest.h>

using namespace foreshift;
using namespace foreshift::consensus;

TEST_CASE("records are numbered without gaps, after those of earlier runs") {
  journal j{lsn{4}};
  duties out;
  CHECK(j.write(promise_record{}, out) == lsn{5});
  CHECK(j.write(promise_record{}, out) == lsn{6});
  CHECK(out.persist.size() == 2);
  CHECK(out.persist[1].at == lsn{6});
}

TEST_CASE("a letter to oneself waits until its record is durable") {
  journal j;
  duties out;
  const lsn at = j.write(promise_record{}, out);
  j.post(accepted{{}, slot{1}}, at);
  j.post(accepted{{}, slot{2}}, lsn{});
  CHECK(j.collect() == message_body{accepted{{}, slot{2}}});
  CHECK_FALSE(j.collect());
  j.on_durable(at);
  CHECK(j.collect() == message_body{accepted{{}, slot{1}}});
  CHECK_FALSE(j.collect());
}

TEST_CASE("what is awaited is the last record that a letter waits for, until it is durable") {
  journal j;
  duties out;
  CHECK(j.awaited() == lsn{});
  const lsn first = j.write(promise_record{}, out);
  const lsn second = j.write(promise_record{}, out);
  const lsn third = j.write(promise_record{}, out);
  CHECK(j.awaited() == lsn{});
  j.post(accepted{{}, slot{2}}, second);
  j.post(accepted{{}, slot{1}}, first);
  CHECK(j.awaited() == second);
  j.on_durable(first);
  CHECK(j.awaited() == second);
  j.on_durable(third);
  CHECK(j.awaited() == lsn{});
}

TEST_CASE("nobody can make durable what was never written") {
  journal j;
  j.on_durable(lsn{100});
  CHECK(j.durable_through() == lsn{0});
}
