#pragma once
// What `foreshift detect` is asked for.

#include <string>

namespace tool {

struct detect_options {
  std::string input;       ///< a file, or - for standard input
  std::string output;      ///< a file, or - for standard output, which it is by default
  std::string input_dir;   ///< every .csv below it, instead of --input
  std::string output_dir;  ///< where their results go, under the same names
  std::string json;        ///< what was found; empty for none
  double threshold = 0.5;
};

}  // namespace tool
