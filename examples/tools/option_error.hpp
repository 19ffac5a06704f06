#pragma once
// What is wrong with something that was said on the command line.

#include <foreshift/core/diagnostic.hpp>
#include <foreshift/core/result.hpp>

#include <string>
#include <utility>

namespace tool {

/// @param reason what is wrong and what would be right
inline foreshift::failure<foreshift::diagnostic> wrong(std::string option, std::string reason) {
  return foreshift::failure{foreshift::diagnostic{"", 0, std::move(option), std::move(reason)}};
}

}  // namespace tool
