/** How much of what the calendar expects is there; or that a series is damaged. */
import { CircleCheck, TriangleAlert } from "lucide-react";

import type { Series } from "~/api/types";
import { percent } from "~/format/figures";

export function Quality({ series: { bars, missing, damaged } }: { series: Series }) {
  if (damaged)
    return (
      <span className="inline-flex items-center gap-1.5 align-middle text-loss" title={damaged}>
        <TriangleAlert size={14} aria-hidden /> damaged
      </span>
    );
  if (bars === null || missing === null) return null;
  const part = bars / (bars + missing);
  if (missing === 0)
    return (
      <span className="inline-flex items-center gap-1.5 align-middle text-soft">
        <CircleCheck size={14} aria-hidden className="text-gain" /> complete
      </span>
    );
  return <span className={part < 0.98 ? "text-warn" : "text-soft"}>{percent(part)} there</span>;
}
