/** A report with its button: what the newest said, how far a new one is, why there is none. */
import type { ReactNode } from "react";

import { Button } from "~/ui/forms/Button";
import { Empty, Failed } from "~/ui/pages/Answer";
import { Panel } from "~/ui/pages/Panel";
import { JobMeter } from "~/ui/values/JobMeter";
import { Ago } from "~/ui/values/Time";

import type { Making } from "./useReport";

interface ReportPanelProps<T> {
  title: string;
  /** The verb of its button, for the first and for another: "Run replay". */
  action: string;
  icon: ReactNode;
  making: Making;
  /** The newest; null: none was made. */
  report: T | null;
  /** What it would say, where none was made. */
  none: { title: string; text: string };
  children: (report: T) => ReactNode;
}

export function ReportPanel<T extends { at: string }>(props: ReportPanelProps<T>) {
  const { title, action, icon, making, report, none, children } = props;
  return (
    <Panel
      title={title}
      actions={
        <>
          {report && (
            <span className="text-table text-soft">
              made <Ago at={report.at} />
            </span>
          )}
          <Button icon={icon} busy={making.busy} onClick={making.start}>
            {action}
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-4">
        {making.problem && <Failed error={making.problem} />}
        {making.job?.status === "error" && (
          <p role="alert" className="text-loss wrap-anywhere">
            {making.job.error}
          </p>
        )}
        {making.job && making.busy && <JobMeter job={making.job} />}
        {report ? children(report) : <Empty title={none.title}>{none.text}</Empty>}
      </div>
    </Panel>
  );
}
