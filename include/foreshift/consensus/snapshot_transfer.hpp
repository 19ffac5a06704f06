#pragma once
/// @file
/// How an image gets from one site to another: in chunks of bounded size, pulled one after the other.
///
/// The digest of the image is its name, so what arrives is verified as a whole, chunks of another image are
/// never mixed in, and a transfer that broke off goes on where it was, from any site that has the same image.

#include <foreshift/consensus/message.hpp>
#include <foreshift/consensus/snapshot.hpp>

#include <algorithm>
#include <cstddef>
#include <optional>
#include <utility>

namespace foreshift::inline FORESHIFT_ABI::consensus {

inline constexpr std::uint64_t image_size_max = std::uint64_t{1} << 30;

/// The image that a site keeps for itself and for others. A regular value.
class kept_image {
 public:
  /// Zero: there is none.
  [[nodiscard]] slot through() const { return through_; }
  [[nodiscard]] log_image what() const {
    return from_canonical<log_image>(bytes_, no_wire_limits).value_or(log_image{});
  }
  void keep(const log_image& image) {
    through_ = image.through;
    bytes_ = canonical(image);
    name_ = digest_of(bytes_);
    asked_at_.reset();
  }
  /// Somebody has fetched from it within `patience`: better not to replace it now.
  [[nodiscard]] bool wanted(time_point now, duration patience) const {
    return asked_at_ && now - *asked_at_ < patience;
  }
  /// @pre through() is not zero
  [[nodiscard]] snapshot_offer offer() const { return {through_, bytes_.size(), name_}; }
  /// The chunk that was asked for; for another image, the offer of this one.
  [[nodiscard]] message_body answer(const snapshot_request& asked, std::size_t chunk_size, time_point now) {
    if (asked.name != name_ || asked.offset >= bytes_.size()) return offer();
    asked_at_ = now;
    const auto chunk = byte_span{bytes_}.subspan(static_cast<std::size_t>(asked.offset));
    const auto first = chunk.first(std::min(chunk.size(), chunk_size));
    return snapshot_chunk{name_, asked.offset, {first.begin(), first.end()}};
  }
  friend bool operator==(const kept_image&, const kept_image&) = default;

 private:
  slot through_;
  byte_string bytes_;  // canonical
  digest name_;
  std::optional<time_point> asked_at_;
};

/// An image on its way to this site. A regular value; as large as what has arrived.
class image_transfer {
 public:
  struct question {
    site_id to;
    snapshot_request what;
    friend bool operator==(const question&, const question&) = default;
  };

  /// There is an image to be had. Another one is fetched as long as its site answers and has nothing newer.
  [[nodiscard]] std::optional<question> on_offer(site_id from, const snapshot_offer& offered, slot known,
                                                 time_point now) {
    if (offered.through <= known || offered.size == 0 || offered.size > image_size_max) return std::nullopt;
    if (from_ && (*from_ != from || offered == offered_)) return std::nullopt;
    if (offered != offered_) bytes_.clear();
    from_ = from;
    offered_ = offered;
    moved_at_ = now;
    return ask(now);
  }
  /// The next question, unless the chunk is not the one that was asked for, or was the last.
  [[nodiscard]] std::optional<question> on_chunk(const snapshot_chunk& chunk, time_point now) {
    if (!from_ || chunk.name != offered_.name || chunk.offset != bytes_.size() || chunk.bytes.empty() ||
        chunk.bytes.size() > offered_.size - bytes_.size())
      return std::nullopt;
    bytes_.insert(bytes_.end(), chunk.bytes.begin(), chunk.bytes.end());
    moved_at_ = now;
    if (bytes_.size() == offered_.size) return std::nullopt;
    return ask(now);
  }
  /// Time has passed: what was not answered is asked again; who does not answer for `patience` is given up,
  /// and what has arrived is kept for the next offer.
  [[nodiscard]] std::optional<question> on_tick(slot known, time_point now, duration pause,
                                                duration patience) {
    if (offered_.through <= known) *this = {};
    if (from_ && now - moved_at_ >= patience) from_.reset();
    if (!from_ || now - asked_at_ < pause) return std::nullopt;
    return ask(now);
  }
  /// Some site is serving: there is no need to ask others.
  [[nodiscard]] bool under_way() const { return from_.has_value(); }
  /// The image, once all of it has arrived. One that is not what its name says is dropped.
  [[nodiscard]] std::optional<log_image> take() {
    if (!from_ || bytes_.size() != offered_.size) return std::nullopt;
    auto image =
        digest_of(bytes_) == offered_.name ? from_canonical<log_image>(bytes_, no_wire_limits) : std::nullopt;
    if (image && image->through != offered_.through) image.reset();
    *this = {};
    return image;
  }
  friend bool operator==(const image_transfer&, const image_transfer&) = default;

 private:
  question ask(time_point now) {
    asked_at_ = now;
    return {*from_, {offered_.name, bytes_.size()}};
  }

  std::optional<site_id> from_;  // who serves
  snapshot_offer offered_;
  byte_string bytes_;
  time_point asked_at_{};
  time_point moved_at_{};
};

}  // namespace foreshift::inline FORESHIFT_ABI::consensus
