#include <foreshift/adapters/remotewrite/intake.hpp>

#include <adapters/remotewrite/sender.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <cmath>
#include <string>
#include <vector>

using namespace remotewrite_test;
using namespace std::chrono_literals;

namespace {

constexpr time_point noon{1'741'003'200s};

/// What was drained, as text.
std::vector<std::string> drained(intake& in) {
  std::vector<std::string> out;
  in.drain([&](std::span<const label> labels, const written_sample& s) {
    std::string text;
    for (const auto& l : labels) text += std::string{l.name} + "=" + std::string{l.value} + " ";
    out.push_back(text + std::to_string(s.at_ms) + " " +
                  (std::isnan(s.value) ? "nan" : std::to_string(static_cast<int>(s.value))));
  });
  return out;
}
bool balanced(const intake_counts& n) {
  return n.received == n.taken + n.duplicates + n.out_of_order + n.series_too_many;
}

}  // namespace

TEST_CASE("samples come out once, in the order in which they came") {
  intake in;
  CHECK(in.receive(body_of({series("a", {{1, 1}, {2, 2}}), {{{"__name__", "b"}, {"x", "y"}}, {{1, 3}}}}),
                   "snappy", noon)
            .status == 204);
  CHECK(in.receive(body_of({series("a", {{3, 4}})}), "snappy", noon).status == 204);
  CHECK(in.waiting() == 4);
  CHECK(drained(in) ==
        std::vector<std::string>{"__name__=a 1 1", "__name__=a 2 2", "__name__=b x=y 1 3", "__name__=a 3 4"});
  CHECK(drained(in).empty());
  CHECK(in.series_count() == 2);
  CHECK(in.counts().taken == 4);
  CHECK(balanced(in.counts()));
}

TEST_CASE("a request that is sent again is answered like the first, and taken once") {
  intake in;
  const auto body = body_of({series("a", {{1, NAN}}), series("b", {{1, 2}})});
  CHECK(in.receive(body, "snappy", noon).status == 204);
  CHECK(in.receive(body, "snappy", noon).status == 204);
  CHECK(drained(in).size() == 2);
  CHECK(in.counts().duplicates == 2);
  CHECK(balanced(in.counts()));
}

TEST_CASE("of a request with old samples the rest is taken, and the answer says what was not") {
  intake in;
  REQUIRE(in.receive(body_of({series("a", {{5, 1}})}), "snappy", noon).status == 204);
  const auto answer =
      in.receive(body_of({series("a", {{4, 1}, {5, 2}, {6, 3}}), series("b", {{1, 1}})}), "snappy", noon);
  CHECK(answer.status == 400);
  CHECK(answer.reason == "a sample older than the last one, of a");
  CHECK(drained(in).size() == 3);
  CHECK(in.counts().out_of_order == 2);
  CHECK(in.receive(body_of({series("a", {{6, 4}})}), "snappy", noon).reason ==
        "two values for one time, of a");
  CHECK(balanced(in.counts()));
}

TEST_CASE("when too much waits the sender is put off, and nothing of its request is taken") {
  intake in{{.limits = {}, .waiting_max = 3, .retry_after = 7s}};
  const auto two = body_of({series("a", {{1, 1}, {2, 2}})}), next = body_of({series("a", {{3, 3}, {4, 4}})});
  CHECK(in.receive(two, "snappy", noon).status == 204);
  const auto put_off = in.receive(next, "snappy", noon);
  CHECK(put_off.status == 503);
  CHECK(put_off.retry_after == 7s);
  CHECK(in.counts().put_off == 1);
  CHECK(drained(in).size() == 2);
  CHECK(in.receive(next, "snappy", noon).status == 204);
  CHECK(drained(in).size() == 2);
  CHECK(in.counts().taken == 4);
  CHECK(balanced(in.counts()));
  // What could never be taken is not put off for ever.
  CHECK(in.receive(body_of({series("b", {{1, 1}, {2, 1}, {3, 1}, {4, 1}})}), "snappy", noon).status == 413);
}

TEST_CASE("what a sink does not take goes on waiting, and comes first the next time") {
  intake in{{.limits = {}, .waiting_max = 4}};
  REQUIRE(in.receive(body_of({series("a", {{1, 1}, {2, 2}, {3, 3}, {4, 4}})}), "snappy", noon).status == 204);
  const auto take = [&](std::size_t most) {
    std::vector<double> out;
    const auto n = in.drain([&](auto, const written_sample& s) {
      if (out.size() == most) return false;
      out.push_back(s.value);
      return true;
    });
    CHECK(n == out.size());
    return out;
  };
  CHECK(take(0).empty());
  CHECK(take(2) == std::vector<double>{1, 2});
  CHECK(in.waiting() == 2);
  CHECK(in.receive(body_of({series("a", {{5, 5}, {6, 6}, {7, 7}})}), "snappy", noon).status == 503);
  CHECK(in.receive(body_of({series("a", {{5, 5}, {6, 6}})}), "snappy", noon).status == 204);
  CHECK(take(9) == std::vector<double>{3, 4, 5, 6});
  CHECK(in.waiting() == 0);
}

TEST_CASE("what cannot be read is refused whole") {
  intake in{{.limits = {.series_max = 1}}};
  CHECK(in.receive("x", "gzip", noon).status == 415);
  CHECK(in.receive("\x10x", "snappy", noon).status == 400);
  CHECK(in.receive(body_of({series("a", {{1, 1}}), series("b", {{1, 1}})}), "snappy", noon).status == 413);
  CHECK(in.receive(body_of({series("a", {{1, 1}}), series("9", {{1, 1}})}), "snappy", noon).status == 413);
  CHECK(in.counts().malformed == 4);
  CHECK(in.counts().received == 0);
  CHECK(in.waiting() == 0);
  CHECK(in.series_count() == 0);
}

TEST_CASE("series are bounded: a silent one makes room, and until then new ones are refused") {
  intake in{{.limits = {}, .series_max = 2, .idle_max = 10min}};
  REQUIRE(in.receive(body_of({series("a", {{1, 1}}), series("b", {{1, 1}})}), "snappy", noon).status == 204);
  CHECK(in.receive(body_of({series("a", {{2, 1}}), series("c", {{1, 1}})}), "snappy", noon + 6min).reason ==
        "more than 2 series, of c");
  CHECK(drained(in).size() == 3);
  CHECK(in.counts().series_too_many == 1);
  CHECK(in.receive(body_of({series("c", {{2, 1}})}), "snappy", noon + 11min).status == 204);  // b was silent
  CHECK(in.receive(body_of({series("a", {{3, 1}})}), "snappy", noon + 11min).status == 204);
  CHECK(drained(in).size() == 2);
  CHECK(in.series_count() == 2);
  CHECK(balanced(in.counts()));
}
