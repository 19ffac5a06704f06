#include "fleet_file.hpp"

#include "address_argument.hpp"
#include "text.hpp"

#include <foreshift/core/digest.hpp>
#include <foreshift/core/units.hpp>
#include <foreshift/placement/record.hpp>
#include <foreshift/ports/cluster_inventory.hpp>

#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cmath>
#include <initializer_list>
#include <map>
#include <optional>
#include <set>
#include <system_error>
#include <utility>
#include <vector>

namespace tool {

using foreshift::diagnostic;
using foreshift::duration;
using foreshift::excerpt;
using foreshift::failure;
using foreshift::result;
using foreshift::site_id;
namespace placement = foreshift::placement;
namespace ports = foreshift::ports;

namespace {

constexpr std::size_t text_bytes_max = std::size_t{16} << 20, sites_max = 31, documents_max = 2 * sites_max,
                      name_bytes_max = 253;
constexpr double gibibyte = 1024.0 * 1024 * 1024;

std::optional<double> number_in(const std::string& text) {
  double value = 0;
  const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || stop != text.data() + text.size() || !std::isfinite(value)) return std::nullopt;
  return value;
}

/// Walks the file; the first thing that is wrong stays.
class reader {
 public:
  explicit reader(const std::string& source) : source_(source) {}

  fleet_file read(const std::vector<YAML::Node>& documents) {
    const YAML::Node root = joined(documents);
    fleet_file out;
    if (wrong_) return out;
    out.step = time(root, "step", std::chrono::minutes{5});
    out.season = time(root, "season", std::chrono::hours{24});
    out.horizon = static_cast<std::size_t>(number(root, "horizon", 6, 1, 288, true));
    out.limit = number(root, "limit", 0.8, 0.01, 1);
    out.orchestrator = text(root, "orchestrator", "none");
    if (out.orchestrator != "swarm" && out.orchestrator != "kubernetes" && out.orchestrator != "none")
      complain(root["orchestrator"], "orchestrator",
               "neither swarm nor kubernetes nor none: " + excerpt(out.orchestrator));
    if (out.step > std::chrono::hours{24}) complain(root["step"], "step", "longer than a day");
    if (out.season < 2 * out.step) complain(root["season"], "season", "shorter than two steps");
    for (const auto& one : list(root, "sites")) read_site(one, out);
    std::vector<placement::host_record> hosts;
    for (const auto& one : list(root, "hosts")) hosts.push_back(read_host(one, out));
    std::vector<placement::workload_record> workloads;
    for (const auto& one : list(root, "workloads")) workloads.push_back(read_workload(one));
    const auto usual = std::max(1.0, std::floor(static_cast<double>(workloads.size()) / 20));
    out.moves_per_hour = number(root, "moves_per_hour", usual, 0, 1e6, true);
    if (wrong_) return out;
    auto known = placement::inventory::make(std::move(hosts), std::move(workloads));
    if (!known)
      wrong_ = diagnostic{source_, 0, known.error().field, known.error().reason};
    else
      out.known = *std::move(known);
    return out;
  }
  [[nodiscard]] const std::optional<diagnostic>& wrong() const { return wrong_; }

