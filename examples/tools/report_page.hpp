#pragma once
// The parts of the replay's report that do not depend on the data: one page, no outside resource, no library.
// Each script part is vanilla JavaScript; together they form one function, in the order given here.

#include <string_view>

namespace tool::report_page {

extern const std::string_view style;           ///< CSS, light and dark
extern const std::string_view body;            ///< the sections, empty
extern const std::string_view script_frame;    ///< data, time, scales, drawing on a canvas
extern const std::string_view script_figures;  ///< headline, table, accumulated overload
extern const std::string_view script_strips;   ///< every host under every policy
extern const std::string_view script_host;     ///< one host: curves, band, risk, moves
extern const std::string_view script_story;    ///< proposals as text, and the start of it all

}  // namespace tool::report_page
