// Puts the page together from the data that it carries.

const data = JSON.parse(byId("data").textContent);
const root = document.documentElement;
root.dataset.theme = matchMedia("(prefers-color-scheme: light)").matches ? "light" : "dark";

fillHeader(data);
fillWarnings(data);
fillTiles(data);
fillMonths(data);
fillStatistics(data);
fillProvenance(data);

const equityChart = new EquityChart(data, byId("equity-legend"));
byId("equity-all").addEventListener("click", () => equityChart.all());
byId("equity-log").hidden = data.curve.equity.some((value) => value <= 0);
byId("equity-log").addEventListener("click", (event) => equityChart.logarithmic(pressed(event.target)));
byId("equity-note").textContent = data.curve.time.length < data.curve.rows
  ? `${number(data.curve.time.length, 0)} of ${number(data.curve.rows, 0)} rows are drawn: the highest and lowest of each stretch, and none of the extremes is left out.`
  : "";

const charted = Object.keys(data.charts);
const priceChart = charted.length ? new PriceChart(data, byId("price-legend"), byId("price-note"), choose) : null;
const tradeTable = new TradeTable(data, (row) => { choose(row); reveal(row); }, (row) => priceChart?.marks.choose(row ?? tradeTable.chosen));
byId("price-card").hidden = priceChart === null;
if (priceChart) setUpPrices();

function setUpPrices() {
  const select = byId("symbol"), missing = data.symbols.length - charted.length;
  select.append(...charted.map((symbol) => element("option", { value: symbol }, symbol)));
  byId("symbol-label").hidden = data.symbols.length < 2;
  if (missing) byId("symbol-label").append(` (the ${charted.length} most traded of ${data.symbols.length})`);
  select.addEventListener("change", () => { priceChart.marks.choose(null); priceChart.load(select.value); priceChart.opening(); });
  byId("price-all").addEventListener("click", () => priceChart.all());
  byId("zoom-in").addEventListener("click", () => zoom(priceChart.chart, 0, 0.6));
  byId("zoom-out").addEventListener("click", () => zoom(priceChart.chart, 0, 1 / 0.6));
  byId("trade-before").addEventListener("click", () => step(-1));
  byId("trade-after").addEventListener("click", () => step(1));
  priceChart.load(charted[0]);
  priceChart.opening();
}

function pressed(button) {
  const on = button.getAttribute("aria-pressed") !== "true";
  button.setAttribute("aria-pressed", String(on));
  return on;
}

function choose(row) {
  if (charted.includes(data.trades.symbol[row])) {
    priceChart.goTo(row);
    byId("symbol").value = priceChart.symbol;
  }
  tradeTable.reveal(row);
}

function reveal(row) {
  if (charted.includes(data.trades.symbol[row])) byId("price-card").scrollIntoView({ block: "nearest" });
}

// To the next or former trade of the charted symbol.
function step(by) {
  const rows = priceChart.marks.trades.map((trade) => trade.row);
  if (!rows.length) return;
  const place = rows.indexOf(tradeTable.chosen);
  choose(rows[place < 0 ? (by > 0 ? 0 : rows.length - 1) : Math.min(Math.max(place + by, 0), rows.length - 1)]);
}

function repaint() {
  byId("theme").textContent = root.dataset.theme === "light" ? "Dark" : "Light";
  equityChart.recolour();
  priceChart?.recolour();
}
byId("theme").addEventListener("click", () => { root.dataset.theme = root.dataset.theme === "light" ? "dark" : "light"; repaint(); });
byId("palette").addEventListener("click", (event) => { root.dataset.palette = pressed(event.target) ? "blue" : ""; repaint(); });
repaint();
