/** Returns by month as a heat map: the figure, and its colour behind it. */
import { briefPercent, percent } from "~/format/figures";

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
/** A month that is this far from nought has the full colour. */
const FULL = 0.1;
const STRONGEST = 40;

export interface YearOfReturns {
  year: number;
  /** January to December. */
  months: (number | null)[];
  total: number | null;
}

export function Months({ items }: { items: YearOfReturns[] }) {
  return (
    // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a region that scrolls has to be reached
    <div className="overflow-x-auto p-2" role="group" aria-label="Monthly returns" tabIndex={0}>
      <table className="w-full min-w-[44rem] table-fixed border-separate border-spacing-0.5 text-label">
        <thead>
          <tr className="text-soft">
            <th scope="col" className="px-1.5 text-left font-medium">
              Year
            </th>
            {[...MONTHS, "Year"].map((name, index) => (
              <th
                key={index}
                scope="col"
                className={`px-1.5 text-right font-medium ${index === 12 ? "sticky -right-2 bg-surface" : ""}`}
              >
                {index === 12 ? "All" : name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {items.map(({ year, months, total }) => (
            <tr key={year}>
              <th scope="row" className="figure px-1.5 text-left font-medium text-soft">
                {year}
              </th>
              {months.map((value, index) => (
                <Cell key={index} value={value} name={`${MONTHS[index]} ${year}`} />
              ))}
              <Cell value={total} name={String(year)} isTotal />
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Cell({ value, name, isTotal = false }: { value: number | null; name: string; isTotal?: boolean }) {
  const strength = value === null ? 0 : Math.min(1, Math.abs(value) / FULL) * STRONGEST;
  const tone = value !== null && value < 0 ? "--loss" : "--gain";
  return (
    <td
      title={value === null ? name : `${name}: ${percent(value, true)}`}
      className={`figure rounded-sm px-1.5 py-1 text-right ${isTotal ? "sticky -right-2 font-medium" : ""} ${value === null ? "text-faint" : ""}`}
      style={{ background: `color-mix(in oklab, var(${tone}) ${strength}%, var(--surface))` }}
    >
      {briefPercent(value)}
    </td>
  );
}
