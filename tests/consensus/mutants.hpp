#pragma once
/// @file
/// Broken parts for the replica: seeded bugs that the checkers have to catch. They live in the tests alone;
/// the shipped rules have no switches.

#include <foreshift/consensus/acceptor.hpp>
#include <foreshift/consensus/phase_one.hpp>
#include <foreshift/consensus/proposer.hpp>

#include <optional>
#include <utility>

namespace consensus_test {

using namespace foreshift;
using namespace foreshift::consensus;

/// Accepts without raising its promise, so that a lower prepare is promised afterwards.
class accept_does_not_raise_the_promise {
 public:
  explicit accept_does_not_raise_the_promise(std::uint64_t = 0) {}
  acceptor_answer on_prepare(const prepare& asked) {
    if (asked.number < promised_) return {std::nullopt, nack{asked.number, promised_}};
    promised_ = asked.number;
    promise given{promised_, through_, {}};
    for (const auto& [at, held] : accepted_) given.accepted.push_back(held);
    return {promise_record{promised_}, given};
  }
  acceptor_answer on_accept(const accept& asked) {
    if (asked.number < promised_) return {std::nullopt, nack{asked.number, promised_}};
    if (asked.at <= through_) return {};
    accepted_.insert_or_assign(asked.at, {asked.at, asked.number, asked.value});  // promised_ stays
    return {accept_record{{asked.at, asked.number, asked.value}}, accepted{asked.number, asked.at}};
  }
  void release_through(slot through) {
    through_ = std::max(through_, through);
    accepted_.erase_if([&](slot at, const accepted_value&) { return at <= through; });
  }
  void restore(const promise_record& kept) { promised_ = std::max(promised_, kept.promised); }
  void restore(const accept_record& kept) { accepted_.insert_or_assign(kept.what.at, kept.what); }
  [[nodiscard]] ballot promised() const { return promised_; }
  [[nodiscard]] std::vector<accepted_value> held() const {
    std::vector<accepted_value> all;
    for (const auto& [at, held] : accepted_) all.push_back(held);
    return all;
  }
  [[nodiscard]] const entry* accepted_at(slot at) const {
    const auto* held = accepted_.find(at);
    return held != nullptr ? &held->value : nullptr;
  }
  [[nodiscard]] const entry* accepted_at(slot at, ballot number) const {
    const auto* held = accepted_.find(at);
    return held != nullptr && held->number == number ? &held->value : nullptr;
  }
  friend bool operator==(const accept_does_not_raise_the_promise&,
                         const accept_does_not_raise_the_promise&) = default;

 private:
  ballot promised_;
  slot through_;
  flat_map<slot, accepted_value> accepted_;
};

/// Adopts the value of the lowest ballot reported instead of the highest.
struct adopts_the_lowest : phase_one {
  using phase_one::phase_one;
  void record(site_id from, promise given) {
    for (auto& reported : given.accepted) reported.number.round = ~reported.number.round;
    phase_one::record(from, given);
  }
  friend bool operator==(const adopts_the_lowest&, const adopts_the_lowest&) = default;
};

/// Adopts nothing at all.
struct adopts_nothing : phase_one {
  using phase_one::phase_one;
  void record(site_id from, promise given) {
    given.accepted.clear();
    phase_one::record(from, given);
  }
  friend bool operator==(const adopts_nothing&, const adopts_nothing&) = default;
};

/// Half of the weight is enough, in phase 1 ...
struct tie_is_a_promise_quorum : phase_one {
  using phase_one::phase_one;
  [[nodiscard]] bool complete(electorate members) const {
    members.promises.value = (total_weight(members.electors).value + 1) / 2;
    return phase_one::complete(members);
  }
  friend bool operator==(const tie_is_a_promise_quorum&, const tie_is_a_promise_quorum&) = default;
};

/// ... and in phase 2.
struct tie_is_an_accept_quorum : proposer {
  using proposer::proposer;
  [[nodiscard]] std::optional<entry> on_accepted(electorate members, site_id from, const accepted& said) {
    members.accepts.value = (total_weight(members.electors).value + 1) / 2;
    return proposer::on_accepted(members, from, said);
  }
  friend bool operator==(const tie_is_an_accept_quorum&, const tie_is_an_accept_quorum&) = default;
};

/// Every repetition of an acceptance counts again.
struct counts_repetitions : proposer {
  using proposer::proposer;
  [[nodiscard]] accept propose(entry value, slot chosen_through, time_point now) {
    accept asked = proposer::propose(std::move(value), chosen_through, now);
    mine.insert_or_assign(asked.at, {asked.value, {}});
    return asked;
  }
  [[nodiscard]] std::optional<entry> on_accepted(electorate members, site_id from, const accepted& said) {
    auto* open = said.number == number() ? mine.find(said.at) : nullptr;
    if (open == nullptr) return std::nullopt;
    tally one;
    one.record(members.electors, from);
    open->second += one.held(members.electors);
    return is_quorum(open->second, total_weight(members.electors)) ? std::optional{open->first}
                                                                   : std::nullopt;
  }
  friend bool operator==(const counts_repetitions&, const counts_repetitions&) = default;
  flat_map<slot, std::pair<entry, quorum_weight>> mine;
};

/// Counts acceptances of any ballot for its own.
struct mixes_ballots : proposer {
  using proposer::proposer;
  [[nodiscard]] std::optional<entry> on_accepted(electorate members, site_id from, accepted said) {
    said.number = number();
    return proposer::on_accepted(members, from, said);
  }
  friend bool operator==(const mixes_ballots&, const mixes_ballots&) = default;
};

}  // namespace consensus_test