 private:
  void complain(const YAML::Node& at, const std::string& field, std::string reason) {
    if (!wrong_) wrong_ = diagnostic{source_, line_of(at), field, std::move(reason)};
  }
  static std::size_t line_of(const YAML::Node& at) {
    const auto mark = at.IsDefined() ? at.Mark() : YAML::Mark::null_mark();
    return mark.is_null() ? 0 : static_cast<std::size_t>(mark.line) + 1;
  }
  void expect(const YAML::Node& in, const std::string& field, std::initializer_list<std::string_view> keys) {
    if (!in.IsMap()) return complain(in, field, "not a table of names and values");
    std::set<std::string> met;
    for (const auto& one : in) {
      const std::string key = one.first.IsScalar() ? one.first.Scalar() : "";
      if (!met.insert(key).second) return complain(one.first, excerpt(key), "stands here twice");
      if (std::ranges::find(keys, key) != keys.end()) continue;
      std::string all;
      for (const auto k : keys) all += (all.empty() ? "" : ", ") + std::string{k};
      return complain(one.first, excerpt(key), "not known here; there is " + all);
    }
  }
  /// Lists of all documents together, so that the parts of several clusters can be written one below the
  /// other.
  YAML::Node joined(const std::vector<YAML::Node>& documents) {
    YAML::Node all{YAML::NodeType::Map};
    for (const auto& one : documents) {
      if (one.IsNull() && documents.size() > 1) continue;  // nothing above the first ---
      expect(one, "",
             {"step", "horizon", "season", "limit", "moves_per_hour", "orchestrator", "sites", "hosts",
              "workloads"});
      if (wrong_) return all;
      for (const auto& entry : one) {
        const std::string key = entry.first.Scalar();
        if (!all[key].IsDefined())
          all[key] = entry.second;
        else if (!all[key].IsSequence() || !entry.second.IsSequence())
          complain(entry.first, key, "stands here twice");
        else
          for (const auto& item : entry.second) all[key].push_back(item);
      }
    }
    return all;
  }
  static YAML::Node member(const YAML::Node& in, const char* key) {
    return in.IsMap() ? in[key] : YAML::Node{YAML::NodeType::Undefined};
  }
  std::string text(const YAML::Node& in, const char* key, const char* otherwise = nullptr) {
    const auto at = member(in, key);
    if (!at.IsDefined() || at.IsNull()) {
      if (otherwise == nullptr) complain(in, key, "missing");
      return otherwise == nullptr ? "" : otherwise;
    }
    if (!at.IsScalar()) return complain(at, key, "not a single value"), "";
    if (at.Scalar().size() > 4096) return complain(at, key, "too long"), "";
    return at.Scalar();
  }
  double number(const YAML::Node& in, const char* key, std::optional<double> otherwise, double least,
                double most, bool whole = false) {
    const auto at = member(in, key);
    if (!at.IsDefined() && otherwise) return *otherwise;
    const std::string said = text(in, key);
    const auto value = number_in(said);
    if (value && *value >= least && *value <= most && (!whole || *value == std::floor(*value))) return *value;
    complain(at, key,
             std::string{"not a "} + (whole ? "whole " : "") + "number from " + format_number(least, 2) +
                 " to " + format_number(most, 2) + ": " + excerpt(said));
    return least;
  }
  duration time(const YAML::Node& in, const char* key, duration otherwise) {
    const std::string said = text(in, key, "");
    if (said.empty()) return otherwise;
    const auto d = parse_duration(said);
    if (!d) complain(in[key], key, "not a duration: " + excerpt(said) + ": write 30s, 5m or 1d");
    return d.value_or(otherwise);
  }
  YAML::Node list(const YAML::Node& root, const char* key) {
    const auto at = member(root, key);
    if (!at.IsDefined() || !at.IsSequence() || at.size() == 0) {
      complain(at.IsDefined() ? at : root, key, "missing: a list of at least one");
      return YAML::Node{YAML::NodeType::Sequence};
    }
    return at;
  }
  /// A name that no other one of its kind has.
  std::string name(const YAML::Node& in, std::map<std::uint64_t, std::string>& taken) {
    const std::string said = text(in, "name");
    if (said.empty() || said.size() > name_bytes_max) {
      complain(in, "name", said.empty() ? "empty" : "too long");
      return said;
    }
    const auto [at, fresh] = taken.emplace(ports::id_of_name(said), said);
    if (!fresh)
      complain(in["name"], "name",
               at->second == said
                   ? excerpt(said) + " stands here twice"
                   : excerpt(said) + " and " + excerpt(at->second) + " come to one number: rename one");
    return said;
  }

