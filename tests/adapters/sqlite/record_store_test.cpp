#include <foreshift/adapters/sqlite/record_store.hpp>

#include <contracts/storage_contract.hpp>
#include <support/scratch_directory.hpp>

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <ostream>
#include <string>

using namespace foreshift;

namespace {

/// A database in a directory of its own. It cannot lose power: SQLite's own tests do that.
struct harness {
  scratch_directory place;
  [[nodiscard]] std::string path() const { return (place.path() / "log.db").string(); }
  auto open() { return sqlite::record_store{path()}; }
  void crash() {}
  bool damage(lsn at) {
    sqlite::database d{path()};
    auto rot = d.prepare(
        "UPDATE records SET bytes = CAST(replace(bytes, 'of the', 'off the') AS BLOB) WHERE lsn = ?");
    return !rot.with(at.value).run() && d.number("SELECT changes()") == 1;
  }
  void damage_snapshot() {
    sqlite::database d{path()};
    REQUIRE(!d.run("UPDATE snapshots SET bytes = CAST(bytes || 'x' AS BLOB)"));
  }
};

void fill(const std::string& path) {
  sqlite::record_store s{path};
  REQUIRE(s.recover().has_value());
  contracts::append_through(s, 1, 9);
  REQUIRE(!s.sync());
  REQUIRE(!s.snapshot(lsn{3}, bytes_of("state of three")));
}

}  // namespace

TEST_CASE("the database keeps the contract of a log storage") { contracts::storage_contract<harness>(); }

TEST_CASE("a process that dies within a batch leaves none of it") {
  const scratch_directory place;
  const auto path = (place.path() / "log.db").string();
  {
    sqlite::record_store s{path};
    REQUIRE(s.recover().has_value());
    contracts::append_through(s, 1, 2);
    REQUIRE(!s.sync());
    contracts::append_through(s, 3, 4);
  }
  sqlite::record_store s{path};
  const auto log = s.recover();
  REQUIRE(log.has_value());
  contracts::check_holds(*log, 1, 2);
}

TEST_CASE("a database belongs to one store at a time") {
  const scratch_directory place;
  const auto path = (place.path() / "log.db").string();
  sqlite::record_store first{path};
  REQUIRE(first.recover().has_value());
  sqlite::record_store second{path};
  CHECK(!second.recover().has_value());
  contracts::append_through(first, 1, 1);
  CHECK(!first.sync());
}

TEST_CASE("a lost end or a lost identity is told") {
  const scratch_directory place;
  const auto path = (place.path() / "log.db").string();
  fill(path);
  {
    sqlite::database d{path};
    REQUIRE(!d.run("DELETE FROM records WHERE lsn > 7"));
    REQUIRE(!d.run("DELETE FROM identities WHERE lsn = 8"));
  }
  {
    sqlite::record_store s{path};
    const auto log = s.recover();
    REQUIRE(!log.has_value());
    CHECK(log.error().at == lsn{8});
    REQUIRE(log.error().lost.size() == 2);
    CHECK(log.error().lost[0].identity.empty());
    CHECK(log.error().lost[1].identity.size() == ports::identity_bytes);
  }
  {
    sqlite::database d{path};
    REQUIRE(!d.run("DELETE FROM ends"));
  }
  sqlite::record_store s{path};
  const auto log = s.recover();
  REQUIRE(!log.has_value());
  CHECK(log.error().what == ports::damage::metadata);
  CHECK(s.snapshot(lsn{20}, bytes_of("state")));  // nothing mends that
}

TEST_CASE("a byte of the database flipped is no loss, or is told") {
  const scratch_directory place;
  const auto path = (place.path() / "log.db").string();
  fill(path);
  std::ifstream in{path, std::ios::binary};
  const std::string sound{std::istreambuf_iterator<char>{in}, {}};
  REQUIRE(sound.size() > 10'000);
  std::size_t told = 0;
  const auto hurt_path = (place.path() / "hurt.db").string();
  for (std::size_t i = 0; i < sound.size(); i += sound[i] == '\0' ? 211 : 3) {
    auto hurt = sound;
    hurt[i] = static_cast<char>(hurt[i] ^ 1);
    std::ofstream{hurt_path, std::ios::binary | std::ios::trunc} << hurt;
    sqlite::record_store s{hurt_path};
    const auto log = s.recover();
    if (!log) {
      ++told;
      for (const auto& r : log.error().readable.records)
        CHECK(r.bytes == contracts::owned(contracts::record_text(r.at.value)));
      continue;
    }
    CHECK(log->snapshot == contracts::owned("state of three"));
    contracts::check_holds(*log, 4, 9);
  }
  CHECK(told > 100);
}
