/** How far a job is. */
import { percent } from "~/format/figures";
import type { Job } from "~/live/job";

import { Meter } from "./Meter";

/** One that does not say how much is done shows its stage alone. */
export function JobMeter({ job }: { job: Job }) {
  return (
    <div className="flex flex-col gap-2" role="status">
      <p>
        {job.status === "queued" ? "Waits for its turn" : job.stage || "Begins"}{" "}
        {job.fraction > 0 && <span className="figure text-soft">{percent(job.fraction)}</span>}
      </p>
      <Meter label="Done" fraction={job.fraction} />
    </div>
  );
}
