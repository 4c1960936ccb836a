/** What a run must have shown, and what it has: by sign and word, not by colour alone. */
import { Check, CircleDashed, X } from "lucide-react";

import { cx } from "~/ui/cx";
import { Rows } from "~/ui/tables/Rows";

import { type Gate, gateFigure, gateName } from "./words";

export function Gates({ gates }: { gates: Gate[] }) {
  return (
    <Rows
      caption="Gates"
      rows={gates}
      rowKey={({ name }) => name}
      columns={[
        {
          header: "Gate",
          cell: ({ name, limit, told }) => (
            <div>
              <p className="font-medium">{gateName(name)}</p>
              {limit !== null && <p className="text-label text-faint wrap-anywhere">{told}</p>}
            </div>
          ),
        },
        { header: "Limit", numeric: true, wide: true, cell: ({ name, limit }) => gateFigure(name, limit) },
        { header: "Value", numeric: true, cell: ({ name, value }) => gateFigure(name, value) },
        { header: "Met", cell: (gate) => <Met gate={gate} /> },
      ]}
    />
  );
}

function Met({ gate: { limit, met } }: { gate: Gate }) {
  const [Sign, word, tone] =
    limit === null
      ? ([CircleDashed, "off", "text-soft"] as const)
      : met
        ? ([Check, "met", "text-gain"] as const)
        : ([X, "not met", "text-loss"] as const);
  return (
    <span className={cx("inline-flex items-center gap-1 font-medium whitespace-nowrap", tone)}>
      <Sign size={15} aria-hidden />
      {word}
    </span>
  );
}
