#include <foreshift/consensus/replica.hpp>
#include <foreshift/consensus/replica_roles.hpp>

#include <doctest/doctest.h>

#include <sstream>
#include <string>

using namespace foreshift;
using namespace foreshift::consensus;
using std::chrono::milliseconds;

namespace {

std::string text_of(ballot b) { return std::to_string(b.round) + "." + std::to_string(b.site.value); }

struct teller {
  std::string operator()(const probe&) const { return "probe"; }
  std::string operator()(const probe_answer& m) const { return m.willing ? "willing" : "unwilling"; }
  std::string operator()(const prepare& m) const { return "prepare " + text_of(m.number); }
  std::string operator()(const promise& m) const {
    std::string text = "promise " + text_of(m.number);
    for (const auto& held : m.accepted)
      text += " slot " + std::to_string(held.at.value) + " under " + text_of(held.number);
    return text;
  }
  std::string operator()(const nack& m) const {
    return "nack " + text_of(m.refused) + " for " + text_of(m.promised);
  }
  std::string operator()(const accept& m) const {
    return "accept " + text_of(m.number) + " slot " + std::to_string(m.at.value) +
           (m.value.commands.empty() ? " no-op" : " command");
  }
  std::string operator()(const accepted& m) const {
    return "accepted " + text_of(m.number) + " slot " + std::to_string(m.at.value);
  }
  std::string operator()(const heartbeat& m) const {
    return "heartbeat " + text_of(m.number) + " chosen " + std::to_string(m.chosen_through.value);
  }
  std::string operator()(const heartbeat_answer&) const { return "heard"; }
  std::string operator()(const catch_up_request& m) const {
    return "catch up from " + std::to_string(m.from.value);
  }
  std::string operator()(const catch_up_reply& m) const {
    return std::to_string(m.entries.size()) + " entries";
  }
  std::string operator()(const forward&) const { return "forward"; }
  template <class Other>
  std::string operator()(const Other&) const {
    return "other";
  }
};

/// Three sites, no clock but ours, messages that wait until they are delivered or lost. A line is a command,
/// then
/// `----`, then what is sent, delivered or who leads.
class stage {
 public:
  stage() {
    const site_id all[] = {{1}, {2}, {3}};
    for (std::uint64_t i = 1; i <= 3; ++i)
      sites_.push_back(replica::recover({site_id{i},
                                         uniform_epoch(all),
                                         {milliseconds{500}, milliseconds{5000}, milliseconds{1000}},
                                         1,
                                         8,
                                         4},
                                        {})
                           .value());
  }

  std::string answer(const std::string& line) {
    std::istringstream in{line};
    std::string verb;
    std::uint64_t site = 0, other = 0;
    in >> verb >> site;
    if (verb == "wait") {  // milliseconds, at every site that is named
      const auto by = site;
      std::string said;
      now_ += milliseconds{by};
      while (in >> site) said += run(site, tick{now_});
      return said.empty() ? "nothing" : said.substr(1);
    }
    if (verb == "submit") return shown(run(site, submit{byte_string(1, std::byte{7})}));
    if (verb == "deliver") {  // everything from one site to another
      in >> other;
      std::vector<letter> mail;
      for (auto it = mail_.begin(); it != mail_.end();)
        if (it->from == site && it->to == other)
          mail.push_back(*it), it = mail_.erase(it);
        else
          ++it;
      std::string said;
      for (const auto& m : mail) said += run(other, received{site_id{site}, m.what});
      return shown(said);
    }
    if (verb == "lose") {
      mail_.clear();
      return "lost";
    }
    if (verb == "leader") {
      const auto leader = sites_[site - 1].distinguished_proposer();
      return leader ? std::to_string(leader->value) : "nobody";
    }
    return "no such verb";
  }

 private:
  struct letter {
    std::uint64_t from, to;
    message what;
  };
  static std::string shown(const std::string& said) { return said.empty() ? "nothing" : said.substr(1); }
  /// A step and, at once, the sync of what it wrote.
  std::string run(std::uint64_t site, const input& in) {
    auto& self = sites_[site - 1];
    std::string said = tell(site, self.step(in));
    return said + tell(site, self.step(durable{self.last_lsn()}));
  }
  std::string tell(std::uint64_t from, const duties& d) {
    std::string said;
    for (const auto& s : d.send) {
      mail_.push_back({from, s.to.value, s.what});
      said += " [" + std::to_string(from) + ">" + std::to_string(s.to.value) + " " +
              std::visit(teller{}, s.what.body) + "]";
    }
    for (const auto& chosen : d.deliver)
      said += " [" + std::to_string(from) + " delivers " + std::to_string(chosen.at.value) + "]";
    return said;
  }

  std::vector<replica> sites_;
  std::vector<letter> mail_;
  time_point now_{};
};

std::string first_difference(const std::string& text) {
  stage story;
  std::istringstream in{text};
  std::string line, command;
  while (std::getline(in, line)) {
    if (line.empty() || line[0] == '#') continue;
    command = line;
    std::getline(in, line);
    if (line != "----") return "no ---- behind: " + command;
    std::getline(in, line);
    const auto said = story.answer(command);
    if (said != line) return command + " -> " + said + " instead of " + line;
  }
  return {};
}

}  // namespace

