// The two charts: equity with its drawdown, and candles with the trades drawn onto them.

const { createChart, LineSeries, AreaSeries, CandlestickSeries, HistogramSeries, CrosshairMode, PriceScaleMode } =
  LightweightCharts;

function themed() {
  const line = cssColour("line"), muted = cssColour("muted");
  return {
    layout: {
      background: { color: cssColour("surface") }, textColor: muted, fontSize: 11, attributionLogo: true,
      fontFamily: getComputedStyle(document.body).fontFamily,
      panes: { separatorColor: line, separatorHoverColor: faded(line, 0.6) },
    },
    grid: { vertLines: { color: faded(line, 0.45) }, horzLines: { color: faded(line, 0.45) } },
    rightPriceScale: { borderColor: line },
    timeScale: { borderColor: line },
    crosshair: {
      mode: CrosshairMode.Normal,
      vertLine: { color: muted, labelBackgroundColor: cssColour("raised") },
      horzLine: { color: muted, labelBackgroundColor: cssColour("raised") },
    },
  };
}

// The wheel scrolls the page until the chart is clicked or focused, so that nobody gets stuck on the way down.
function calmChart(container, daily) {
  const wheel = (on) => ({ handleScroll: { mouseWheel: on, vertTouchDrag: false }, handleScale: { mouseWheel: on } });
  const chart = createChart(container, {
    autoSize: true, ...themed(), ...wheel(false),
    localization: { locale: "en-GB", timeFormatter: daily ? day : minute },
  });
  chart.timeScale().applyOptions({ minBarSpacing: 0.02, timeVisible: !daily, secondsVisible: false, rightOffset: 2 });
  container.addEventListener("pointerdown", () => chart.applyOptions(wheel(true)));
  container.addEventListener("pointerleave", () => chart.applyOptions(wheel(false)));
  container.addEventListener("keydown", (event) => {
    const move = { ArrowLeft: [-0.1, 1], ArrowRight: [0.1, 1], "+": [0, 0.7], "=": [0, 0.7], "-": [0, 1.4] }[event.key];
    if (!move) return;
    event.preventDefault();
    zoom(chart, ...move);
  });
  return chart;
}

// Moves by a share of the visible range, and scales it.
function zoom(chart, shift, factor) {
  const range = chart.timeScale().getVisibleLogicalRange();
  if (!range) return;
  const span = range.to - range.from, middle = (range.to + range.from) / 2 + span * shift;
  chart.timeScale().setVisibleLogicalRange({ from: middle - (span * factor) / 2, to: middle + (span * factor) / 2 });
}

class EquityChart {
  constructor(data, legend) {
    const curve = data.curve;
    this.data = data;
    this.legend = legend;
    this.time = running(curve.time);
    this.place = new Map(this.time.map((time, i) => [time, i]));
    this.chart = calmChart(byId("equity-chart"), data.daily);
    const highest = Math.max(...curve.equity), digits = highest < 1 ? 6 : highest < 1000 ? 2 : 0;
    const scale = { lineWidth: 2, priceLineVisible: false, lastValueVisible: false };
    const amounts = { ...scale, priceFormat: { type: "custom", formatter: (price) => number(price, digits), minMove: 10 ** -digits } };
    if (curve.benchmark) this.benchmark = this.chart.addSeries(LineSeries, { ...amounts, lineWidth: 1 });
    this.equity = this.chart.addSeries(LineSeries, amounts);
    this.drawdown = this.chart.addSeries(
      AreaSeries,
      {
        ...scale, lineWidth: 1, invertFilledArea: true,
        autoscaleInfoProvider: (original) => fromZero(original()),
        priceFormat: { type: "custom", formatter: (value) => `${number(value * 100, 1)}${THIN}%`, minMove: 0.0001 },
      },
      1,
    );
    const points = (values) => this.time.map((time, i) => (values[i] === null ? { time } : { time, value: values[i] }));
    this.benchmark?.setData(points(curve.benchmark));
    this.equity.setData(points(curve.equity));
    this.drawdown.setData(points(curve.drawdown));
    this.chart.panes()[0].setStretchFactor(7);
    this.chart.panes()[1].setStretchFactor(3);
    this.chart.priceScale("right", 1).applyOptions({ scaleMargins: { top: 0.05, bottom: 0.1 } });
    this.chart.subscribeCrosshairMove((event) => this.tell(this.place.get(event.time)));
    this.recolour();
    this.all();
    this.tell();
  }

