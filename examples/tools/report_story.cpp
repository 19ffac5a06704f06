#include "report_page.hpp"

namespace tool::report_page {

const std::string_view script_story = R"js(
// ---- proposals as text ----
const told = D.policies.flatMap(p => p.stories.map(s => ({ ...s, policy: p })));
let chosenStory = 0;

// The forecast that a proposal stood on, beside what the host then saw under the policy and without moves.
const drawStoryChart = (canvas, story) => {
  const f = story.forecast, after = story.after;
  const { c, width, height } = prepare(canvas, 210);
  const past = Math.round(f.mean.length * 0.6), from = Math.max(0, f.first - past), to = Math.min(D.steps, f.first + f.mean.length);
  const actual = story.policy.demand[story.host];
  const cell = step => Math.min(cells - 1, Math.floor(step / D.block));
  let most = D.capacity;
  for (const v of f.high) most = Math.max(most, v || 0);
  for (let s = from; s < to; ++s) most = Math.max(most, toCores(actual[cell(s)]) || 0);
  const right = width - 36;
  const x = scale(from, to, 26, right), y = scale(0, most * 1.04, height - 24, 16);
  for (const t of niceTicks(most, 4)) {
    hline(c, 26, right, y(t), ink.faint);
    write(c, short(t), 20, y(t), ink.soft, "right", "middle");
  }
  const line = (values, first, color, dash, w) => {
    c.strokeStyle = color; c.setLineDash(dash); c.lineWidth = w; c.beginPath();
    values.forEach((v, i) => { if (v !== null && !Number.isNaN(v)) c.lineTo(x(first + i + 0.5), y(v)); });
    c.stroke(); c.setLineDash([]);
  };
  c.fillStyle = ink.band; c.beginPath();
  f.high.forEach((v, i) => c.lineTo(x(f.first + i + 0.5), y(v)));
  for (let i = f.low.length; i-- > 0;) c.lineTo(x(f.first + i + 0.5), y(f.low[i]));
  c.fill();
  hline(c, 26, right, y(limitCores), ink.hot);
  write(c, "limit", right + 5, y(limitCores), ink.hot, "left", "middle");
  line(f.mean, f.first, ink.blue, [4, 3], 1.4);
  if (after) line(after.mean, after.first, ink.good, [4, 3], 1.4);
  const steps = Array.from({ length: to - from }, (_, i) => from + i);
  if (none) line(steps.map(s => toCores(none.demand[story.host][cell(s)])), from, ink.none, [], 1.1);
  line(steps.map(s => toCores(actual[cell(s)])), from, ink.ink, [], 1.4);
  const at = x(story.step + 1);
  c.strokeStyle = ink.soft; c.beginPath(); c.moveTo(at, 16); c.lineTo(at, height - 24); c.stroke();
  write(c, "proposed", at + 3, 12, ink.soft);
  timeAxis(c, x, from, to, height - 24);
};

const drawStory = () => {
  if (!told.length) return;
  $("stories").hidden = false;
  const story = told[chosenStory];
  const choose = el("select", { title: "proposal" }, ...told.map((s, i) => el("option", { value: i,
    textContent: s.policy.name + ", " + moment(s.step + 1) + ", " + s.title + (s.refused ? ", refused" : "") })));
  choose.value = chosenStory;
  choose.addEventListener("change", () => { chosenStory = Number(choose.value); drawStory(); });
  const show = el("button", { type: "button", textContent: "show its host above" });
  show.addEventListener("click", () => {
    look({ host: story.host, policy: story.policy, ...around(story.step, Math.min(D.steps, Math.round(1440 / stepMinutes))) });
    $("host-title").scrollIntoView({ behavior: "smooth" });
  });
  $("story-controls").replaceChildren(choose, show);
  const list = el("dl", { className: story.forecast ? "" : "alone" });
  for (const text of story.lines) {
    const parts = /^(\d{4}-\d\d-\d\d \d\d:\d\d|\S+(?: \S+)*?) {2,}(.*)$/.exec(text) || [null, "", text];
    list.append(el("dt", { textContent: parts[1] }), el("dd", { textContent: parts[2] }));
  }
  const box = el("div", { className: "story" }, list);
  $("story").replaceChildren(box);
  if (!story.forecast) return;
  const canvas = el("canvas");
  const key = (text, color, dash) => {
    const i = el("i");
    i.style.borderTop = "2px " + dash + " " + color;
    return el("span", { className: "key" }, i, text);
  };
  box.append(el("div", {}, canvas, el("div", { className: "keys" }, key("forecast if nothing moves", ink.blue, "dashed"),
    ...(story.after ? [key("forecast after the move", ink.good, "dashed")] : []), key("what happened", ink.ink, "solid"),
    ...(none ? [key("without any move", ink.none, "solid")] : []))));
  drawStoryChart(canvas, story);
};

// ---- recommended adjustments ----
const listAdjustments = () => {
  const rows = D.policies.flatMap(p => p.adjustments);
  if (!rows.length) return;
  $("adjustments").hidden = false;
  const row = (tag, values) => el("tr", {}, ...values.map(v => el(tag, { textContent: v })));
  const share = x => (100 * x).toFixed(2) + "\u2009%";
  const some = 12;
  const list = n => $("adjustment-rows").replaceChildren(
    el("thead", {}, row("th", ["proposed", "workload", "class", "what it may use", "above it, before", "after", "sites for, against"])),
    el("tbody", {}, ...rows.slice(0, n).map(a => row("td", [moment(a.step + 1), a.workload, a.class || "not known yet", a.what,
      share(a.before), share(a.after), a.votes.join(", ")]))));
  list(some);
  if (rows.length <= some) return;
  const all = el("button", { type: "button", textContent: "show all " + rows.length });
  all.addEventListener("click", () => { list(rows.length); all.remove(); });
  $("adjustment-rows").after(all);
};
listAdjustments();

// ---- start ----
const drawAll = () => { readInk(); drawSum(); drawStripKeys(); look({}); drawStory(); };
drawAll();
let waiting = 0;
const redraw = () => { cancelAnimationFrame(waiting); waiting = requestAnimationFrame(drawAll); };
window.addEventListener("resize", redraw);
window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw);
)js";

}  // namespace tool::report_page
