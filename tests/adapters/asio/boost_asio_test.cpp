#include <foreshift/adapters/asio/boost_asio.hpp>

#include <doctest/doctest.h>

#include <chrono>

using namespace foreshift::asio;

TEST_CASE("a timer fires on the thread that runs the context, and no other") {
  net::io_context io;
  net::steady_timer timer{io, std::chrono::milliseconds{1}};
  bool fired = false;
  timer.async_wait([&](const boost::system::error_code& error) { fired = !error; });
  CHECK(!fired);
  io.run();
  CHECK(fired);
}