  recolour() {
    this.chart.applyOptions(themed());
    this.benchmark?.applyOptions({ color: cssColour("hold") });
    this.equity.applyOptions({ color: cssColour("accent") });
    const loss = cssColour("loss");
    this.drawdown.applyOptions({ lineColor: loss, topColor: faded(loss, 0.08), bottomColor: faded(loss, 0.35) });
  }

  all() {
    this.chart.timeScale().fitContent();
  }

  logarithmic(on) {
    this.chart.priceScale("right", 0).applyOptions({ mode: on ? PriceScaleMode.Logarithmic : PriceScaleMode.Normal });
  }

  tell(i = this.time.length - 1) {
    const { curve, currency, daily } = this.data;
    const part = (name, colour, value) => {
      const swatch = element("span", { class: "swatch" });
      swatch.style.color = `var(--${colour})`;
      return element("span", {}, swatch, name + " ", element("b", {}, value));
    };
    this.legend.replaceChildren(
      element("span", {}, (daily ? day : minute)(this.time[i])),
      part("Equity", "accent", money(curve.equity[i], currency)),
      ...(curve.benchmark ? [part("Buy and hold", "hold", money(curve.benchmark[i], currency))] : []),
      part("Drawdown", "loss", percent(curve.drawdown[i])),
    );
  }
}

// The scale of a drawdown ends at 0, also where there is none.
function fromZero(info) {
  if (!info?.priceRange) return info;
  return { ...info, priceRange: { minValue: Math.min(info.priceRange.minValue, -0.01), maxValue: 0 } };
}

// Draws entries, exits and the line between them at their own times and prices, onto the candles of one symbol.
class TradeMarks {
  constructor(onCount) {
    this.trades = [];
    this.chosen = null;
    this.onCount = onCount;
    this.views = [{ zOrder: () => "top", renderer: () => ({ draw: (target) => this.draw(target) }) }];
  }

  attached({ chart, series, requestUpdate }) {
    Object.assign(this, { chart, series, requestUpdate });
  }

  paneViews() {
    return this.views;
  }

  show(trades) {
    this.trades = trades;
    this.hits = [];
    this.requestUpdate();
  }

  choose(row) {
    this.chosen = row;
    this.requestUpdate();
  }

  draw(target) {
    const range = this.chart.timeScale().getVisibleLogicalRange();
    if (!range) return;
    const inView = this.trades.filter((trade) => trade.to >= range.from && trade.from <= range.to);
    const drawn = inView.length > MARKS_MAX ? largest(inView, MARKS_MAX, this.chosen) : inView;
    this.onCount(drawn.length, inView.length);
    target.useMediaCoordinateSpace(({ context }) => {
      this.hits = drawn.map((trade) => this.placed(trade)).filter((mark) => mark !== null);
      const colours = { gain: cssColour("gain"), loss: cssColour("loss"), entry: cssColour("text"), edge: cssColour("surface") };
      for (const mark of this.hits) this.line(context, mark, colours);
      for (const mark of this.hits) this.arrows(context, mark, colours);
    });
  }

  placed(trade) {
    const x1 = this.across(trade.from), x2 = this.across(trade.to);
    const y1 = this.series.priceToCoordinate(trade.entry), y2 = this.series.priceToCoordinate(trade.exit);
    return [x1, x2, y1, y2].includes(null) ? null : { trade, x1, y1, x2, y2 };
  }

  // The library knows whole candles only; a trade may lie anywhere within one.
  across(place) {
    const scale = this.chart.timeScale(), whole = Math.floor(place);
    const left = scale.logicalToCoordinate(whole), right = scale.logicalToCoordinate(whole + 1);
    return left === null || right === null ? null : left + (right - left) * (place - whole);
  }

  line(context, { trade, x1, y1, x2, y2 }, colours) {
    const chosen = trade.row === this.chosen;
    context.globalAlpha = chosen ? 1 : 0.55;
    context.lineWidth = chosen ? 2 : 1;
    context.strokeStyle = trade.pnl < 0 ? colours.loss : colours.gain;
    context.setLineDash(trade.open ? [2, 4] : chosen ? [] : [4, 3]);
    context.beginPath();
    context.moveTo(x1, y1);
    context.lineTo(x2, y2);
    context.stroke();
    context.setLineDash([]);
    context.globalAlpha = 1;
  }

