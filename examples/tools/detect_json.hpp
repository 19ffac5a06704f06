#pragma once
// What `foreshift detect` found, for programs.

#include "detect_stream.hpp"

#include <string>
#include <vector>

namespace tool {

std::string detect_json(const std::vector<detect_report>& reports, double threshold);

}  // namespace tool
