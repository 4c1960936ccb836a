/** Why the figures may not be worth believing: before anything else, and the gravest first. */
import { OctagonAlert, TriangleAlert } from "lucide-react";

import { count } from "~/format/figures";
import { cx } from "~/ui/cx";

import type { ReportData } from "./data";

/** Of many of one kind so many are seen at once. */
const SEEN = 3;

export function Doubts({ warnings }: Pick<ReportData, "warnings">) {
  if (warnings.length === 0) return null;
  const kinds = [...new Set(warnings.map(({ code }) => code))];
  return (
    <section aria-label="Warnings" className="flex flex-col gap-2">
      {kinds.map((kind) => {
        const alike = warnings.filter(({ code }) => code === kind);
        return (
          <div key={kind} className="flex flex-col gap-2">
            <Listed warnings={alike.slice(0, SEEN)} />
            {alike.length > SEEN && (
              <details>
                <summary className="cursor-pointer text-table text-soft">
                  {count(alike.length - SEEN)} more of <code>{kind}</code>
                </summary>
                <div className="mt-2">
                  <Listed warnings={alike.slice(SEEN)} />
                </div>
              </details>
            )}
          </div>
        );
      })}
    </section>
  );
}

function Listed({ warnings }: Pick<ReportData, "warnings">) {
  return (
    <ul className="flex flex-col gap-2">
      {warnings.map(({ code, message, isFatal }) => (
        <li
          key={code + message}
          className={cx(
            "flex items-start gap-3 rounded-md border px-3 py-2",
            isFatal ? "border-2 border-loss bg-loss-tint font-medium" : "border-warn/50 bg-warn-tint",
          )}
        >
          {isFatal ? (
            <OctagonAlert size={18} aria-hidden className="mt-0.5 shrink-0 text-loss" />
          ) : (
            <TriangleAlert size={16} aria-hidden className="mt-0.5 shrink-0 text-warn" />
          )}
          <p className={cx("min-w-0 flex-1 wrap-anywhere", isFatal ? "text-loss" : "text-table")}>
            {isFatal ? message.replace(/\.?$/, ".") : message}
            {isFatal && " No figure below can be believed before that is mended."}{" "}
            <code className="text-label font-normal text-soft">{code}</code>
          </p>
        </li>
      ))}
    </ul>
  );
}
