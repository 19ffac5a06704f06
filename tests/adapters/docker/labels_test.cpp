#include <foreshift/adapters/docker/labels.hpp>

#include <adapters/docker/recorded.hpp>

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace foreshift;
using docker::json, docker::spec_change;

namespace {
docker::service web() {
  return docker::read_service(docker_test::recorded("service_after_update.json")).value();
}
migration::object_record record(std::uint64_t token) {
  return {.subset = subset_id{5},
          .highest = {slot{token}, 0},
          .migration = migration_id{41},
          .used = {slot{token}, 0}};
}
}  // namespace

TEST_CASE("a record comes back from the labels, and a service without one has the default") {
  auto s = web();
  CHECK(docker::record_of(s).value() == migration::object_record{});
  auto kept = record(9);
  kept.destination.subset = kept.source.subset = subset_id{5};
  docker::keep(s.spec, kept, {});
  CHECK(docker::record_of(s).value() == kept);
  CHECK(docker::changes_of(s).empty());
}

TEST_CASE("a label that cannot be read is no record of nothing: it is refused, with what it was") {
  auto s = web();
  s.previous = s.spec;
  docker::keep(s.previous, record(9), {});
  json& label = s.spec["Labels"][std::string{docker::record_label}];
  for (const json& damaged : {json("1 subset=what"), json(""), json(7), json(nullptr)}) {
    label = damaged;
    const auto r = docker::record_of(s);
    REQUIRE_FALSE(r.has_value());
    CHECK(r.error().starts_with("service w1: its label foreshift.record is none of ours: "));
    CHECK(r.error().find("make it what it was (1 subset=5 token=9.0 migration=41") != std::string::npos);
    CHECK(r.error().ends_with("(docker service update --label-rm foreshift.record w1)"));
  }
  s.previous = s.spec;  // removed, as the reason says
  s.spec["Labels"].erase(std::string{docker::record_label});
  CHECK(docker::record_of(s).value() == migration::object_record{});
}

TEST_CASE("whatever others write once, the token does not sink with the labels") {
  auto s = web();
  s.previous = s.spec;
  docker::keep(s.spec, record(5), {});
  docker::keep(s.previous, record(9), {});
  for (const char* update : {"", "updating", "completed", "rollback_completed"}) {
    s.update = update;
    CHECK(docker::record_of(s)->highest.at == slot{9});
  }
  s.spec["Labels"] = {{"com.docker.stack.namespace", "shop"}};  // docker stack deploy
  CHECK(docker::record_of(s)->highest.at == slot{9});
  docker::keep(s.spec, record(11), {});
  CHECK(docker::record_of(s)->highest.at == slot{11});
}

TEST_CASE("of two records under one token the later written counts: after a rollback, the one before") {
  auto s = web();
  s.previous = s.spec;
  docker::keep(s.spec, record(9), {});
  auto other = record(9);
  other.destination.at = migration::place_state::copying;
  docker::keep(s.previous, other, {});
  CHECK(docker::record_of(s)->destination.at == migration::place_state::never_seen);
  s.update = "rollback_completed";
  CHECK(docker::record_of(s)->destination.at == migration::place_state::copying);
}

TEST_CASE("one specification before only: a second write by others loses the record, and nobody can tell") {
  auto s = web();
  docker::keep(s.spec, record(9), {});
  const auto writes = [&] {
    s.previous = s.spec;
    s.spec["Labels"] = {{"team", "a"}};
  };
  writes();
  CHECK(docker::record_of(s)->highest.at == slot{9});
  writes();
  CHECK(docker::record_of(s).value() == migration::object_record{});
}

TEST_CASE("where the labels were made anew, what a move has changed is known from the specification before") {
  auto s = web();
  std::vector<spec_change> changes;
  docker::change(s.spec, changes, "/TaskTemplate/Placement", {{"Constraints", {"node.id==x"}}});
  docker::keep(s.spec, record(9), changes);
  s.previous = s.spec;
  s.spec["Labels"] = {{"team", "a"}};
  CHECK(docker::is_foreign(s));
  CHECK(docker::changes_of(s).size() == 1);
  docker::keep(s.spec, record(9), {});
  CHECK(docker::changes_of(s).empty());
}

TEST_CASE("a change is noted as it was and as it was written, and put back by another process") {
  auto s = web();
  const json before = s.spec;
  std::vector<spec_change> changes;
  docker::change(s.spec, changes, "/TaskTemplate/Placement", {{"Constraints", {"node.id==x"}}});
  docker::change(s.spec, changes, "/TaskTemplate/Networks", nullptr);
  docker::change(s.spec, changes, "/New/Member", 7);
  docker::keep(s.spec, record(9), changes);
  CHECK(s.spec["New"]["Member"] == 7);
  const auto noted = docker::changes_of(s);
  REQUIRE(noted.size() == 3);
  json back = s.spec;
  docker::put_back(back, noted);
  back.erase("New");
  CHECK(docker::digest_of_spec(back) == docker::digest_of_spec(before));
}

TEST_CASE("what somebody else has changed since is theirs: it is seen, and not put back") {
  auto s = web();
  std::vector<spec_change> changes;
  docker::change(s.spec, changes, "/TaskTemplate/Placement", {{"Constraints", {"node.id==x"}}});
  docker::keep(s.spec, record(9), changes);
  CHECK_FALSE(docker::is_foreign(s));
  s.spec["TaskTemplate"]["Placement"] = {{"Constraints", {"node.id==theirs"}}};
  CHECK(docker::is_foreign(s));
  docker::put_back(s.spec, docker::changes_of(s));
  CHECK(s.spec["TaskTemplate"]["Placement"]["Constraints"][0] == "node.id==theirs");
}

TEST_CASE("our own labels are no change, others are, and an empty set of labels is none") {
  auto s = web();
  docker::keep(s.spec, record(9), {});
  const std::string digest = docker::digest_of_spec(s.spec);
  s.spec["Labels"]["foreshift.record"] = "x";
  CHECK(docker::digest_of_spec(s.spec) == digest);
  s.spec.erase("Labels");
  CHECK(docker::digest_of_spec(s.spec) == digest);
  s.spec["Labels"]["team"] = "a";
  CHECK(docker::digest_of_spec(s.spec) != digest);
}

TEST_CASE("a damaged note is no note, and a damaged specification upsets nothing") {
  auto s = web();
  for (const char* text :
       {"{", "{}", "[7]", R"([{"at": "x", "was": 1, "is": 2}])", R"([{"at": "/x", "is": 2}])"}) {
    s.spec["Labels"] = {{docker::record_label, ""}, {docker::changes_label, text}};
    CHECK(docker::changes_of(s).empty());
  }
  std::vector<spec_change> changes = {{"/TaskTemplate/Placement/Constraints", nullptr, {"a"}},
                                      {"/", 1, nullptr}};
  std::size_t kept = 0;
  docker_test::for_each_damage(web().spec, [&](json damaged) {
    docker::put_back(damaged, changes);
    docker::keep(damaged, record(9), changes);
    s.spec = damaged;
    kept += docker::record_of(s)->highest.at == slot{9} ? 1 : 0;
  });
  CHECK(kept > 0);
}