  void read_site(const YAML::Node& in, fleet_file& out) {
    expect(in, "sites", {"name", "address", "cluster"});
    fleet_site one;
    one.name = name(in, site_names_);
    const std::string where = text(in, "address");
    if (const auto at = parse_address(where); at && at->port != 0)
      one.address = at->address, one.port = at->port;
    else
      complain(member(in, "address"), "address",
               "not a name or an address and a port: " + excerpt(where) + ": write 10.0.0.1:7400");
    one.cluster.orchestrator = out.orchestrator;
    if (const auto c = member(in, "cluster"); c.IsDefined()) {
      expect(c, "cluster", {"server", "ca", "cert", "key", "kubeconfig", "context", "namespace"});
      one.cluster.server = text(c, "server", ""), one.cluster.authorities = text(c, "ca", "");
      one.cluster.certificate = text(c, "cert", ""), one.cluster.key = text(c, "key", "");
      one.cluster.kubeconfig = text(c, "kubeconfig", ""), one.cluster.context = text(c, "context", "");
      one.cluster.space = text(c, "namespace", "");
    }
    if (out.sites.size() == sites_max) complain(in, "sites", "more than " + std::to_string(sites_max));
    out.sites.push_back(std::move(one));
  }
  placement::host_record read_host(const YAML::Node& in, const fleet_file& fleet) {
    expect(in, "hosts", {"name", "site", "cpu", "memory_gib", "rack", "limit"});
    placement::host_record out;
    out.name = name(in, host_names_);
    out.id = {ports::id_of_name(out.name)};
    const std::string site = text(in, "site");
    out.site = fleet.find(site);
    if (out.site == site_id{}) complain(member(in, "site"), "site", "there is no site " + excerpt(site));
    out.capacity[foreshift::resource::cpu] = number(in, "cpu", std::nullopt, 0.001, 1e6);
    out.capacity[foreshift::resource::memory] = gibibyte * number(in, "memory_gib", 0, 0, 1e6);
    out.limit_share = number(in, "limit", fleet.limit, 0.01, 1);
    if (const std::string rack = text(in, "rack", ""); !rack.empty()) out.domain = {ports::id_of_name(rack)};
    return out;
  }
  placement::workload_record read_workload(const YAML::Node& in) {
    expect(in, "workloads",
           {"name", "host", "cpu", "memory_gib", "cpu_limit", "criticality", "priority", "pinned", "apart",
            "together"});
    placement::workload_record out;
    out.name = name(in, workload_names_);
    out.id = {ports::id_of_name(out.name)};
    out.subset = {out.id.value};
    const std::string host = text(in, "host");
    out.host = {ports::id_of_name(host)};
    if (!host_names_.contains(out.host.value))
      complain(member(in, "host"), "host", "there is no host " + excerpt(host));
    out.requested[foreshift::resource::cpu] = number(in, "cpu", 0, 0, 1e6);
    out.requested[foreshift::resource::memory] = gibibyte * number(in, "memory_gib", 0, 0, 1e6);
    out.limits[foreshift::resource::cpu] = number(in, "cpu_limit", 0, 0, 1e6);
    out.criticality = static_cast<std::uint32_t>(number(in, "criticality", 1, 1, 1000, true));
    out.priority = static_cast<std::uint32_t>(number(in, "priority", 0, 0, 1000, true));
    const std::string pinned = text(in, "pinned", "false");
    if (pinned != "true" && pinned != "false")
      complain(in["pinned"], "pinned", "neither true nor false: " + excerpt(pinned));
    out.pinned = pinned == "true";
    if (const std::string group = text(in, "apart", ""); !group.empty())
      out.apart = {ports::id_of_name(group)};
    if (const std::string group = text(in, "together", ""); !group.empty())
      out.together = {ports::id_of_name(group)};
    return out;
  }

  const std::string& source_;
  std::map<std::uint64_t, std::string> site_names_, host_names_, workload_names_;
  std::optional<diagnostic> wrong_;
};

/// The documents of a text, each behind as many empty lines as make its line numbers right. Cut here because
/// YAML::LoadAll of yaml-cpp 0.7 goes round for ever on some texts, where YAML::Load ends. Stops at one too
/// many.
std::vector<std::string> documents_of(std::string_view text) {
  std::vector<std::string> out(1);
  std::size_t lines = 0;
  while (!text.empty() && out.size() <= documents_max) {
    const auto end = std::min(text.find('\n'), text.size() - 1) + 1;
    const auto line = text.substr(0, end);
    if (line.starts_with("---") && (line.size() == 3 || line[3] == '\n' || line[3] == '\r' || line[3] == ' '))
      out.emplace_back(lines, '\n');
    out.back() += line;
    text.remove_prefix(end);
    ++lines;
  }
  return out;
}

/// Of what sites that start from different files would not agree on. Addresses and ways to clusters may
/// differ.
std::uint64_t digest_of_agreed(const fleet_file& f) {
  std::string all = std::to_string(f.step.count()) + ' ' + std::to_string(f.season.count()) + ' ' +
                    std::to_string(f.horizon) + ' ' + std::to_string(f.moves_per_hour) + '\n';
  for (const auto& s : f.sites) all += s.name + '\n';
  for (const auto& h : f.known.hosts())
    all += h.name + ' ' + std::to_string(h.site.value) + ' ' +
           std::to_string(h.capacity[foreshift::resource::cpu]) + ' ' + std::to_string(h.limit_share) + '\n';
  for (const auto& w : f.known.workloads())
    all += w.name + ' ' + std::to_string(w.host.value) + ' ' + std::to_string(w.criticality) + '\n';
  return ports::id_of_name(all);
}

}  // namespace

result<fleet_file, diagnostic> parse_fleet_file(std::string_view text, const std::string& source) {
  if (text.size() > text_bytes_max) return failure{diagnostic{source, 0, "", "longer than 16 MiB"}};
  try {
    const auto parts = documents_of(text);
    if (parts.size() > documents_max)
      return failure{diagnostic{source, 0, "", "more than " + std::to_string(documents_max) + " documents"}};
    std::vector<YAML::Node> documents;
    for (const auto& one : parts) documents.push_back(YAML::Load(one));
    reader walk{source};
    auto out = walk.read(documents);
    if (walk.wrong()) return failure{*walk.wrong()};
    out.digest = digest_of_agreed(out);
    return out;
  } catch (const YAML::Exception& e) {
    const auto line = e.mark.is_null() ? 0 : static_cast<std::size_t>(e.mark.line) + 1;
    return failure{diagnostic{source, line, "", "not YAML: " + excerpt(e.msg, 120)}};
  }
}

}  // namespace tool
