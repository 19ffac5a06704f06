// Reads a calendar with three campaigns, two of them past, and lets a model learn what a campaign does.
// Prints the forecast for the third one with and without the calendar, and fails unless the calendar raises
// it by at least half of what campaigns have added so far.

#include <foreshift/core/random.hpp>
#include <foreshift/forecast/seasonal_ar.hpp>
#include <foreshift/telemetry/calendar_csv.hpp>
#include <foreshift/telemetry/event_regressors.hpp>

#include <chrono>
#include <cstdio>
#include <vector>

using namespace foreshift;
using namespace std::chrono_literals;

int main() {
  const auto calendar = telemetry::parse_calendar(
      "start,end,kind,label\n"
      "2026-03-10T10:00,2026-03-10T14:00,campaign,newsletter\n"
      "2026-03-13T15:00,2026-03-13T19:00,campaign,newsletter\n"
      "2026-03-18T12:00,2026-03-18T16:00,campaign,newsletter\n",
      "campaigns.csv");
  if (!calendar) return std::printf("%s\n", to_string(calendar.error()).c_str()), 1;

  // History until shortly before the third campaign; a campaign adds 30 to a level of 40.
  constexpr duration step = 5min;
  constexpr double lift = 30;
  telemetry::series demand{*parse_time("2026-03-02"), step, {}};
  const auto columns = telemetry::event_columns(*calendar);
  const auto regressors = [&](const telemetry::time_grid& grid) {
    return telemetry::event_regressors(*calendar, columns, grid);
  };
  const auto size = static_cast<std::size_t>((*parse_time("2026-03-18T11:30") - demand.start) / step);
  const std::vector<double> past = regressors({demand.start, step, size});
  random_stream random{2};
  for (std::size_t i = 0; i < size; ++i)
    demand.values.push_back(40 + lift * past[i * columns.size()] + random.normal());  // column 0: campaigns

  // What is announced for the next two hours goes into the forecast, as the past went into the fit.
  constexpr std::size_t horizon = 24;
  const std::vector<double> future = regressors({demand.end(), step, horizon});
  const forecast::seasonal_ar spec{.season_length = telemetry::steps_in(24h, step)};
  const auto knows = fit(spec, demand, {past, columns.size()});
  const auto blind = fit(spec, demand, {});
  if (!knows || !blind) return 1;
  std::vector<double> with(horizon), without(horizon);
  predict_mean(*knows, {future, columns.size()}, with);
  predict_mean(*blind, {}, without);

  std::printf("time                  without calendar   with calendar\n");
  for (std::size_t i = 0; i < horizon; i += 3)
    std::printf("%s  %16.1f  %14.1f\n", format_time(demand.time_at(size + i)).c_str(), without[i], with[i]);
  const std::size_t last = horizon - 1;
  std::printf("the campaign raises the forecast by %.1f; campaigns have added %.0f\n",
              with[last] - without[last], lift);
  return with[last] - without[last] > lift / 2 && with[0] - without[0] < lift / 2 ? 0 : 1;
}
