/** Equity against the benchmark, its drawdown, and how much of it was at work. */
import { useMemo, useState } from "react";

import type { Curve, Point } from "~/charts/curves";
import CurvesChart from "~/charts/CurvesChart";
import { Legend } from "~/charts/Legend";
import type { Pane } from "~/charts/panes";
import { briefAmount, count, counted, percent } from "~/format/figures";
import { Panel } from "~/ui/pages/Panel";

import { equityCsv, save } from "./csv";
import { type FirstScreen, instants } from "./data";
import { grewTenfold, LogSwitch } from "./LogSwitch";
import { SaveButton } from "./SaveButton";
import { Whole } from "./Whole";

export function EquityPart({ data }: { data: FirstScreen }) {
  const { curve, work, benchmark, stats } = data;
  const [isLog, setLog] = useState(() => grewTenfold(curve.equity));
  const time = useMemo(() => instants(curve.time), [curve]);
  const curves = useMemo<Curve[]>(() => {
    const own: Curve = { name: "Equity", colour: "accent", points: pointsAt(time, curve.equity) };
    if (!curve.benchmark) return [own];
    return [own, { name: benchmark, colour: "soft", points: pointsAt(time, curve.benchmark), isQuiet: true }];
  }, [time, curve, benchmark]);
  const below = useMemo(() => panesBelow(work), [work]);
  const lines = below.flatMap((pane) => pane.lines);
  return (
    <Panel
      title="Equity, drawdown and what was at work"
      actions={
        <>
          <LogSwitch isLog={isLog} setLog={setLog} values={curve.equity} />
          <SaveButton what="equity" onSave={() => save(`${data.strategy}-equity.csv`, equityCsv(data))} />
        </>
      }
    >
      <div className="flex flex-col gap-2">
        <Legend curves={[...curves, { name: "Drawdown", colour: "loss" }, ...lines]} />
        <CurvesChart
          label="Equity against its benchmark; below it the drawdown, the share of equity in positions, and the cash"
          className="h-[38rem] max-md:h-[32rem]"
          curves={curves}
          start={stats.initial_equity}
          isLog={isLog}
          below={below}
        />
        {curve.rows > time.length && (
          <p className="text-label text-faint">
            {count(time.length)} of {count(curve.rows)} rows are drawn and saved: the highest and the lowest of every
            stretch are among them; below stand means of {counted(work.each, "row")}. <Whole mode={data.mode} /> has
            all.
          </p>
        )}
      </div>
    </Panel>
  );
}

const pointsAt = (time: number[], values: (number | null)[]): Point[] =>
  time.flatMap((instant, at) => {
    const value = values[at];
    return value == null ? [] : [{ time: instant, value }];
  });

function panesBelow({ time: steps, exposure, held, cash }: FirstScreen["work"]): Pane[] {
  const time = instants(steps);
  return [
    {
      lines: [{ name: "Positions ÷ equity", colour: "backtest", points: pointsAt(time, exposure), isFine: true }],
      format: (value) => percent(value),
      height: 0.3,
      step: 0.0001,
    },
    {
      lines: [
        { name: "Value of positions", colour: "warn", points: pointsAt(time, held), isFine: true },
        { name: "Cash", colour: "paper", points: pointsAt(time, cash), isFine: true },
      ],
      format: briefAmount,
      height: 0.4,
    },
  ];
}
