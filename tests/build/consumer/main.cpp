#include <foreshift/adapters/asio/frame.hpp>
#include <foreshift/adapters/wal.hpp>
#include <foreshift/core/contract.hpp>
#include <foreshift/core/id.hpp>

#include <cstdio>

int main() {
  FORESHIFT_EXPECT(foreshift::site_id{1} < foreshift::site_id{2});
  std::puts("foreshift " FORESHIFT_VERSION);
}
