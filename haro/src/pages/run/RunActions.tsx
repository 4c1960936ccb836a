/** What can be done with a run now; what cannot be taken back is asked for first. */
import { useQueryClient } from "@tanstack/react-query";
import { Copy, Download, Ellipsis, FilePen, OctagonX, Play, Square, Trash2, TrendingUp } from "lucide-react";
import { useState } from "react";
import { useNavigate } from "react-router";

import { client } from "~/api/client";
import { asProblem } from "~/api/problem";
import type { RunDetail } from "~/api/types";
import { KillDialog } from "~/app/frame/KillDialog";
import { Button, ButtonLink, IconButton } from "~/ui/forms/Button";
import { Menu, type MenuItem } from "~/ui/dialogs/Menu";
import { nextStep } from "~/pages/promote/words";
import { useNotices } from "~/ui/pages/notices";

import { DeleteDialog, StartLiveDialog, StopDialog } from "./RunDialogs";
import { trades } from "./useRun";

type Asked = "stop" | "start" | "delete" | "kill" | null;

export function RunActions({ run }: { run: RunDetail }) {
  const [asked, setAsked] = useState<Asked>(null);
  const { act, busy } = useActs();
  const close = () => setAsked(null);
  const params = { params: { path: { run_id: run.id } } };
  const navigate = useNavigate();
  const start = () => act(() => client.POST("/api/v1/runs/{run_id}/start", params));
  const clone = () =>
    act(async () => {
      const { data } = await client.POST("/api/v1/runs/{run_id}/clone", params);
      if (data) await navigate(`/runs/${data.id}`);
    });
  const step = nextStep(run);
  const isDone = run.mode === "backtest" && run.status === "completed";
  return (
    <>
      {run.status === "pending" && (
        <Button
          kind="primary"
          icon={<Play size={15} aria-hidden />}
          busy={busy}
          onClick={() => (run.mode === "live" ? setAsked("start") : void start())}
        >
          Start run
        </Button>
      )}
      {run.status === "running" && (
        <Button icon={<Square size={14} aria-hidden />} onClick={() => setAsked("stop")}>
          Stop
        </Button>
      )}
      {step && (
        <ButtonLink to={`/runs/${run.id}/promote?to=${step}`} icon={<TrendingUp size={15} aria-hidden />}>
          {`Promote to ${step}`}
        </ButtonLink>
      )}
      <Button icon={<Copy size={14} aria-hidden />} busy={busy} onClick={() => void clone()}>
        Clone
      </Button>
      <Menu
        trigger={<IconButton label="More" icon={<Ellipsis size={16} aria-hidden />} />}
        items={moreOf(run, { isDone, ask: setAsked, go: (to) => void navigate(to) })}
      />
      <StopDialog run={run} open={asked === "stop"} onClose={close} />
      <StartLiveDialog run={run} open={asked === "start"} onClose={close} />
      <DeleteDialog run={run} open={asked === "delete"} onClose={close} />
      <KillDialog open={asked === "kill"} onOpenChange={(open) => !open && close()} />
    </>
  );
}

interface More {
  isDone: boolean;
  ask: (asked: Asked) => void;
  go: (to: string) => void;
}

function moreOf(run: RunDetail, { isDone, ask, go }: More): MenuItem[] {
  const items: MenuItem[] = [
    {
      label: "Change and run again",
      icon: <FilePen size={15} aria-hidden />,
      onSelect: () => go(`/runs/new?clone=${run.id}`),
    },
  ];
  if (isDone)
    items.push({ label: "Download report", icon: <Download size={15} aria-hidden />, onSelect: () => download(run) });
  if (trades(run))
    items.push({
      label: "Kill switch",
      icon: <OctagonX size={15} aria-hidden />,
      danger: true,
      onSelect: () => ask("kill"),
    });
  items.push({
    label: "Delete run",
    icon: <Trash2 size={15} aria-hidden />,
    danger: true,
    disabled: run.status === "running",
    onSelect: () => ask("delete"),
  });
  return items;
}

function download(run: RunDetail): void {
  const link = document.createElement("a");
  link.href = `/api/v1/runs/${encodeURIComponent(run.id)}/report.html`;
  link.download = `${run.name.replaceAll(/[^\w.-]+/g, "-")}.html`;
  link.click();
}

/** Do something on the server; what fails is said, and what is shown is asked for again. */
function useActs() {
  const [busy, setBusy] = useState(false);
  const queries = useQueryClient();
  const { show } = useNotices();
  const act = async (what: () => Promise<unknown>) => {
    setBusy(true);
    try {
      await what();
      await queries.invalidateQueries();
    } catch (error) {
      show({ tone: "bad", title: "That did not work", text: asProblem(error).message });
    } finally {
      setBusy(false);
    }
  };
  return { act, busy };
}
