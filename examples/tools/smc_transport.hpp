#pragma once
// Messages between sites of one fleet file: what comes from a site that was started with another one is not
// taken.

#include <foreshift/adapters/asio.hpp>
#include <foreshift/core/bytes.hpp>
#include <foreshift/core/flat_map.hpp>
#include <foreshift/core/id.hpp>
#include <foreshift/ports/transport.hpp>

#include <cstddef>
#include <cstdint>
#include <system_error>
#include <utility>
#include <vector>

namespace tool {

/// A model of Transport: every message is led by the digest of the fleet file.
class smc_transport {
 public:
  smc_transport(foreshift::asio::transport inner, std::uint64_t digest) : inner_(std::move(inner)) {
    for (int shift = 56; shift >= 0; shift -= 8)
      framed_.push_back(static_cast<std::byte>(digest >> shift & 0xFFU));
  }

  std::error_code send(foreshift::site_id to, foreshift::ports::channel which, foreshift::byte_span message) {
    framed_.resize(lead);
    framed_.insert(framed_.end(), message.begin(), message.end());
    return inner_.send(to, which, framed_);
  }
  template <class Sink>
  void poll(Sink&& sink) {
    inner_.poll([&](foreshift::site_id from, foreshift::ports::channel which, foreshift::byte_span message) {
      bool same = message.size() >= lead;
      for (std::size_t i = 0; same && i < lead; ++i) same = message[i] == framed_[i];
      if (same) sink(from, which, message.subspan(lead));
      auto& other = others_[from];
      if (std::exchange(other.is, !same) != other.is) other.told = false;
    });
  }
  void flush() { inner_.flush(); }

  [[nodiscard]] bool connected(foreshift::site_id peer) const {
    return inner_.connected(peer, foreshift::ports::channel::monitoring) &&
           inner_.connected(peer, foreshift::ports::channel::resource);
  }
  [[nodiscard]] std::uint16_t port() const { return inner_.port(); }
  /// Once, when messages of the site have begun to come under another fleet file.
  [[nodiscard]] bool newly_of_another_fleet(foreshift::site_id peer) {
    other_fleet* found = others_.find(peer);
    return found != nullptr && found->is && !std::exchange(found->told, true);
  }

 private:
  static constexpr std::size_t lead = 8;
  struct other_fleet {
    bool is = false, told = false;
  };
  foreshift::asio::transport inner_;
  std::vector<std::byte> framed_;
  foreshift::flat_map<foreshift::site_id, other_fleet> others_;
};
static_assert(foreshift::ports::Transport<smc_transport>);

}  // namespace tool
