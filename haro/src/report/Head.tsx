/** What was run, on what, and the page's own switches. */
import { Contrast, Moon, Sun } from "lucide-react";

import { changePreferences, usePreferences, useShownTheme } from "~/app/preferences";
import { counted } from "~/format/figures";
import { Button } from "~/ui/forms/Button";
import { ModeBadge } from "~/ui/values/Badge";
import { Moment } from "~/ui/values/Time";

import { type FirstScreen, iso } from "./data";

export function Head({ data }: { data: FirstScreen }) {
  const { curve, isDaily } = data;
  const to = isDaily ? "day" : "minute";
  return (
    <header className="mx-auto flex max-w-[80rem] flex-wrap items-start justify-between gap-3 px-5 pt-5 pb-4 max-md:px-3">
      <div className="min-w-0 flex-1 basis-80">
        <p className="mb-1 flex items-center gap-2 text-label text-soft">
          Weaver <ModeBadge mode={data.mode} />
        </p>
        <h1 className="text-title font-medium wrap-anywhere">{data.title}</h1>
        <p className="text-soft">
          <Moment at={iso(curve.first)} to={to} /> to <Moment at={iso(curve.last)} to={to} />
          {!isDaily && ` ${data.zone}`}, {counted(curve.rows, "bar")} of {data.timeframe}, in {data.currency}
        </p>
        {data.parameters.length > 0 && (
          <ul aria-label="Parameters" className="mt-2 flex flex-wrap gap-1.5">
            {data.parameters.map(([name, value]) => (
              <li key={name} className="rounded bg-raised px-2 text-table wrap-anywhere">
                <span className="text-soft">{name}</span> {value}
              </li>
            ))}
          </ul>
        )}
      </div>
      <Switches />
    </header>
  );
}

function Switches() {
  const [theme, { gains }] = [useShownTheme(), usePreferences()];
  const other = theme === "dark" ? "light" : "dark";
  return (
    <div className="flex gap-2 print:hidden">
      <Button
        kind="quiet"
        aria-pressed={gains === "blue"}
        icon={<Contrast size={14} aria-hidden />}
        onClick={() => changePreferences({ gains: gains === "blue" ? "green" : "blue" })}
      >
        Blue and orange
      </Button>
      <Button
        kind="quiet"
        icon={other === "light" ? <Sun size={14} aria-hidden /> : <Moon size={14} aria-hidden />}
        onClick={() => changePreferences({ theme: other })}
      >
        {other === "light" ? "Light" : "Dark"}
      </Button>
    </div>
  );
}
