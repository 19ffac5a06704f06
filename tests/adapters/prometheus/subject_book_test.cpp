#include <foreshift/adapters/prometheus/subject_book.hpp>

#include <doctest/doctest.h>

using namespace foreshift;
using namespace foreshift::prometheus;

namespace {

struct knows_nobody {
  std::optional<telemetry::entity> operator()(const subject&) { return std::nullopt; }
};
static_assert(SubjectNames<knows_nobody>);
struct says_whether {
  bool operator()(const subject&);
};
static_assert(!SubjectNames<says_whether>);

}  // namespace

TEST_CASE("names are numbered as they come, and keep their numbers") {
  subject_book book;
  CHECK(book({"", "b", ""}) == telemetry::entity{host_id{0}});
  CHECK(book({"", "b", "w"}) == telemetry::entity{workload_id{1}});
  CHECK(book({"", "a", ""}) == telemetry::entity{host_id{2}});
  CHECK(book({"", "b", ""}) == telemetry::entity{host_id{0}});
  CHECK(book({"s", "b", ""}) == telemetry::entity{host_id{3}});
  REQUIRE(book.find(workload_id{1}) != nullptr);
  CHECK(book.find(workload_id{1})->workload == "w");
  CHECK(book.find(host_id{1}) == nullptr);
  CHECK(book.find(host_id{4}) == nullptr);
  CHECK(book.size() == 4);
}
TEST_CASE("one name too many gets no number, and those that have one keep it") {
  subject_book book{1};
  CHECK(book({"", "a", ""}));
  CHECK(!book({"", "b", ""}));
  CHECK(book({"", "a", ""}) == telemetry::entity{host_id{0}});
}
