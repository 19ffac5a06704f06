#pragma once
// Proposals as files: a folder that a replay puts its own in, and one of them read again.

#include <foreshift/core/diagnostic.hpp>
#include <foreshift/core/digest.hpp>
#include <foreshift/core/result.hpp>
#include <foreshift/placement/proposal.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tool {

/// `20250304T000500-batch-159-s1-17.proposal`: when it was made, UTC; the workload, `_` for what a file
/// system or a shell might take for something else, cut to 80 bytes; the sponsor, and its own number. Sorted
/// by name they are sorted by time, and no two proposals of one replay have one name.
std::string proposal_file_name(const foreshift::placement::proposal& what, std::string_view workload);

/// One file for each proposal, of its canonical bytes, which the digest names.
class proposal_folder {
 public:
  struct entry {
    std::string file;  ///< name in the folder
    foreshift::digest digest;
  };
  /// Makes the folder where there is none, and tries whether it can be written to.
  static foreshift::result<proposal_folder, foreshift::diagnostic> open(std::string path);

  /// Every file appears whole or not at all. After a failure nothing more is written.
  void save(const foreshift::placement::proposal& what, std::string_view workload);
  /// In the order of their making.
  [[nodiscard]] const std::vector<entry>& saved() const { return saved_; }
  /// The first thing that went wrong.
  [[nodiscard]] const std::optional<foreshift::diagnostic>& error() const { return error_; }

 private:
  explicit proposal_folder(std::string path) : path_(std::move(path)) {}
  std::string path_;
  std::vector<entry> saved_;
  std::optional<foreshift::diagnostic> error_;
};

/// The proposal in a file; `-` is standard input. What is no proposal is refused, with the reason.
foreshift::result<foreshift::placement::proposal, foreshift::diagnostic> read_proposal(
    const std::string& path);

}  // namespace tool
