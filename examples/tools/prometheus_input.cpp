#include "prometheus_input.hpp"

#include "files.hpp"
#include "option_error.hpp"

#include <foreshift/adapters/prometheus/relabel_presets.hpp>
#include <foreshift/ports/http_url.hpp>

#include <utility>

namespace tool {

namespace prometheus = foreshift::prometheus;
using foreshift::diagnostic;
using foreshift::failure;
using foreshift::result;

namespace {

/// A secret in a file, without the line's end that editors leave.
result<std::string, diagnostic> read_secret(const std::string& path) {
  if (path.empty()) return std::string{};
  auto text = read_text(path);
  if (!text) return text;
  while (text->ends_with('\n') || text->ends_with('\r')) text->pop_back();
  if (text->empty()) return failure{diagnostic{source_name(path), 0, "", "empty"}};
  return text;
}

}  // namespace

result<prometheus::endpoint, diagnostic> read_endpoint(const prometheus_options& o) {
  auto url = foreshift::ports::parse_http_url(o.url);
  if (!url) return wrong("--prometheus", url.error());
  auto token = read_secret(o.token_file), password = read_secret(o.password_file);
  if (!token) return failure{token.error()};
  if (!password) return failure{password.error()};
  prometheus::endpoint at{*std::move(url), *std::move(token), o.user, *std::move(password), {}};
  for (const auto& header : o.headers) {
    const auto colon = header.find(':');
    if (colon == std::string::npos || colon == 0)
      return wrong("--header", "no colon in it: write NAME: VALUE");
    const auto value = header.find_first_not_of(' ', colon + 1);
    at.headers.emplace_back(header.substr(0, colon), value == std::string::npos ? "" : header.substr(value));
  }
  if (const auto said = prometheus::headers_of(at); !said) return wrong("--prometheus", said.error());
  if (!at.url.tls && !(o.authorities + o.certificate + o.key).empty())
    return wrong("--prometheus", "--ca, --cert and --key are for https");
  return at;
}

result<prometheus::relabel_table, diagnostic> read_map(const prometheus_options& o) {
  if (o.map.empty())
    return wrong("--map", "missing: name a file, or node_exporter, cadvisor, docker, swarm or deployments");
  if (const auto preset = prometheus::relabel_preset_text(o.map))
    return prometheus::parse_relabel_table(*preset, o.map);
  const auto text = read_text(o.map);
  if (!text) return failure{text.error()};
  return prometheus::parse_relabel_table(*text, source_name(o.map));
}

}  // namespace tool
