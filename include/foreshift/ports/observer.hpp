#pragma once
/// @file
/// Who wants to know what a site does: logs, metrics, dashboards, the report of a replay.

#include <foreshift/anomaly/score.hpp>
#include <foreshift/consensus/certificate.hpp>
#include <foreshift/core/id.hpp>
#include <foreshift/core/time.hpp>
#include <foreshift/migration/outcome.hpp>
#include <foreshift/placement/proposal.hpp>
#include <foreshift/risk/failure.hpp>
#include <foreshift/risk/risk.hpp>
#include <foreshift/telemetry/metric.hpp>

#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace foreshift::inline FORESHIFT_ABI::ports {

/// A host is in danger within the near and within the far horizon, and a move that is worth it has been
/// found: `proposed` follows.
struct risk_raised {
  risk::overload_risk what;
};
/// A host is in danger and nothing is proposed, because only one horizon says so, or no move is worth it or
/// due yet. Told when the danger begins, and when there is another reason why nothing is proposed; it is over
/// when the host is no more in danger.
struct risk_warned {
  risk::overload_risk what;
  double fast = 0;    ///< probability of an overload within the near horizon
  double slow = 0;    ///< within the far one
  std::string why{};  ///< nothing is proposed
};
/// A host, or a whole site as seen from this one, has probably failed or is about to. Told once, until the
/// probability has fallen again.
struct failure_suspected {
  site_id site;
  std::optional<host_id> host;  ///< nothing: the site has fallen silent
  risk::failure_probability what;
};
/// An observation was strange.
struct anomaly_alerted {
  telemetry::entity of;
  double score = 0;
  anomaly::cause
      why{};  ///< which measure, since when, observed against expected; empty: the detector says no more
};
/// This site sponsors a proposal.
struct proposed {
  placement::proposal what;
};
/// A site cast its vote, with its own probabilities.
struct voted {
  proposal_id proposal;
  bool accepted = false;
  std::string reason;      ///< one sentence
  double probability = 0;  ///< of the overload, as this site forecasts it
};
/// A verdict stands in the log. Every site sees the same one.
struct agreed {
  proposal_id proposal;
  slot at;
  bool approved = false;
  std::string reason;                 ///< of a refusal: the vote's outcome or the rule that failed at apply
  std::uint64_t accepted_weight = 0;  ///< merit
  std::uint64_t total_weight = 0;
  std::uint32_t theta_permille = 0;
  std::vector<std::pair<site_id, std::uint64_t>> weights;  ///< of each site on this proposal
};
/// Authority over a subset has a new owner or a new token.
struct authority_passed {
  subset_id what;
  site_id owner;
  fence_token token;
};
/// A migration has come to another phase at this site.
struct migration_advanced {
  migration_id migration;
  proposal_id proposal;
  std::string phase;
  std::string why{};  ///< it is given up, or suspect: one sentence; else empty
};
/// What became of a migration.
struct outcome_judged {
  migration::outcome what;
  std::string advice;  ///< what follows from it; one sentence
};
/// The credits that votes weigh by have changed, by a log entry.
struct credits_updated {
  std::uint64_t version = 0;
};
/// Something that must not happen did, or this site had to give up. A person should look.
struct alarm {
  std::string text;
};

/// One thing that happened at one site.
struct note {
  site_id site;
  time_point at{};
  std::variant<risk_raised, risk_warned, failure_suspected, anomaly_alerted, proposed, voted, agreed,
               authority_passed, migration_advanced, outcome_judged, credits_updated, alarm>
      what;
};

/// Is told what happens.
///
/// Semantics     Told in the order in which it happens at this site. Has no say in anything.
/// Failure       None: must not throw. What it does takes the site's time.
/// Threads       Called from the thread that polls the site.
/// Model         `ports::null_observer`.
template <class O>
concept Observer = requires(O& o, const note& what) {
  { o.observe(what) } -> std::same_as<void>;
};

}  // namespace foreshift::inline FORESHIFT_ABI::ports
