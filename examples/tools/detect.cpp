// `foreshift detect`: timestamp,value in, the same with an anomaly score and alerts out, row by row.

#include "command.hpp"
#include "detect_json.hpp"
#include "detect_options.hpp"
#include "detect_stream.hpp"
#include "files.hpp"
#include "gzip.hpp"
#include "option_error.hpp"
#include "progress.hpp"
#include "remarks.hpp"

#include <foreshift/core/diagnostic.hpp>
#include <foreshift/core/result.hpp>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <memory>
#include <sstream>
#include <system_error>

namespace tool {

namespace {

using foreshift::diagnostic;
using foreshift::failure;
using foreshift::result;
namespace fs = std::filesystem;

/// Row by row to standard output; a file appears whole or not at all.
result<detect_report, diagnostic> detect_one(const std::string& input, const std::string& output,
                                             double threshold) {
  std::ifstream file;
  std::istringstream unpacked;
  if (input != "-") {
    std::error_code ignored;
    if (!fs::is_directory(input, ignored)) file.open(input, std::ios::binary);
    if (!file.is_open())
      return failure{diagnostic{input, 0, "", "cannot be read: is it a file, and may you read it?"}};
    if (file.peek() == gzip_first_byte) {
      auto text = unpacked_text({std::istreambuf_iterator<char>{file}, {}}, input);
      if (!text) return failure{text.error()};
      unpacked.str(*std::move(text));
    }
  }
  std::istream& in = input == "-"              ? std::cin
                     : unpacked.view().empty() ? static_cast<std::istream&>(file)
                                               : unpacked;
  if (output == "-")
    return detect_all(in, source_name(input), threshold, [](std::string_view row) {
      // Flushed, so that who reads from a pipe sees a row when it has come.
      return std::fwrite(row.data(), 1, row.size(), stdout) == row.size() && std::fflush(stdout) == 0;
    });
  if (const auto possible = can_write(output); !possible) return failure{possible.error()};
  std::string rows;
  auto report = detect_all(in, source_name(input), threshold,
                           [&](std::string_view row) { return rows.append(row), true; });
  if (!report) return report;
  if (const auto written = write_text(output, rows); !written) return failure{written.error()};
  return report;
}

result<std::vector<std::string>, diagnostic> files_below(const std::string& folder) {
  std::error_code error;
  std::vector<std::string> found;
  for (fs::recursive_directory_iterator it{folder, error}, end; !error && it != end; it.increment(error))
    if (it->path().extension() == ".csv" && it->is_regular_file(error))
      found.push_back(it->path().lexically_relative(folder).string());
  if (error) return failure{diagnostic{folder, 0, "", "cannot be read: " + error.message()}};
  if (found.empty()) return failure{diagnostic{folder, 0, "", "no .csv file in it or below it"}};
  std::ranges::sort(found);
  return found;
}

result<std::vector<detect_report>, diagnostic> detect_folder(const detect_options& o) {
  std::error_code error;
  if (fs::equivalent(o.input_dir, o.output_dir, error))
    return wrong("--output-dir", "the same as --input-dir: its files would be overwritten");
  const auto names = files_below(o.input_dir);
  if (!names) return failure{names.error()};
  std::vector<detect_report> out;
  progress bar{"detect"};
  for (const auto& name : *names) {
    const fs::path to = fs::path{o.output_dir} / name;
    fs::create_directories(to.parent_path(), error);
    if (error)
      return failure{diagnostic{to.parent_path().string(), 0, "", "cannot be made: " + error.message()}};
    auto one = detect_one((fs::path{o.input_dir} / name).string(), to.string(), o.threshold);
    if (!one) return failure{one.error()};
    out.push_back(*std::move(one));
    bar.at(out.size(), names->size());
  }
  return out;
}

result<int, diagnostic> run(const detect_options& o) {
  const bool folder = !o.input_dir.empty() || !o.output_dir.empty();
  if (folder) {
    if (o.input_dir.empty()) return wrong("--input-dir", "which folder? --output-dir needs it");
    if (o.output_dir.empty()) return wrong("--output-dir", "where do the results go?");
    if (!o.input.empty()) return wrong("--input", "a file or a folder, not both");
    if (!o.output.empty()) return wrong("--output", "with --input-dir the results go to --output-dir");
  } else if (o.input.empty()) {
    return wrong("--input", "which series? Name a file, - for standard input, or give --input-dir");
  }
  if (!(o.threshold >= 0 && o.threshold <= 1)) return wrong("--threshold", "a number from 0 to 1 is wanted");
  if (o.json == "-" && !folder && (o.output.empty() || o.output == "-"))
    return wrong("--json", "standard output is taken by the scores: name a file, or give --output FILE");
  if (!o.json.empty())
    if (const auto possible = can_write(o.json); !possible) return failure{possible.error()};

  std::vector<detect_report> reports;
  if (folder) {
    auto all = detect_folder(o);
    if (!all) return failure{all.error()};
    reports = *std::move(all);
  } else {
    auto one = detect_one(o.input, o.output.empty() ? "-" : o.output, o.threshold);
    if (!one) return failure{one.error()};
    reports.push_back(*std::move(one));
  }
  for (const auto& r : reports)
    if (const auto said = describe_rows(r)) remark("detect", r.source + ": " + *said);
  if (!o.json.empty())
    if (const auto written = write_result(o.json, detect_json(reports, o.threshold)); !written)
      return failure{written.error()};
  return exit_fine;
}

}  // namespace

void add_detect(CLI::App& app, int& exit_status) {
  auto options = std::make_shared<detect_options>();
  auto& o = *options;
  auto& c = *app.add_subcommand("detect", "Scores how strange each value of a series is, as it comes");
  c.footer(
      "In come rows timestamp,value, with that header or without; times are UTC. Out come\n"
      "timestamp,value,anomaly_score,alert, a row for each, written before the next one is read. A score\n"
      "from 0 to 1 depends on rows up to its own alone and means the same in every file; 0.5 or more begins\n"
      "an incident that is worth a look, below 0.3 lies what belongs to none or to one that was reported.\n"
      "A row without a value scores how unusual it is that so many in a row are missing. A row that is "
      "older\n"
      "than one before it scores 0, until time goes on from there. What the stamps are like is said on\n"
      "standard error.\n\n"
      "  foreshift detect --input cpu.csv --json alerts.json > scored.csv\n"
      "  collector | foreshift detect --input - | grep ',1$'\n"
      "  foreshift detect --input-dir metrics --output-dir scored\n\n"
      "Exit code 0: fine; 2: something given was wrong. The reason stands on standard error.");
  const auto say = [&c](const char* group, const std::string& name, auto& value, const std::string& help,
                        const char* type) {
    return c.add_option(name, value, help)->type_name(type)->group(group);
  };
  say("Series", "--input", o.input, "the rows, - for standard input", "FILE");
  say("Series", "--input-dir", o.input_dir, "every .csv in it and below it, a series each", "DIR");
  say("Output", "--output", o.output, "where the rows go; by default standard output", "FILE");
  say("Output", "--output-dir", o.output_dir, "where those of --input-dir go, under the same names", "DIR");
  say("Output", "--threshold", o.threshold, "lowest score of an alert, 0 to 1", "X")->capture_default_str();
  say("Output", "--json", o.json, "the alerts and their causes for programs, - for standard output", "FILE");
  c.callback([options, &exit_status] {
    const auto done = run(*options);
    exit_status = done ? *done : refuse("detect: " + to_string(done.error()));
  });
}

}  // namespace tool
