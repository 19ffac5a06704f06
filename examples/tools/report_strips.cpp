#include "report_page.hpp"

namespace tool::report_page {

const std::string_view script_strips = R"js(
// ---- every host under every policy ----
// What is looked at: a host, a policy, and a stretch of time in steps.
const view = { host: 0, policy: best || D.policies[0], from: 0, to: D.steps };

// Hosts in the order of their sites.
const order = [];
for (let s = 0; s < D.sites; ++s) for (let h = s; h < D.hosts; h += D.sites) order.push(h);
const rowHeight = Math.max(2, Math.min(9, Math.floor(300 / D.hosts)));
const siteGap = D.hosts / D.sites > 1 ? 5 : 2;
const rowTop = order.map((h, i) => i * rowHeight + siteOf(h) * siteGap);
const stripHeight = D.hosts * rowHeight + (D.sites - 1) * siteGap;
const strip = { left: 52, top: D.events.length ? 20 : 4 };

const rgb = color => {
  const c = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  c.fillStyle = color; c.fillRect(0, 0, 1, 1);
  return [...c.getImageData(0, 0, 1, 1).data].slice(0, 3);
};
const blend = (a, b, t) => a.map((v, i) => v + (b[i] - v) * t);

// One pixel column stands for several steps: grey is their mean demand, colour the share of them in overload.
const paintRows = (c, policy, x0, width, y0) => {
  const ratio = window.devicePixelRatio || 1;
  const columns = Math.max(1, Math.round(width * ratio));
  const image = c.createImageData(columns, 1);
  const paper = rgb(ink.paper), grey = rgb(ink.none), hot = rgb(ink.hot), hotter = rgb(ink.hotter);
  order.forEach((host, row) => {
    const codes = policy.demand[host];
    for (let px = 0; px < columns; ++px) {
      const a = Math.floor(px * cells / columns), b = Math.max(a + 1, Math.floor((px + 1) * cells / columns));
      let sum = 0, over = 0, excess = 0;
      for (let i = a; i < b; ++i) {
        sum += codes[i];
        if (codes[i] > D.limit_code) { ++over; excess += (codes[i] - D.limit_code) * D.unit / D.limit; }
      }
      const calm = blend(paper, grey, 0.06 + 0.52 * Math.pow(Math.min(1, sum / (b - a) / D.limit_code), 2));
      const color = over === 0 ? calm
        : blend(calm, blend(hot, hotter, Math.min(1, excess / over / 0.3)), Math.pow(over / (b - a), 0.6));
      image.data.set([color[0], color[1], color[2], 255], px * 4);
    }
    const y = Math.round((y0 + rowTop[row]) * ratio), h = Math.max(1, Math.round((rowHeight - (rowHeight > 4 ? 1 : 0)) * ratio));
    for (let k = 0; k < h; ++k) c.putImageData(image, Math.round(x0 * ratio), y + k);
  });
};

const strips = D.policies.map(p => {
  const canvas = el("canvas");
  canvas.setAttribute("role", "img");
  canvas.setAttribute("aria-label", "Demand on every host over time under " + p.name);
  $("strips").append(
    el("p", { className: "policy-name" }, el("b", { textContent: p.name }),
      el("span", { className: "quiet", textContent: "  " + plural(p.figures.overload, "host-minute") + " of overload in " +
        plural(p.figures.episodes, "episode") })),
    canvas);
  return { policy: p, canvas };
});

const drawStrips = () => strips.forEach(({ policy, canvas }, index) => {
  const top = index === 0 ? strip.top : 4;
  const { c, width } = prepare(canvas, top + stripHeight + 24);
  const x = scale(0, D.steps, strip.left, width - 1);
  paintRows(c, policy, strip.left, width - 1 - strip.left, top);
  if (index === 0) eventMarks(c, x, 0, D.steps, top - 6);
  for (let s = 0; s < Math.min(D.sites, 40); ++s) {
    const rows = order.map((h, i) => [h, i]).filter(([h]) => siteOf(h) === s).map(([, i]) => rowTop[i]);
    if (rows.length) write(c, "site " + s, 0, top + (rows[0] + rows[rows.length - 1] + rowHeight) / 2, ink.soft, "left", "middle");
  }
  timeAxis(c, x, 0, D.steps, top + stripHeight + 3);
  // The stretch that is shown below.
  const row = order.indexOf(view.host), y = top + rowTop[row] - 1.5;
  c.strokeStyle = policy === view.policy ? ink.ink : ink.soft; c.lineWidth = policy === view.policy ? 1.6 : 1;
  c.strokeRect(x(view.from) - 0.5, y, Math.max(5, x(view.to) - x(view.from)) + 1, rowHeight + 2);
});

const cellUnder = (event, canvas, index) => {
  const box = canvas.getBoundingClientRect();
  const top = index === 0 ? strip.top : 4;
  const step = (event.clientX - box.left - strip.left) / (box.width - 1 - strip.left) * D.steps;
  let row = 0;
  for (let i = 0; i < order.length; ++i) if (event.clientY - box.top - top >= rowTop[i]) row = i;
  return step < 0 || step >= D.steps ? null : { step: Math.floor(step), host: order[row] };
};
strips.forEach(({ policy, canvas }, index) => {
  canvas.style.cursor = "crosshair";
  canvas.addEventListener("mousemove", event => {
    const at = cellUnder(event, canvas, index);
    if (!at) return hideTip();
    const here = p => short(toCores(p.demand[at.host][Math.floor(at.step / D.block)])) + " cores";
    showTip(event, "host " + at.host + ", " + moment(at.step) + "\n" + policy.name + ": " + here(policy) +
      (none && policy !== none ? "\nnone: " + here(none) : ""));
  });
  canvas.addEventListener("mouseleave", hideTip);
  canvas.addEventListener("click", event => {
    const at = cellUnder(event, canvas, index);
    if (!at) return;
    const length = view.to - view.from < D.steps ? view.to - view.from : Math.min(D.steps, 2 * 1440 / stepMinutes);
    look({ host: at.host, policy, ...around(at.step, length) });
  });
});

$("strip-caption").textContent = "A row is a host, left to right is time" +
  (D.block > 1 ? "; each cell is the highest of " + D.block + " steps" : "") + ". Choose a host and a time to see them below.";
const drawStripKeys = () => {
  const box = (text, color) => {
    const i = el("i", { className: "box" });
    i.style.background = color;
    return el("span", { className: "key" }, i, text);
  };
  $("strip-keys").replaceChildren(
    box("demand up to the limit", "linear-gradient(90deg, " + ink.faint + ", " + ink.none + ")"),
    box("overload, the stronger the further above", "linear-gradient(90deg, " + ink.hot + ", " + ink.hotter + ")"));
};
)js";

}  // namespace tool::report_page
