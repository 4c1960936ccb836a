/** Inputs with their label, help and what is wrong with them, tied together for screen readers. */
import { type InputHTMLAttributes, type ReactNode, type SelectHTMLAttributes, useId } from "react";

import { cx } from "../cx";

interface Around {
  label: ReactNode;
  help?: ReactNode;
  /** What is wrong with the value in hand. */
  error?: string | undefined;
  className?: string;
}

const INPUT =
  "h-8 w-full min-w-0 rounded-md border bg-ground px-2 text-ink placeholder:text-faint disabled:opacity-60 compact:h-7";

function useIds(help: ReactNode, error: string | undefined) {
  const id = useId();
  const described = [help && `${id}-help`, error && `${id}-error`].filter(Boolean).join(" ");
  return { id, described: described || undefined };
}

function Framed({ id, label, help, error, className, children }: Around & { id: string; children: ReactNode }) {
  return (
    <div className={cx("flex min-w-0 flex-col gap-1", className)}>
      <label htmlFor={id} className="text-table text-soft">
        {label}
      </label>
      {children}
      {error && (
        <p id={`${id}-error`} role="alert" className="text-table text-loss wrap-anywhere">
          {error}
        </p>
      )}
      {help && (
        <p id={`${id}-help`} className="text-label text-faint wrap-anywhere">
          {help}
        </p>
      )}
    </div>
  );
}

export function TextField({ label, help, error, className, ...input }: Around & InputHTMLAttributes<HTMLInputElement>) {
  const { id, described } = useIds(help, error);
  return (
    <Framed {...{ id, label, help, error, className }}>
      <input
        {...input}
        id={id}
        aria-invalid={error ? true : undefined}
        aria-describedby={described}
        className={cx(INPUT, error ? "border-loss" : "border-line")}
      />
    </Framed>
  );
}

/** An amount: text of digits, so that no float comes between. */
export function AmountField(props: Around & InputHTMLAttributes<HTMLInputElement>) {
  return <TextField inputMode="decimal" autoComplete="off" spellCheck={false} {...props} />;
}

/** What can be chosen: a value that is its own text, or one with another. */
export type Option = string | readonly [value: string, text: string];

interface SelectProps extends Around, SelectHTMLAttributes<HTMLSelectElement> {
  /** After those that are children. */
  options?: readonly Option[];
}

export function SelectField({ label, help, error, className, options = [], children, ...select }: SelectProps) {
  const { id, described } = useIds(help, error);
  return (
    <Framed {...{ id, label, help, error, className }}>
      <select
        {...select}
        id={id}
        aria-invalid={error ? true : undefined}
        aria-describedby={described}
        className={cx(INPUT, error ? "border-loss" : "border-line")}
      >
        {children}
        {options.map((option) => {
          const [value, text] = typeof option === "string" ? [option, option] : option;
          return (
            <option key={value} value={value}>
              {text}
            </option>
          );
        })}
      </select>
    </Framed>
  );
}

export function CheckField({
  label,
  help,
  error,
  className,
  ...input
}: Around & InputHTMLAttributes<HTMLInputElement>) {
  const { id, described } = useIds(help, error);
  return (
    <div className={cx("flex min-w-0 flex-col gap-1", className)}>
      <label htmlFor={id} className="flex min-h-8 items-center gap-2">
        <input {...input} id={id} type="checkbox" aria-describedby={described} className="size-4 accent-accent-fill" />
        <span>{label}</span>
      </label>
      {error && (
        <p id={`${id}-error`} role="alert" className="text-table text-loss wrap-anywhere">
          {error}
        </p>
      )}
      {help && (
        <p id={`${id}-help`} className="text-label text-faint">
          {help}
        </p>
      )}
    </div>
  );
}
