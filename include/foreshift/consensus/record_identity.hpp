#pragma once
/// @file
/// What a record was that cannot be read any more.
///
/// A storage keeps the first bytes of a record a second time. They say what kind it was, for which slot and
/// under which ballot: enough to restore the promise that it made, though not the value that it held. A
/// replica that has this of every lost record can take up its promises again; with one unknown it may not
/// vote under them.

#include <foreshift/consensus/record.hpp>
#include <foreshift/core/bytes.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <variant>

namespace foreshift::inline FORESHIFT_ABI::consensus {

/// In the order of `record`.
enum class record_kind : std::uint8_t { run, ballot, promise, accept, chosen, vote };

struct record_identity {
  record_kind kind = record_kind::run;
  slot at;        ///< of an accepted or a chosen entry
  ballot number;  ///< opened, promised or accepted under
  /// The promise that the record made, or none.
  [[nodiscard]] ballot promised() const {
    return kind == record_kind::promise || kind == record_kind::accept ? number : ballot{};
  }
  friend bool operator==(const record_identity&, const record_identity&) = default;
};

/// No identity needs more of a record than this.
inline constexpr std::size_t record_identity_bytes = 1 + 8 + 16;

/// @param beginning the first bytes of a record, `record_identity_bytes` or all there are
/// @return nothing if they are too few, or the beginning of no record
[[nodiscard]] inline std::optional<record_identity> identify(byte_span beginning) {
  static_assert(std::variant_size_v<record> == 6);
  byte_reader in{beginning};
  const auto kind = in.get<std::uint8_t>();
  if (!in.ok() || kind >= std::variant_size_v<record>) return std::nullopt;
  record_identity out{static_cast<record_kind>(kind), {}, {}};
  if (out.kind == record_kind::accept || out.kind == record_kind::chosen)
    out.at = slot{in.get<std::uint64_t>()};
  if (out.kind == record_kind::ballot || out.kind == record_kind::promise ||
      out.kind == record_kind::accept) {
    out.number.round = in.get<std::uint64_t>();
    out.number.site = site_id{in.get<std::uint64_t>()};
  }
  return in.ok() ? std::optional{out} : std::nullopt;
}

}  // namespace foreshift::inline FORESHIFT_ABI::consensus
