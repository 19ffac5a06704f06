#include "files.hpp"

#include "gzip.hpp"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <memory>
#include <utility>

namespace tool {

using foreshift::diagnostic;
using foreshift::failure;
using foreshift::result;

namespace {

struct closer {
  void operator()(std::FILE* f) const { std::fclose(f); }
};
using file = std::unique_ptr<std::FILE, closer>;

failure<diagnostic> system_failure(const std::string& path, const std::string& what) {
  return failure{diagnostic{source_name(path), 0, "", what + ": " + std::strerror(errno)}};
}

/// Where a text is written first. A pipe or a device must not be replaced by a file.
std::string draft_of(const std::string& path) {
  std::error_code ignored;
  const auto status = std::filesystem::status(path, ignored);
  const bool plain = !std::filesystem::exists(status) || std::filesystem::is_regular_file(status);
  return plain ? path + ".partial" : path;
}

}  // namespace

std::string source_name(const std::string& path) { return path == "-" ? "stdin" : path; }

result<std::string, diagnostic> read_text(const std::string& path) {
  file opened;
  if (path != "-") {
    std::error_code ignored;
    if (std::filesystem::is_directory(path, ignored))
      errno = EISDIR;
    else
      opened.reset(std::fopen(path.c_str(), "rb"));
    if (!opened) return system_failure(path, "cannot be read");
  }
  std::FILE* const in = opened ? opened.get() : stdin;
  std::string text;
  char block[1 << 16];
  while (const std::size_t n = std::fread(block, 1, sizeof block, in)) text.append(block, n);
  if (std::ferror(in) != 0) return system_failure(path, "cannot be read");
  return unpacked_text(std::move(text), path);
}

result<std::string, diagnostic> unpacked_text(std::string text, const std::string& path) {
  if (!is_gzip(text)) return text;
  constexpr std::size_t unpacked_max = std::size_t{1} << 32;
  auto unpacked = unpack_gzip(text, unpacked_max);
  if (!unpacked) return failure{diagnostic{source_name(path), 0, "", unpacked.error()}};
  return *std::move(unpacked);
}

result<void, diagnostic> can_write(const std::string& path) {
  std::error_code ignored;
  if (std::filesystem::is_directory(path, ignored)) {
    errno = EISDIR;
    return system_failure(path, "cannot be written");
  }
  const std::string draft = draft_of(path);
  if (path == "-" || draft == path) return {};
  const file probe{std::fopen(draft.c_str(), "wb")};
  if (!probe) return system_failure(path, "cannot be written");
  std::remove(draft.c_str());
  return {};
}

result<void, diagnostic> write_text(const std::string& path, std::string_view text) {
  const std::string draft = draft_of(path);
  file out{std::fopen(draft.c_str(), "wb")};
  if (!out) return system_failure(path, "cannot be written");
  const bool written = std::fwrite(text.data(), 1, text.size(), out.get()) == text.size();
  const bool closed = std::fclose(out.release()) == 0;
  if (written && closed && (draft == path || std::rename(draft.c_str(), path.c_str()) == 0)) return {};
  const auto why = system_failure(path, "cannot be written");
  if (draft != path) std::remove(draft.c_str());
  return why;
}

result<void, diagnostic> write_result(const std::string& path, std::string_view text) {
  if (path != "-") return write_text(path, text);
  if (std::fwrite(text.data(), 1, text.size(), stdout) == text.size() && std::fflush(stdout) == 0) return {};
  return failure{diagnostic{"stdout", 0, "", std::string{"cannot be written: "} + std::strerror(errno)}};
}

}  // namespace tool
