/** Questions before a run is stopped, started with real money, or deleted. */
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useNavigate } from "react-router";

import { api, client } from "~/api/client";
import type { RunDetail } from "~/api/types";
import { money } from "~/format/figures";
import { Confirm } from "~/ui/dialogs/Dialog";
import { CheckField } from "~/ui/forms/Field";

import { limitText } from "~/format/limits";
import { trades } from "./useRun";

interface DialogProps {
  run: RunDetail;
  open: boolean;
  onClose: () => void;
}

export function StopDialog({ run, open, onClose }: DialogProps) {
  const [flatten, setFlatten] = useState(false);
  const queries = useQueryClient();
  const stop = async () => {
    await client.POST("/api/v1/runs/{run_id}/stop", { params: { path: { run_id: run.id } }, body: { flatten } });
    await queries.invalidateQueries();
  };
  return (
    <Confirm
      open={open}
      onOpenChange={(isOpen) => !isOpen && onClose()}
      title={`Stop ${run.name}?`}
      description={
        trades(run)
          ? "Its working orders are cancelled. A stopped run cannot be started again; a clone of it can."
          : "The backtest ends here and has no results. A clone of it can be run again."
      }
      action={flatten ? "Stop and flatten" : "Stop run"}
      onConfirm={stop}
    >
      {trades(run) && (
        <CheckField
          label="Flatten: close its positions too"
          help="Otherwise they stay as they are, and nobody looks after them."
          checked={flatten}
          onChange={(event) => setFlatten(event.target.checked)}
        />
      )}
    </Confirm>
  );
}

/** What will trade, with how much, under which limits, on which account; then the name. */
export function StartLiveDialog({ run, open, onClose }: DialogProps) {
  const queries = useQueryClient();
  const fields = api.useQuery("get", "/api/v1/risk", {}, { enabled: open }).data?.fields ?? [];
  const start = async () => {
    await client.POST("/api/v1/runs/{run_id}/start", {
      params: { path: { run_id: run.id } },
      body: { confirm: run.name },
    });
    await queries.invalidateQueries();
  };
  return (
    <Confirm
      open={open}
      onOpenChange={(isOpen) => !isOpen && onClose()}
      title="Start LIVE trading?"
      description="From the next bar on this run sends orders with real money."
      action="Start live run"
      typed={{ word: run.name, label: `Type the run's name to start it: ${run.name}` }}
      onConfirm={start}
    >
      <dl className="grid grid-cols-[3fr_2fr] gap-x-4 gap-y-1 border-l-4 border-live-edge pl-3 text-table">
        <Fact name="Trades">
          {run.strategy_id} on {run.symbols.join(", ")} {run.timeframe}
        </Fact>
        <Fact name="With">{run.options.cash ? money(run.options.cash) : "100\u202f000.00, the default"}</Fact>
        <Fact name="Account">{run.venue} live</Fact>
        {fields.map((field) => (
          <Fact key={field.name} name={field.title}>
            {limitText(run.risk?.[field.name] ?? field.default, field.unit)}
          </Fact>
        ))}
      </dl>
    </Confirm>
  );
}

function Fact({ name, children }: { name: string; children: React.ReactNode }) {
  return (
    <>
      <dt className="text-soft">{name}</dt>
      <dd className="figure min-w-0 whitespace-normal wrap-break-word">{children}</dd>
    </>
  );
}

export function DeleteDialog({ run, open, onClose }: DialogProps) {
  const navigate = useNavigate();
  const queries = useQueryClient();
  const remove = async () => {
    await client.DELETE("/api/v1/runs/{run_id}", { params: { path: { run_id: run.id } } });
    await navigate("/runs");
    await queries.invalidateQueries({ queryKey: ["get", "/api/v1/runs"] });
  };
  return (
    <Confirm
      open={open}
      onOpenChange={(isOpen) => !isOpen && onClose()}
      title={`Delete ${run.name}?`}
      description="Its orders, fills, trades, events and results go with it. This cannot be taken back."
      action="Delete run"
      onConfirm={remove}
    />
  );
}
