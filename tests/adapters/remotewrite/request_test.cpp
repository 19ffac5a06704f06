#include <foreshift/adapters/remotewrite/request.hpp>

#include <foreshift/core/random.hpp>

#include <adapters/remotewrite/sender.hpp>

#include <doctest/doctest.h>

#include <bit>
#include <cmath>
#include <cstdint>
#include <string>

using namespace remotewrite_test;

namespace {

/// Why a body is refused; empty: it is not.
std::string wrong(std::string_view body, request_limits limits = {}) {
  request_reader reader{limits};
  const auto read = reader.read(body);
  if (read) return "";
  CHECK(reader.series_count() == 0);
  return (read.error().too_large ? "too large: " : "") + read.error().reason;
}

}  // namespace

TEST_CASE("what was sent is read, with its bits") {
  const double stale = std::bit_cast<double>(stale_marker_bits);
  std::vector<sent_series> sent = {
      {{{"__name__", "node_load1"}, {"instance", "a:9100"}, {"job", "caf\xC3\xA9"}},
       {{1'000, 0.5}, {-2'000, -0.0}}},
      {{{"Zone", ""}, {"__name__", "up"}}, {{1'700'000'000'000, stale}, {1'700'000'015'000, INFINITY}}},
      series("empty", {})};
  request_reader reader;
  for (int again = 0; again < 2; ++again) {
    REQUIRE(reader.read(body_of(sent)));
    REQUIRE(reader.series_count() == sent.size());
    CHECK(reader.sample_count() == 4);
    for (std::size_t i = 0; i < sent.size(); ++i) {
      const auto got = reader[i];
      REQUIRE(got.labels.size() == sent[i].labels.size());
      for (std::size_t k = 0; k < got.labels.size(); ++k)
        CHECK(got.labels[k] == label{sent[i].labels[k].first, sent[i].labels[k].second});
      REQUIRE(got.samples.size() == sent[i].samples.size());
      for (std::size_t k = 0; k < got.samples.size(); ++k) {
        CHECK(got.samples[k].at_ms == sent[i].samples[k].at_ms);
        CHECK(std::bit_cast<std::uint64_t>(got.samples[k].value) ==
              std::bit_cast<std::uint64_t>(sent[i].samples[k].value));
      }
    }
    CHECK(is_stale_marker(reader[1].samples[0].value));
    CHECK(!is_stale_marker(reader[1].samples[1].value));
  }
  CHECK(!is_stale_marker(std::nan("")));
  REQUIRE(reader.read(body_of({})));
  CHECK(reader.series_count() == 0);
}

TEST_CASE("exemplars, metadata and fields of later versions are left out, histograms are counted") {
  std::string good;
  protozero::pbf_writer request{good};
  request.add_string(3, "metadata");
  {
    protozero::pbf_writer one{request, 1};
    {
      protozero::pbf_writer name{one, 1};
      name.add_string(1, "__name__");
      name.add_string(2, "h");
      name.add_uint64(15, 1);
    }
    one.add_string(4, "a native histogram");
    one.add_string(3, "an exemplar");
    one.add_uint64(9, 7);
  }
  request_reader reader;
  REQUIRE(reader.read(packed(good)));
  CHECK(reader.series_count() == 1);
  CHECK(reader.histogram_count() == 1);
  CHECK(reader.sample_count() == 0);
}

TEST_CASE("labels must be valid, in order, each once, and name a metric") {
  const auto with = [](std::vector<std::pair<std::string, std::string>> labels) {
    return wrong(body_of({{std::move(labels), {{1, 1}}}}));
  };
  CHECK(with({{"__name__", "a"}, {"b", ""}}) == "");
  CHECK(with({}) == "a series without a name");
  CHECK(with({{"a", "b"}}) == "a series without a name");
  CHECK(with({{"__name__", "9"}}) == "not a metric's name: \"9\"");
  CHECK(with({{"__name__", "a:b"}, {"b:c", ""}}) == "not a label's name: \"b:c\"");
  CHECK(with({{"__name__", "a"}, {"", "x"}}) == "not a label's name: \"\"");
  CHECK(with({{"b", ""}, {"__name__", "a"}}) == "the label \"__name__\" is out of order or there twice");
  CHECK(with({{"__name__", "a"}, {"b", ""}, {"b", ""}}) == "the label \"b\" is out of order or there twice");
  CHECK(with({{"__name__", "a"}, {"b", "\xFF"}}) == "the value of the label \"b\" is not UTF-8");
}

TEST_CASE("a hostile body is bounded in every direction") {
  CHECK(wrong("") == "not a Snappy block");
  CHECK(wrong("\xFF\xFF\xFF\xFF\xFF\xFF") == "not a Snappy block");
  CHECK(wrong("\xFF\xFF\xFF\xFF\x0F").starts_with("too large: bytes when unpacked"));  // claims 4 GB
  CHECK(wrong("\x10short") == "a damaged Snappy block");
  CHECK(wrong(packed("\x0A\x7F")).starts_with("not a WriteRequest: "));
  CHECK(wrong(packed("\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF")).starts_with("not a WriteRequest: "));
  CHECK(wrong(packed("not a message")).starts_with("not a WriteRequest: "));
  const auto two = body_of({series("aaaa", {{1, 1}, {2, 2}}), series("b", {{1, 1}})});
  CHECK(wrong(two, {.body_bytes_max = two.size()}) == "");
  CHECK(wrong(two, {.body_bytes_max = two.size() - 1}).starts_with("too large: bytes of a body"));
  CHECK(wrong(two, {.decoded_bytes_max = 20}).starts_with("too large: bytes when unpacked"));
  CHECK(wrong(two, {.series_max = 1}) == "too large: series of more than 1");
  CHECK(wrong(two, {.samples_max = 2}) == "too large: samples of more than 2");
  CHECK(wrong(two, {.labels_max = 0}) == "too large: labels of a series of more than 0");
  CHECK(wrong(two, {.name_bytes_max = 7}) == "too large: bytes of a label's name of more than 7");
  CHECK(wrong(two, {.value_bytes_max = 3}) == "too large: bytes of a label's value of more than 3");
}

TEST_CASE("no edit of a good body does more than change it or have it refused") {
  const auto plain =
      plain_body({{{{"__name__", "node_cpu"}, {"cpu", "0"}}, {{1, 1}, {2, 2}}}, series("b", {{3, 3}})});
  random_stream random{7};
  request_reader reader;
  std::size_t refused = 0;
  for (int i = 0; i < 20'000; ++i) {
    std::string edited = plain;
    for (auto n = 1 + random.below(3); n > 0; --n)
      edited[random.below(edited.size())] = static_cast<char>(random.below(256));
    if (random.chance(0.2)) edited.resize(random.below(edited.size()));
    std::string body = packed(edited);
    if (random.chance(0.2)) body[random.below(body.size())] = static_cast<char>(random.below(256));
    if (!reader.read(body)) ++refused;
    CHECK(reader.series_count() <= edited.size());
  }
  CHECK(refused > 5'000);
}
