#include <foreshift/consensus/snapshot.hpp>

#include <doctest/doctest.h>

using namespace foreshift;
using namespace foreshift::consensus;

namespace {
entry of_size(std::size_t size) { return {{epoch_number{1}, {}}, {byte_string(size)}}; }

replica_snapshot sample() {
  const ballot b{3, site_id{2}};
  replica_snapshot what;
  what.covers = lsn{17};
  what.run = {site_id{1}, epoch_number{1}, digest_of(bytes_of("epoch")), 4};
  what.highest_seen = {5, site_id{3}};
  what.promised = b;
  what.accepted = {{slot{13}, b, of_size(2)}};
  what.image = {slot{10}, byte_string(9)};
  what.chosen = {{slot{11}, of_size(1)}, {slot{14}, {}}};
  what.votes = {{site_id{1}, {site_id{2}, 9}, 0, {}, {}, verdict::reject, 4, "no room"}};
  return what;
}
}  // namespace

TEST_CASE("a replica's snapshot comes back from its bytes, and from no others") {
  const byte_string good = encode(sample());
  CHECK(decode_snapshot(good).value() == sample());
  for (std::size_t i = 0; i < good.size(); ++i) {
    byte_string bad = good;
    bad[i] ^= std::byte{0x20};
    if (decode_snapshot(bad)) FAIL_CHECK("byte " << i);
    if (decode_snapshot(byte_span{good}.first(i))) FAIL_CHECK("cut to " << i);
  }
}

TEST_CASE("an image may be larger than any message") {
  auto large = sample();
  large.image.machine.resize(blob_size_max + 1);
  CHECK(decode_snapshot(encode(large)).value() == large);
}

TEST_CASE("behind an image some entries stay, fewer when they are large, and never what is not there") {
  chosen_log log;
  for (std::uint64_t at = 1; at <= 20; ++at) log.learn(slot{at}, of_size(1));
  CHECK(cut_behind(log, slot{15}, 4) == slot{11});
  CHECK(cut_behind(log, slot{15}, 0) == slot{15});
  CHECK(cut_behind(log, slot{15}, 99) == slot{0});
  log.compact(slot{12});
  CHECK(cut_behind(log, slot{15}, 99) == slot{12});
  chosen_log heavy;
  for (std::uint64_t at = 1; at <= 20; ++at) heavy.learn(slot{at}, of_size(std::size_t{1} << 21));
  CHECK(cut_behind(heavy, slot{15}, 99) == slot{12});
}
