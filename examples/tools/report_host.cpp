#include "report_page.hpp"

namespace tool::report_page {

const std::string_view script_host = R"js(
// ---- one host ----
const around = (step, length) => {
  const from = Math.max(0, Math.min(D.steps - length, Math.round(step - length / 2)));
  return { from, to: Math.min(D.steps, from + length) };
};

// Begin with what shows most: the most telling proposal, or else the longest overload without moves.
{
  const p = none || D.policies[0];
  let longest = { length: 0, host: 0, step: D.warm };
  p.demand.forEach((codes, host) => {
    for (let i = Math.ceil(D.warm / D.block), run = 0; i < cells; ++i) {
      run = codes[i] !== 255 && codes[i] > D.limit_code ? run + 1 : 0;
      if (run > longest.length) longest = { length: run, host, step: (i - run / 2) * D.block };
    }
  });
  const teller = D.policies.find(p => p.stories.some(s => !s.refused));
  const told = teller && teller.stories.find(s => !s.refused);
  if (teller) view.policy = teller;
  view.host = told ? told.host : longest.host;
  const length = Math.round((told ? 1 : 2) * 1440 / stepMinutes);
  Object.assign(view, around(told ? told.step : longest.step, Math.min(D.steps, length)));
}

const drawCurve = (c, x, y, codes, color, width, dash = []) => {
  c.strokeStyle = color; c.lineWidth = width; c.setLineDash(dash);
  c.beginPath();
  let pen = false;
  const a = Math.max(0, Math.floor(view.from / D.block)), b = Math.min(cells - 1, Math.ceil(view.to / D.block));
  for (let i = a; i <= b; ++i) {
    const v = toCores(codes[i]);
    if (Number.isNaN(v)) { pen = false; continue; }
    const at = x((i + 0.5) * D.block);
    pen ? c.lineTo(at, y(v)) : c.moveTo(at, y(v));
    pen = true;
  }
  c.stroke();
  c.setLineDash([]);
};
const fillBetween = (c, x, y, low, high, color) => {
  c.fillStyle = color;
  const a = Math.max(0, Math.floor(view.from / D.block)), b = Math.min(cells - 1, Math.ceil(view.to / D.block));
  for (let i = a; i <= b; ++i) {
    const l = low(i), h = high(i);
    if (!(h > l)) continue;
    const x0 = x(i * D.block), x1 = x((i + 1) * D.block);
    c.fillRect(x0, y(h), x1 - x0 + 0.3, y(l) - y(h));
  }
};
const movesOf = (p, host) => p.moves.filter(m =>
  (m[2] === host || m[3] === host) && m[0] + 1 >= view.from && m[0] + 1 <= view.to);

const hostLeft = 44, hostMargin = 40;
const drawHost = () => {
  const p = view.policy, codes = p.demand[view.host];
  const curves = p.curves && p.curves.hosts[view.host];
  const risk = curves && curves.risk.length ? 62 : 0;
  const { c, width, height } = prepare($("host"), 356 + risk);
  const left = hostLeft, right = width - hostMargin, top = 26, bottom = height - 62 - risk;
  let most = D.capacity;
  for (let i = Math.floor(view.from / D.block); i < Math.min(cells, view.to / D.block); ++i)
    most = Math.max(most, toCores(codes[i]) || 0, none ? toCores(none.demand[view.host][i]) || 0 : 0);
  const x = scale(view.from, view.to, left, right), y = scale(0, most * 1.04, bottom, top);
  const inside = draw => { c.save(); c.beginPath(); c.rect(left, top - 4, right - left, bottom - top + 5); c.clip(); draw(); c.restore(); };

  for (const t of niceTicks(most, 5)) {
    hline(c, left, right, y(t), ink.faint);
    write(c, short(t), left - 7, y(t), ink.soft, "right", "middle");
  }
  write(c, "cores", 0, 12, ink.soft);
  eventMarks(c, x, view.from, view.to, top - 8);
  inside(() => {
    if (curves && curves.low.length) fillBetween(c, x, y, i => toCores(curves.low[i]), i => toCores(curves.high[i]), ink.band);
    const over = i => codes[i] !== 255 && codes[i] > D.limit_code && (i + 1) * D.block > D.warm;
    fillBetween(c, x, y, i => limitCores, i => over(i) ? toCores(codes[i]) : NaN, ink.hot);
    if (none && p !== none) drawCurve(c, x, y, none.demand[view.host], ink.none, 1.1);
    if (curves && curves.mean.length) drawCurve(c, x, y, curves.mean, ink.blue, 1.2, [4, 3]);
    drawCurve(c, x, y, codes, ink.ink, 1.4);
  });
  hline(c, left, right, y(limitCores), ink.hot);
  write(c, "limit", right + 5, y(limitCores), ink.hot, "left", "middle");
  if (D.warm > view.from) write(c, "\u2190 not scored", x(D.warm) - 4, top + 6, ink.soft, "right");

  // Moves: away from the host downwards, onto it upwards.
  const lane = bottom + 22;
  write(c, "moves", 0, lane + 4, ink.soft);
  hline(c, left, right, lane, ink.line);
  for (const m of movesOf(p, view.host)) {
    const away = m[2] === view.host, at = x(m[0] + 1), sign = away ? 1 : -1;
    c.strokeStyle = c.fillStyle = away ? ink.blue : ink.good; c.lineWidth = 1;
    c.globalAlpha = 0.35;
    c.beginPath(); c.moveTo(at, top); c.lineTo(at, lane); c.stroke();
    c.globalAlpha = 1;
    c.beginPath(); c.moveTo(at - 4, lane + 2 * sign); c.lineTo(at + 4, lane + 2 * sign); c.lineTo(at, lane + 10 * sign); c.fill();
  }
  if (risk) {
    const base = lane + 16 + risk - 12, r = scale(0, 1, base, lane + 22);
    write(c, "risk", 0, base - 14, ink.soft);
    hline(c, left, right, r(1), ink.faint);
    write(c, "1", left - 7, r(1), ink.soft, "right", "middle");
    write(c, "0", left - 7, r(0), ink.soft, "right", "middle");
    const value = i => curves.risk[i] === 255 ? NaN : curves.risk[i] * D.unit;
    c.save(); c.beginPath(); c.rect(left, lane, right - left, height); c.clip();
    fillBetween(c, x, r, () => 0, value, ink.blue);
    c.restore();
  }
  timeAxis(c, x, view.from, view.to, height - 24);
};

const drawMoves = () => {
  const all = movesOf(view.policy, view.host), shown = all.slice(0, 14);
  const name = h => "host " + h + (D.sites > 1 ? " (site " + siteOf(h) + ")" : "");
  $("moves").replaceChildren(...shown.map(m => el("tr", {},
    el("td", { textContent: moment(m[0] + 1), className: "quiet" }),
    el("td", { textContent: m[2] === view.host ? "\u25BC away" : "\u25B2 onto" }),
    el("td", { textContent: D.names[m[1]] }),
    el("td", { textContent: (m[2] === view.host ? "to " + name(m[3]) : "from " + name(m[2])) + (m[4] ? ", a rollback" : "") }))));
  if (all.length > shown.length)
    $("moves").append(el("tr", {}, el("td", { colSpan: 4, className: "quiet",
      textContent: "and " + plural(all.length - shown.length, "more move") + " in this stretch" })));
};

const spans = [["6 h", 360], ["1 day", 1440], ["2 days", 2880], ["1 week", 10080], ["all", Infinity]]
  .map(([label, minutes]) => [label, Math.min(D.steps, Math.round(minutes / stepMinutes))])
  .filter(([label, n], i, all) => n >= 12 && (label === "all" || n < D.steps));
const drawControls = () => {
  const button = (label, pressed, act) => {
    const b = el("button", { type: "button", textContent: label });
    b.setAttribute("aria-pressed", pressed);
    b.addEventListener("click", act);
    return b;
  };
  const group = (...children) => el("span", { className: "group" }, ...children);
  const hosts = el("select", { title: "host" }, ...order.map(h => el("option", { value: h, textContent: "host " + h })));
  hosts.value = view.host;
  hosts.addEventListener("change", () => look({ host: Number(hosts.value) }));
  const length = view.to - view.from;
  const shift = sign => look(around((view.from + view.to) / 2 + sign * length * 0.8, length));
  $("host-controls").replaceChildren(
    group(hosts),
    group(...D.policies.map(p => button(p.name, p === view.policy, () => look({ policy: p })))),
    group(...spans.map(([label, n]) => button(label, n === length, () => look(around((view.from + view.to) / 2, n))))),
    group(button("\u2190 earlier", false, () => shift(-1)), button("later \u2192", false, () => shift(1))));
  const key = (text, color, kind) => {
    const i = el("i", { className: kind === "box" ? "box" : "" });
    if (kind === "box") i.style.background = color; else i.style.borderTop = "2px " + (kind || "solid") + " " + color;
    return el("span", { className: "key" }, i, text);
  };
  const curves = view.policy.curves && view.policy.curves.hosts[view.host];
  const c = view.policy.curves;
  $("host-keys").replaceChildren(
    key("demand under " + view.policy.name, ink.ink),
    ...(none && view.policy !== none ? [key("without moves", ink.none)] : []),
    key("overload", ink.hot, "box"),
    ...(curves && curves.mean.length ? [key("predicted " + span(c.lead * stepMinutes) + " before", ink.blue, "dashed"),
      key(short(100 * c.coverage) + "\u2009% band", ink.band, "box")] : []),
    ...(curves && curves.risk.length ? [key("risk: chance of overload within " + span(c.horizon * stepMinutes), ink.blue, "box")] : []));
};

{
  const canvas = $("host");
  const stepUnder = event => {
    const box = canvas.getBoundingClientRect();
    return scale(hostLeft, box.width - hostMargin, view.from, view.to)(event.clientX - box.left);
  };
  let drag = null;
  canvas.addEventListener("pointerdown", event => { drag = { at: event.clientX, from: view.from }; canvas.setPointerCapture(event.pointerId); });
  canvas.addEventListener("pointerup", () => { drag = null; });
  canvas.addEventListener("pointercancel", () => { drag = null; });
  canvas.addEventListener("pointermove", event => {
    const length = view.to - view.from;
    if (drag && length < D.steps) {
      const moved = (drag.at - event.clientX) / (canvas.clientWidth - hostLeft - hostMargin) * length;
      hideTip();
      return look(around(drag.from + length / 2 + moved, length));
    }
    const step = Math.floor(stepUnder(event));
    if (step < view.from || step >= view.to) return hideTip();
    const i = Math.floor(step / D.block), curves = view.policy.curves && view.policy.curves.hosts[view.host];
    const lines = [moment(step), view.policy.name + ": " + short(toCores(view.policy.demand[view.host][i])) + " cores"];
    if (none && view.policy !== none) lines.push("none: " + short(toCores(none.demand[view.host][i])) + " cores");
    if (curves && curves.mean.length && curves.mean[i] !== 255) lines.push("predicted: " + short(toCores(curves.mean[i])) + " (" +
      short(toCores(curves.low[i])) + " to " + short(toCores(curves.high[i])) + ")");
    if (curves && curves.risk.length && curves.risk[i] !== 255) lines.push("risk: " + percent(Math.min(1, curves.risk[i] * D.unit)));
    for (const m of movesOf(view.policy, view.host))
      if (Math.abs(m[0] + 1 - step) <= (view.to - view.from) / canvas.clientWidth * 5)
        lines.push((m[2] === view.host ? "\u25BC " + D.names[m[1]] + " to host " + m[3] : "\u25B2 " + D.names[m[1]] + " from host " + m[2]));
    showTip(event, lines.join("\n"));
  });
  canvas.addEventListener("pointerleave", () => { hideTip(); });
  canvas.addEventListener("keydown", event => {
    const sign = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (!sign) return;
    event.preventDefault();
    look(around((view.from + view.to) / 2 + sign * (view.to - view.from) * 0.25, view.to - view.from));
  });
}

const look = change => {
  Object.assign(view, change);
  $("host-title").textContent = "Host " + view.host + (D.sites > 1 ? " in site " + siteOf(view.host) : "") + " under " +
    view.policy.name + ", " + moment(view.from) + " to " + moment(view.to);
  drawControls();
  drawHost();
  drawMoves();
  drawStrips();
};
)js";

}  // namespace tool::report_page
