#pragma once
/// @file
/// A directory for one test, gone when the test is over.

#include <doctest/doctest.h>

#include <stdlib.h>  // mkdtemp is POSIX

#include <filesystem>
#include <string>
#include <system_error>
#include <utility>

namespace foreshift {

class scratch_directory {
 public:
  scratch_directory() {
    std::string name = (std::filesystem::temp_directory_path() / "foreshift_test_XXXXXX").string();
    REQUIRE(::mkdtemp(name.data()) != nullptr);
    path_ = name;
  }
  scratch_directory(const scratch_directory&) = delete;
  scratch_directory& operator=(const scratch_directory&) = delete;
  ~scratch_directory() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

}  // namespace foreshift
