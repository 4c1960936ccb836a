/** All of a report, from doubts to provenance. */
import { Tooltip } from "radix-ui";
import { lazy, Suspense, useCallback, useEffect, useMemo, useState } from "react";

import { ZoneContext } from "~/app/preferences";
import { Panel } from "~/ui/pages/Panel";
import { Months } from "~/ui/results/Months";
import { StatisticsPanel } from "~/ui/results/StatisticsPanel";
import { Tiles } from "~/ui/results/Tiles";
import { Prose } from "~/ui/values/Prose";

import type { Behind, FirstScreen, ReportData } from "./data";
import { Doubts } from "./Doubts";
import { EquityPart } from "./EquityPart";
import { Falls } from "./Falls";
import { Head } from "./Head";
import { PricesPart } from "./PricesPart";
import { Provenance } from "./Provenance";
import { RollingPart } from "./RollingPart";
import { Spreads } from "./Spreads";
import { Symbols } from "./Symbols";
import { TradesPart } from "./TradesPart";

const Python = lazy(() => import("~/ui/values/Python"));

interface ReportProps {
  data: FirstScreen;
  /** Comes when what is seen at first has been painted. */
  behind: Behind | null;
  onShown?: () => void;
}

export function Report({ data, behind, onShown }: ReportProps) {
  useEffect(() => onShown?.(), [onShown]);
  const whole = useMemo(() => behind && { ...data, ...behind }, [data, behind]);
  return (
    <ZoneContext value={data.zone}>
      <Tooltip.Provider delayDuration={200}>
        <Head data={data} />
        <main className="mx-auto flex max-w-[80rem] flex-col gap-4 px-5 pb-8 max-md:px-3">
          <Doubts warnings={data.warnings} />
          <Tiles stats={data.stats} />
          <EquityPart data={data} />
          {whole && <Rest data={whole} />}
        </main>
        {whole && <Foot />}
      </Tooltip.Provider>
    </ZoneContext>
  );
}

function Rest({ data }: { data: ReportData }) {
  const [lit, setLit] = useState<number | null>(null);
  const [hovered, setHovered] = useState<number | null>(null);
  // The same one for as long as the page lives: another would make the cells of the table anew under the pointer.
  const go = useCallback((row: number | null) => {
    setLit(row);
    document.getElementById("prices")?.scrollIntoView({ block: "nearest" });
  }, []);
  return (
    <>
      {Object.keys(data.charts).length > 0 && <PricesPart data={data} lit={lit} hovered={hovered} onLit={setLit} />}
      <Panel title="Months and years" flush>
        <Months items={data.months} />
        <p className="px-4 pb-3 text-label text-faint">
          By the days of the bars&apos; stamps, in UTC; the first month starts from the initial cash.
        </p>
      </Panel>
      <div className="grid gap-4 lg:grid-cols-2">
        <RollingPart data={data} />
        <Falls data={data} />
      </div>
      <Spreads data={data} />
      {data.symbols.length > 1 && <Symbols data={data} />}
      <TradesPart data={data} lit={lit} onLit={go} onHover={setHovered} />
      <StatisticsPanel stats={data.stats} benchmark={data.benchmark} />
      <Provenance data={data} />
      {data.source !== null && (
        <Panel title="Source of the strategy" flush>
          <Suspense fallback={<Prose>{data.source}</Prose>}>
            <Python text={data.source} label="Text of the strategy" />
          </Suspense>
        </Panel>
      )}
    </>
  );
}

function Foot() {
  return (
    <footer className="mx-auto max-w-[80rem] px-5 pb-8 text-label text-faint max-md:px-3">
      Charts: TradingView Lightweight Charts™, Copyright (c) 2026 TradingView, Inc.{" "}
      <a href="https://www.tradingview.com/" rel="noreferrer" className="text-accent underline">
        www.tradingview.com
      </a>
      , Apache License 2.0. This file is complete: it loads nothing from anywhere.
    </footer>
  );
}
