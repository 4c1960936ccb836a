/** What an account holds, and whose it is: of runs, of orders by hand, and what is nobody's, each part by its name. */
import type { Schemas } from "~/api/types";
import { cx } from "~/ui/cx";
import { Exact, Money, Pnl } from "~/ui/values/Figure";
import { RunName } from "~/ui/values/RunName";

type Position = Schemas["AccountPosition"];

const HEADS: [title: string, look: string][] = [
  ["Symbol", "text-left"],
  ["Quantity", "text-right"],
  ["Average price", "text-right max-md:hidden"],
  ["Price", "text-right max-md:hidden"],
  ["Value", "text-right"],
  ["Unrealised", "text-right"],
];
const CELL = "px-3 py-2 first:pl-4 last:pr-4 compact:py-1";

export function Positions({ of: account, positions }: { of: string; positions: Position[] }) {
  if (positions.length === 0) return <p className="p-4 text-table text-soft">Nothing is held.</p>;
  return (
    // A region that scrolls has to be reached with the keyboard.
    // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <div className="overflow-x-auto" role="region" aria-label={`Positions in ${account}`} tabIndex={0}>
      <table className="w-full border-collapse text-table">
        <caption className="sr-only">Positions in {account}, and whose they are</caption>
        <thead>
          <tr className="border-b border-line text-label text-soft">
            {HEADS.map(([title, look]) => (
              <th key={title} scope="col" className={cx("px-3 py-2 font-medium first:pl-4 last:pr-4", look)}>
                {title}
              </th>
            ))}
          </tr>
        </thead>
        {positions.map((position) => (
          <Held key={position.symbol} position={position} />
        ))}
      </table>
    </div>
  );
}

function Held({ position }: { position: Position }) {
  return (
    <tbody className="border-b border-line last:border-0">
      <tr>
        <th scope="row" className={cx(CELL, "text-left font-medium")}>
          {position.symbol}
        </th>
        <td className={cx(CELL, "text-right")}>
          <Exact value={position.quantity} />
        </td>
        <td className={cx(CELL, "text-right max-md:hidden")}>
          <Exact value={position.average_price} least={2} />
        </td>
        <td className={cx(CELL, "text-right max-md:hidden")}>
          <Exact value={position.price} least={2} />
        </td>
        <td className={cx(CELL, "text-right")}>
          <Money value={position.market_value} />
        </td>
        <td className={cx(CELL, "text-right")}>
          <Pnl value={position.unrealised_pnl} />
        </td>
      </tr>
      {position.owners.map((owner) => (
        <Owner key={owner.run_id ?? ""} owner={owner} />
      ))}
      {position.parts.map(({ kind, note, quantity }) => (
        <tr key={`${kind} ${note}`} className={kind === "unexplained" ? "text-warn" : "text-soft"}>
          <td className={cx(CELL, "pl-8!")}>
            nobody&apos;s: {kind} <span className="wrap-anywhere">{note}</span>
          </td>
          <td className={cx(CELL, "text-right")}>
            <Exact value={quantity} />
          </td>
          <td colSpan={4} />
        </tr>
      ))}
    </tbody>
  );
}

function Owner({ owner }: { owner: Schemas["OwnHolding"] }) {
  return (
    <tr className="text-soft">
      <td className={cx(CELL, "pl-8!")}>{owner.run_id ? <RunName id={owner.run_id} /> : "by hand"}</td>
      <td className={cx(CELL, "text-right")}>
        <Exact value={owner.quantity} />
      </td>
      <td className={cx(CELL, "text-right max-md:hidden")}>
        <Exact value={owner.average_price} least={2} />
      </td>
      <td className={cx(CELL, "max-md:hidden")} />
      <td className={cx(CELL, "text-right")}>
        <Money value={owner.market_value} />
      </td>
      <td className={cx(CELL, "text-right")}>
        <Pnl value={owner.unrealised_pnl} />
      </td>
    </tr>
  );
}
