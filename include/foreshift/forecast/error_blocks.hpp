#pragma once
/// @file
/// How wrong the recent forecasts were, step by step: the memory from which intervals and joint paths are
/// drawn.
///
/// A block is the errors of one past forecast at all its steps. A forecast is made every `every` steps; those
/// of the last K complete ones, and of those still running, stand in one flat ring. A block is written as a
/// curve of means and turned into errors as the observations come in. The errors of one block belong
/// together: adding a whole block to a new mean keeps their autocorrelation.

#include <foreshift/core/archive.hpp>
#include <foreshift/core/contract.hpp>
#include <foreshift/forecast/observation.hpp>

#include <algorithm>
#include <cstddef>
#include <span>
#include <vector>

namespace foreshift::inline FORESHIFT_ABI::forecast {

/// A regular value; allocates only in its constructor.
class error_blocks {
 public:
  struct shape {
    std::size_t horizon = 12;  ///< H, steps of a block, at least 1
    std::size_t kept = 288;    ///< K, complete blocks remembered, at least 1
    std::size_t every = 1;     ///< steps from one forecast to the next, at least 1
    bool means = false;        ///< remember what had been forecast as well; doubles the memory

    static void members(auto& self, auto& archive) {
      archive(self.horizon, self.kept, self.every, self.means);
    }
    [[nodiscard]] bool consistent() const {
      return is_archived_size(horizon) && is_archived_size(kept) && is_archived_size(every);
    }
    /// Blocks in the ring: those that are kept, and those that are still running.
    [[nodiscard]] std::size_t rows() const { return kept + (horizon + every - 1) / every; }
  };

  explicit error_blocks(const shape& s)
      : shape_(s), rows_(s.rows()), values_(rows_ * s.horizon), means_(s.means ? values_.size() : 0) {
    FORESHIFT_EXPECT(s.horizon >= 1 && s.kept >= 1 && s.every >= 1);
  }

  /// True when the time for the next forecast has come; `open` then.
  [[nodiscard]] bool due() const { return begun_ == 0 || since_ >= shape_.every; }
  /// Where the mean curve of a forecast made now has to be written: H values. @pre due()
  std::span<double> open() {
    FORESHIFT_EXPECT(due());
    head_ = head_ + 1 == rows_ ? 0 : head_ + 1;
    begun_ = std::min(begun_ + 1, rows_);
    since_ = 0;
    return row(0);
  }
  /// Takes the observation of the next step. H / every operations. @pre not due()
  /// A gap says nothing about the step: the error of the step before is kept, so that paths stay whole.
  void observe(double y) {
    FORESHIFT_EXPECT(!due());
    const bool seen = is_observed(y);
    for (std::size_t back = 0, lead = since_; back < begun_ && lead < shape_.horizon;
         ++back, lead += shape_.every) {
      const auto block = row(back);
      if (keeps_means()) means_[start_of(back) + lead] = block[lead];
      if (seen)
        block[lead] = y - block[lead];
      else
        block[lead] = lead > 0 ? block[lead - 1] : 0.0;
    }
    ++since_;
  }

  [[nodiscard]] std::size_t horizon() const { return shape_.horizon; }
  [[nodiscard]] std::size_t every() const { return shape_.every; }
  /// Blocks all of whose steps have been observed.
  [[nodiscard]] std::size_t complete() const { return known(shape_.horizon - 1); }
  /// The complete block of the given age, counted in blocks; 0 is the youngest. @pre age < complete()
  [[nodiscard]] std::span<const double> block(std::size_t age) const {
    FORESHIFT_EXPECT(age < complete());
    return row(age + youngest(shape_.horizon - 1));
  }
  /// The curve last opened, as it was written: nothing has been observed of it. Else nothing.
  [[nodiscard]] std::span<double> latest() {
    return begun_ > 0 && since_ == 0 ? row(0) : std::span<double>{};
  }
  [[nodiscard]] std::span<const double> latest() const {
    return begun_ > 0 && since_ == 0 ? row(0) : std::span<const double>{};
  }
  /// How many errors are known at a step; shorter leads know of younger forecasts. @pre lead < horizon()
  [[nodiscard]] std::size_t known(std::size_t lead) const {
    const std::size_t first = youngest(lead);
    return begun_ > first ? std::min(begun_ - first, shape_.kept) : 0;
  }
  [[nodiscard]] bool keeps_means() const { return shape_.means; }
  /// An error known at a step, and what had been forecast there; 0 is the youngest.
  /// @pre age < known(lead); for the mean: keeps_means()
  [[nodiscard]] double error(std::size_t lead, std::size_t age) const {
    return values_[start_of(age + youngest(lead)) + lead];
  }
  [[nodiscard]] double mean(std::size_t lead, std::size_t age) const {
    return means_[start_of(age + youngest(lead)) + lead];
  }
  /// Calls visit(lead, mean) for each running forecast that the next observation will be held against.
  void visit_next(auto&& visit) const {
    for (std::size_t back = 0, lead = since_; back < begun_ && lead < shape_.horizon;
         ++back, lead += shape_.every)
      visit(lead, row(back)[lead]);
  }
  /// Copies the errors known at a step behind out's end, the youngest first.
  void append_errors(std::size_t lead, std::vector<double>& out) const {
    const std::size_t first = youngest(lead);
    for (std::size_t age = 0; age < known(lead); ++age) out.push_back(row(age + first)[lead]);
  }

 private:
  friend struct foreshift::archive_access;
  error_blocks() = default;
  static void members(auto& self, auto& archive) {
    archive(self.shape_, self.rows_, self.values_, self.means_, self.head_, self.begun_, self.since_);
  }
  [[nodiscard]] bool consistent() const {
    return rows_ == shape_.rows() && values_.size() == rows_ * shape_.horizon && head_ < rows_ &&
           begun_ <= rows_ && since_ <= shape_.every && std::ranges::all_of(values_, is_bounded) &&
           means_.size() == (shape_.means ? values_.size() : 0) && std::ranges::all_of(means_, is_bounded);
  }

  /// The youngest block, counted from the one last opened, of which this step has been observed.
  [[nodiscard]] std::size_t youngest(std::size_t lead) const {
    return lead < since_ ? 0 : (lead - since_) / shape_.every + 1;
  }
  [[nodiscard]] std::size_t start_of(std::size_t back) const {
    return (head_ >= back ? head_ - back : head_ + rows_ - back) * shape_.horizon;
  }
  [[nodiscard]] std::span<double> row(std::size_t back) {
    return std::span{values_}.subspan(start_of(back), shape_.horizon);
  }
  [[nodiscard]] std::span<const double> row(std::size_t back) const {
    return std::span{values_}.subspan(start_of(back), shape_.horizon);
  }

  shape shape_;
  std::size_t rows_ = 0;
  std::vector<double> values_;
  std::vector<double> means_;  ///< as values_, before they became errors; empty when not wanted
  std::size_t head_ = 0;
  std::size_t begun_ = 0;
  std::size_t since_ = 0;  ///< observations since the last forecast
};

}  // namespace foreshift::inline FORESHIFT_ABI::forecast
