#pragma once
// Several who want one lease, each with a clock of its own, over a way that loses, delays and cuts off: a
// simulation by seed that counts the moments at which more than one of them believes to hold it.

#include <adapters/kubernetes/fake_api.hpp>
#include <foreshift/adapters/kubernetes/lease_holder.hpp>
#include <foreshift/core/random.hpp>
#include <foreshift/core/result.hpp>
#include <foreshift/core/time.hpp>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace foreshift::fake {

class lease_contest {
  using ms = std::chrono::milliseconds;
  using s = std::chrono::seconds;

 public:
  struct figures {
    std::size_t overlaps = 0, acquired = 0, lost = 0;
  };

  lease_contest(std::uint64_t seed, const std::vector<double>& paces) : random_(seed) {
    for (std::size_t i = 0; i < paces.size(); ++i)
      all_.push_back(
          std::make_unique<rival>(rival{kubernetes::lease_holder{{kind::lease, "foreshift", "site"},
                                                                 "h" + std::to_string(i),
                                                                 {.valid = s{6}, .ask_every = s{1}}},
                                        paces[i], s{1 + random_.below(1'000'000'000)}}));
    for (auto& r : all_) at(ms{0}, [this, &r = *r] { wake(r); });
  }
  /// @param calm from then on nothing is lost
  void run(duration until, duration calm) {
    calm_ = calm;
    while (!events_.empty() && events_.begin()->first.first <= until) {
      now_ = events_.begin()->first.first;
      const auto act = std::move(events_.begin()->second);
      events_.erase(events_.begin());
      act();
      judge();
    }
    now_ = until;
  }
  [[nodiscard]] std::size_t holders() const {
    std::size_t n = 0;
    for (const auto& r : all_) n += r->holder.holds(clock(*r)) ? 1U : 0U;
    return n;
  }
  figures found{};

 private:
  struct rival {
    kubernetes::lease_holder holder;
    double pace;
    duration offset;
    duration cut_off{};  ///< until then nothing goes through
    bool held = false;
    std::uint64_t asked = 0;
  };

  [[nodiscard]] time_point clock(const rival& r) const {
    return time_point{r.offset + duration{std::llround(static_cast<double>(now_.count()) * r.pace)}};
  }
  void at(duration when, std::function<void()> act) {
    events_.emplace(std::pair{when, ++order_}, std::move(act));
  }
  [[nodiscard]] duration up_to(duration most) {
    return duration{static_cast<duration::rep>(random_.below(static_cast<std::uint64_t>(most.count())))};
  }
  void wake(rival& r) {
    const auto request = r.holder.next(clock(r));
    if (!request) return sleep(r);
    if (now_ < calm_ && random_.chance(0.01)) r.cut_off = now_ + up_to(s{15});
    const auto round = ++r.asked;
    const bool rough = now_ < calm_ && random_.chance(0.1);
    const bool lost = now_ < r.cut_off || (rough && random_.chance(0.3));
    const auto there = now_ + up_to(rough ? s{8} : ms{100}), back = up_to(rough ? s{8} : ms{100});
    const bool silent = rough && random_.chance(0.3);
    if (!lost)
      at(there, [this, &r, request, round, back, silent] {
        const auto answer = server_.answer(*request);
        server_.log.clear();
        if (!silent) at(now_ + back, [this, &r, answer, round] { take(r, round, answer); });
      });
    at(now_ + s{2}, [this, &r, round] { take(r, round, failure{ports::http_error{true, "timed out"}}); });
  }
  void take(rival& r, std::uint64_t round, const result<ports::http_response, ports::http_error>& answer) {
    if (round != r.asked) return;
    ++r.asked;
    r.holder.take(answer, clock(r));
    sleep(r);
  }
  /// Wakes when its own clock says so; now and then it is late.
  void sleep(rival& r) {
    const auto left = std::max(duration::zero(), r.holder.due() - clock(r));
    auto wait = duration{static_cast<duration::rep>(std::ceil(static_cast<double>(left.count()) / r.pace))};
    if (now_ < calm_ && random_.chance(0.02)) wait += up_to(s{10});
    at(now_ + wait + ms{1}, [this, &r] { wake(r); });
  }
  void judge() {
    for (auto& r : all_) {
      const bool holds = r->holder.holds(clock(*r));
      found.acquired += holds && !r->held ? 1U : 0U;
      found.lost += !holds && r->held ? 1U : 0U;
      r->held = holds;
    }
    found.overlaps += holders() > 1 ? 1U : 0U;
  }

  random_stream random_;
  fake::api server_;
  std::vector<std::unique_ptr<rival>> all_;
  std::map<std::pair<duration, std::uint64_t>, std::function<void()>> events_;
  std::uint64_t order_ = 0;
  duration now_{}, calm_{};
};

}  // namespace foreshift::fake