TEST_CASE("from silence to a command that all sites deliver, told as a transcript") {
  CHECK(first_difference(R"(
# Three sites start. Site 1 runs out of patience first and asks whether the others hear somebody lead.
wait 0 1 2 3
----
nothing
wait 1000 2 3
----
nothing
wait 600 1
----
[1>2 probe] [1>3 probe]
deliver 1 2
----
[2>1 willing]

# One willing site and itself are a quorum of three. The ballot is recorded, then the promises are asked for.
deliver 2 1
----
[1>2 prepare 1.1] [1>3 prepare 1.1]
deliver 1 2
----
[2>1 promise 1.1]

# With a quorum of promises it leads.
deliver 2 1
----
[1>2 heartbeat 1.1 chosen 0] [1>3 heartbeat 1.1 chosen 0]
leader 1
----
1
deliver 1 2
----
[2>1 heard]
leader 2
----
1

# A command submitted at site 2 goes to the proposer, which opens a slot.
submit 2
----
[2>1 forward]
deliver 2 1
----
[1>2 accept 1.1 slot 1 command] [1>3 accept 1.1 slot 1 command]
deliver 1 2
----
[2>1 accepted 1.1 slot 1]

# Its own acceptance and that of site 2 are a quorum: chosen, delivered, and told.
deliver 2 1
----
[1>2 heartbeat 1.1 chosen 1] [1>3 heartbeat 1.1 chosen 1] [1 delivers 1]
deliver 1 2
----
[2>1 heard] [2 delivers 1]

# Site 3 has lost everything so far. It hears of the choice and asks for what it misses.
deliver 1 3
----
[3>1 willing] [3>1 promise 1.1] [3>1 heard] [3>1 accepted 1.1 slot 1] [3>1 heard] [3 delivers 1]
deliver 3 1
----
nothing
deliver 1 3
----
nothing
)") == "");
}

TEST_CASE("a site that hears nobody disrupts nobody, and a proposer that hears nobody steps down") {
  CHECK(first_difference(R"(
wait 0 1 2 3
----
nothing
wait 1000 2 3
----
nothing
wait 600 1
----
[1>2 probe] [1>3 probe]
deliver 1 2
----
[2>1 willing]
deliver 2 1
----
[1>2 prepare 1.1] [1>3 prepare 1.1]
deliver 1 2
----
[2>1 promise 1.1]
deliver 2 1
----
[1>2 heartbeat 1.1 chosen 0] [1>3 heartbeat 1.1 chosen 0]
deliver 1 2
----
[2>1 heard]
deliver 2 1
----
nothing
deliver 1 3
----
[3>1 willing] [3>1 promise 1.1] [3>1 heard]
deliver 3 1
----
nothing
lose 0
----
lost
# Site 3 hears nobody for a while (its messages are lost), and asks. Site 2 hears site 1 lead: it is not willing.
wait 700 1
----
[1>2 heartbeat 1.1 chosen 0] [1>3 heartbeat 1.1 chosen 0]
deliver 1 2
----
[2>1 heard]
deliver 2 1
----
nothing
wait 1000 3
----
[3>1 probe] [3>2 probe]
deliver 3 2
----
[2>3 unwilling]
deliver 2 3
----
nothing
leader 3
----
nobody
leader 2
----
1
# A proposer that hears no quorum for an election timeout steps down by itself.
lose 0
----
lost
wait 1100 1
----
nothing
leader 1
----
nobody
)") == "");
}

TEST_CASE(
    "two sites want to lead: the higher ballot wins and adopts what the dead proposer had accepted by one "
    "site") {
  CHECK(first_difference(R"(
wait 0 1 2 3
----
nothing
wait 1000 2 3
----
nothing
wait 600 1
----
[1>2 probe] [1>3 probe]
deliver 1 2
----
[2>1 willing]
deliver 2 1
----
[1>2 prepare 1.1] [1>3 prepare 1.1]
deliver 1 2
----
[2>1 promise 1.1]
deliver 2 1
----
[1>2 heartbeat 1.1 chosen 0] [1>3 heartbeat 1.1 chosen 0]
leader 1
----
1
lose 0
----
lost
submit 1
----
[1>2 accept 1.1 slot 1 command] [1>3 accept 1.1 slot 1 command]
deliver 1 2
----
[2>1 accepted 1.1 slot 1]
lose 0
----
lost
# Site 1 falls silent. Sites 2 and 3 run out of patience.
wait 3000 3
----
[3>1 probe] [3>2 probe]
wait 10 2
----
[2>1 probe] [2>3 probe]
deliver 2 3
----
[3>2 willing]
deliver 3 2
----
[2>3 willing] [2>1 prepare 2.2] [2>3 prepare 2.2]
deliver 2 3
----
[3>1 prepare 2.3] [3>2 prepare 2.3] [3>2 nack 2.2 for 2.3]
deliver 3 2
----
[2>3 promise 2.3 slot 1 under 1.1]
leader 2
----
nobody
deliver 2 3
----
[3>1 heartbeat 2.3 chosen 0] [3>2 heartbeat 2.3 chosen 0] [3>1 accept 2.3 slot 1 command] [3>2 accept 2.3 slot 1 command]
deliver 3 2
----
[2>3 heard] [2>3 accepted 2.3 slot 1]
)") == "");
}