  arrows(context, { trade, x1, y1, x2, y2 }, colours) {
    const size = trade.row === this.chosen ? 8 : 5.5, long = trade.side === "long";
    arrow(context, x1, y1 + (trade.reverses ? (long ? 1.7 : -1.7) * 5.5 : 0), size, long, colours.entry, colours.edge);
    if (!trade.open) arrow(context, x2, y2, size, !long, trade.pnl < 0 ? colours.loss : colours.gain, colours.edge);
  }

  hitTest(x, y) {
    const near = (mark, px, py) => Math.hypot(px - x, py - y) < 9;
    const hit = (this.hits ?? []).findLast((mark) => near(mark, mark.x1, mark.y1) || near(mark, mark.x2, mark.y2));
    return hit ? { externalId: String(hit.trade.row), cursorStyle: "pointer", zOrder: "top" } : null;
  }
}

const MARKS_MAX = 250;

function largest(trades, count, chosen) {
  const kept = [...trades].sort((a, b) => Math.abs(b.pnl) - Math.abs(a.pnl)).slice(0, count);
  const missing = trades.find((trade) => trade.row === chosen && !kept.includes(trade));
  return missing ? [...kept, missing] : kept;
}

// A triangle whose tip is the price: a purchase points up from below, a sale down from above.
function arrow(context, x, y, size, up, colour, edge) {
  const down = up ? 1 : -1;
  context.beginPath();
  context.moveTo(x, y);
  context.lineTo(x - size * 0.8, y + down * size * 1.5);
  context.lineTo(x + size * 0.8, y + down * size * 1.5);
  context.closePath();
  context.fillStyle = colour;
  context.strokeStyle = edge;
  context.lineWidth = 1.5;
  context.stroke();
  context.fill();
}

class PriceChart {
  constructor(data, legend, note, onTrade) {
    Object.assign(this, { data, legend, note, symbol: null });
    this.chart = calmChart(byId("price-chart"), data.daily);
    this.candles = this.chart.addSeries(CandlestickSeries, { priceLineVisible: false, lastValueVisible: false });
    this.volume = this.chart.addSeries(HistogramSeries, {
      priceScaleId: "volume", priceLineVisible: false, lastValueVisible: false, priceFormat: { type: "volume" },
    });
    this.chart.priceScale("volume").applyOptions({ scaleMargins: { top: 0.84, bottom: 0 } });
    this.marks = new TradeMarks((drawn, inView) => this.tellMarks(drawn, inView));
    this.candles.attachPrimitive(this.marks);
    this.chart.subscribeCrosshairMove((event) => this.tell(event));
    this.chart.subscribeClick((event) => {
      if (event.hoveredObjectId !== undefined) onTrade(Number(event.hoveredObjectId));
    });
    this.recolour();
  }

  recolour() {
    this.chart.applyOptions(themed());
    this.chart.priceScale("right").applyOptions({ scaleMargins: { top: 0.08, bottom: 0.18 } });
    const up = faded(cssColour("gain"), 0.6), down = faded(cssColour("loss"), 0.6);
    this.candles.applyOptions({ upColor: up, downColor: down, wickUpColor: up, wickDownColor: down, borderVisible: false });
    this.volume.applyOptions({ color: faded(cssColour("muted"), 0.3) });
    this.marks.requestUpdate?.();
  }

  // Loads a symbol's candles and trades.
  load(symbol) {
    if (symbol === this.symbol) return;
    this.symbol = symbol;
    const bars = this.data.charts[symbol], time = running(bars.time);
    this.bars = bars;
    this.time = time;
    this.place = new Map(time.map((instant, i) => [instant, i]));
    const price = (value) => number(value, bars.decimals);
    this.candles.applyOptions({ priceFormat: { type: "custom", formatter: price, minMove: 10 ** -bars.decimals } });
    this.candles.setData(time.map((instant, i) => ({
      time: instant, open: bars.open[i], high: bars.high[i], low: bars.low[i], close: bars.close[i],
    })));
    this.volume.setData(bars.volume ? time.map((instant, i) => ({ time: instant, value: bars.volume[i] })) : []);
    this.marks.show(this.tradesOf(symbol));
    this.chart.priceScale("right").applyOptions({ autoScale: true });
    this.tell();
  }

