#pragma once
/// @file
/// Fitted models outlive a process: what a saved one looks like, and what may be wrong with it.
///
/// A saved model is a tag that names its kind, a version, and its state in the canonical encoding of
/// core/bytes.hpp. Whoever restores it states the kind by the type. A program refuses versions it does not
/// know; it does not guess.

#include <foreshift/core/bytes.hpp>
#include <foreshift/core/result.hpp>

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace foreshift::inline FORESHIFT_ABI::forecast {

/// Why saved bytes are not a model.
enum class restore_error : std::uint8_t {
  other_kind,       ///< the tag belongs to another kind of model
  unknown_version,  ///< written by a newer program
  damaged,          ///< cut short, too long, or values that no model of this kind has
};

[[nodiscard]] constexpr std::string_view explain(restore_error e) {
  switch (e) {
    case restore_error::other_kind:
      return "the saved model is of another kind: restore it with the type that saved it";
    case restore_error::unknown_version:
      return "the saved model was written by a newer version: update this program or fit again";
    case restore_error::damaged:
      return "the saved model is damaged: fit again";
  }
  return "unknown restore error";
}

/// A kind of model in saved bytes: four letters, and the version of its layout.
struct model_tag {
  std::uint32_t kind = 0;
  std::uint8_t version = 1;
};

/// {'e','t','s',' '} as one number. @pre four characters
[[nodiscard]] constexpr std::uint32_t four_letters(std::string_view text) {
  std::uint32_t kind = 0;
  for (std::size_t i = 0; i < 4; ++i)
    kind |= static_cast<std::uint32_t>(static_cast<unsigned char>(text[i])) << (8 * i);
  return kind;
}

/// Begins a saved model.
inline void put_tag(byte_writer& out, model_tag tag) {
  out.put(tag.kind);
  out.put(tag.version);
}
/// Reads the tag; the version it found is 1 to `newest.version`.
[[nodiscard]] inline result<std::uint8_t, restore_error> get_tag(byte_reader& in, model_tag newest) {
  const auto kind = in.get<std::uint32_t>();
  const auto version = in.get<std::uint8_t>();
  if (!in.ok()) return failure{restore_error::damaged};
  if (kind != newest.kind) return failure{restore_error::other_kind};
  if (version == 0 || version > newest.version) return failure{restore_error::unknown_version};
  return version;
}

inline void put_values(byte_writer& out, const std::vector<double>& values) {
  FORESHIFT_EXPECT(values.size() <= 0xFFFFFFFFU);
  out.put(static_cast<std::uint32_t>(values.size()));
  for (const double v : values) out.put(v);
}
/// Memory is taken for no more values than the input holds.
[[nodiscard]] inline std::vector<double> get_values(byte_reader& in) {
  std::vector<double> values(in.get_count(sizeof(double), 0xFFFFFFFFU));
  for (double& v : values) v = in.get_double();
  return values;
}

/// A fitted model that can be written and read back.
///
/// Semantics     `M::restored(saved)` forecasts and learns exactly like the model that was saved.
/// Failure       Foreign, newer or damaged bytes are an error, never a crash and never a model that forecasts
///               what is not finite.
template <class M>
concept PersistentModel = std::copyable<M> && requires(const M& fitted, byte_writer& out, byte_span saved) {
  { save(fitted, out) } -> std::same_as<void>;
  { M::restored(saved) } -> std::same_as<result<M, restore_error>>;
};

}  // namespace foreshift::inline FORESHIFT_ABI::forecast
