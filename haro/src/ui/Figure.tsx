/** Figures in place: right digits, sign and colour, the full value on hover. */
import { direction, exact, type Figure as Value, money, percent, signedMoney, UNKNOWN } from "~/format/figures";

import { cx } from "./cx";

const TONE = { gain: "text-gain", loss: "text-loss", none: "" };

export function Money({ value, digits }: { value: Value; digits?: number }) {
  return (
    <span className="figure" title={value == null ? undefined : String(value)}>
      {money(value, digits)}
    </span>
  );
}

/** A gain or a loss in money. */
export function Pnl({ value, digits }: { value: Value; digits?: number }) {
  return (
    <span className={cx("figure", TONE[direction(value)])} title={value == null ? undefined : String(value)}>
      {signedMoney(value, digits)}
    </span>
  );
}

/** A gain or a loss as a fraction. */
export function Return({ value }: { value: Value }) {
  return (
    <span className={cx("figure", TONE[direction(value)])} title={value == null ? undefined : String(value)}>
      {percent(value, true)}
    </span>
  );
}

export function Exact({ value, least }: { value: Value; least?: number }) {
  const text = exact(value, least);
  return (
    <span className="figure" title={text === UNKNOWN || value == null ? undefined : String(value)}>
      {text}
    </span>
  );
}