  tradesOf(symbol) {
    const { trades } = this.data, last = this.time.length - 1;
    const where = (bar) => (bar + 0.5) / this.bars.factor - 0.5; // its place within a candle of several bars
    const rows = trades.symbol.map((_, row) => row).filter((row) => trades.symbol[row] === symbol);
    const key = (bar, price, buy) => `${bar} ${price} ${buy}`;
    const exits = new Set(rows.map((row) => key(trades.exit_bar[row], trades.exit_price[row], trades.side[row] !== "long")));
    return rows.filter((row) => trades.entry_bar[row] !== null).map((row) => {
      const open = trades.exit_bar[row] === null;
      const reverses = exits.has(key(trades.entry_bar[row], trades.entry_price[row], trades.side[row] === "long"));
      return {
        row, open, reverses, side: trades.side[row], pnl: trades.pnl[row],
        from: where(trades.entry_bar[row]), entry: trades.entry_price[row],
        to: open ? last : where(trades.exit_bar[row]), exit: open ? this.bars.close[last] : trades.exit_price[row],
      };
    });
  }

  all() {
    this.chart.timeScale().fitContent();
  }

  // The newest stretch in which something was traded, wide enough to read and narrow enough to see candles.
  opening() {
    const width = Math.max(60, Math.min(260, byId("price-chart").clientWidth / 5)), last = this.time.length - 1;
    const end = Math.min(this.marks.trades.reduce((latest, trade) => Math.max(latest, trade.to), 0) + width * 0.12, last + 2);
    const right = this.marks.trades.length ? Math.max(end, Math.min(width, last + 2)) : last + 2;
    this.chart.timeScale().setVisibleLogicalRange({ from: right - width, to: right });
  }

  goTo(row) {
    this.load(this.data.trades.symbol[row]);
    const trade = this.marks.trades.find((candidate) => candidate.row === row);
    if (!trade) return;
    const pad = Math.max(25, (trade.to - trade.from) * 0.6);
    this.marks.choose(row);
    this.chart.timeScale().setVisibleLogicalRange({ from: trade.from - pad, to: trade.to + pad });
    this.tellTrade(row);
  }

  tell(event = {}) {
    if (event.hoveredObjectId !== undefined) return this.tellTrade(Number(event.hoveredObjectId));
    const i = this.place.get(event.time) ?? this.time.length - 1, { bars } = this;
    const figure = (name, value) => element("span", {}, name + " ", element("b", {}, value));
    this.legend.replaceChildren(
      element("span", {}, element("b", {}, this.symbol), " " + (this.data.daily ? day : minute)(this.time[i])),
      ...["open", "high", "low", "close"].map((name) => figure(name, number(bars[name][i], bars.decimals))),
      ...(bars.volume ? [figure("volume", number(bars.volume[i], 0))] : []),
    );
    return undefined;
  }

  tellTrade(row) {
    const { trades, currency, daily } = this.data, decimals = this.bars.decimals;
    const when = (seconds) => moment(seconds, daily);
    this.legend.replaceChildren(
      element("span", {}, element("b", {}, `Trade ${trades.number[row]}`), ` ${trades.side[row]} ${trades.quantity[row]} ${trades.symbol[row]}`),
      element("span", {}, `in ${when(trades.entry_time[row])} at `, element("b", {}, number(trades.entry_price[row], decimals))),
      trades.exit_time[row] === null
        ? element("span", {}, "still open")
        : element("span", {}, `out ${when(trades.exit_time[row])} at `, element("b", {}, number(trades.exit_price[row], decimals))),
      element("span", { class: tone(trades.pnl[row]) }, `${money(trades.pnl[row], currency, true)}  (${percent(trades.return[row], true)})`),
    );
  }

  tellMarks(drawn, inView) {
    const { bars, factor } = this.bars;
    const said = [
      "Arrows point at the fills' own prices, purchases up, sales down; exits and lines are coloured by result. Drag to move; click, then scroll to zoom.",
      factor > 1 ? `Each candle is ${number(factor, 0)} of ${number(bars, 0)} bars.` : "",
      drawn < inView ? `${number(inView, 0)} trades in view: the ${number(drawn, 0)} with the largest result are drawn; zoom in for the others.` : "",
    ];
    const text = said.filter(Boolean).join(" ");
    if (this.note.textContent !== text) this.note.textContent = text;
  }
}
