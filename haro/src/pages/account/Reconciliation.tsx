/** Where a venue and the books differ, and what others do in the account. */
import { CircleCheck } from "lucide-react";

import type { Schemas } from "~/api/types";
import { Exact } from "~/ui/values/Figure";
import { Rows, type RowsColumn } from "~/ui/tables/Rows";

type Look = Schemas["ReconciliationResponse"];

const KINDS: Record<string, string> = {
  earlier: "was there before Weaver",
  others: "traded by others",
  split: "a split",
  fee: "a fee in the asset",
  accepted: "accepted by a person",
  dust: "a rest too small to trade",
  unexplained: "nothing explains it",
};

const DIFFERENCES: RowsColumn<Look["differences"][number]>[] = [
  { header: "Symbol", cell: ({ symbol }) => <span className="font-medium">{symbol}</span> },
  { header: "Quantity", numeric: true, cell: ({ quantity }) => <Exact value={quantity} /> },
  {
    header: "Why",
    cell: ({ kind, note }) => (
      <span className={kind === "unexplained" ? "text-warn" : ""}>
        {KINDS[kind] ?? kind} <span className="text-soft wrap-anywhere">{note}</span>
      </span>
    ),
  },
];

const FOREIGN: RowsColumn<Look["foreign"][number]>[] = [
  { header: "Symbol", cell: ({ symbol }) => <span className="font-medium">{symbol}</span> },
  { header: "Side", cell: ({ side }) => side ?? "–" },
  { header: "Quantity", numeric: true, cell: ({ quantity }) => <Exact value={quantity} /> },
  { header: "Status", cell: ({ status }) => status },
  {
    header: "Venue's id",
    wide: true,
    cell: ({ venue_id: id }) => <code className="font-mono text-label">{id}</code>,
  },
];

export function Reconciliation({ look }: { look: Look | undefined }) {
  if (!look?.is_done)
    return (
      <p className="border-t border-line p-4 text-table text-soft">It has not been compared with the books yet.</p>
    );
  const { account, differences, foreign, halted } = look;
  if (differences.length === 0 && foreign.length === 0)
    return (
      <p className="flex items-center gap-2 border-t border-line p-4 text-table text-soft">
        <CircleCheck size={15} aria-hidden className="text-gain" /> The venue and the books agree, and nobody else
        trades here.
      </p>
    );
  return (
    <div className="border-t border-line">
      {halted.length > 0 && (
        <p className="px-4 pt-3 text-table text-loss">Entries are stopped in {halted.join(", ")}.</p>
      )}
      {differences.length > 0 && (
        <section>
          <h3 className="px-4 pt-3 font-medium">Differences</h3>
          <Rows
            caption={`Differences in ${account}`}
            columns={DIFFERENCES}
            rows={differences}
            rowKey={({ symbol, kind, note }) => `${symbol} ${kind} ${note}`}
          />
        </section>
      )}
      {foreign.length > 0 && (
        <section>
          <h3 className="px-4 pt-3 font-medium">Orders of somebody else</h3>
          <Rows
            caption={`Orders of somebody else in ${account}`}
            columns={FOREIGN}
            rows={foreign}
            rowKey={({ venue_id: id }) => id}
          />
        </section>
      )}
    </div>
  );
}
