/** Figures in place: right digits, sign and colour, the full value on hover. */
import { direction, exact, type Figure as Value, money, percent, price, signedMoney, UNKNOWN } from "~/format/figures";

import { cx } from "../cx";

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
  return <Signed value={value} text={signedMoney(value, digits)} />;
}

/** A gain or a loss as a fraction. */
export function Return({ value }: { value: Value }) {
  return <Signed value={value} text={percent(value, true)} />;
}

function Signed({ value, text }: { value: Value; text: string }) {
  return (
    <span className={cx("figure", TONE[direction(text)])} title={value == null ? undefined : String(value)}>
      {text}
    </span>
  );
}

/** What was paid for one: in digits that fit a column, exact on hover. */
export function Price({ value }: { value: Value }) {
  return (
    <span className="figure" title={value == null ? undefined : String(value)}>
      {price(value)}
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
