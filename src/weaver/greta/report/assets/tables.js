// Headline figures, monthly returns, statistics, provenance, and the table of trades.

function figure(data, label) {
  const value = data.stats[label.key] ?? null;
  const [text, colour] = FORMS[label.form](value, data.currency);
  return element("dd", { class: colour, title: value === null ? "undefined" : String(value) }, text);
}

function fillHeader(data) {
  const { curve, symbols } = data;
  const shown = symbols.length > 6 ? `${symbols.slice(0, 5).join(", ")} and ${symbols.length - 5} more` : symbols.join(", ");
  byId("facts").textContent =
    `${data.strategy} on ${shown}, ${data.timeframe}, ${day(curve.first)} to ${day(curve.last)}, ${number(curve.rows, 0)} ${curve.rows === 1 ? "bar" : "bars"}, ${data.currency}`;
  byId("parameters").append(...data.parameters.map(([name, value]) => element("span", {}, element("b", {}, name), value)));
}

function fillWarnings(data) {
  const section = byId("warnings");
  section.hidden = data.warnings.length === 0;
  section.append(...data.warnings.map(([code, message]) => {
    const fatal = data.fatal.includes(code); // none of the figures can be believed
    return element("p", fatal ? { class: "warning fatal", role: "alert" } : { class: "warning" },
      element("code", {}, code), element("b", {}, fatal ? "Not to be believed" : "Warning"), message);
  }));
}

function fillTiles(data) {
  const stats = (key) => data.stats[key] ?? null;
  const tile = (label, value, aside, colour = "", full = null) =>
    element("div", { class: "tile" },
      element("p", { class: "label" }, label),
      element("p", { class: `value ${colour}`, title: full === null ? "" : String(full) }, value),
      element("p", { class: "aside" }, aside));
  const held = stats("benchmark_return");
  byId("tiles").append(
    tile("Final equity", money(stats("final_equity"), data.currency), `from ${money(stats("initial_equity"), data.currency)}`, "", stats("final_equity")),
    tile("Total return", percent(stats("total_return"), true), held === null ? "" : `buy & hold ${percent(held, true)}`, tone(stats("total_return")), stats("total_return")),
    tile("Growth a year", percent(stats("cagr"), true), `volatility ${percent(stats("volatility"))}`, tone(stats("cagr")), stats("cagr")),
    tile("Max. drawdown", percent(stats("max_drawdown")), `longest ${FORMS.days(stats("max_drawdown_days"))[0]}`, tone(stats("max_drawdown")), stats("max_drawdown")),
    tile("Sharpe", number(stats("sharpe"), 2), `${percent(stats("psr"))} sure above 0`, "", stats("sharpe")),
    tile("Closed trades", number(stats("trades"), 0), `${percent(stats("win_rate"))} won`, "", stats("trades")),
    tile("In the market", percent(stats("exposure")), `costs ${money((stats("commission") ?? 0) + (stats("slippage") ?? 0), data.currency)}`, "", stats("exposure")),
  );
}

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

function fillMonths(data) {
  const values = data.months.flatMap((year) => year.months).filter((value) => value !== null).map(Math.abs);
  const strongest = Math.max(...values, 1e-9);
  const cell = (value, name, kind = "") => {
    const made = element("td", { class: `${kind} ${kind ? tone(value) : ""}`, title: value === null ? "no bars" : `${name}: ${value}` },
      value === null ? NONE : signed(value * 100, 2, true));
    const share = Math.round(8 + 40 * Math.min(Math.abs(value ?? 0) / strongest, 1));
    if (value && !kind) made.style.background = `color-mix(in srgb, var(--${tone(value)}) ${share}%, transparent)`;
    return made;
  };
  const head = ["", ...MONTHS].map((name) => element("th", { scope: "col" }, name));
  byId("months").append(
    element("thead", {}, element("tr", {}, ...head, element("th", { scope: "col", class: "total" }, "Year, %"))),
    element("tbody", {}, ...data.months.map((year) =>
      element("tr", {}, element("th", { scope: "row" }, String(year.year)),
        ...year.months.map((value, i) => cell(value, `${MONTHS[i]} ${year.year}`)), cell(year.total, String(year.year), "total")))),
  );
}

function fillStatistics(data) {
  byId("statistics").append(...data.groups.map(([name, labels]) =>
    element("section", { class: "group" }, element("h3", {}, name),
      element("dl", {}, ...labels.map((label) =>
        element("div", { title: label.help }, element("dt", {}, label.text), figure(data, label)))))));
}

function fillProvenance(data) {
  const row = (name, value, kind = "") => [element("dt", {}, name), element("dd", { class: kind }, value)];
  byId("provenance").append(
    ...row("Costs", data.costs),
    ...row("Orders", `${number(data.fills, 0)} fills, ${number(data.trades.count, 0)} trades`),
    ...data.provenance.flatMap(([name, value]) => row(name, value, "mono")),
  );
}

const PAGE_ROWS = 25;

class TradeTable {
  constructor(data, onTrade, onHover) {
    Object.assign(this, { data, onTrade, onHover, page: 0, sort: null, descending: false, chosen: null });
    this.columns = this.available();
    this.table = byId("trades");
    byId("trades-filter").addEventListener("change", () => this.from(0));
    byId("page-before").addEventListener("click", () => this.from(this.page - 1));
    byId("page-after").addEventListener("click", () => this.from(this.page + 1));
    const { count, number: kept } = data.trades;
    byId("trades-note").textContent =
      (kept.length < count ? `The ${number(kept.length, 0)} trades with the largest results of ${number(count, 0)}. ` : "") +
      (kept.length ? "Times in UTC. Profit is after commissions, without dividends. Click a row to see the trade on the chart." : "");
    this.from(0);
  }

