/** A part of a page on its own: a fault in it leaves the rest working. */
import { RotateCcw, TriangleAlert } from "lucide-react";
import { Component, type ReactNode, useId } from "react";

import { asProblem } from "~/api/problem";

import { Button } from "~/ui/forms/Button";
import { cx } from "../cx";

interface PanelProps {
  title?: ReactNode;
  /** What is read out where there is no title to be seen. */
  label?: string;
  actions?: ReactNode;
  children: ReactNode;
  className?: string;
  /** Tables reach to the edges. */
  flush?: boolean;
}

export function Panel({ title, label, actions, children, className, flush = false }: PanelProps) {
  const id = useId();
  return (
    <section
      aria-labelledby={title ? id : undefined}
      aria-label={title ? undefined : label}
      className={cx("min-w-0 rounded-lg border border-line bg-surface", className)}
    >
      {(title || actions) && (
        <header className="flex min-h-11 flex-wrap items-center justify-between gap-2 border-b border-line px-4 py-1.5">
          {title ? (
            <h2 id={id} className="font-medium">
              {title}
            </h2>
          ) : (
            <span />
          )}
          <div className="flex flex-wrap items-center gap-2">{actions}</div>
        </header>
      )}
      <div className={flush ? "min-w-0" : "min-w-0 p-4 compact:p-3"}>
        <Fence>{children}</Fence>
      </div>
    </section>
  );
}

interface FenceProps {
  children: ReactNode;
  /** What stands there in place of words, where there is no room for them. */
  fallback?: ReactNode;
}

/** Keeps a thrown error where it was thrown. */
export class Fence extends Component<FenceProps, { error: unknown }> {
  state = { error: null as unknown };

  static getDerivedStateFromError(error: unknown) {
    return { error };
  }

  render() {
    if (this.state.error === null) return this.props.children;
    if (this.props.fallback !== undefined) return this.props.fallback;
    return (
      <div role="alert" className="flex flex-wrap items-center gap-3 p-2 text-table">
        <TriangleAlert size={16} aria-hidden className="text-loss" />
        <span className="min-w-0 flex-1 wrap-anywhere">
          This part of the page failed: {asProblem(this.state.error).message}
        </span>
        <Button icon={<RotateCcw size={14} aria-hidden />} onClick={() => this.setState({ error: null })}>
          Try again
        </Button>
      </div>
    );
  }
}
