#pragma once
/// @file
/// A forecasting method whose type is known at run time only: for pools of methods and for choice by name.
///
/// Both are regular values; a copy of a fitted model is a copy of what it holds. The price is one allocation
/// for each fitted model and an indirect call for each operation.

#include <foreshift/core/archive.hpp>
#include <foreshift/forecast/forecaster.hpp>
#include <foreshift/forecast/saved_model.hpp>

#include <concepts>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <type_traits>
#include <utility>

namespace foreshift::inline FORESHIFT_ABI::forecast {

/// Any fitted model. Moved-from objects may only be assigned to or destroyed.
class any_fitted_model {
 public:
  template <class M>
  requires(!std::same_as<M, any_fitted_model>) && FittedModel<M>  // in this order, or the question has no end
      any_fitted_model(M model) : held_(std::make_unique<holder<M>>(std::move(model))) {}
  any_fitted_model(const any_fitted_model& other) : held_(other.held_->copy()) {}
  any_fitted_model(any_fitted_model&&) noexcept = default;
  any_fitted_model& operator=(const any_fitted_model& other) {
    held_ = other.held_->copy();
    return *this;
  }
  any_fitted_model& operator=(any_fitted_model&&) noexcept = default;
  ~any_fitted_model() = default;

  friend void update(any_fitted_model& m, double y, std::span<const double> row) { m.held_->learn(y, row); }
  friend void predict_mean(const any_fitted_model& m, regressor_view x, std::span<double> out) {
    m.held_->write_mean(x, out);
  }
  [[nodiscard]] bool takes(std::size_t regressors) const { return held_->takes(regressors); }

 private:
  friend struct foreshift::archive_access;
  static void members(auto& self, auto& archive) {
    if constexpr (std::remove_reference_t<decltype(archive)>::reading)
      self.held_->read(archive);
    else
      self.held_->write(archive);
  }

  struct base {
    virtual ~base() = default;
    virtual std::unique_ptr<base> copy() const = 0;
    virtual void learn(double y, std::span<const double> row) = 0;
    virtual void write_mean(regressor_view x, std::span<double> out) const = 0;
    virtual bool takes(std::size_t regressors) const = 0;
    virtual void write(archive_writer& out) const = 0;
    virtual void read(archive_reader& in) = 0;
  };
  template <class M>
  struct holder final : base {
    explicit holder(M m) : model(std::move(m)) {}
    std::unique_ptr<base> copy() const override { return std::make_unique<holder>(model); }
    void learn(double y, std::span<const double> row) override { update(model, y, row); }
    void write_mean(regressor_view x, std::span<double> out) const override { predict_mean(model, x, out); }
    bool takes(std::size_t regressors) const override { return detail::takes_rows(model, regressors); }
    void write(archive_writer& out) const override { out(model); }  // bad where M lists no members
    void read(archive_reader& in) override { in(model); }
    M model;
  };
  std::unique_ptr<base> held_;
};

/// Any specification. Immutable, so copies share what they hold.
class any_forecaster {
 public:
  using model = any_fitted_model;

  template <class F>
  requires(!std::same_as<F, any_forecaster>) && Forecaster<F> any_forecaster(F spec)
      : held_(std::make_shared<holder<F>>(std::move(spec))) {}

  // A template, so that it takes this type only and converts nothing: `backtested<any_forecaster>` finds it
  // too.
  template <std::same_as<any_forecaster> Self>
  friend result<any_fitted_model, errc> fit(const Self& spec, telemetry::series_view y, regressor_view x) {
    return spec.held_->fitted(y, x);
  }
  /// The name of what it holds.
  template <std::same_as<any_forecaster> Self>
  friend std::string name_of(const Self& spec) {
    return spec.held_->name();
  }
  template <std::same_as<any_forecaster> Self>
  friend std::optional<any_fitted_model> blank_model(const Self& spec) {
    return spec.held_->blank();
  }
  /// Of what it holds: see `forecast::fits_by_update`.
  [[nodiscard]] bool learns_all_by_update() const { return held_->by_update(); }

 private:
  struct base {
    virtual ~base() = default;
    virtual result<any_fitted_model, errc> fitted(telemetry::series_view y, regressor_view x) const = 0;
    virtual std::string name() const = 0;
    virtual std::optional<any_fitted_model> blank() const = 0;
    virtual bool by_update() const = 0;
  };
  template <class F>
  struct holder final : base {
    explicit holder(F f) : spec(std::move(f)) {}
    result<any_fitted_model, errc> fitted(telemetry::series_view y, regressor_view x) const override {
      auto model = fit(spec, y, x);
      if (!model) return failure{model.error()};
      return any_fitted_model{std::move(*model)};
    }
    std::string name() const override { return detail::saved_name(spec); }
    std::optional<any_fitted_model> blank() const override {
      if (auto model = detail::blank_of(spec)) return any_fitted_model{std::move(*model)};
      return std::nullopt;
    }
    bool by_update() const override { return fits_by_update<F>; }
    F spec;
  };
  std::shared_ptr<const base> held_;
};

static_assert(FittedModel<any_fitted_model> && Forecaster<any_forecaster>);

}  // namespace foreshift::inline FORESHIFT_ABI::forecast
