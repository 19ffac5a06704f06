#pragma once
/// @file
/// Torn is not corrupt.
///
/// A batch that a crash has torn was never acknowledged, and is cut off. A batch that has been damaged may
/// have been a promise, and to cut it off would be to forget it. The identity of a record is kept twice,
/// apart from the record's bytes; the bad end of a log is torn only if its identity stands in neither place
/// and nothing valid comes behind it (Alagappan et al., 2018). A crash that has let an identity through but
/// not its record looks like damage, and is taken for it: that costs help from a peer, the other error costs
/// the promise.

#include <foreshift/core/config.hpp>

namespace foreshift::inline FORESHIFT_ABI::wal {

/// What stands of a bad record besides its bytes.
struct evidence {
  bool identity = false;   ///< in either place
  bool successor = false;  ///< a whole frame behind it: it was written after this one had been acknowledged
};

struct torn_or_corrupt {
  [[nodiscard]] static constexpr bool torn(evidence e) { return !e.identity && !e.successor; }
};

}  // namespace foreshift::inline FORESHIFT_ABI::wal
