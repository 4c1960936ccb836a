/** What is wrong with a run, in its own words: why it failed, why it may not trade. */
import { OctagonAlert, PauseCircle } from "lucide-react";
import type { ReactNode } from "react";

import type { Run } from "~/api/types";
import { cx } from "~/ui/cx";

export function RunTrouble({ run }: { run: Run }) {
  return (
    <>
      {run.error && (
        <Trouble tone="bad" icon={<OctagonAlert size={16} aria-hidden />} title="This run failed">
          {run.error}
        </Trouble>
      )}
      {run.halted && (
        <Trouble tone="warn" icon={<PauseCircle size={16} aria-hidden />} title="Halted: it sends no entry for now">
          {run.halted}
        </Trouble>
      )}
    </>
  );
}

interface TroubleProps {
  tone: "bad" | "warn";
  icon: ReactNode;
  title: string;
  children: ReactNode;
}

export function Trouble({ tone, icon, title, children }: TroubleProps) {
  return (
    <div
      role={tone === "bad" ? "alert" : "status"}
      className={cx(
        "flex items-start gap-3 rounded-md border px-3 py-2",
        tone === "bad" ? "border-loss/50 bg-loss-tint" : "border-warn/50 bg-warn-tint",
      )}
    >
      <span className={cx("mt-0.5 shrink-0", tone === "bad" ? "text-loss" : "text-warn")}>{icon}</span>
      <div className="min-w-0">
        <p className={cx("font-medium", tone === "bad" ? "text-loss" : "text-warn")}>{title}</p>
        <div className="text-table whitespace-pre-wrap wrap-anywhere">{children}</div>
      </div>
    </div>
  );
}
