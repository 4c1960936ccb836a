/** A report with its button: what the newest said, how far a new one is, why there is none. */
import type { UseQueryResult } from "@tanstack/react-query";
import type { ReactNode } from "react";

import { asProblem } from "~/api/problem";
import { Button } from "~/ui/forms/Button";
import { Answer, Empty, Failed, Skeleton } from "~/ui/pages/Answer";
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
  kept: UseQueryResult<T, unknown>;
  /** What it would say, where none was made. */
  none: { title: string; text: string };
  children: (report: T) => ReactNode;
}

export function ReportPanel<T extends { at: string }>(props: ReportPanelProps<T>) {
  const { title, action, icon, making, kept, none, children } = props;
  const isNone = kept.data === undefined && asProblem(kept.error).status === 404;
  return (
    <Panel
      title={title}
      actions={
        <>
          {kept.data && (
            <span className="text-table text-soft">
              made <Ago at={kept.data.at} />
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
        {isNone ? (
          <Empty title={none.title}>{none.text}</Empty>
        ) : (
          <Answer of={kept} loading={<Skeleton className="h-32" />}>
            {children}
          </Answer>
        )}
      </div>
    </Panel>
  );
}
