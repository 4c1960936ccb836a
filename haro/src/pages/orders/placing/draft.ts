/** An order that is being written: text as it was typed, so that no amount becomes a float. */
import type { Schemas } from "~/api/types";
import { tooLong, wrongAmount, wrongDay } from "~/format/written";

export interface Draft {
  run_id: string;
  venue: string;
  mode: Schemas["TradedMode"];
  symbol: string;
  side: Schemas["OrderSide"];
  order_type: Schemas["OrderType"];
  order_class: Schemas["OrderClass"];
  qty: string;
  limit_price: string;
  stop_price: string;
  trail: string;
  trail_percent: string;
  time_in_force: Schemas["TimeInForce"];
  expires: string;
  extended_hours: boolean;
  exit_time_in_force: "day" | "gtc";
  take_profit: string;
  stop_loss: string;
  stop_loss_limit: string;
  client_order_id: string;
}

export const EMPTY: Draft = {
  run_id: "",
  venue: "",
  mode: "paper",
  symbol: "",
  side: "buy",
  order_type: "market",
  order_class: "simple",
  qty: "",
  limit_price: "",
  stop_price: "",
  trail: "",
  trail_percent: "",
  time_in_force: "day",
  expires: "",
  extended_hours: false,
  exit_time_in_force: "gtc",
  take_profit: "",
  stop_loss: "",
  stop_loss_limit: "",
  client_order_id: "",
};

export type FieldName = keyof Draft;
export type FieldErrors = Partial<Record<FieldName, string>>;

export const ORDER_TYPES: Record<Schemas["OrderType"], string> = {
  market: "Market",
  limit: "Limit",
  stop: "Stop",
  stop_limit: "Stop limit",
  trailing_stop: "Trailing stop",
};
export const ORDER_CLASSES: Record<Schemas["OrderClass"], string> = {
  simple: "Alone",
  bracket: "Bracket: with a take-profit and a stop-loss",
  oto: "OTO: with one exit",
  oco: "OCO: a limit, and a stop-loss beside it",
};
export const TIMES: Record<Schemas["TimeInForce"], string> = {
  day: "Day",
  gtc: "Until cancelled (gtc)",
  gtd: "Until a date (gtd)",
  ioc: "At once, the rest cancelled (ioc)",
  fok: "At once and whole, or not at all (fok)",
  opg: "At the open (opg)",
  cls: "At the close (cls)",
};

/** Which fields an order of this kind has. */
export function fieldsOf({ order_type: type, order_class: kind, time_in_force: time }: Draft) {
  return {
    limit_price: type === "limit" || type === "stop_limit",
    stop_price: type === "stop" || type === "stop_limit",
    trail: type === "trailing_stop",
    expires: time === "gtd",
    take_profit: kind === "bracket" || kind === "oto",
    stop_loss: kind !== "simple",
  };
}

/** What is wrong with an amount that has to be there. */
export function wrongPrice(text: string): string | undefined {
  return text.trim() === "" ? "Write a number above 0, such as 12.5." : wrongAmount(text, { isAboveZero: true });
}

const SYMBOL_MOST = 64;
const ID_MOST = 128;

/** What can be told before the server is asked; it decides about the rest. */
export function mistakes(draft: Draft): FieldErrors {
  const has = fieldsOf(draft);
  const isOto = draft.order_class === "oto";
  const need = (name: FieldName, isWanted: boolean) => (isWanted ? wrongPrice(String(draft[name])) : undefined);
  const found: FieldErrors = {
    symbol: draft.symbol.trim() === "" ? "Say what to trade." : tooLong(draft.symbol, SYMBOL_MOST),
    venue: draft.run_id === "" && draft.venue === "" ? "Choose a venue, or a run." : undefined,
    qty: need("qty", true),
    limit_price: need("limit_price", has.limit_price),
    stop_price: need("stop_price", has.stop_price),
    trail:
      has.trail && draft.trail !== "" && draft.trail_percent !== ""
        ? "Give an amount or per cent, not both."
        : need("trail", has.trail && draft.trail !== ""),
    trail_percent: need("trail_percent", has.trail && (draft.trail_percent !== "" || draft.trail === "")),
    expires: has.expires && draft.expires === "" ? "Say until when." : wrongDay(draft.expires),
    take_profit: need("take_profit", has.take_profit && (!isOto || draft.take_profit !== "" || draft.stop_loss === "")),
    stop_loss: need("stop_loss", has.stop_loss && (!isOto || draft.stop_loss !== "")),
    stop_loss_limit: need("stop_loss_limit", has.stop_loss && draft.stop_loss_limit !== ""),
    order_type: draft.order_class === "oco" && draft.order_type !== "limit" ? "An OCO is a limit order." : undefined,
    client_order_id: tooLong(draft.client_order_id, ID_MOST),
  };
  return Object.fromEntries(Object.entries(found).filter(([, wrong]) => Boolean(wrong)));
}

const orNothing = (text: string): string | undefined => text.trim() || undefined;

/** What is sent: of the fields only those that an order of this kind has. */
export function bodyOf(draft: Draft): Schemas["PlaceOrderRequest"] {
  const has = fieldsOf(draft);
  const takeProfit = has.take_profit && orNothing(draft.take_profit);
  const stopLoss = has.stop_loss && orNothing(draft.stop_loss);
  return {
    ...(draft.run_id ? { run_id: draft.run_id } : { mode: draft.mode, venue: draft.venue }),
    symbol: draft.symbol.trim(),
    side: draft.side,
    order_type: draft.order_type,
    order_class: draft.order_class,
    qty: draft.qty.trim(),
    limit_price: has.limit_price ? orNothing(draft.limit_price) : undefined,
    stop_price: has.stop_price ? orNothing(draft.stop_price) : undefined,
    trail: has.trail ? orNothing(draft.trail) : undefined,
    trail_percent: has.trail ? orNothing(draft.trail_percent) : undefined,
    time_in_force: draft.time_in_force,
    expires: has.expires ? orNothing(draft.expires) : undefined,
    extended_hours: draft.extended_hours,
    exit_time_in_force: draft.exit_time_in_force,
    take_profit: takeProfit ? { limit_price: takeProfit } : undefined,
    stop_loss: stopLoss ? { stop_price: stopLoss, limit_price: orNothing(draft.stop_loss_limit) } : undefined,
    client_order_id: orNothing(draft.client_order_id),
  };
}

/** `Buy 10 AAPL at the market on alpaca paper.` */
export function said(draft: Draft): string {
  const { side, qty, symbol, order_type: type } = draft;
  const where = draft.run_id ? "for the run" : `by hand, on ${draft.venue || "…"} ${draft.mode}`;
  const at = type === "market" ? "at the market" : `with a ${ORDER_TYPES[type].toLowerCase()} order`;
  return `${side === "buy" ? "Buy" : "Sell"} ${qty || "…"} ${symbol || "…"} ${at}, ${where}.`;
}
