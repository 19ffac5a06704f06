#include <foreshift/consensus/acceptor.hpp>

#include <doctest/doctest.h>

using namespace foreshift;
using namespace foreshift::consensus;

namespace {
const ballot low{1, site_id{1}}, high{2, site_id{2}};
entry saying(unsigned what) { return {{epoch_number{what}, {}}, {}}; }
}  // namespace

TEST_CASE("a promise is recorded once and repeated on request") {
  acceptor a;
  const auto first = a.on_prepare({low, slot{1}});
  CHECK(first.persist == record{promise_record{low}});
  const auto again = a.on_prepare({low, slot{1}});
  CHECK_FALSE(again.persist);
  CHECK(again.reply == first.reply);
}

TEST_CASE("below a promise everything is refused, with the ballot that was promised") {
  acceptor a;
  static_cast<void>(a.on_prepare({high, slot{1}}));
  CHECK(a.on_prepare({low, slot{1}}).reply == message_body{nack{low, high}});
  CHECK(a.on_accept({low, slot{1}, {}, saying(1)}).reply == message_body{nack{low, high}});
  CHECK(a.accepted_at(slot{1}) == nullptr);
}

TEST_CASE("an accept raises the promise: a lower prepare can not miss the value") {
  acceptor a;
  static_cast<void>(a.on_accept({high, slot{1}, {}, saying(1)}));
  CHECK(a.promised() == high);
  CHECK(a.on_prepare({low, slot{1}}).reply == message_body{nack{low, high}});
}

TEST_CASE("a promise reports every accepted value from the slot asked for on, without an upper bound") {
  acceptor a;
  for (std::uint64_t i = 1; i <= 9; ++i) static_cast<void>(a.on_accept({low, slot{i}, {}, saying(1)}));
  const auto given = std::get<promise>(*a.on_prepare({high, slot{3}}).reply);
  CHECK(given.accepted.size() == 7);
  CHECK(given.accepted.back() == accepted_value{slot{9}, low, saying(1)});
}

TEST_CASE("a released slot is not reported but covered by chosen_through, and takes no value any more") {
  acceptor a;
  static_cast<void>(a.on_accept({low, slot{1}, {}, saying(1)}));
  a.release_through(slot{1});
  const auto given = std::get<promise>(*a.on_prepare({high, slot{1}}).reply);
  CHECK(given.accepted.empty());
  CHECK(given.chosen_through == slot{1});
  CHECK_FALSE(a.on_accept({high, slot{1}, {}, saying(2)}).reply);
}

TEST_CASE("an accept beyond the window counts as a lost message") {
  acceptor a{4};
  CHECK(a.on_accept({low, slot{4}, {}, saying(1)}).reply);
  CHECK_FALSE(a.on_accept({low, slot{5}, {}, saying(1)}).reply);
  a.release_through(slot{1});
  CHECK(a.on_accept({low, slot{5}, {}, saying(1)}).reply);
}

TEST_CASE("what was recorded restores what was promised and accepted") {
  acceptor before, after;
  for (const auto& answer :
       {before.on_prepare({low, slot{1}}), before.on_accept({low, slot{2}, {}, saying(1)}),
        before.on_accept({high, slot{2}, {}, saying(2)})}) {
    if (const auto* p = std::get_if<promise_record>(&*answer.persist)) after.restore(*p);
    if (const auto* v = std::get_if<accept_record>(&*answer.persist)) after.restore(*v);
  }
  CHECK(after == before);
}