  available() {
    const { trades, daily, currency, symbols, charts } = this.data;
    const decimals = (row) => charts[trades.symbol[row]]?.decimals ?? 2;
    const when = (seconds) => (seconds === null ? "open" : moment(seconds, daily));
    const column = (key, label, text, start = false, colour = () => "") => ({ key, label, text, start, colour });
    return [
      column("number", "#", (row) => String(trades.number[row])),
      ...(symbols.length > 1 ? [column("symbol", "Symbol", (row) => trades.symbol[row], true)] : []),
      column("side", "Side", (row) => trades.side[row], true),
      column("quantity", "Quantity", (row) => spaced(trades.quantity[row])),
      column("entry_time", "Entry", (row) => when(trades.entry_time[row]), true),
      column("entry_price", "at", (row) => number(trades.entry_price[row], decimals(row))),
      column("exit_time", "Exit", (row) => when(trades.exit_time[row]) + (trades.delisted[row] ? ", delisted" : ""), true),
      column("exit_price", "at", (row) => number(trades.exit_price[row], decimals(row))),
      column("pnl", `Profit, ${currency}`, (row) => money(trades.pnl[row], currency, true), false, (row) => tone(trades.pnl[row])),
      column("return", "Return", (row) => percent(trades.return[row], true), false, (row) => tone(trades.return[row])),
      column("bars", "Bars", (row) => number(trades.bars[row], 0)),
      column("mae", "Worst", (row) => percent(trades.mae[row], true)),
      column("mfe", "Best", (row) => percent(trades.mfe[row], true)),
      column("commission", "Commission", (row) => money(trades.commission[row], currency)),
    ];
  }

  rows() {
    const { trades } = this.data, filter = byId("trades-filter").value;
    const wanted = { all: () => true, won: (row) => trades.pnl[row] > 0, lost: (row) => trades.pnl[row] < 0 }[filter];
    const rows = trades.number.map((_, row) => row).filter(wanted);
    if (this.sort === null) return rows;
    const values = this.sort === "quantity" ? trades.quantity.map(Number) : trades[this.sort];
    const order = (a, b) => {
      if (values[a] === null || values[b] === null) return (values[a] === null) - (values[b] === null);
      const less = values[a] < values[b] ? -1 : values[a] > values[b] ? 1 : 0;
      return this.descending ? -less : less;
    };
    return rows.sort(order);
  }

  by(key) {
    this.descending = this.sort === key ? !this.descending : ["pnl", "return", "mfe"].includes(key);
    this.sort = key;
    this.from(0);
  }

  // Turns to the page that holds a trade, if the filter lets it through.
  reveal(row) {
    this.chosen = row;
    const place = this.rows().indexOf(row);
    this.from(place < 0 ? this.page : Math.floor(place / PAGE_ROWS));
  }

  from(page) {
    const rows = this.rows(), pages = Math.max(Math.ceil(rows.length / PAGE_ROWS), 1);
    this.page = Math.min(Math.max(page, 0), pages - 1);
    const start = this.page * PAGE_ROWS, shown = rows.slice(start, start + PAGE_ROWS);
    byId("page-text").textContent = rows.length ? `${number(start + 1, 0)}–${number(start + shown.length, 0)} of ${number(rows.length, 0)}` : "none";
    byId("page-before").disabled = this.page === 0;
    byId("page-after").disabled = this.page === pages - 1;
    this.table.replaceChildren(this.head(), element("tbody", {}, ...(shown.length ? shown.map((row) => this.line(row)) : [this.nothing()])));
  }

  head() {
    return element("thead", {}, element("tr", {}, ...this.columns.map(({ key, label, start }) =>
      element("th", {
        scope: "col", class: start ? "start" : "",
        "aria-sort": this.sort === key ? (this.descending ? "descending" : "ascending") : null,
      }, element("button", { type: "button", onclick: () => this.by(key) }, label)))));
  }

  line(row) {
    const cells = this.columns.map(({ key, text, start, colour }) => {
      const shown = key === "number" ? element("button", { type: "button", "aria-label": `Show trade ${text(row)} on the chart` }, text(row)) : text(row);
      const full = ["pnl", "return", "mae", "mfe", "entry_price", "exit_price", "commission"].includes(key) ? this.data.trades[key][row] : null;
      return element("td", { class: `${start ? "start" : ""} ${colour(row)}`, title: full === null ? null : String(full) }, shown);
    });
    return element("tr", {
      class: row === this.chosen ? "chosen" : "",
      onclick: () => this.onTrade(row), onmouseenter: () => this.onHover(row), onmouseleave: () => this.onHover(null),
    }, ...cells);
  }

  nothing() {
    const text = this.data.trades.count ? "No trade fits this filter." : "The strategy closed no trade.";
    return element("tr", {}, element("td", { class: "empty", colspan: String(this.columns.length) }, text));
  }
}

// A decimal string with thin spaces, its digits untouched.
function spaced(text) {
  const [whole, part] = text.split(".");
  return whole.replace(/\B(?=(\d{3})+$)/g, THIN) + (part === undefined ? "" : `.${part}`);
}
