/** Which curve is which, by name: the chart's colours alone would not say it to everybody. */
import type { Curve } from "./curves";

export function Legend({ curves }: { curves: Pick<Curve, "name" | "colour" | "isQuiet">[] }) {
  return (
    <ul className="flex flex-wrap gap-x-4 gap-y-1 text-table text-soft">
      {curves.map(({ name, colour, isQuiet }, index) => (
        <li key={`${index} ${name}`} className="flex min-w-0 items-center gap-1.5">
          <span
            aria-hidden
            className="w-4 shrink-0 border-t-2"
            style={{ borderColor: `var(--${colour})`, borderStyle: isQuiet ? "dashed" : "solid" }}
          />
          <span className="truncate">{name}</span>
        </li>
      ))}
    </ul>
  );
}
