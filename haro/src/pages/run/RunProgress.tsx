/** How far a backtest is, and how long it will take. */
import type { Run } from "~/api/types";
import { duration } from "~/format/times";
import { secondsLeft, useProgress } from "~/live/progress";

export function RunProgress({ run }: { run: Run }) {
  const progress = useProgress(run.id);
  const percent = progress ? Math.floor(progress.fraction * 100) : 0;
  const left = progress && secondsLeft(progress);
  const stage = progress?.stage ?? (run.queued ? "Waiting for a worker" : "Starting");
  return (
    <div className="flex flex-col gap-1.5">
      <div className="flex justify-between gap-3 text-table">
        <span>{stage}</span>
        <span className="figure text-soft">
          {progress && `${percent} %`}
          {left !== undefined && ` · ${duration(left * 1000)} left`}
        </span>
      </div>
      <div
        role="progressbar"
        aria-label="Progress of the run"
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={percent}
        aria-valuetext={`${stage}, ${percent} %`}
        className="h-2 overflow-hidden rounded-full bg-raised"
      >
        <div className="h-full rounded-full bg-accent-fill transition-[width]" style={{ width: `${percent}%` }} />
      </div>
    </div>
  );
}
