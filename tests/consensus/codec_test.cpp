#include <foreshift/consensus/codec.hpp>

#include <doctest/doctest.h>

using namespace foreshift;
using namespace foreshift::consensus;

namespace {

std::vector<message> samples() {
  const ballot b{3, site_id{2}};
  const entry value{{epoch_number{1}, time_point{duration{5}}}, {byte_string(3, std::byte{7}), {}}};
  const proposal_header header{{site_id{1}, 9},
                               proposal_kind::resize,
                               {{workload_id{1}, subset_id{2}, host_id{3}}},
                               {{subset_id{2}, 4}},
                               {{host_id{3}, 0}},
                               {{class_id{5}, criticality{6}}},
                               {},
                               {}};
  const vote paper{site_id{1}, header.id, 2, canonical_digest(header), {}, verdict::accept, 4, "room enough"};
  const message_body bodies[] = {probe{1, slot{2}},
                                 probe_answer{1, true, b, slot{2}},
                                 prepare{b, slot{1}},
                                 promise{b, slot{4}, {{slot{5}, b, value}, {slot{6}, b, {}}}},
                                 nack{b, b},
                                 accept{b, slot{1}, slot{}, value},
                                 accepted{b, slot{1}},
                                 heartbeat{b, 7, slot{1}},
                                 heartbeat_answer{b, 7, slot{1}},
                                 catch_up_request{slot{1}},
                                 catch_up_reply{slot{1}, slot{2}, {value, value}},
                                 forward{byte_string(5)},
                                 epoch_notice{},
                                 propose{header, 2, byte_string(9)},
                                 paper,
                                 snapshot_offer{slot{7}, 12, canonical_digest(header)},
                                 snapshot_request{canonical_digest(header), 4},
                                 snapshot_chunk{canonical_digest(header), 4, byte_string(8)},
                                 hand_over{b}};
  std::vector<message> made;
  for (const auto& body : bodies) made.push_back({epoch_number{1}, digest_of(bytes_of("epoch")), body});
  return made;
}

/// The frame of a body that was tampered with by somebody who knows checksums.
byte_string sealed(byte_string bytes) {
  byte_writer out;
  out.raw(bytes);
  out.put(crc32c(bytes));
  return out.take();
}

}  // namespace

TEST_CASE("there is a sample of every kind of message") {
  CHECK(samples().size() == std::variant_size_v<message_body>);
  for (std::size_t i = 0; i < samples().size(); ++i) CHECK(samples()[i].body.index() == i);
}

TEST_CASE("a message comes back from its bytes as it was") {
  for (const auto& m : samples()) {
    const auto back = decode(encode(m));
    REQUIRE(back);
    CHECK(*back == m);
  }
}

TEST_CASE("every single flipped byte is refused") {
  for (const auto& m : samples()) {
    const byte_string good = encode(m);
    for (std::size_t i = 0; i < good.size(); ++i) {
      byte_string bad = good;
      bad[i] ^= std::byte{0x41};
      if (decode(bad)) FAIL_CHECK("byte " << i << " of message " << m.body.index());
    }
  }
}

TEST_CASE("behind a right checksum, every flipped byte is refused or means what it says and nothing else") {
  std::size_t refused = 0, taken = 0;
  for (const auto& m : samples()) {
    const byte_string good = encode(m);
    for (std::size_t i = 1; i < good.size() - 4; ++i)
      for (const auto flip : {std::byte{0x01}, std::byte{0x80}, std::byte{0xFF}}) {
        byte_string bad{good.begin(), good.end() - 4};
        bad[i] ^= flip;
        const auto forged = sealed(bad);
        const auto back = decode(forged);
        back ? ++taken : ++refused;
        if (back) CHECK(encode(*back) == forged);  // canonical: it has no second encoding
      }
  }
  CHECK(refused > 0);
  CHECK(taken > 0);
}

TEST_CASE("every truncation and every addition is refused, also behind a right checksum") {
  for (const auto& m : samples()) {
    const byte_string good = encode(m);
    for (std::size_t size = 0; size < good.size(); ++size) {
      if (decode(byte_span{good}.first(size))) FAIL_CHECK("cut to " << size);
      if (size < good.size() - 4 &&
          decode(sealed({good.begin(), good.begin() + static_cast<std::ptrdiff_t>(size)})))
        FAIL_CHECK("cut to " << size << " and sealed");
    }
    byte_string longer{good.begin(), good.end() - 4};
    longer.push_back({});
    CHECK(decode(sealed(longer)).error() == decode_error::malformed);
  }
}

TEST_CASE("what is wrong is named") {
  byte_string bytes = encode(samples()[0]);
  CHECK(decode({}).error() == decode_error::too_short);
  CHECK(decode(byte_string(message_size_max + 1)).error() == decode_error::too_long);
  bytes[0] = std::byte{2};
  CHECK(decode(bytes).error() == decode_error::unknown_version);
  bytes[0] = std::byte{1};
  bytes[5] ^= std::byte{1};
  CHECK(decode(bytes).error() == decode_error::bad_checksum);
}

TEST_CASE("refusals are counted by kind") {
  decode_counts counts;
  byte_string foreign = encode(samples()[0]);
  foreign[0] = std::byte{9};
  for (const auto& bytes : {foreign, foreign, byte_string{}}) counts.add(decode(bytes).error());
  CHECK(counts.of(decode_error::unknown_version) == 2);
  CHECK(counts.of(decode_error::too_short) == 1);
  CHECK(counts.of(decode_error::malformed) == 0);
  CHECK(counts.total() == 3);
}
