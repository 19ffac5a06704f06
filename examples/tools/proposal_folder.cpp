#include "proposal_folder.hpp"

#include "files.hpp"

#include <foreshift/core/time.hpp>
#include <foreshift/placement/proposal_codec.hpp>

#include <algorithm>
#include <cstddef>
#include <filesystem>
#include <span>
#include <system_error>

namespace tool {

using foreshift::diagnostic;
using foreshift::failure;
using foreshift::result;
using foreshift::placement::proposal;

namespace {

constexpr std::size_t name_max = 80;
constexpr std::string_view extension = ".proposal";

bool is_safe(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.' ||
         c == '_';
}

}  // namespace

std::string proposal_file_name(const proposal& what, std::string_view workload) {
  std::string name = foreshift::format_time(what.made_at);
  std::erase_if(name, [](char c) { return c == '-' || c == ':' || c == 'Z'; });
  std::string safe{workload.substr(0, name_max)};
  std::ranges::replace_if(
      safe, [](char c) { return !is_safe(c); }, '_');
  name += "-" + safe + "-s" + std::to_string(what.id.sponsor.value);
  return name + "-" + std::to_string(what.id.sequence & 0xFFFFFFFFU) + std::string{extension};
}

result<proposal_folder, diagnostic> proposal_folder::open(std::string path) {
  std::error_code error;
  std::filesystem::create_directories(path, error);
  if (error) return failure{diagnostic{path, 0, "", "no folder, and none can be made: " + error.message()}};
  if (const auto possible = can_write(path + "/probe" + std::string{extension}); !possible)
    return failure{diagnostic{path, 0, "", "no file in it can be written: choose another folder"}};
  return proposal_folder{std::move(path)};
}

void proposal_folder::save(const proposal& what, std::string_view workload) {
  if (error_) return;
  const auto bytes = foreshift::placement::encode(what);
  entry one{proposal_file_name(what, workload), foreshift::digest_of(bytes)};
  const auto written = write_text(
      path_ + "/" + one.file, {reinterpret_cast<const char*>(bytes.data()), bytes.size()});  // NOLINT: bytes
  if (!written)
    error_ = written.error();
  else
    saved_.push_back(std::move(one));
}

result<proposal, diagnostic> read_proposal(const std::string& path) {
  const auto text = read_text(path);
  if (!text) return failure{text.error()};
  auto what = foreshift::placement::decode(std::as_bytes(std::span{*text}));
  if (!what)
    return failure{diagnostic{
        source_name(path), 0, "",
        std::string{explain(what.error())} + ": write one with foreshift replay --save-proposals"}};
  return *std::move(what);
}

}  // namespace tool
