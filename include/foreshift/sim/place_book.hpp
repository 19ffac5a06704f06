#pragma once
/// @file
/// What the places of a data centre remember, each of them with every migration that it was told of, for
/// ever. What they do when they are told to is decided in migration/place_record.hpp.

#include <foreshift/core/flat_map.hpp>
#include <foreshift/core/id.hpp>
#include <foreshift/migration/command.hpp>
#include <foreshift/migration/event.hpp>
#include <foreshift/migration/place_record.hpp>

#include <optional>
#include <utility>

namespace foreshift::inline FORESHIFT_ABI::sim {

/// A regular value.
class place_book {
 public:
  using command = migration::command;
  using state = migration::place_state;
  using response = migration::place_response;

  place_book(migration::cut_over_style style, bool fences) : rules_{style, fences} {}

  [[nodiscard]] fence_token highest(place_id place, subset_id subset) const {
    const fence_token* seen = tokens_.find({place, subset});
    return seen != nullptr ? *seen : fence_token{};
  }
  [[nodiscard]] state state_of(place_id place, migration_id migration) const {
    const auto* known = records_.find({place, migration});
    return known != nullptr ? known->at : state::never_seen;
  }
  /// True when this command would begin something new, so that room has to be found for it.
  [[nodiscard]] bool begins(const command& c) const {
    return !is_stale(c, rules_, highest(c.place(), c.subset)) &&
           migration::begins(c, state_of(c.place(), c.migration));
  }

  /// Checks the token, raises it, and does what the verb says.
  [[nodiscard]] response carry_out(const command& c) {
    fence_token seen = highest(c.place(), c.subset);
    const fence_token before = seen;
    std::optional<response> whole = check_token(c, rules_, seen);
    if (seen != before) tokens_[{c.place(), c.subset}] = seen;
    if (whole) return *std::move(whole);
    return migration::carry_out(c, rules_, records_[{c.place(), c.migration}]);
  }
  /// A copy has ended.
  [[nodiscard]] response copied(place_id place, migration_id migration) {
    auto& known = records_[{place, migration}];
    return end_copy(rules_, highest(place, known.subset), known);
  }

  friend bool operator==(const place_book&, const place_book&) = default;

 private:
  migration::place_rules rules_;
  flat_map<std::pair<place_id, subset_id>, fence_token> tokens_;
  flat_map<std::pair<place_id, migration_id>, migration::place_record> records_;
};

}  // namespace foreshift::inline FORESHIFT_ABI::sim
