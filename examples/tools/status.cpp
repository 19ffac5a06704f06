// `foreshift status`: what a running site says of itself.

#include "command.hpp"
#include "option_error.hpp"
#include "text.hpp"

#include <foreshift/adapters/http/client.hpp>
#include <foreshift/core/diagnostic.hpp>
#include <foreshift/core/result.hpp>
#include <foreshift/ports/http_url.hpp>

#include <nlohmann/json.hpp>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace tool {

namespace {

using foreshift::diagnostic;
using foreshift::failure;
using foreshift::result;
using json = nlohmann::ordered_json;

struct status_options {
  std::string url = "http://127.0.0.1:9465";
  std::size_t recent = 10;
  bool as_json = false;
};

std::string text_of(const json& in, const char* key) { return in.value(key, std::string{}); }
std::string number_of(const json& in, const char* key, double times, int decimals) {
  const auto at = in.find(key);
  return at != in.end() && at->is_number() ? format_number(times * at->get<double>(), decimals) : "-";
}
std::string joined(const json& names) {
  std::string all;
  for (const auto& one : names) all += (all.empty() ? "" : ", ") + one.get<std::string>();
  return all.empty() ? "-" : all;
}

/// @throws json::exception where the answer is of another form
void print(const json& seen, std::size_t recent) {
  std::printf("site %s%s%s; %s entries of the log\n", text_of(seen, "site").c_str(),
              seen.at("leads").get<bool>() ? ", leads" : "",
              seen.at("votes").get<bool>() ? "" : ", may not vote: its log is damaged",
              std::to_string(seen.at("applied").get<std::uint64_t>()).c_str());
  if (const auto trouble = text_of(seen, "telemetry"); !trouble.empty())
    std::printf("telemetry: %s\n", trouble.c_str());
  std::string away;
  for (const auto& one : seen.at("sites"))
    if (!one.at("connected").get<bool>()) away += (away.empty() ? "" : ", ") + text_of(one, "name");
  if (!away.empty()) std::printf("not connected: %s\n", away.c_str());
  std::vector<std::vector<std::string>> rows{
      {"HOST", "SITE", "CORES", "LIMIT", "OVER IT SOON", "LATER", "WORKLOADS"}};
  for (const auto& h : seen.at("hosts"))
    rows.push_back({text_of(h, "name"), text_of(h, "site"), number_of(h, "demand", 1, 2),
                    number_of(h, "limit", 1, 2), number_of(h, "overload_soon", 100, 1) + " %",
                    number_of(h, "overload_within_horizon", 100, 1) + " %", joined(h.at("workloads"))});
  std::printf("\n%s", text_table(rows).c_str());
  for (const auto& m : seen.at("moves"))
    std::printf("\nmoving %s from %s to %s: %s", text_of(m, "workload").c_str(), text_of(m, "from").c_str(),
                text_of(m, "to").c_str(), text_of(m, "phase").c_str());
  if (!seen.at("moves").empty()) std::printf("\n");
  const auto& lines = seen.at("recent");
  if (recent > 0 && !lines.empty()) std::printf("\n");
  for (std::size_t i = lines.size() - std::min(recent, lines.size()); i < lines.size(); ++i)
    std::printf("%s  %-9s  %s\n", text_of(lines[i], "time").c_str(), text_of(lines[i], "what").c_str(),
                text_of(lines[i], "text").c_str());
}

result<void, diagnostic> run(const status_options& o) {
  const auto url = foreshift::ports::parse_http_url(o.url);
  if (!url) return wrong("URL", url.error());
  foreshift::http::client http{{.server = *url}};
  foreshift::ports::http_request ask{
      .method = "GET", .target = "/status", .headers = {}, .body = {}, .timeout = std::chrono::seconds{10}};
  const auto answer = http.exchange(ask);
  if (!answer) return failure{diagnostic{"", 0, "", answer.error().reason}};
  if (answer->status != 200)
    return failure{diagnostic{
        "", 0, "",
        o.url + "/status answered " + std::to_string(answer->status) + ": is it a foreshift smc?"}};
  if (o.as_json) return std::printf("%s", answer->body.c_str()), result<void, diagnostic>{};
  try {
    print(json::parse(answer->body), o.recent);
  } catch (const json::exception&) {
    return failure{diagnostic{"", 0, "", o.url + "/status is not what a foreshift smc answers"}};
  }
  return {};
}

}  // namespace

void add_status(CLI::App& app, int& exit_status) {
  auto options = std::make_shared<status_options>();
  auto& o = *options;
  auto& c = *app.add_subcommand("status", "What a running site says of itself");
  c.footer(
      "Asks a `foreshift smc` at the address that it serves (--serve): its peers, hosts and their danger, "
      "moves under\n"
      "way, and what happened last.\n\n"
      "  foreshift status http://127.0.0.1:9465\n\n"
      "Exit code 0: it answered; 2: it did not, and why.");
  c.add_option("URL", o.url, "where it serves")->capture_default_str();
  c.add_option("--recent", o.recent, "how many of the last lines")->type_name("N")->capture_default_str();
  c.add_flag("--json", o.as_json, "print its answer as it is");
  c.callback([options, &exit_status] {
    if (const auto done = run(*options); !done) exit_status = refuse("status: " + to_string(done.error()));
  });
}

}  // namespace tool
