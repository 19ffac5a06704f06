#pragma once
/// @file
/// What a record was that cannot be read any more.
///
/// A storage keeps the first bytes of a record a second time. They say what kind it was, and for which slot
/// and ballot, or on which proposal: enough to restore the promise that it made, though not the value that it
/// held. A replica that has this of every lost record can take up its promises again; with one unknown it may
/// not vote under them.

#include <foreshift/consensus/record.hpp>
#include <foreshift/core/bytes.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <type_traits>
#include <variant>

namespace foreshift::inline FORESHIFT_ABI::consensus {

/// Members that the kind does not have are as by default.
struct record_identity {
  std::size_t kind = 0;       ///< its place in `record`
  slot at;                    ///< of an accepted or a chosen entry
  ballot number;              ///< opened, promised or accepted under
  proposal_id proposal;       ///< that was voted on
  std::uint32_t attempt = 0;  ///< in which

  template <class Record>
  [[nodiscard]] bool is() const {
    return kind == kind_of<Record>(std::type_identity<record>{});
  }
  friend bool operator==(const record_identity&, const record_identity&) = default;

 private:
  template <class Record, class... All>
  static constexpr std::size_t kind_of(std::type_identity<std::variant<All...>>) {
    std::size_t index = 0;
    static_cast<void>(((std::is_same_v<Record, All> || (++index, false)) || ...));
    return index;
  }
};

/// No identity needs more of a record than this.
inline constexpr std::size_t record_identity_bytes = 1 + 8 + 16 + 4;

/// @param beginning the first bytes of a record, `record_identity_bytes` or all there are
/// @return nothing if they are too few, or the beginning of no record
[[nodiscard]] inline std::optional<record_identity> identify(byte_span beginning) {
  byte_reader in{beginning};
  wire_reader read{in};
  record_identity out;
  out.kind = in.get<std::uint8_t>();
  if (out.is<ballot_record>() || out.is<promise_record>())
    read(out.number);
  else if (out.is<accept_record>())
    read(out.at, out.number);
  else if (out.is<chosen_record>())
    read(out.at);
  else if (site_id voter; out.is<vote_record>())
    read(voter, out.proposal, out.attempt);
  else if (!out.is<run_record>())
    in.fail();
  return in.ok() ? std::optional{out} : std::nullopt;
}

}  // namespace foreshift::inline FORESHIFT_ABI::consensus
