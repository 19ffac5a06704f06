#include "fleet_reader.hpp"

#include "files.hpp"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <optional>
#include <system_error>
#include <utility>
#include <vector>

namespace tool {

using foreshift::diagnostic;
using foreshift::excerpt;
using foreshift::failure;
using foreshift::result;
using namespace foreshift::placement;

namespace {

constexpr std::int64_t amount_max = std::int64_t{1} << 40;
constexpr std::int64_t count_max = 10'000'000;

/// Numbers one after the other. After the first that is wrong it gives zeros and keeps the reason.
class number_reader {
 public:
  number_reader(std::string_view text, std::string source) : text_(text), source_(std::move(source)) {}

  std::int64_t next(const char* what, std::int64_t least, std::int64_t most) {
    if (error_) return least;
    skip_space();
    if (text_.empty()) return refuse(least, std::string{"the file ends where "} + what + " should stand");
    std::int64_t value = 0;
    const auto [end, bad] = std::from_chars(text_.data(), text_.data() + text_.size(), value);
    const auto length = static_cast<std::size_t>(end - text_.data());
    const bool whole = bad == std::errc{} && (length == text_.size() || is_space(text_[length]));
    if (whole && value >= least && value <= most) {
      text_.remove_prefix(length);
      return value;
    }
    const auto word = excerpt(text_.substr(0, text_.find_first_of(" \t\r\n")));
    if (!whole) return refuse(least, std::string{what} + ": not a whole number: " + word);
    return refuse(least, std::string{what} + ": not from " + std::to_string(least) + " to " +
                             std::to_string(most) + ": " + word);
  }
  std::int64_t amount(const char* what) { return next(what, 0, amount_max); }
  /// Below `end`, which is above 0.
  std::uint32_t index(const char* what, std::size_t end) {
    return static_cast<std::uint32_t>(next(what, 0, static_cast<std::int64_t>(end) - 1));
  }
  /// How many items follow, as far as there is text for them: a forged count asks for no memory.
  std::size_t count(const char* what, std::int64_t least = 0) {
    const auto most = std::min<std::int64_t>(count_max, static_cast<std::int64_t>(numbers_left()));
    return static_cast<std::size_t>(next(what, least, most));
  }
  /// At most: each takes two bytes.
  [[nodiscard]] std::size_t numbers_left() const { return text_.size() / 2 + 1; }
  /// Stops here for a reason that the number read last gives.
  void reject(std::string why) {
    if (!error_) refuse(0, std::move(why));
  }
  [[nodiscard]] bool ok() const { return !error_; }
  /// Why it stopped, or that something is left over.
  std::optional<diagnostic> finish() {
    if (!error_) {
      skip_space();
      if (!text_.empty()) refuse(0, "more than expected: " + excerpt(text_.substr(0, text_.find('\n'))));
    }
    return error_;
  }

