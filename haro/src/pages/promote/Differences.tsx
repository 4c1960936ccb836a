/** Every field in which the new run would not be the same. */
import type { Schemas } from "~/api/types";
import { Rows } from "~/ui/tables/Rows";

import { settingText } from "./words";

export function Differences({ found }: { found: Schemas["DifferenceResponse"][] }) {
  return (
    <Rows
      caption="What would change"
      rows={found}
      rowKey={({ field }) => field}
      columns={[
        { header: "Field", cell: ({ field }) => <span className="wrap-break-word">{words(field)}</span> },
        { header: "This run", cell: ({ before }) => <Value of={before} /> },
        { header: "The new run", cell: ({ after }) => <Value of={after} /> },
      ]}
    />
  );
}

const Value = ({ of }: { of: unknown }) => <span className="wrap-break-word">{settingText(of)}</span>;

/** `terms.limits.order_max` is `limits: order max`, for no request says `terms`. */
const words = (field: string): string =>
  field
    .replace(/^terms\./, "")
    .replaceAll(".", ": ")
    .replaceAll("_", " ");
