#include "report_page.hpp"

namespace tool::report_page {

const std::string_view script_frame = R"js(
// ---- data ----
const D = JSON.parse(document.getElementById("data").textContent);
const $ = id => document.getElementById(id);
const bytes = text => Uint8Array.from(atob(text), c => c.charCodeAt(0));
const cells = Math.ceil(D.steps / D.block);
for (const p of D.policies) {
  p.demand = p.demand.map(bytes);
  if (p.curves) for (const h of Object.values(p.curves.hosts)) for (const k in h) h[k] = bytes(h[k]);
}
D.events.sort((a, b) => a.begin - b.begin);
const none = D.policies.find(p => p.name === "none");
const byName = Object.fromEntries(D.policies.map(p => [p.name, p]));
const toCores = code => code === 255 ? NaN : code * D.unit * D.capacity;
const limitCores = D.limit * D.capacity;
const siteOf = host => host % D.sites;
const stepMinutes = D.step_seconds / 60;

// ---- words ----
const el = (tag, props = {}, ...children) => {
  const e = Object.assign(document.createElement(tag), props);
  e.append(...children);
  return e;
};
const thousands = x => Math.round(x).toString().replace(/\B(?=(\d{3})+(?!\d))/g, "\u2009");
const capital = text => text[0].toUpperCase() + text.slice(1);
const plural = (n, word) => thousands(n) + " " + word + (n === 1 ? "" : "s");
const percent = x => (100 * x).toFixed(1) + "\u2009%";
const short = x => parseFloat(x.toFixed(2)).toString();
const days = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];
const start = Date.parse(D.start);
const dateAt = step => new Date(start + step * D.step_seconds * 1000);
const two = n => String(n).padStart(2, "0");
const clock = d => two(d.getUTCHours()) + ":" + two(d.getUTCMinutes());
const dayName = d => days[d.getUTCDay()] + " " + d.getUTCDate();
const moment = step => { const d = dateAt(step); return dayName(d) + " " + clock(d); };
const span = minutes => minutes >= 2880 ? parseFloat((minutes / 1440).toFixed(1)) + " days"
  : minutes >= 120 ? short(minutes / 60) + " h" : short(minutes) + " min";

// ---- canvas ----
const css = name => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
let ink = {};
const readInk = () => {
  for (const n of ["paper", "ink", "soft", "line", "faint", "hot", "hotter", "blue", "band", "none", "good"])
    ink[n] = css("--" + n);
};
const font = "12px ui-sans-serif, system-ui, sans-serif";
const prepare = (canvas, height) => {
  const width = canvas.clientWidth || canvas.parentElement.clientWidth;
  const ratio = window.devicePixelRatio || 1;
  canvas.style.height = height + "px";
  canvas.width = Math.round(width * ratio);
  canvas.height = Math.round(height * ratio);
  const c = canvas.getContext("2d");
  c.scale(ratio, ratio);
  c.font = font;
  c.lineJoin = "round";
  return { c, width, height };
};
const scale = (from, to, a, b) => {
  const f = x => a + (x - from) / (to - from) * (b - a);
  f.back = y => from + (y - a) / (b - a) * (to - from);
  return f;
};
const niceTicks = (max, count) => {
  const raw = max / count, power = Math.pow(10, Math.floor(Math.log10(raw)));
  const step = [1, 2, 5, 10].map(m => m * power).find(s => s >= raw);
  const ticks = [];
  for (let t = 0; t <= max * 1.0001; t += step) ticks.push(parseFloat(t.toPrecision(12)));
  return ticks;
};
const hline = (c, x0, x1, y, color, dash = []) => {
  c.strokeStyle = color; c.lineWidth = 1; c.setLineDash(dash);
  c.beginPath(); c.moveTo(x0, Math.round(y) + 0.5); c.lineTo(x1, Math.round(y) + 0.5); c.stroke();
  c.setLineDash([]);
};
const write = (c, text, x, y, color, align = "left", baseline = "alphabetic") => {
  c.fillStyle = color; c.textAlign = align; c.textBaseline = baseline; c.fillText(text, x, y);
};

// Ticks of a time axis between two steps, about `room` pixels apart: [{step, label, strong}].
const timeTicks = (from, to, pixels, room) => {
  const minutes = (to - from) * stepMinutes;
  const choices = [5, 15, 30, 60, 120, 180, 360, 720, 1440, 2880, 7 * 1440, 14 * 1440, 28 * 1440, 91 * 1440];
  const every = choices.find(m => minutes / m * room <= pixels) || 365 * 1440;
  const ticks = [], midnight = Math.floor(start / 864e5) * 864e5;
  for (let t = midnight; ; t += every * 6e4) {
    const step = (t - start) / 1000 / D.step_seconds;
    if (step > to) break;
    if (step < from) continue;
    const d = new Date(t), day = d.getUTCHours() === 0 && d.getUTCMinutes() === 0;
    ticks.push({ step, label: day ? dayName(d) : clock(d), strong: day });
  }
  return ticks;
};
const timeAxis = (c, x, from, to, y, top) => {
  const left = x(from), right = x(to);
  hline(c, left, right, y, ink.line);
  for (const t of timeTicks(from, to, right - left, 58)) {
    const at = Math.round(x(t.step)) + 0.5;
    c.strokeStyle = t.strong && top !== undefined ? ink.faint : ink.line;
    c.beginPath(); c.moveTo(at, t.strong && top !== undefined ? top : y); c.lineTo(at, y + 4); c.stroke();
    if (at + 3 + c.measureText(t.label).width <= right + 6)
      write(c, t.label, at + 3, y + 15, t.strong ? ink.ink : ink.soft);
  }
};
// Announced events as brackets above a chart.
const eventMarks = (c, x, from, to, y) => {
  let written = -Infinity;
  for (const e of D.events) {
    const a = Math.max(x(from), x(e.begin)), b = Math.min(x(to), x(e.end));
    if (b <= x(from) || a >= x(to)) continue;
    c.strokeStyle = ink.soft; c.lineWidth = 1;
    c.beginPath(); c.moveTo(a + 0.5, y + 4); c.lineTo(a + 0.5, y + 0.5); c.lineTo(Math.max(b, a + 2), y + 0.5);
    c.lineTo(Math.max(b, a + 2), y + 4); c.stroke();
    const text = e.kind.replace("_window", "") + (e.label ? ": " + e.label : "");
    const length = c.measureText(text).width, at = Math.min(a, x(to) - length);
    if (at < written + 8) continue;  // no room: the bracket alone
    write(c, text, at, y - 4, ink.soft);
    written = at + length;
  }
};

// ---- tip ----
const tip = $("tip");
const showTip = (event, text) => {
  tip.hidden = false;
  tip.textContent = text;
  const right = event.clientX + 16 + tip.offsetWidth > window.innerWidth;
  tip.style.left = (right ? event.clientX - 14 - tip.offsetWidth : event.clientX + 16) + "px";
  tip.style.top = Math.min(event.clientY + 14, window.innerHeight - tip.offsetHeight - 6) + "px";
};
const hideTip = () => { tip.hidden = true; };
)js";

}  // namespace tool::report_page
