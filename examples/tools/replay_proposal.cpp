#include "replay_proposal.hpp"

#include "files.hpp"
#include "proposal_folder.hpp"

#include <foreshift/sim/proposal_fit.hpp>

#include <cstdio>
#include <span>
#include <utility>

namespace tool {

using foreshift::diagnostic;
using foreshift::failure;
using foreshift::result;
using foreshift::placement::proposal;

namespace {

result<proposal_trial, diagnostic> attempt(const proposal& what, const replay_options& o,
                                           const policy_entry& before) {
  auto input = read_input(o);
  if (!input) return failure{input.error()};
  const foreshift::sim::demand_table demand{input->trace};
  if (const auto settled = settle_hosts(*input, demand); !settled) return failure{settled.error()};

  const auto misfit = [&](diagnostic why) {
    why.source = source_name(o.proposal);
    why.reason += "; it does not fit " + input->source;
    return failure{std::move(why)};
  };
  const auto step = foreshift::sim::fit(what, demand, input->rules);
  if (!step) return misfit(step.error());
  // A policy that has stopped at this step has made the moves that it decided before.
  const auto moves = before.play(demand, *input, *step).record.moves;
  auto found = foreshift::sim::check_promise(what, demand, input->rules, moves);
  if (!found) {
    diagnostic why = found.error();
    if (before.name == "none")
      why.reason += " if nothing has moved before: --moves-before foreshift makes the moves until then";
    return misfit(std::move(why));
  }
  return proposal_trial{*std::move(input), std::string{before.name}, moves.size(), *std::move(found)};
}

}  // namespace

result<void, diagnostic> replay_proposal(const replay_options& o, bool with_fleet) {
  const auto before = choose_policies({o.moves_before});
  if (!before) return failure{diagnostic{"", 0, "--moves-before", before.error().reason}};
  if (!with_fleet && before->front().name != "none")
    return wrong("--moves-before", "of which fleet? Add --trace FILE, or --seed N of a generated one");
  if (!o.json.empty())
    if (const auto possible = can_write(o.json); !possible) return possible;
  const auto what = read_proposal(o.proposal);
  if (!what) return failure{what.error()};

  std::optional<proposal_trial> trial;
  if (with_fleet) {
    auto tried = attempt(*what, o, before->front());
    if (!tried) return failure{tried.error()};
    trial = *std::move(tried);
  }
  const auto* found = trial ? &*trial : nullptr;
  if (!o.json.empty())
    if (const auto written = write_text(o.json, proposal_json(*what, found)); !written) return written;
  std::fputs(proposal_text(*what, found).c_str(), stdout);
  return {};
}

}  // namespace tool
