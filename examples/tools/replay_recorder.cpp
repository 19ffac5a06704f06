#include "replay_recorder.hpp"

#include "text.hpp"

#include <foreshift/placement/workload_kind.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>
#include <variant>

namespace tool {

using namespace foreshift;

namespace {

constexpr double band_share = 0.9;

std::string name_of_proposal(proposal_id id) {
  return "site " + std::to_string(id.sponsor.value) + " / " + std::to_string(id.sequence & 0xFFFFFFFFU);
}

double minutes(duration d) { return to_seconds(d) / 60; }

/// Mean and central band of joint paths, step by step.
band_curve band_of(const forecast::sample_paths& paths, std::size_t first_step) {
  band_curve out;
  out.first_step = first_step, out.coverage = band_share;
  const std::size_t n = paths.count();
  std::vector<double> column(n);
  const auto tail = static_cast<std::size_t>((1 - band_share) / 2 * static_cast<double>(n));
  for (std::size_t h = 0; h < paths.horizon(); ++h) {
    double sum = 0;
    for (std::size_t p = 0; p < n; ++p) sum += column[p] = paths[p][h];
    const auto low = column.begin() + static_cast<std::ptrdiff_t>(tail);
    const auto high = column.begin() + static_cast<std::ptrdiff_t>(n - 1 - tail);
    std::nth_element(column.begin(), low, column.end());
    out.low.push_back(*low);
    std::nth_element(column.begin(), high, column.end());
    out.high.push_back(*high);
    out.mean.push_back(sum / static_cast<double>(n));
  }
  return out;
}

}  // namespace

recorder::recorder(const sim::world& world, const replay_input& input)
    : world_(&world), input_(&input), expected_(world.hosts()) {
  notes_.coverage = band_share;
  notes_.lead = 2;  // the first step that a move decided now can relieve
  const std::vector<double> nothing(world.steps(), std::numeric_limits<double>::quiet_NaN());
  for (std::size_t h = 0; h < world.hosts(); ++h)
    notes_.curves.push_back({host_id{h}, nothing, nothing, nothing, nothing});
}

void recorder::look(host_id h, const forecast::sample_paths& paths, double risk) {
  auto band = band_of(paths, step_ + 1);
  auto& curve = notes_.curves[h.value];
  notes_.horizon = paths.horizon();
  curve.risk[step_] = risk;
  if (const std::size_t at = step_ + notes_.lead; at < world_->steps() && paths.horizon() >= notes_.lead) {
    curve.mean[at] = band.mean[notes_.lead - 1];
    curve.low[at] = band.low[notes_.lead - 1];
    curve.high[at] = band.high[notes_.lead - 1];
  }
  expected_[h.value] = std::move(band);
}

void recorder::hear(const ports::note& what) {
  std::visit([&](const auto& one) { hear(what, one); }, what.what);
}

adjustment_story* recorder::find_adjustment(proposal_id id) {
  const auto* at = adjustment_index_.find(id);
  return at == nullptr ? nullptr : &notes_.adjustments[*at];
}
proposal_story* recorder::find(proposal_id id) {
  const auto* at = index_.find(id);
  return at == nullptr ? nullptr : &notes_.proposals[*at];
}

void recorder::hear(const ports::note& from, const ports::proposed& said) {
  const auto& what = said.what;
  if (input_->folder != nullptr)
    input_->folder->save(what, input_->trace.workloads[what.workload.value].name);
  if (!std::holds_alternative<placement::migrate>(what.what)) return hear_adjustment(from, what);
  const auto& move = std::get<placement::migrate>(what.what);
  proposal_story s;
  s.id = name_of_proposal(what.id), s.step = step_, s.sponsor = from.site;
  s.workloads = {what.workload}, s.from = move.from.host, s.to = move.to.host, s.priority = what.priority;
  s.probability = what.why.probability;
  s.expected_overload_minutes = minutes(what.why.expected_overload);
  s.expected_first_step =
      step_ + 1 + static_cast<std::size_t>((what.why.breach_at - what.made_at) / world_->step());
  s.forecast = expected_[move.from.host.value];
  s.placement_note = gap_note(what);
  for (const auto& other : what.alternatives)
    s.rejected.push_back({other.to.host, spaced(placement::name_of(other.why))});
  s.promised_minutes = minutes(what.expected.overload_avoided);
  s.promised_low = minutes(what.expected.avoided_low), s.promised_high = minutes(what.expected.avoided_high);
  index_.insert_or_assign(what.id, notes_.proposals.size());
  under_vote_.insert_or_assign(what.subset, notes_.proposals.size());
  notes_.proposals.push_back(std::move(s));
}

void recorder::hear_adjustment(const ports::note& from, const placement::proposal& what) {
  adjustment_story a;
  a.step = step_, a.sponsor = from.site, a.workload = what.workload;
  if (what.workload_class != class_id{}) a.of_class = placement::class_name(what.workload_class);
  a.risk_before = what.why.probability, a.risk_after = what.why.probability_after;
  a.cores_before = what.why.limit;
  const auto cores = [](double x) { return format_number(x, 2); };
  if (const auto* size = std::get_if<placement::resize>(&what.what)) {
    a.cores_after = size->limits[what.why.what];
    a.what = "from " + cores(a.cores_before) + " to " + cores(a.cores_after) + " cores, " +
             cores(size->requests[what.why.what]) + " set aside";
  } else if (const auto* copies = std::get_if<placement::scale>(&what.what)) {
    a.cores_after = copies->replicas * what.why.limit;
    a.what = std::to_string(copies->replicas) + " copies of " + cores(what.why.limit) + " cores";
  }
  adjustment_index_.insert_or_assign(what.id, notes_.adjustments.size());
  notes_.adjustments.push_back(std::move(a));
}

void recorder::hear(const ports::note& from, const ports::voted& said) {
  if (auto* a = find_adjustment(said.proposal); a != nullptr) {
    (said.accepted ? a->in_favour : a->against) += 1;
    if (!said.accepted && a->objection.empty()) a->objection = said.reason;
  }
  if (auto* s = find(said.proposal); s != nullptr)
    s->votes.push_back({from.site, said.accepted, 0, said.reason, said.probability});
}

void recorder::hear(const ports::note& from, const ports::agreed& said) {
  if (auto* a = find_adjustment(said.proposal); a != nullptr && from.site == a->sponsor) {
    a->fate = said.approved ? proposal_fate::agreed : proposal_fate::refused;
    if (!said.approved && a->objection.empty()) a->objection = spaced(said.reason);
  }
  auto* s = find(said.proposal);
  if (s == nullptr || from.site != s->sponsor) return;
  s->fate = said.approved ? proposal_fate::agreed : proposal_fate::refused;
  s->log_slot = said.at.value;
  s->weight_in_favour = static_cast<std::int64_t>(said.accepted_weight);
  s->weight_total = static_cast<std::int64_t>(said.total_weight);
  s->weight_needed = static_cast<std::int64_t>(said.total_weight * said.theta_permille / 1000 + 1);
  for (const auto& [site, weight] : said.weights)
    for (auto& v : s->votes)
      if (v.site == site) v.weight = static_cast<std::int64_t>(weight);
  if (!said.approved) s->refusal = said.reason;
}

void recorder::hear(const ports::note& from, const ports::authority_passed& said) {
  const auto* at = under_vote_.find(said.what);
  if (at == nullptr) return;
  auto& s = notes_.proposals[*at];
  if (from.site != s.sponsor || s.fate != proposal_fate::agreed) return;
  s.authority = said.token.at.value;
  const std::string owner = "site " + std::to_string(said.owner.value);
  const std::string token = "token " + std::to_string(said.token.at.value);
  const site_id to = world_->site_of(s.to);
  s.events.push_back({step_, said.owner != to ? owner + " prepares to give up authority, " + token
                             : to == world_->site_of(s.from)
                                 ? owner + " keeps authority, under " + token
                                 : "authority passed to " + owner + " under " + token});
}

void recorder::hear(const ports::note& from, const ports::migration_advanced& said) {
  auto* s = find(said.proposal);
  if (s == nullptr || from.site != world_->site_of(s->to)) return;  // the owner's word
  if (!s->events.empty() && s->events.back().migration && s->events.back().step == step_)
    s->events.back().what += ", " + spaced(said.phase);
  else
    s->events.push_back({step_, "migration: " + spaced(said.phase), true});
  auto& line = s->events.back().what;
  if (!said.why.empty() && line.find(said.why) == std::string::npos) line += " (" + said.why + ")";
  if (s->fate != proposal_fate::agreed) return;
  if (said.phase == "released") s->fate = proposal_fate::migrated;
  if (said.phase == "reverted" || said.phase == "undone") s->fate = proposal_fate::failed;
}

void recorder::hear(const ports::note&, const ports::outcome_judged& said) {
  auto* s = find(said.what.proposal);
  if (s == nullptr) return;
  s->avoided_minutes =
      minutes(said.what.overload_without - said.what.overload_source - said.what.overload_destination);
  if (said.what.rolled_back) s->fate = proposal_fate::rolled_back;
  s->events.push_back({step_, "checked: " + spaced(migration::name_of(said.what.what)) +
                                  (said.advice.empty() ? "" : ". " + said.advice)});
}

void recorder::hear(const ports::note& from, const ports::alarm& said) {
  complain("site " + std::to_string(from.site.value) + ": " + said.text);
}

policy_notes recorder::take() {
  for (const auto& c : complaints_) std::fprintf(stderr, "foreshift: alarm: %s\n", c.c_str());
  return std::move(notes_);
}

}  // namespace tool
