#include <foreshift/sim/file_system.hpp>
#include <foreshift/sim/volume.hpp>

#include <doctest/doctest.h>

#include <ostream>
#include <set>
#include <string>

using namespace foreshift;

namespace {

std::string text_of(byte_span bytes) { return {reinterpret_cast<const char*>(bytes.data()), bytes.size()}; }
/// A file "log" of `sectors` sectors, durable, name and all.
sim::file make_log(sim::volume& v, std::uint64_t sectors) {
  sim::file_system files{v};
  auto log = files.create("log", sectors * sim::volume::sector_bytes);
  REQUIRE(log.has_value());
  REQUIRE(!log->sync());
  REQUIRE(!files.sync_directory());
  return *log;
}
/// Fills a sector with one letter.
std::error_code fill(sim::file& f, std::uint64_t sector, char letter) {
  return f.write(sector * sim::volume::sector_bytes,
                 bytes_of(std::string(sim::volume::sector_bytes, letter)));
}
char letter_of(const sim::volume& v, std::size_t sector) {
  const auto all = v.content("log");
  const auto text = text_of(all).substr(sector * sim::volume::sector_bytes, sim::volume::sector_bytes);
  CHECK(text == std::string(text.size(), text.front()));  // a sector is old or new, never both
  return text.front();
}

}  // namespace

TEST_CASE("after a crash each sector that was not synced is old or new, and every combination comes about") {
  random_stream random{1};
  std::set<std::string> seen;
  for (int round = 0; round < 300; ++round) {
    sim::volume v;
    auto log = make_log(v, 4);
    REQUIRE(!fill(log, 0, 'a'));
    REQUIRE(!log.sync());
    for (std::uint64_t s = 1; s < 4; ++s) REQUIRE(!fill(log, s, 'b'));
    v.crash(random);
    CHECK(v.clean());
    CHECK(letter_of(v, 0) == 'a');
    std::string state;
    for (std::size_t s = 1; s < 4; ++s) state += letter_of(v, s) == 'b' ? 'b' : '.';
    seen.insert(state);
    CHECK(v.counts().sectors_lost + v.counts().sectors_kept == 3);
  }
  CHECK(seen.size() == 8);
}

TEST_CASE("a new name or a rename may be gone after a crash unless the directory was synced") {
  random_stream random{2};
  bool came = false, went = false, old_name = false, new_name = false;
  for (int round = 0; round < 100; ++round) {
    sim::volume v;
    make_log(v, 1);
    sim::file_system files{v};
    auto other = files.create("other", 0);
    REQUIRE(other.has_value());
    REQUIRE(!other->write(0, bytes_of("text")));
    REQUIRE(!other->sync());  // of the file, which is not enough
    REQUIRE(!files.rename("log", "old"));
    v.crash(random);
    sim::file_system again{v};
    (again.open("other").has_value() ? came : went) = true;
    CHECK(again.open("log").has_value() != again.open("old").has_value());
    (again.open("log").has_value() ? old_name : new_name) = true;
    if (again.open("other")) CHECK(text_of(v.content("other")) == "text");
  }
  CHECK(came);
  CHECK(went);
  CHECK(old_name);
  CHECK(new_name);

  sim::volume v;
  make_log(v, 1);
  sim::file_system files{v};
  REQUIRE(!files.rename("log", "old"));
  REQUIRE(!files.sync_directory());
  REQUIRE(!files.remove("old"));
  REQUIRE(!files.sync_directory());
  v.crash(random);
  CHECK(v.names().empty());
}

TEST_CASE("a failed sync is reported once, and what it was about is never written") {
  random_stream random{3};
  for (int round = 0; round < 20; ++round) {
    sim::volume v;
    auto log = make_log(v, 1);
    REQUIRE(!fill(log, 0, 'a'));
    REQUIRE(!log.sync());
    REQUIRE(!fill(log, 0, 'b'));
    v.fail_next_sync();
    CHECK(log.sync());
    CHECK(!log.sync());  // succeeds, and means nothing
    CHECK(letter_of(v, 0) == 'b');
    v.stop_process();
    CHECK(letter_of(v, 0) == 'b');  // a restart of the process still sees it
    v.crash(random);
    CHECK(letter_of(v, 0) == 'a');
    CHECK(v.counts().failed_syncs == 1);
  }
}

