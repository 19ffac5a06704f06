#include <foreshift/consensus/record_identity.hpp>
#include <foreshift/ports/storage.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <optional>

using namespace foreshift;
using namespace foreshift::consensus;

static_assert(record_identity_bytes <= ports::identity_bytes);  // what a storage keeps is enough

namespace {

std::optional<record_identity> identity_of(const record& r, std::size_t bytes = record_identity_bytes) {
  const auto all = canonical(r);
  return identify(byte_span{all}.first(std::min(all.size(), bytes)));
}

}  // namespace

TEST_CASE("the beginning of every kind of record tells what it is about") {
  const ballot b{3, site_id{2}};
  const auto accept = identity_of(accept_record{{slot{7}, b, {{}, {byte_string(300)}}}});
  REQUIRE(accept);
  CHECK(accept->is<accept_record>());
  CHECK_FALSE(accept->is<promise_record>());
  CHECK(accept->at == slot{7});
  CHECK(accept->number == b);
  CHECK(identity_of(promise_record{b})->is<promise_record>());
  CHECK(identity_of(promise_record{b})->number == b);
  CHECK(identity_of(ballot_record{b})->is<ballot_record>());
  CHECK(identity_of(ballot_record{b})->number == b);
  CHECK(identity_of(chosen_record{slot{9}, std::nullopt})->is<chosen_record>());
  CHECK(identity_of(chosen_record{slot{9}, std::nullopt})->at == slot{9});
  const auto paper = identity_of(vote_record{{site_id{1}, {site_id{2}, 5}, 6, {}, {}, {}, 0, ""}});
  REQUIRE(paper);
  CHECK(paper->is<vote_record>());
  CHECK(paper->proposal == proposal_id{site_id{2}, 5});
  CHECK(paper->attempt == 6);
  CHECK(identity_of(run_record{site_id{1}, epoch_number{1}, {}, 4})->is<run_record>());
}

TEST_CASE("too few bytes, or those of no record, are no identity") {
  const ballot b{3, site_id{2}};
  const auto needs = [](const record& what, std::size_t bytes) {
    for (std::size_t given = 0; given < bytes; ++given)
      if (identity_of(what, given)) return false;
    return identity_of(what, bytes).has_value();
  };
  CHECK(needs(promise_record{b}, 1 + 16));
  CHECK(needs(accept_record{{slot{7}, b, {}}}, 1 + 8 + 16));
  CHECK(needs(chosen_record{slot{7}, std::nullopt}, 1 + 8));
  CHECK(needs(vote_record{}, record_identity_bytes));
  CHECK_FALSE(identify(byte_string(record_identity_bytes, std::byte{0xEE})));
}
