/** What a query brings, in each of its states: loading, failed, empty, there. */
import type { UseQueryResult } from "@tanstack/react-query";
import { RotateCcw, TriangleAlert } from "lucide-react";
import type { ReactNode } from "react";

import { asProblem } from "~/api/problem";

import { Button } from "~/ui/forms/Button";
import { cx } from "../cx";

interface AnswerProps<T> {
  of: UseQueryResult<T, unknown>;
  children: (data: T) => ReactNode;
  /** Shown while it loads, of the size of what comes, so that nothing jumps. */
  loading?: ReactNode;
  /** What to show in place of nothing. */
  empty?: ReactNode;
  isEmpty?: (data: T) => boolean;
}

/** An answer that was there stays while it is asked for again, or cannot be had just now. */
export function Answer<T>({ of: query, children, loading, empty, isEmpty }: AnswerProps<T>) {
  if (query.data !== undefined) {
    const data = query.data;
    return empty && isEmpty?.(data) ? empty : children(data);
  }
  if (query.error) return <Failed error={query.error} again={() => void query.refetch()} />;
  return loading ?? <Skeleton className="h-24" />;
}

/** A failure in words: what happened, then code and correlation id in small. */
export function Failed({ error, again }: { error: unknown; again?: () => void }) {
  const { message, code, correlation_id: id, details } = asProblem(error);
  return (
    <div role="alert" className="flex items-start gap-3 p-2">
      <TriangleAlert size={16} aria-hidden className="mt-0.5 shrink-0 text-loss" />
      <div className="min-w-0 flex-1">
        <p className="wrap-anywhere">{message}</p>
        {details.length > 0 && (
          <ul className="mt-1 list-disc pl-4 text-table text-soft">
            {details.map(({ field, message: why }) => (
              <li key={field} className="wrap-anywhere">
                {field && <code className="font-mono">{field}</code>} {why}
              </li>
            ))}
          </ul>
        )}
        <p className="mt-1 text-label text-faint wrap-anywhere">
          {code}
          {id && <> · {id}</>}
        </p>
      </div>
      {again && (
        <Button icon={<RotateCcw size={14} aria-hidden />} onClick={again}>
          Try again
        </Button>
      )}
    </div>
  );
}

/** Nothing is there yet: what would be, and the next step as a button. */
export function Empty({
  icon,
  title,
  children,
  action,
}: {
  icon?: ReactNode;
  title: string;
  children?: ReactNode;
  action?: ReactNode;
}) {
  return (
    <div className="flex flex-col items-center gap-2 px-4 py-8 text-center">
      {icon && <span className="text-faint">{icon}</span>}
      <p className="font-medium">{title}</p>
      {children && <p className="max-w-prose text-table text-soft">{children}</p>}
      {action && <div className="mt-2 flex flex-wrap justify-center gap-2">{action}</div>}
    </div>
  );
}

export function Skeleton({ className }: { className?: string }) {
  return <div role="status" aria-label="Loading" className={cx("pulse-soft rounded-md bg-raised", className)} />;
}
