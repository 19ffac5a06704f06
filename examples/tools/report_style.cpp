#include "report_page.hpp"

namespace tool::report_page {

const std::string_view style = R"css(
:root {
  color-scheme: light dark;
  --paper: #fffdf8; --ink: #23221f; --soft: #6f6c64; --line: #dcd8cd; --faint: #efece3;
  --hot: #c8430a; --hotter: #7d1200; --blue: #28618f; --band: #28618f2b; --none: #a09c92; --good: #2d7a4b;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #171715; --ink: #e9e5da; --soft: #9b978c; --line: #3a3934; --faint: #26251f;
    --hot: #f0772f; --hotter: #ffd29a; --blue: #7db4e0; --band: #7db4e033; --none: #77746b; --good: #74c08f;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0 auto; max-width: 1180px; padding: 28px 24px 60px; background: var(--paper); color: var(--ink);
  font: 15px/1.5 "Iowan Old Style", "Palatino Linotype", Palatino, "Book Antiqua", Georgia, serif;
}
h1 { font-size: 29px; line-height: 1.2; font-weight: 400; margin: 0 0 6px; letter-spacing: -0.01em; }
h2 { font-size: 19px; font-weight: 400; font-style: italic; margin: 44px 0 4px; }
p { margin: 0 0 10px; max-width: 76ch; }
.brand { font: 12px/1 ui-sans-serif, system-ui, sans-serif; letter-spacing: 0.12em; color: var(--soft);
  text-transform: uppercase; margin-bottom: 18px; }
.quiet { color: var(--soft); }
canvas { display: block; width: 100%; touch-action: pan-y; }
.two { display: grid; grid-template-columns: minmax(0, 5fr) minmax(0, 6fr); gap: 44px; margin-top: 26px; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums lining-nums; }
th, td { padding: 3px 0 3px 14px; text-align: right; font-weight: 400; white-space: nowrap; }
th:first-child, td:first-child { text-align: left; padding-left: 0; white-space: normal; }
thead th { border-bottom: 1px solid var(--ink); font-style: italic; }
tr.lead td { padding-top: 8px; font-size: 21px; line-height: 1.25; }
tr.lead td:first-child { font-size: 15px; }
tr.gap td { padding-top: 12px; }
td.sub { padding-left: 16px !important; color: var(--soft); }
.caption { font-size: 13.5px; color: var(--soft); margin: 0 0 8px; max-width: 84ch; }
.policy-name { margin: 16px 0 2px; }
.policy-name b { font-weight: 400; font-style: italic; }
.controls { display: flex; flex-wrap: wrap; gap: 6px 18px; align-items: baseline; margin: 8px 0 6px;
  font: 13px/1.4 ui-sans-serif, system-ui, sans-serif; }
.controls button { font: inherit; color: var(--soft); background: none; border: 0; border-bottom: 1px solid transparent;
  padding: 2px 1px; cursor: pointer; }
.controls button[aria-pressed="true"] { color: var(--ink); border-bottom-color: var(--ink); }
.controls button:hover { color: var(--ink); }
.controls button:focus-visible, canvas:focus-visible, select:focus-visible { outline: 2px solid var(--blue); }
.controls .group { display: inline-flex; gap: 10px; align-items: baseline; }
.controls select { font: inherit; color: var(--ink); background: var(--paper); border: 1px solid var(--line); }
.key { display: inline-flex; align-items: center; gap: 6px; white-space: nowrap; }
.key i { display: inline-block; width: 22px; height: 0; border-top: 2px solid; }
.key i.box { height: 11px; border: 0; }
.keys { display: flex; flex-wrap: wrap; gap: 2px 20px; font-size: 13.5px; color: var(--soft); margin: 2px 0 4px; }
#moves { margin-top: 10px; font-size: 13.5px; max-width: 760px; }
#moves td, #moves th { text-align: left; padding: 1px 18px 1px 0; }
.scroll { overflow-x: auto; }
.story { border-top: 1px solid var(--line); padding: 12px 0 6px; display: grid; gap: 6px 36px;
  grid-template-columns: minmax(0, 1fr) minmax(0, 1fr); align-items: start; }
.story h3 { font-size: 15px; font-weight: 600; margin: 0; grid-column: 1 / -1; }
.story dl { display: grid; grid-template-columns: 9.5em 1fr; gap: 3px 10px; margin: 0; font-size: 14px; }
.story dl.alone { grid-column: 1 / -1; }
.story dt { color: var(--soft); font-variant-numeric: tabular-nums; }
.story dd { margin: 0; overflow-wrap: anywhere; }
.notes { font-size: 13.5px; color: var(--soft); columns: 2; column-gap: 44px; margin-top: 8px; }
.notes p { break-inside: avoid; }
.notes b { font-weight: 400; font-style: italic; color: var(--ink); }
#tip { position: fixed; pointer-events: none; background: var(--paper); color: var(--ink); border: 1px solid var(--line);
  padding: 4px 9px; font: 12.5px/1.45 ui-sans-serif, system-ui, sans-serif; font-variant-numeric: tabular-nums;
  white-space: pre; box-shadow: 0 2px 8px #0002; z-index: 9; }
[hidden] { display: none !important; }
@media (max-width: 760px) {
  body { padding: 18px 14px 40px; }
  h1 { font-size: 23px; }
  .two, .story { grid-template-columns: minmax(0, 1fr); gap: 20px; }
  .notes { columns: 1; }
  th, td { padding-left: 8px; }
  .story dl { grid-template-columns: 6.5em 1fr; }
}
@media print { .controls, #tip { display: none; } }
)css";

const std::string_view body = R"html(
<div class="brand">foreshift replay</div>
<h1 id="headline"></h1>
<p id="scenario" class="quiet"></p>
<div class="two">
  <div class="scroll"><table id="figures"></table></div>
  <div>
    <p class="caption" id="sum-caption"></p>
    <canvas id="sum" role="img" aria-label="Accumulated overload of each policy over time"></canvas>
  </div>
</div>

<h2>Every host, every hour</h2>
<p class="caption" id="strip-caption"></p>
<div class="keys" id="strip-keys"></div>
<div id="strips"></div>

<h2 id="host-title"></h2>
<div class="controls" id="host-controls"></div>
<div class="keys" id="host-keys"></div>
<canvas id="host" tabindex="0" role="img" aria-label="Demand on the chosen host"></canvas>
<div class="scroll"><table id="moves"></table></div>

<section id="stories" hidden>
<h2>From forecast to check</h2>
<p class="caption">A proposal as it was made, voted on, agreed, carried out and checked.</p>
<div class="controls" id="story-controls"></div>
<div id="story"></div>
</section>

<section id="adjustments" hidden>
<h2>Recommended adjustments</h2>
<p class="caption">Sizes and copies that the sites agreed on, with the share of the coming day that demand is expected to be above
what a workload may use, before and after; what helps most comes first. They are recommendations: nothing carries them out.</p>
<div class="scroll"><table id="adjustment-rows"></table></div>
</section>

<h2>What the figures say</h2>
<div class="notes" id="notes"></div>
<noscript><p>The charts of this page are drawn by its own script, which this reader does not run.</p></noscript>
<div id="tip" hidden></div>
)html";

}  // namespace tool::report_page