 private:
  [[nodiscard]] static bool is_space(char c) { return c == ' ' || c == '\n' || c == '\t' || c == '\r'; }
  void skip_space() {
    std::size_t begin = 0;
    for (; begin < text_.size() && is_space(text_[begin]); ++begin) line_ += text_[begin] == '\n' ? 1 : 0;
    text_.remove_prefix(begin);
  }
  std::int64_t refuse(std::int64_t stand_in, std::string why) {
    error_ = diagnostic{source_, line_, "", std::move(why)};
    return stand_in;
  }
  std::string_view text_;
  std::string source_;
  std::size_t line_ = 1;
  std::optional<diagnostic> error_;
};

/// 0, 1, 2 ... in the order of the numbers used.
void renumber(std::vector<std::uint32_t>& labels) {
  auto used = labels;
  std::ranges::sort(used);
  used.erase(std::unique(used.begin(), used.end()), used.end());
  for (auto& label : labels)
    label = static_cast<std::uint32_t>(std::ranges::lower_bound(used, label) - used.begin());
}

}  // namespace

result<reassignment, diagnostic> parse_fleet(std::string_view text, const std::string& source) {
  number_reader in{text, source};
  reassignment p;
  for (auto left = in.count("the number of resources", 1); left > 0 && in.ok(); --left) {
    const bool transient = in.next("whether a resource is transient", 0, 1) == 1;
    p.resources.push_back({transient, in.amount("a resource's cost of load")});
  }
  const auto hosts = in.count("the number of hosts", 1);
  p.distance.reserve(std::min(hosts * hosts, in.numbers_left()));
  for (std::size_t h = 0; h < hosts && in.ok(); ++h) {
    p.neighbourhood.push_back(in.index("a neighbourhood", static_cast<std::size_t>(count_max)));
    p.location.push_back(in.index("a location", static_cast<std::size_t>(count_max)));
    for (std::size_t r = 0; r < p.kinds(); ++r) p.capacity.push_back(in.amount("a capacity"));
    for (std::size_t r = 0; r < p.kinds(); ++r) p.safety.push_back(in.amount("a safety capacity"));
    for (std::size_t other = 0; other < hosts && in.ok(); ++other)
      p.distance.push_back(in.amount("a distance between hosts"));
  }
  renumber(p.neighbourhood), renumber(p.location);
  const auto services = in.count("the number of services");
  for (std::size_t s = 0; s < services && in.ok(); ++s) {
    p.spread_min.push_back(static_cast<std::uint32_t>(in.next("a spread", 0, count_max)));
    auto& others = p.depends_on.emplace_back();
    for (auto left = in.count("the number of dependencies"); left > 0 && in.ok(); --left)
      others.push_back(in.index("a service depended on", services));
    std::ranges::sort(others);
    others.erase(std::unique(others.begin(), others.end()), others.end());
  }
  const auto workloads = in.count("the number of workloads");
  if (workloads > 0 && services == 0) in.reject("there are workloads, and no service that they could be of");
  for (std::size_t w = 0; w < workloads && in.ok(); ++w) {
    p.service.push_back(in.index("a workload's service", std::max<std::size_t>(services, 1)));
    for (std::size_t r = 0; r < p.kinds(); ++r) p.demand.push_back(in.amount("a demand"));
    p.move_cost.push_back(in.amount("a workload's cost of moving"));
  }
  for (auto left = in.count("the number of balances"); left > 0 && in.ok(); --left) {
    reassignment::balance_rule b;
    b.first = in.index("a balance's first resource", std::max<std::size_t>(p.kinds(), 1));
    b.second = in.index("a balance's second resource", std::max<std::size_t>(p.kinds(), 1));
    b.target = in.amount("a balance's target"), b.cost = in.amount("a balance's cost");
    p.balances.push_back(b);
  }
  p.move_weight = in.amount("the weight of moved workloads");
  p.service_weight = in.amount("the weight of moved services");
  p.distance_weight = in.amount("the weight of distances");
  if (const auto wrong = in.finish()) return failure{*wrong};
  p.start.assign(p.workloads(), 0);  // until it is known
  if (const auto why = ill_formed(p)) return failure{diagnostic{source, 0, "", *why}};
  return p;
}

result<assignment, diagnostic> parse_assignment(std::string_view text, const std::string& source,
                                                std::size_t workloads, std::size_t hosts) {
  number_reader in{text, source};
  assignment where;
  for (std::size_t w = 0; w < workloads && in.ok(); ++w)
    where.push_back(in.index("a workload's host", hosts));
  if (const auto wrong = in.finish()) return failure{*wrong};
  return where;
}

std::string explain(const placement_violation& broken) {
  const auto n = [](std::size_t i) { return std::to_string(i); };
  switch (broken.what) {
    case placement_rule::capacity:
      return "host " + n(broken.subject) + " has not enough of resource " + n(broken.other);
    case placement_rule::transient_capacity:
      return "host " + n(broken.subject) + " has not enough of resource " + n(broken.other) +
             " while workloads leave it";
    case placement_rule::conflict:
      return "service " + n(broken.subject) + " has two workloads on host " + n(broken.other);
    case placement_rule::spread:
      return "service " + n(broken.subject) + " runs in too few locations";
    case placement_rule::dependency:
      return "service " + n(broken.subject) + " runs in a neighbourhood where service " + n(broken.other) +
             ", which it depends on, does not";
  }
  return "a rule is broken";
}

result<reassignment, diagnostic> read_fleet(const std::string& model, const std::string& start) {
  const auto text = read_text(model);
  if (!text) return failure{text.error()};
  auto fleet = parse_fleet(*text, source_name(model));
  if (!fleet) return fleet;
  const auto places = read_text(start);
  if (!places) return failure{places.error()};
  auto where = parse_assignment(*places, source_name(start), fleet->workloads(), fleet->hosts());
  if (!where) return failure{where.error()};
  fleet->start = std::move(*where);
  if (const auto broken = violation_of(*fleet, fleet->start))
    return failure{diagnostic{source_name(start), 0, "", "the start breaks a rule: " + explain(*broken)}};
  return fleet;
}

}  // namespace tool