TEST_CASE("a lost sync reports success") {
  random_stream random{4};
  sim::volume v;
  auto log = make_log(v, 1);
  REQUIRE(!fill(log, 0, 'a'));
  v.lose_next_sync();
  CHECK(!log.sync());
  CHECK(!log.sync());
  v.crash(random);
  CHECK(letter_of(v, 0) == '\0');
  CHECK(v.counts().lost_syncs == 1);
}

TEST_CASE("the power goes at the operation asked for, and everything after it fails until the crash") {
  random_stream random{5};
  sim::volume v;
  auto log = make_log(v, 2);
  const auto before = v.operations();
  v.lose_power_in(2);
  CHECK(!fill(log, 0, 'a'));
  CHECK(v.powered());
  CHECK(fill(log, 1, 'a'));
  CHECK(!v.powered());
  CHECK(v.operations() == before + 2);
  CHECK(log.sync());
  CHECK(!sim::file_system{v}.create("more", 0));
  CHECK(!sim::file_system{v}.open("log"));
  v.crash(random);
  CHECK(v.powered());
  CHECK(sim::file_system{v}.open("log").has_value());
}

TEST_CASE("a process that stops loses nothing, and what it had not synced a later crash may take") {
  random_stream random{6};
  bool lost = false;
  for (int round = 0; round < 20; ++round) {
    sim::volume v;
    auto log = make_log(v, 1);
    REQUIRE(!fill(log, 0, 'a'));
    v.stop_process();
    CHECK(log.sync());  // its files are closed
    CHECK(letter_of(v, 0) == 'a');
    v.crash(random);
    lost = lost || letter_of(v, 0) == '\0';
  }
  CHECK(lost);
}

TEST_CASE("rot changes what is seen and what survives; only a byte that is there can rot") {
  random_stream random{7};
  sim::volume v;
  make_log(v, 1);
  CHECK(v.rot("log", 7, std::byte{0x10}));
  CHECK(v.content("log")[7] == std::byte{0x10});
  v.crash(random);
  CHECK(v.content("log")[7] == std::byte{0x10});
  CHECK(!v.rot("log", sim::volume::sector_bytes, std::byte{1}));
  CHECK(!v.rot("nothing", 0, std::byte{1}));
  CHECK(v.counts().rotten == 1);
}

TEST_CASE("a misdirected write lands elsewhere and reports success") {
  sim::volume v;
  auto log = make_log(v, 2);
  v.misdirect_next_write(sim::volume::sector_bytes);
  CHECK(!fill(log, 0, 'a'));
  CHECK(letter_of(v, 0) == '\0');
  CHECK(letter_of(v, 1) == 'a');
  CHECK(v.counts().misdirected == 1);
}

TEST_CASE("a full disk refuses growth, and writes inside a file go on") {
  sim::volume v;
  auto log = make_log(v, 2);
  v.set_capacity(2 * sim::volume::sector_bytes);
  CHECK(!fill(log, 1, 'a'));
  CHECK(fill(log, 2, 'a') == std::errc::no_space_on_device);
  sim::file_system files{v};
  CHECK(files.create("more", 1).error() == std::errc::no_space_on_device);
  CHECK(v.counts().refused_full == 2);
}

TEST_CASE("a wiped disk holds nothing, and a copy of a disk is another disk") {
  sim::volume v;
  make_log(v, 1);
  sim::volume other = v;
  REQUIRE(other.rot("log", 0, std::byte{1}));
  CHECK(v.content("log")[0] == std::byte{0});
  v.wipe();
  CHECK(v.names().empty());
  CHECK(other.names().size() == 1);
  CHECK(v.counts().wiped == 1);
}
