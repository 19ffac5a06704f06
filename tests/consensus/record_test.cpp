#include <foreshift/consensus/record.hpp>

#include <doctest/doctest.h>

using namespace foreshift;
using namespace foreshift::consensus;

TEST_CASE("every kind of record comes back from its bytes as it was") {
  const ballot b{3, site_id{2}};
  const entry value{{epoch_number{1}, {}}, {byte_string(3)}};
  const record kinds[] = {run_record{site_id{1}, epoch_number{1}, {}, 4},
                          ballot_record{b},
                          promise_record{b},
                          accept_record{{slot{1}, b, value}},
                          chosen_record{slot{1}, std::nullopt},
                          vote_record{{site_id{1}, {}, 0, {}, {}, verdict::accept, 1, "why"}}};
  CHECK(std::size(kinds) == std::variant_size_v<record>);
  for (const auto& kept : kinds) CHECK(from_canonical<record>(canonical(kept)) == kept);
  CHECK(from_canonical<record>(canonical(record{chosen_record{slot{2}, value}})) ==
        record{chosen_record{slot{2}, value}});
}
