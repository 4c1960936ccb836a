// How figures are written: thin spaces between thousands, a true minus, a dash for what is undefined.

const THIN = "\u2009", MINUS = "\u2212", NONE = "–";
const CURRENCY_DIGITS = { JPY: 0, KRW: 0, VND: 0, BTC: 8, ETH: 8 };

function grouped(value, digits) {
  const [whole, part] = Math.abs(value).toFixed(digits).split(".");
  const spaced = whole.replace(/\B(?=(\d{3})+$)/g, THIN);
  return part === undefined ? spaced : `${spaced}.${part}`;
}

function signed(value, digits, plus) {
  const text = grouped(value, digits);
  if (!/[1-9]/.test(text)) return text; // what rounds to nothing has no sign
  return value < 0 ? MINUS + text : plus ? "+" + text : text;
}

const number = (value, digits) => (value === null ? NONE : signed(value, digits, false));
const percent = (value, plus = false) => (value === null ? NONE : `${signed(value * 100, 2, plus)}${THIN}%`);
const money = (value, currency, plus = false) =>
  value === null ? NONE : signed(value, CURRENCY_DIGITS[currency] ?? 2, plus);
const tone = (value) => (value === null || value === 0 ? "" : value > 0 ? "gain" : "loss");

// One way of writing per form named in labels.py.
const FORMS = {
  result: (value) => [percent(value, true), tone(value)],
  change: (value) => [percent(value, true), ""],
  percent: (value) => [percent(value), ""],
  money_result: (value, currency) => [money(value, currency, true), tone(value)],
  money: (value, currency) => [money(value, currency), ""],
  ratio: (value) => [number(value, 2), ""],
  count: (value) => [number(value, 0), ""],
  days: (value) => [value === null ? NONE : `${number(value, Number.isInteger(value) ? 0 : 1)}${THIN}d`, ""],
};

const iso = (seconds) => new Date(seconds * 1000).toISOString();
const day = (seconds) => iso(seconds).slice(0, 10);
const minute = (seconds) => iso(seconds).slice(0, 16).replace("T", " ");

// A daily bar's stamp is a date, anything else a time of day.
const moment = (seconds, daily) => (daily && seconds % 86400 === 0 ? day(seconds) : minute(seconds));

// An element with attributes and children; text is always text, never markup.
function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key === "class") made.className = value;
    else if (key.startsWith("on")) made.addEventListener(key.slice(2), value);
    else if (value !== null) made.setAttribute(key, value);
  }
  made.append(...children);
  return made;
}

const byId = (id) => document.getElementById(id);
const cssColour = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
const faded = (colour, alpha) =>
  colour + Math.round(alpha * 255).toString(16).padStart(2, "0"); // colours are #rrggbb throughout

function running(steps) {
  let sum = 0;
  return steps.map((step) => (sum += step));
}
