#include "prometheus_options.hpp"

#include "option_error.hpp"

#include <foreshift/adapters/prometheus/relabel_presets.hpp>

namespace tool {

namespace {
constexpr const char* group = "Prometheus";
}

void add_prometheus_options(CLI::App& c, prometheus_options& o, prometheus_times times) {
  const auto add = [&](const char* name, std::string& to, const std::string& what, const char* type) {
    return c.add_option(name, to, what)->type_name(type)->group(group);
  };
  std::string presets;
  for (const auto& preset : foreshift::prometheus::relabel_presets)
    presets += (presets.empty() ? "" : ", ") + std::string{preset.name};
  add("--prometheus", o.url, "the server, with the path that /api/v1 hangs from", "URL");
  if (times == prometheus_times::range) {
    add("--from", o.from, "begin: a date, a time (RFC 3339), seconds since 1970, or now-7d", "TIME")
        ->capture_default_str();
    add("--to", o.to, "end, likewise", "TIME")->capture_default_str();
  }
  add("--map", o.map, "what to ask and whose the answers are; or one of " + presets, "FILE");
  add("--scrape", o.scrape, "time between two scrapes: rates are taken over four of them at least", "TIME")
      ->capture_default_str();
  add("--bearer-token-file", o.token_file, "the token to be let in with", "FILE");
  add("--user", o.user, "the user to be let in as", "NAME");
  add("--password-file", o.password_file, "the user's password", "FILE");
  add("--ca", o.authorities, "whom to trust, PEM; by default whom the system trusts", "FILE");
  add("--cert", o.certificate, "our own certificate, PEM", "FILE");
  add("--key", o.key, "the key of the certificate, PEM", "FILE");
  c.add_option("--header", o.headers, "another header, as \"X-Scope-OrgID: 7\"; may be repeated")
      ->allow_extra_args(false)
      ->type_name("TEXT")
      ->group(group);
}

foreshift::result<void, foreshift::diagnostic> refuse_without_prometheus(const CLI::App& c) {
  if (c.get_option("--prometheus")->count() > 0) return {};
  for (const auto* option : c.get_options())
    if (option->get_group() == group && option->count() > 0)
      return wrong(option->get_name(), "only with --prometheus");
  return {};
}

}  // namespace tool
