#include "report_page.hpp"

namespace tool::report_page {

const std::string_view script_figures = R"js(
// ---- headline ----
const movers = D.policies.filter(p => p.name !== "none");
const best = movers.reduce((a, p) => !a || p.figures.overload < a.figures.overload ? p : a, null);
{
  const total = none && none.figures.overload;
  $("headline").textContent =
    best && best.figures.avoided !== null && best.figures.avoided > 0
      ? capital(best.name) + " avoids " + percent(best.figures.avoided) + " of the overload with " + plural(best.figures.moves, "move")
    : best && best.figures.avoided !== null
      ? "No policy avoids overload here; " + best.name + " adds " + percent(-best.figures.avoided)
    : total !== undefined && total > 0 ? plural(total, "host-minute") + " of overload if nothing moves"
    : "No host is overloaded";
  $("scenario").textContent =
    capital(D.source) + ": " + plural(D.workloads, "workload") + " on " + plural(D.hosts, "host") + " in " + plural(D.sites, "site") +
    " over " + span(D.steps * stepMinutes) + ", one value every " + span(stepMinutes) + ". A host is overloaded while its " +
    "workloads demand more than " + short(100 * D.limit) + "\u2009% of its " + plural(D.capacity, "core") +
    ". Every policy starts from the same placement, sees only the past and pays for its moves. Seed " + D.seed + ".";
}

// ---- table ----
const rows = [
  ["overload, host-minutes", f => thousands(f.overload), "lead"],
  ["avoided", (f, p) => p === none || f.avoided === null ? "\u2013" : percent(f.avoided), "lead"],
  ["episodes of overload", f => thousands(f.episodes), "gap"],
  ["episodes prevented", f => thousands(f.prevented)],
  ["median lead time", f => f.lead === null ? "\u2013" : span(f.lead)],
  ["moves", f => thousands(f.moves), "gap"],
  ["for nothing (false moves)", f => thousands(f.false_moves), "sub"],
  ["moved again within the hour", f => thousands(f.ping_pong), "sub"],
  ["rolled back", f => thousands(f.rollbacks), "sub"],
  ["overload at destinations, min", f => thousands(f.destination), "gap"],
];
$("figures").append(
  el("thead", {}, el("tr", {}, el("th"), ...D.policies.map(p => el("th", { textContent: p.name, scope: "col" })))),
  el("tbody", {}, ...rows.map(([label, value, kind]) =>
    el("tr", { className: kind === "sub" ? "" : kind || "" },
      el("td", { textContent: label, className: kind === "sub" ? "sub" : "" }),
      ...D.policies.map(p => el("td", { textContent: value(p.figures, p) }))))));

// ---- accumulated overload ----
// Cells of several steps count in full: with them the curve is an upper bound of its shape, scaled to the true sum.
const accumulated = p => {
  const sum = new Float64Array(cells + 1);
  const first = Math.ceil(D.warm / D.block);
  for (let i = 0; i < cells; ++i) {
    let over = 0;
    if (i >= first) for (const host of p.demand) if (host[i] !== 255 && host[i] > D.limit_code) ++over;
    sum[i + 1] = sum[i] + over;
  }
  const factor = sum[cells] > 0 ? p.figures.overload / 60 / sum[cells] : 0;
  return sum.map(x => x * factor);
};
const sums = D.policies.map(accumulated);
const policyInk = p => p === none ? ink.none : p === best ? ink.blue : ink.hot;

const drawSum = () => {
  const { c, width, height } = prepare($("sum"), 290);
  const top = Math.max(1, ...sums.map(s => s[cells]));
  const left = 6, right = width - 92, bottom = height - 26;
  const x = scale(0, D.steps, left, right), y = scale(0, top, bottom, 16);
  for (const t of niceTicks(top, 5)) {
    if (t > 0) hline(c, left, right, y(t), ink.faint);
    if (t > 0) write(c, short(t), left, y(t) - 3, ink.soft);
  }
  timeAxis(c, x, 0, D.steps, bottom);
  const labels = D.policies.map((p, i) => ({ p, y: y(sums[i][cells]), text: p.name })).sort((a, b) => a.y - b.y);
  labels.forEach((l, i) => { if (i > 0) l.y = Math.max(l.y, labels[i - 1].y + 15); });
  const sink = Math.max(0, labels[labels.length - 1].y - bottom);
  labels.forEach(l => { l.y -= sink; write(c, l.text, right + 8, l.y, policyInk(l.p), "left", "middle"); });
  D.policies.forEach((p, i) => {
    c.strokeStyle = policyInk(p); c.lineWidth = 1.6;
    c.beginPath();
    for (let k = 0; k <= cells; ++k) c.lineTo(x(Math.min(k * D.block, D.steps)), y(sums[i][k]));
    c.stroke();
  });
};
$("sum-caption").textContent = "Overload accumulated over time, host-hours";

// ---- definitions ----
const judged = D.judged.replace(" h", " hours").replace(" m", " minutes");
for (const [name, text] of [
  ["Overload", "time with demand above the limit, added up over hosts; the costs of moves count as demand. The first " +
    span(D.warm * stepMinutes) + " are not counted."],
  ["Avoided", "the share of the overload without moves that did not happen."],
  ["Episode", "a stretch of time in which one host is overloaded without a break."],
  ["Prevented", "the host would have been overloaded with the workloads it had given away in the last " + judged +
    ", and was not, not even for one step. Known from the trace, not estimated."],
  ["Lead time", "from the decision to the begin of the episode it prevented; the last decision counts if it took several."],
  ["False move", "with the workload back on its source, nothing would have happened there within " + judged + "."],
  ["Overload at destinations", "would not have happened without what the host took in within " + judged + "."],
  ["A move", "takes one step, in which the workload still runs at its source and costs more on both ends."],
]) $("notes").append(el("p", {}, el("b", { textContent: name + ". " }), capital(text)));
)js";

}  // namespace tool::report_page
