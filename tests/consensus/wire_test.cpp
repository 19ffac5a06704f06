#include <foreshift/consensus/command.hpp>
#include <foreshift/consensus/record.hpp>
#include <foreshift/consensus/wire.hpp>

#include <doctest/doctest.h>

using namespace foreshift;
using namespace foreshift::consensus;

namespace {

template <class T>
bool round_trips(const T& value) {
  const auto back = from_canonical<T>(canonical(value));
  return back && *back == value;
}

}  // namespace

TEST_CASE("every kind of command comes back from its bytes as it was") {
  const command_id id{site_id{2}, 77};
  proposal_header header{{site_id{1}, 9},
                         proposal_kind::migrate,
                         {{workload_id{1}, subset_id{2}, host_id{3}}},
                         {{subset_id{2}, 4}},
                         {{host_id{3}, 0}},
                         {{class_id{5}, criticality{6}}},
                         time_point{duration{-1}},
                         {}};
  certificate evidence{1,
                       canonical_digest(header),
                       {epoch_number{1}, {}, 3},
                       vote_outcome::approved,
                       {{site_id{1}, verdict::accept, 12}}};
  CHECK(round_trips(command{id, noop{}}));
  CHECK(round_trips(command{id, remark{{std::byte{1}}}}));
  CHECK(round_trips(
      command{id, define_subset{{subset_id{1}, "web", {workload_id{1}}, {place_id{2}}}, site_id{1}}}));
  CHECK(round_trips(command{id, decide{header, evidence}}));
  CHECK(
      round_trips(command{id, prepare_transfer{subset_id{1}, site_id{1}, site_id{2}, migration_id{3}, {}}}));
  CHECK(round_trips(command{id, quiesced{subset_id{1}, {slot{4}, 1}}}));
  CHECK(round_trips(command{id, activate{subset_id{1}, site_id{2}}}));
  CHECK(round_trips(command{id, abort_transfer{subset_id{1}}}));
  CHECK(round_trips(command{id, start{{migration_id{1}, {slot{4}, 1}}}}));
  CHECK(round_trips(command{id, settled{{migration_id{1}, {slot{4}, 1}}}}));
  CHECK(round_trips(command{id, credit_update{3, {{site_id{1}, class_id{2}, credit{900}}}}}));
}

TEST_CASE("commands of different kinds with equal fields have different bytes") {
  const migration_step step{migration_id{1}, {slot{2}, 0}};
  CHECK(canonical(command{{}, commit{step}}) != canonical(command{{}, consensus::abort{step}}));
}

TEST_CASE("a map is read in ascending order of keys only: one value, one encoding") {
  byte_writer out;
  const auto pairs = [&](std::uint64_t a, std::uint64_t b) {
    out.clear();
    out.put(std::uint32_t{2});
    for (const auto key : {a, b}) out.put(key), out.put(std::uint64_t{0});
    return from_canonical<flat_map<class_id, credit>>(out.view()).has_value();
  };
  CHECK(pairs(1, 2));
  CHECK_FALSE(pairs(2, 1));
  CHECK_FALSE(pairs(1, 1));
}

TEST_CASE("an enumerator beyond the last, an alternative beyond the last and a boolean of 2 are refused") {
  CHECK(from_canonical<verdict>(byte_string{std::byte{1}}));
  CHECK_FALSE(from_canonical<verdict>(byte_string{std::byte{2}}));
  CHECK_FALSE(from_canonical<record>(byte_string{std::byte{250}}));
  CHECK_FALSE(from_canonical<bool>(byte_string{std::byte{2}}));
}

TEST_CASE("a forged count asks for no memory that the input does not pay for") {
  byte_writer out;
  out.put(std::uint32_t{0xFFFFFFFF});
  CHECK_FALSE(from_canonical<std::vector<entry>>(out.view()));
  out.clear();
  out.put(std::uint32_t{60'000});
  CHECK_FALSE(from_canonical<std::vector<entry>>(out.view()));
}

TEST_CASE("what is left over or missing is refused") {
  auto bytes = canonical(slot{7});
  CHECK(from_canonical<slot>(bytes));
  bytes.push_back(std::byte{0});
  CHECK_FALSE(from_canonical<slot>(bytes));
  bytes.resize(7);
  CHECK_FALSE(from_canonical<slot>(bytes));
}
