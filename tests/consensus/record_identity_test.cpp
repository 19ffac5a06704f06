#include <foreshift/consensus/record_identity.hpp>
#include <foreshift/ports/storage.hpp>

#include <doctest/doctest.h>

using namespace foreshift;
using namespace foreshift::consensus;

static_assert(record_identity_bytes <= ports::identity_bytes);  // what a storage keeps is enough

namespace {

std::optional<record_identity> identity_of(const record& r, std::size_t bytes = record_identity_bytes) {
  const auto all = canonical(r);
  return identify(byte_span{all}.first(std::min(all.size(), bytes)));
}

}  // namespace

TEST_CASE("the beginning of every kind of record says its kind, slot and ballot") {
  const ballot b{3, site_id{2}};
  const entry value{{epoch_number{1}, {}}, {byte_string(300)}};
  CHECK(identity_of(run_record{site_id{1}, epoch_number{1}, {}, 4}) ==
        record_identity{record_kind::run, {}, {}});
  CHECK(identity_of(ballot_record{b}) == record_identity{record_kind::ballot, {}, b});
  CHECK(identity_of(promise_record{b}) == record_identity{record_kind::promise, {}, b});
  CHECK(identity_of(accept_record{{slot{7}, b, value}}) == record_identity{record_kind::accept, slot{7}, b});
  CHECK(identity_of(chosen_record{slot{8}, value}) == record_identity{record_kind::chosen, slot{8}, {}});
  CHECK(identity_of(vote_record{{site_id{1}, {}, 0, {}, {}, verdict::accept, 1, "why"}}) ==
        record_identity{record_kind::vote, {}, {}});
}

TEST_CASE("promises are made by promises and accepts, and by nothing else") {
  const ballot b{3, site_id{2}};
  CHECK(identity_of(promise_record{b})->promised() == b);
  CHECK(identity_of(accept_record{{slot{7}, b, {}}})->promised() == b);
  CHECK(identity_of(ballot_record{b})->promised() == ballot{});
  CHECK(identity_of(chosen_record{slot{8}, std::nullopt})->promised() == ballot{});
}

TEST_CASE("too few bytes, or those of no record, are no identity") {
  const record accepted = accept_record{{slot{7}, {3, site_id{2}}, {}}};
  for (std::size_t bytes = 0; bytes < record_identity_bytes; ++bytes) CHECK(!identity_of(accepted, bytes));
  const byte_string unknown(record_identity_bytes, std::byte{6});
  CHECK(!identify(unknown));
}
