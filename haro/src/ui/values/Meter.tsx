/** How much of something is used or done, as a bar with its words. */
import { cx } from "../cx";

const TONE = { calm: "bg-accent", warn: "bg-warn", bad: "bg-loss" };

interface MeterProps {
  label: string;
  /** From 0 to 1; more is shown as full, null as empty. */
  fraction: number | null;
  tone?: keyof typeof TONE;
  className?: string;
}

export function Meter({ label, fraction, tone = "calm", className }: MeterProps) {
  const percent = Math.round(Math.min(1, Math.max(0, fraction ?? 0)) * 100);
  return (
    <div
      role="meter"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={percent}
      className={cx("h-1.5 overflow-hidden rounded-full bg-line", className)}
    >
      <div className={cx("h-full rounded-full", TONE[tone])} style={{ width: `${percent}%` }} />
    </div>
  );
}
