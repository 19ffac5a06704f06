#pragma once
// The sending end of remote write, for tests: a WriteRequest by protozero's writer, packed by Snappy.

#include <foreshift/adapters/remotewrite/request.hpp>

#include <protozero/pbf_writer.hpp>

#include <snappy.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace remotewrite_test {

using namespace foreshift;
using namespace foreshift::remotewrite;

struct sent_series {
  std::vector<std::pair<std::string, std::string>> labels;
  std::vector<written_sample> samples;
};

inline sent_series series(std::string name, std::vector<written_sample> samples) {
  return {{{"__name__", std::move(name)}}, std::move(samples)};
}

inline std::string packed(std::string_view plain) {
  std::string body;
  snappy::Compress(plain.data(), plain.size(), &body);
  return body;
}

/// The message before it is packed.
inline std::string plain_body(const std::vector<sent_series>& all) {
  std::string text;
  protozero::pbf_writer request{text};
  for (const auto& one : all) {
    protozero::pbf_writer series{request, 1};
    for (const auto& [name, value] : one.labels) {
      protozero::pbf_writer label{series, 1};
      label.add_string(1, name);
      label.add_string(2, value);
    }
    for (const auto& s : one.samples) {
      protozero::pbf_writer sample{series, 2};
      sample.add_double(1, s.value);
      sample.add_int64(2, s.at_ms);
    }
  }
  return text;
}
inline std::string body_of(const std::vector<sent_series>& all) { return packed(plain_body(all)); }

}  // namespace remotewrite_test
