/** Mode and status, never by colour alone. */
import type { OrderStatus, RunMode, RunStatus } from "~/api/types";

import { cx } from "../cx";

const MODES: Record<RunMode, string> = {
  backtest: "text-backtest border-backtest/50",
  paper: "text-paper border-paper/50",
  live: "text-live border-live-edge border-2 font-bold bg-live-tint",
};

export function ModeBadge({ mode }: { mode: RunMode }) {
  return (
    <span
      className={cx("inline-block rounded border px-1.5 text-label font-medium tracking-wide uppercase", MODES[mode])}
    >
      {mode}
    </span>
  );
}

const STATUS: Record<RunStatus, { dot: string; text: string }> = {
  pending: { dot: "bg-faint", text: "text-soft" },
  running: { dot: "bg-gain pulse-soft", text: "" },
  completed: { dot: "bg-accent", text: "" },
  stopped: { dot: "bg-faint", text: "text-soft" },
  error: { dot: "bg-loss", text: "text-loss" },
};

export function StatusBadge({ status, queued = false }: { status: RunStatus; queued?: boolean }) {
  const { dot, text } = STATUS[status];
  return (
    <span className={cx("inline-flex items-center gap-1.5 whitespace-nowrap", text)}>
      <span aria-hidden className={cx("size-2 rounded-full", dot)} />
      {queued && status !== "completed" ? "queued" : status}
    </span>
  );
}

const ORDER: Record<OrderStatus, string> = {
  pending: "text-soft",
  submitting: "text-soft",
  submitted: "text-soft",
  accepted: "text-accent",
  partial: "text-warn",
  filled: "text-gain",
  cancelled: "text-soft",
  rejected: "text-loss",
  expired: "text-soft",
};

export function OrderStatusBadge({ status }: { status: OrderStatus }) {
  return <span className={cx("whitespace-nowrap", ORDER[status])}>{status}</span>;
}

export function SideBadge({ side }: { side: "buy" | "sell" | "long" | "short" }) {
  const isUp = side === "buy" || side === "long";
  return <span className={cx("font-medium", isUp ? "text-gain" : "text-loss")}>{side}</span>;
}
