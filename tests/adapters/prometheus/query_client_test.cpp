#include <foreshift/adapters/prometheus/query_client.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

using namespace foreshift;
using namespace std::chrono_literals;

namespace {

struct virtual_clock {
  time_point at{};
  time_point now() { return at; }
  void wait_until(time_point t) { at = std::max(at, t); }
};
static_assert(prometheus::WaitingClock<virtual_clock>);
struct cannot_wait {
  time_point now();
};
struct waits_for_long {
  time_point now();
  void wait_until(duration);
};
static_assert(!prometheus::WaitingClock<cannot_wait>);
static_assert(!prometheus::WaitingClock<waits_for_long>);

using exchanged = result<ports::http_response, ports::http_error>;
/// Says one thing after the other, and the last for ever.
struct scripted_client {
  std::vector<exchanged> script;
  std::vector<ports::http_request> seen{};
  exchanged exchange(const ports::http_request& r) {
    seen.push_back(r);
    return script[std::min(seen.size(), script.size()) - 1];
  }
};

exchanged status(std::uint16_t s, std::vector<std::pair<std::string, std::string>> headers = {}) {
  return ports::http_response{s, std::move(headers), "no"};
}
exchanged number(const std::string& n) {
  return ports::http_response{
      200, {}, R"({"status":"success","data":{"resultType":"scalar","result":[1,")" + n + R"("]}})"};
}
exchanged hung_up() { return failure{ports::http_error{true, "http://a: gone"}}; }

}  // namespace

TEST_CASE("who is busy or gone is asked again, after a while") {
  scripted_client http{{status(503, {{"Retry-After", "9"}}), hung_up(), status(429), number("7")}};
  virtual_clock clock;
  prometheus::query_client client{{}, http, clock};
  const auto answer = client.ask(prometheus::instant_query{"x"});
  REQUIRE(answer.has_value());
  CHECK(answer->values_of(0)[0] == 7);
  CHECK(http.seen.size() == 4);
  CHECK(clock.at >= time_point{9s});
  CHECK(http.seen[0].target == http.seen[3].target);
}
TEST_CASE("who stays away is given up, and who refuses is not asked again") {
  virtual_clock clock;
  scripted_client gone{{hung_up()}};
  prometheus::query_client lonely{{}, gone, clock, {.again = {.attempts_max = 3}}};
  const auto none = lonely.ask(prometheus::instant_query{"x"});
  REQUIRE(!none.has_value());
  CHECK(none.error().reason == "GET /api/v1/query: http://a: gone (3 attempts)");
  CHECK(gone.seen.size() == 3);

  scripted_client refuses{{status(404)}};
  prometheus::query_client other{{}, refuses, clock};
  CHECK(!other.ask(prometheus::instant_query{"x"}));
  CHECK(refuses.seen.size() == 1);

  scripted_client unasked{{number("1")}};
  prometheus::query_client bad{{.bearer_token = "\n"}, unasked, clock};
  CHECK(bad.ask(prometheus::instant_query{"x"}).error().why == prometheus::query_errc::misconfigured);
  CHECK(unasked.seen.empty());
}
TEST_CASE("who was never there is not asked again, and who was there is") {
  const exchanged refused = failure{ports::http_error{false, "http://a: Connection refused"}};
  virtual_clock clock;
  scripted_client nobody{{refused}};
  prometheus::query_client client{{}, nobody, clock};
  CHECK(client.ask(prometheus::instant_query{"x"}).error().why == prometheus::query_errc::absent);
  CHECK(nobody.seen.size() == 1);

  scripted_client restarted{{number("1"), refused, refused, number("2")}};
  prometheus::query_client patient{{}, restarted, clock};
  REQUIRE(patient.ask(prometheus::instant_query{"x"}).has_value());
  CHECK(patient.ask(prometheus::instant_query{"x"})->values_of(0)[0] == 2);
}
TEST_CASE("a long range is asked for in chunks, and a lost chunk ends it") {
  virtual_clock clock;
  scripted_client http{{number("1"), number("2"), number("3")}};
  prometheus::query_client client{{}, http, clock, {.points_max = 10}};
  std::vector<double> values;
  std::vector<std::size_t> done;
  REQUIRE(client
              .ask(prometheus::range_query{"x", {time_point{100s}, 1s, 25}},
                   [&](const prometheus::query_answer& a, std::size_t n, std::size_t all) {
                     values.push_back(a.values_of(0)[0]);
                     done.push_back(n);
                     CHECK(all == 3);
                     return true;
                   })
              .has_value());
  CHECK(values == std::vector<double>{1, 2, 3});
  CHECK(done == std::vector<std::size_t>{1, 2, 3});
  CHECK(http.seen[2].target == "/api/v1/query_range?query=x&start=120&end=124&step=1");

  scripted_client half{{number("1"), status(404)}};
  prometheus::query_client unlucky{{}, half, clock, {.points_max = 10}};
  std::size_t told = 0;
  CHECK(!unlucky.ask(prometheus::range_query{"x", {time_point{0s}, 1s, 25}},
                     [&](const prometheus::query_answer&, std::size_t, std::size_t) { return ++told > 0; }));
  CHECK(told == 1);

  scripted_client ample{{number("1")}};
  prometheus::query_client content{{}, ample, clock, {.points_max = 10}};
  CHECK(content.ask(prometheus::range_query{"x", {time_point{0s}, 1s, 25}},
                    [](const prometheus::query_answer&, std::size_t n, std::size_t) { return n < 2; }));
  CHECK(ample.seen.size() == 2);
}
TEST_CASE("this host's clock goes forward and can be waited for") {
  const prometheus::system_clock clock;
  const auto before = clock.now();
  clock.wait_until(before + 2ms);
  CHECK(clock.now() >= before + 2ms);
  clock.wait_until(before);  // over already
}
