/** An order's fills, and what its venue was sent for it. */
import type { Fill, Schemas } from "~/api/types";
import { Empty } from "~/ui/pages/Answer";
import { Exact, Money, Price } from "~/ui/values/Figure";
import { Rows, type RowsColumn } from "~/ui/tables/Rows";
import { Moment } from "~/ui/values/Time";

const FILLS: RowsColumn<Fill>[] = [
  { header: "Filled", cell: ({ filled_at: at }) => <Moment at={at} /> },
  { header: "Quantity", numeric: true, cell: ({ quantity }) => <Exact value={quantity} /> },
  { header: "Price", numeric: true, cell: ({ price }) => <Price value={price} /> },
  { header: "Commission", numeric: true, wide: true, cell: ({ commission }) => <Money value={commission} /> },
  { header: "Notes", wide: true, cell: ({ notes }) => notes.join(", ") },
];

export function OrderFills({ fills }: { fills: Fill[] }) {
  if (fills.length === 0) return <Empty title="Nothing of it has filled." />;
  return <Rows caption="Fills of this order" columns={FILLS} rows={fills} rowKey={({ id }) => id} />;
}

type Submission = Schemas["SubmissionResponse"];

const SUBMISSIONS: RowsColumn<Submission>[] = [
  { header: "Sent", cell: ({ sent_at: at }) => (at ? <Moment at={at} /> : "with its entry") },
  { header: "Part", wide: "very", cell: ({ part }) => part },
  { header: "Quantity", numeric: true, cell: ({ quantity }) => <Exact value={quantity} /> },
  { header: "Filled", numeric: true, cell: ({ filled_quantity: filled }) => <Exact value={filled} /> },
  { header: "State", cell: ({ state, cancels }) => (cancels > 0 ? `${state}, cancel asked` : state) },
  {
    header: "Venue's id",
    wide: true,
    cell: ({ venue_id: id }) => (
      <code className="block max-w-20 truncate font-mono text-label" title={id ?? undefined}>
        {id ?? "not known yet"}
      </code>
    ),
  },
];

export function Submissions({ submissions }: { submissions: Submission[] }) {
  return <Rows caption="What was sent" columns={SUBMISSIONS} rows={submissions} rowKey={({ id }) => id} />;
}
