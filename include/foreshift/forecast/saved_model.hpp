#pragma once
/// @file
/// A fitted model as bytes, to outlive its process: saved here, restored there, and it goes on as if nothing
/// had been.
///
/// The form, little-endian: the magic number, the version of the form, the name of the specification, the
/// members of the model (core/archive.hpp), and over all of it a CRC-32C, which stands last in every version.
/// A restored model has the options it was fitted with, whatever those of the specification it is restored
/// by; that says which types to expect. The checksum finds accidents. Bytes made with intent are caught by
/// `consistent()` of the models, which admits nothing that could read elsewhere, run for ever or forecast
/// what is not finite.
///
/// A host's own model takes part when it lists its members and can be made empty: by default, or by a
/// function `blank_model(spec)` beside its specification.

#include <foreshift/core/archive.hpp>
#include <foreshift/core/checksum.hpp>
#include <foreshift/forecast/forecaster.hpp>

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace foreshift::inline FORESHIFT_ABI::forecast {

/// Raised when the members of any model change.
inline constexpr std::uint32_t saved_model_version = 1;

namespace detail {

inline constexpr std::uint32_t saved_model_magic = 0x444D5346;  // "FSMD"

/// What a specification is called: `name_of(spec)`, found by its argument, where the name depends on what is
/// wrapped; else `Spec::name`; else nothing.
template <class Spec>
[[nodiscard]] std::string saved_name(const Spec& spec) {
  if constexpr (requires { name_of(spec); })
    return name_of(spec);
  else if constexpr (requires { Spec::name; })
    return std::string{Spec::name};
  else
    return {};
}

/// A model to read into: `blank_model(spec)`, found by its argument, where its shape depends on the
/// specification; else an empty one; nothing where there is no such thing.
template <class Spec>
[[nodiscard]] std::optional<typename Spec::model> blank_of(const Spec& spec) {
  if constexpr (requires { blank_model(spec); })
    return blank_model(spec);
  else if constexpr (archive_access::has_blank<typename Spec::model>())
    return archive_access::blank<typename Spec::model>();
  else
    return std::nullopt;
}

/// Whether rows of so many regressors suit the model. One without `takes(columns)` ignores them.
template <class M>
[[nodiscard]] bool takes_rows(const M& model, std::size_t columns) {
  if constexpr (requires {
                  { model.takes(columns) } -> std::same_as<bool>;
                })
    return model.takes(columns);
  else
    return true;
}

}  // namespace detail

/// The model as bytes; the same model gives the same bytes. `not_savable` when it, or a member of its pool,
/// does not list its members. O(size of the model).
/// @param spec what the model was fitted by
template <Forecaster Spec>
[[nodiscard]] result<byte_string, errc> save(const Spec& spec, const typename Spec::model& model) {
  archive_writer out;
  out.bytes().put(detail::saved_model_magic);
  out.bytes().put(saved_model_version);
  out.bytes().put(std::string_view{detail::saved_name(spec)});
  out(model);
  if (!out.ok()) return failure{errc::not_savable};
  out.bytes().put(crc32c(out.bytes().view()));
  return out.take();
}

/// The model that was saved: it forecasts and learns to the bit like the one that went on. `malformed` when
/// bytes are damaged or belong to no model, `other_version`, `other_model` when the specification has another
/// name or another pool, `bad_regressors` when the model was fitted with another number of them,
/// `not_savable` when no empty model can be made by the specification. O(size of the bytes), and memory in
/// proportion to them and to an empty model.
/// @param regressors their number in the fit
template <Forecaster Spec>
[[nodiscard]] result<typename Spec::model, errc> restore(const Spec& spec, byte_span saved,
                                                         std::size_t regressors = 0) {
  constexpr std::size_t name_max = 1U << 16U;
  if (saved.size() < sizeof(std::uint32_t)) return failure{errc::malformed};
  const auto body = saved.first(saved.size() - sizeof(std::uint32_t));
  if (byte_reader{saved.subspan(body.size())}.get<std::uint32_t>() != crc32c(body))
    return failure{errc::malformed};

  archive_reader in{body};
  if (in.bytes().get<std::uint32_t>() != detail::saved_model_magic) return failure{errc::malformed};
  const auto version = in.bytes().get<std::uint32_t>();
  if (!in.ok()) return failure{errc::malformed};
  if (version != saved_model_version) return failure{errc::other_version};
  const auto name = in.bytes().get_text(name_max);
  if (!in.ok()) return failure{errc::malformed};
  if (name != detail::saved_name(spec)) return failure{errc::other_model};

  auto model = detail::blank_of(spec);
  if (!model) return failure{errc::not_savable};
  in(*model);
  if (!in.finished()) return failure{errc::malformed};
  if (!detail::takes_rows(*model, regressors)) return failure{errc::bad_regressors};
  return std::move(*model);
}

}  // namespace foreshift::inline FORESHIFT_ABI::forecast
