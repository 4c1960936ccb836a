/** The first rows of a file, what each column is taken for, and what is odd or wrong. */
import { CircleX, Info, TriangleAlert } from "lucide-react";

import type { Schemas } from "~/api/types";
import { count } from "~/format/figures";
import { Facts } from "~/ui/values/Facts";

import { canMap, type Mapping, type Use, USES, usesOf } from "./mapping";
import { shownTime } from "../series";

type Found = Schemas["PreviewResponse"];

interface PreviewProps {
  file: File;
  preview: Found;
  columns: Found["columns"];
  mapping: Mapping;
  setMapping: (mapping: Mapping) => void;
}

export function Preview({ file, preview, columns, mapping, setMapping }: PreviewProps) {
  return (
    <div>
      <div className="border-b border-line p-4">
        <Facts
          facts={[
            { name: "Symbol", value: preview.symbol },
            { name: "Timeframe", value: preview.timeframe ?? "–" },
            { name: "Bars", value: count(preview.bars) },
            { name: "First", value: shownTime(preview.first, preview.timeframe) },
            { name: "Last", value: shownTime(preview.last, preview.timeframe) },
            { name: "Time zone", value: preview.time_zone ?? "bare dates" },
          ]}
        />
      </div>
      <Remarks preview={preview} />
      {/* eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a region that scrolls has to be reached */}
      <div className="overflow-x-auto" role="region" aria-label="Table: first rows" tabIndex={0}>
        <table className="w-full border-collapse text-table">
          <caption className="sr-only">First rows of the file</caption>
          <thead>
            <Heads {...{ file, columns, mapping, setMapping }} />
          </thead>
          <tbody>
            {preview.rows.map((row, at) => (
              <tr key={at} className="border-b border-line/60 last:border-0">
                {columns.map((_, place) => (
                  <td key={place} className="figure px-3 py-1.5 first:pl-4">
                    {row[place]}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </div>
  );
}

function Heads({ file, columns, mapping, setMapping }: Omit<PreviewProps, "preview">) {
  const uses = usesOf(columns, mapping);
  return (
    <tr className="border-b border-line text-left text-label text-soft">
      {columns.map(({ name }, at) => (
        <th key={at} scope="col" className="px-3 py-2 font-medium whitespace-nowrap first:pl-4">
          <span className="block max-w-40 truncate" title={name}>
            {name}
          </span>
          {canMap(file) ? (
            <select
              aria-label={`${name} is`}
              value={uses[at] ?? ""}
              onChange={({ target }) => setMapping({ ...mapping, [at]: (target.value || null) as Use | null })}
              className="mt-1 h-7 rounded-md border border-line bg-ground px-1 font-normal text-ink"
            >
              <option value="">not used</option>
              {Object.entries(USES).map(([use, text]) => (
                <option key={use} value={use}>
                  {text}
                </option>
              ))}
            </select>
          ) : (
            <span className="text-faint">{uses[at] ?? "not used"}</span>
          )}
        </th>
      ))}
    </tr>
  );
}

function Remarks({ preview: { errors, warnings, notes } }: { preview: Found }) {
  const all = [
    ...errors.map(({ message, row }) => ({
      icon: <CircleX size={15} aria-hidden className="mt-0.5 shrink-0 text-loss" />,
      text: row === null ? message : `Row ${row}: ${message}`,
    })),
    ...warnings.map(({ message }) => ({
      icon: <TriangleAlert size={15} aria-hidden className="mt-0.5 shrink-0 text-warn" />,
      text: message,
    })),
    ...notes.map((text) => ({ icon: <Info size={15} aria-hidden className="mt-0.5 shrink-0 text-accent" />, text })),
  ];
  if (all.length === 0) return null;
  return (
    <ul aria-label="Remarks" className="flex flex-col gap-1.5 border-b border-line px-4 py-3 text-table">
      {all.map(({ icon, text }, at) => (
        <li key={at} className="flex gap-2 wrap-anywhere">
          {icon}
          <span className="min-w-0">{text}</span>
        </li>
      ))}
    </ul>
  );
}
