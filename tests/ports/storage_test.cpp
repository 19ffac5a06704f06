#include <foreshift/ports/archetypes.hpp>
#include <foreshift/ports/storage.hpp>

#include <doctest/doctest.h>

using namespace foreshift;

namespace {

using ports::archetypes::log_storage;

struct forgets_sync {
  std::error_code append(lsn, byte_span);
  result<ports::recovered_log, ports::storage_fault> recover();
  std::error_code snapshot(lsn, byte_span);
  std::error_code truncate(lsn);
};
struct sync_cannot_fail : log_storage {
  void sync();
};
struct recovery_cannot_fail : log_storage {
  ports::recovered_log recover();
};
struct numbers_records_by_slot : log_storage {
  std::error_code append(slot, byte_span);
};
struct cannot_move : log_storage {
  cannot_move(cannot_move&&) = delete;
};
static_assert(!ports::LogStorage<forgets_sync>);
static_assert(!ports::LogStorage<sync_cannot_fail>);
static_assert(!ports::LogStorage<recovery_cannot_fail>);
static_assert(!ports::LogStorage<numbers_records_by_slot>);
static_assert(!ports::LogStorage<cannot_move>);

}  // namespace

TEST_CASE("the smallest storage refuses what it could not keep") {
  log_storage s;
  CHECK(s.append(lsn{1}, bytes_of("record")));
  CHECK(!s.sync());
  REQUIRE(s.recover().has_value());
  CHECK(s.recover()->records.empty());
}

TEST_CASE("every kind of damage has its name") {
  CHECK(ports::name_of(ports::damage::records) == "records");
  CHECK(ports::name_of(ports::damage::snapshot) == "snapshot");
  CHECK(ports::name_of(ports::damage::metadata) == "metadata");
}
