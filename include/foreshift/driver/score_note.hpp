#pragma once
/// @file
/// What sites write into the log so that everybody can keep the same score: claims and outcomes.

#include <foreshift/core/bytes.hpp>
#include <foreshift/core/id.hpp>
#include <foreshift/feedback/claim.hpp>

#include <cstdint>
#include <optional>
#include <variant>

namespace foreshift::inline FORESHIFT_ABI::driver {

/// "The source of this proposal will be overloaded with this probability": made when the site votes.
struct claim_note {
  proposal_id proposal;
  feedback::claim what;
  friend bool operator==(const claim_note&, const claim_note&) = default;
};
/// Whether the source was overloaded, or would have been without the move.
struct outcome_note {
  proposal_id proposal;
  bool happened = false;
  friend bool operator==(const outcome_note&, const outcome_note&) = default;
};
using score_note = std::variant<claim_note, outcome_note>;

/// Version byte, kind, fields in order.
[[nodiscard]] inline byte_string encode(const score_note& note) {
  byte_writer out;
  out.put(std::uint8_t{1});
  out.put(static_cast<std::uint8_t>(note.index()));
  const auto put_id = [&](proposal_id id) { out.put(id.sponsor.value), out.put(id.sequence); };
  if (const auto* made = std::get_if<claim_note>(&note)) {
    const auto& c = made->what;
    put_id(made->proposal);
    out.put(c.id.site.value), out.put(c.id.sequence), out.put(c.workload_class.value);
    out.put(std::int64_t{c.made.time_since_epoch().count()}),
        out.put(std::int64_t{c.due.time_since_epoch().count()});
    out.put(c.probability.value), out.put(c.about.host.value);
    out.put(static_cast<std::uint8_t>(c.about.what)), out.put(c.about.limit_permille);
  } else {
    put_id(std::get<outcome_note>(note).proposal);
    out.put(std::get<outcome_note>(note).happened);
  }
  return out.take();
}

/// Nothing for any other bytes.
[[nodiscard]] inline std::optional<score_note> decode_score_note(byte_span bytes) {
  byte_reader in{bytes};
  if (in.get<std::uint8_t>() != 1) return std::nullopt;
  const auto kind = in.get<std::uint8_t>();
  const proposal_id proposal{{in.get<std::uint64_t>()}, in.get<std::uint64_t>()};
  score_note note = outcome_note{proposal, false};
  if (kind == 0) {
    feedback::claim c;
    c.id = {{in.get<std::uint64_t>()}, in.get<std::uint64_t>()};
    c.workload_class = {in.get<std::uint64_t>()};
    c.made = time_point{duration{in.get_signed()}}, c.due = time_point{duration{in.get_signed()}};
    c.probability = {in.get<std::uint32_t>()};
    c.about.host = {in.get<std::uint64_t>()};
    const auto what = in.get<std::uint8_t>();
    c.about.what = static_cast<resource>(what), c.about.limit_permille = in.get<std::uint32_t>();
    if (what >= resource_count) return std::nullopt;
    note = claim_note{proposal, c};
  } else if (kind == 1) {
    note = outcome_note{proposal, in.get_bool()};
  } else {
    return std::nullopt;
  }
  if (!in.finished()) return std::nullopt;
  return note;
}

}  // namespace foreshift::inline FORESHIFT_ABI::driver
