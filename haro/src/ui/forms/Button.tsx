import { Loader2 } from "lucide-react";
import type { ButtonHTMLAttributes, ReactNode } from "react";
import { Link, type LinkProps } from "react-router";

import { cx } from "../cx";

export type Kind = "primary" | "plain" | "quiet" | "danger";

const BASE =
  "inline-flex h-8 shrink-0 items-center justify-center gap-1.5 rounded-md px-3 text-base font-medium whitespace-nowrap select-none max-md:px-2.5 disabled:opacity-50 aria-disabled:opacity-50 compact:h-7";
const LOOKS: Record<Kind, string> = {
  primary: "bg-accent-fill text-white hover:brightness-110",
  plain: "border border-line bg-surface text-ink hover:bg-raised",
  quiet: "text-soft hover:bg-raised hover:text-ink",
  danger: "bg-danger-fill text-white hover:brightness-110",
};

interface ButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  kind?: Kind;
  icon?: ReactNode;
  /** What it does is under way: it keeps its width and takes no click. */
  busy?: boolean;
}

/** Its text is a verb: "Start run". */
export function Button({ kind = "plain", icon, busy = false, className, children, disabled, ...rest }: ButtonProps) {
  return (
    <button
      type="button"
      {...rest}
      disabled={disabled || busy}
      aria-busy={busy || undefined}
      className={cx(BASE, LOOKS[kind], className)}
    >
      {busy ? <Loader2 size={15} aria-hidden className="animate-spin" /> : icon}
      {children}
    </button>
  );
}

/** A button of which only the icon is seen; its label is read out, and shown on hover. */
export function IconButton({ label, icon, className, ...rest }: ButtonProps & { label: string }) {
  return (
    <button
      type="button"
      {...rest}
      aria-label={label}
      title={label}
      className={cx(
        "inline-flex size-8 shrink-0 items-center justify-center rounded-md text-soft hover:bg-raised hover:text-ink disabled:opacity-50",
        className,
      )}
    >
      {icon}
    </button>
  );
}

/** Goes somewhere, and looks like a button. */
export function ButtonLink({
  kind = "plain",
  icon,
  className,
  children,
  ...rest
}: LinkProps & { kind?: Kind; icon?: ReactNode }) {
  return (
    <Link {...rest} className={cx(BASE, LOOKS[kind], className)}>
      {icon}
      {children}
    </Link>
  );
}
