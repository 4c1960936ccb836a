/** On what it runs: symbols of the catalogue, a timeframe, and dates within what exists. */
import type { Series } from "~/api/types";
import { count } from "~/format/figures";
import { day } from "~/format/times";
import { ButtonLink } from "~/ui/forms/Button";
import { Panel } from "~/ui/pages/Panel";

import { offeredTimeframes, reach } from "../catalogue";
import { Chosen, Written } from "./fields";
import { type Hole, longestHoles, useHoles } from "./holes";
import { Range } from "./Range";
import type { PartProps } from "../RunForm";
import { SymbolsField } from "./SymbolsField";

export function OnWhat({ part, series }: { part: PartProps; series: Series[] }) {
  const { draft, change, errorOf } = part;
  const there = reach(series, draft.symbols);
  const possible = offeredTimeframes(draft, series);
  const isBacktest = draft.mode === "backtest";
  const days = { part, type: "date", min: there?.first, max: there?.last };
  const holes = useHoles(series, draft.symbols, isBacktest);
  return (
    <Panel title="On what">
      <div className="flex flex-col gap-3">
        {series.length === 0 && (
          <p className="text-table text-soft">
            There are no bars yet. <ButtonLink to="/data">Import some</ButtonLink>
          </p>
        )}
        <SymbolsField
          symbols={draft.symbols}
          known={[...new Set(series.map(({ symbol }) => symbol))]}
          onChange={(symbols) => change({ symbols })}
          error={errorOf("symbols")}
        />
        <Chosen
          part={part}
          name="timeframe"
          label="Timeframe"
          options={[
            ["", isBacktest ? "As stored" : "Choose one"],
            ...new Set([...possible, ...(draft.timeframe ? [draft.timeframe] : [])]),
          ]}
        />
        {isBacktest && (
          <>
            <div className="grid grid-cols-2 gap-3">
              <Written {...days} name="from" called="start_time" label="From" />
              <Written {...days} name="to" called="end_time" label="To" />
            </div>
            {there && (
              <>
                <Range reach={there} holes={holes} from={draft.from} to={draft.to} onChange={change} />
                <p className="text-label text-faint">
                  Bars from {there.first} to {there.last}
                  {there.missing > 0 && `, ${count(there.missing)} missing`}. Empty dates: all of them.
                </p>
                <Holes holes={holes} />
              </>
            )}
          </>
        )}
      </div>
    </Panel>
  );
}

/** The longest gaps in words: what the marks on the slider say to the eye. */
function Holes({ holes }: { holes: Hole[] }) {
  if (holes.length === 0) return null;
  return (
    <ul aria-label="Longest gaps" className="text-label text-warn">
      {longestHoles(holes).map(({ symbol, start, missing }) => (
        <li key={`${symbol} ${start}`}>
          {symbol}: {count(missing)} missing from {day(start)} on
        </li>
      ))}
    </ul>
  );
}
