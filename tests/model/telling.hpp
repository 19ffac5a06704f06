#pragma once
/// @file
/// Messages and entries in words, for transcripts.

#include <foreshift/consensus/message.hpp>

#include <string>
#include <variant>

namespace model {

using namespace foreshift;
using namespace foreshift::consensus;

inline std::string tell(ballot b) { return std::to_string(b.round) + "." + std::to_string(b.site.value); }
inline std::string tell(slot at) { return std::to_string(at.value); }
inline std::string tell(const entry& value) {
  std::string said;
  for (const auto command : value.commands) {
    if (!said.empty()) said += "+";
    if (command.size() != 2) {
      said += "a command of " + std::to_string(command.size()) + " bytes";
      continue;
    }
    said += static_cast<char>('A' + std::to_integer<int>(command[0]) - 1);
    said += std::to_string(std::to_integer<int>(command[1]));
  }
  return said.empty() ? "no-op" : said;
}

struct teller {
  std::string operator()(const probe&) const { return "probe"; }
  std::string operator()(const probe_answer& m) const { return m.willing ? "willing" : "unwilling"; }
  std::string operator()(const prepare& m) const {
    return "prepare " + tell(m.number) + " from slot " + tell(m.from);
  }
  std::string operator()(const promise& m) const {
    std::string said = "promise " + tell(m.number) + " chosen through " + tell(m.chosen_through);
    for (const auto& held : m.accepted)
      said += ", slot " + tell(held.at) + " " + tell(held.value) + " under " + tell(held.number);
    return said;
  }
  std::string operator()(const nack& m) const {
    return "nack " + tell(m.refused) + " for " + tell(m.promised);
  }
  std::string operator()(const accept& m) const {
    return "accept " + tell(m.number) + " slot " + tell(m.at) + " " + tell(m.value) + " (chosen through " +
           tell(m.chosen_through) + ")";
  }
  std::string operator()(const accepted& m) const {
    return "accepted " + tell(m.number) + " slot " + tell(m.at);
  }
  std::string operator()(const heartbeat& m) const {
    return "heartbeat " + tell(m.number) + " chosen through " + tell(m.chosen_through);
  }
  std::string operator()(const heartbeat_answer& m) const { return "heard " + tell(m.number); }
  std::string operator()(const catch_up_request& m) const { return "catch up from slot " + tell(m.from); }
  std::string operator()(const catch_up_reply& m) const {
    std::string said = "chosen from slot " + tell(m.from) + ":";
    for (const auto& value : m.entries) said += " " + tell(value);
    return said;
  }
  template <class Other>
  std::string operator()(const Other&) const {
    return "message";
  }
};
inline std::string tell(const message& what) { return std::visit(teller{}, what.body); }

}  // namespace model
