#include <foreshift/ports/archetypes.hpp>
#include <foreshift/ports/transport.hpp>

#include <doctest/doctest.h>

#include <functional>

using namespace foreshift;
using ports::channel;

namespace {

struct one_channel {
  std::error_code send(site_id, byte_span);
  void poll(auto&&);
};
struct cannot_say_that_it_failed {
  void send(site_id, channel, byte_span);
  void poll(auto&&);
};
struct cannot_receive {
  std::error_code send(site_id, channel, byte_span);
};
struct takes_function_pointers_only {
  std::error_code send(site_id, channel, byte_span);
  void poll(void (*sink)(site_id, channel, byte_span));
};
struct addresses_hosts {
  std::error_code send(host_id, channel, byte_span);
  void poll(auto&&);
};
struct sinks_by_std_function {
  std::error_code send(site_id, channel, byte_span);
  void poll(const std::function<void(site_id, channel, byte_span)>&);
};
static_assert(!ports::Transport<one_channel>);
static_assert(!ports::Transport<cannot_say_that_it_failed>);
static_assert(!ports::Transport<cannot_receive>);
static_assert(!ports::Transport<takes_function_pointers_only>);
static_assert(!ports::Transport<addresses_hosts>);
static_assert(ports::Transport<sinks_by_std_function>);

}  // namespace

TEST_CASE("the smallest transport loses every message, and says nothing against it") {
  ports::archetypes::transport t;
  CHECK(!t.send(site_id{2}, channel::resource, bytes_of("vote")));
  t.poll([](site_id, channel, byte_span) { FAIL("nothing can arrive"); });
}
