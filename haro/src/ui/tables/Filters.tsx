/** What a table is cut down to: chosen here, kept in the address, done by the server. */
import { X } from "lucide-react";
import { type ReactNode, useState } from "react";

import { Button } from "~/ui/forms/Button";
import type { TableState } from "./tableState";

const LOOK = "h-8 min-w-0 rounded-md border border-line bg-ground px-2 text-table compact:h-7";

export function Filters({
  state,
  label = "Filters",
  children,
}: {
  state: Pick<TableState<string>, "isFiltered" | "clear">;
  /** Tells those of several tables on a page apart. */
  label?: string;
  children: ReactNode;
}) {
  return (
    <div role="search" aria-label={label} className="flex flex-wrap items-center gap-2">
      {children}
      {state.isFiltered && (
        <Button kind="quiet" icon={<X size={14} aria-hidden />} onClick={state.clear}>
          Clear filters
        </Button>
      )}
    </div>
  );
}

interface FilterProps<Name extends string> {
  state: TableState<Name>;
  name: Name;
  label: string;
}

/** One of a few values, or all of them; several that the address names stay until another is chosen. */
export function FilterSelect<Name extends string>({
  state,
  name,
  label,
  all = `${label}: all`,
  options,
}: FilterProps<Name> & {
  /** What is shown where none is chosen. */
  all?: string;
  options: readonly (string | { value: string; text: string })[];
}) {
  const chosen: string[] = state.filters[name] ?? [];
  const several = chosen.length > 1 ? chosen.join(", ") : null;
  return (
    <select
      aria-label={label}
      value={several ?? chosen[0] ?? ""}
      onChange={({ target }) => state.setFilter(name, target.value ? [target.value] : [])}
      className={LOOK}
    >
      <option value="">{all}</option>
      {several && <option value={several}>{several}</option>}
      {options.map((option) => {
        const { value, text } = typeof option === "string" ? { value: option, text: option } : option;
        return (
          <option key={value} value={value}>
            {text}
          </option>
        );
      })}
    </select>
  );
}

/** Words that are typed; they count with Enter, or when the field is left. */
export function FilterText<Name extends string>({
  state,
  name,
  label,
  upper = false,
}: FilterProps<Name> & { upper?: boolean }) {
  const kept = (state.filters[name] ?? []).join(" ");
  const [typed, setTyped] = useState<string | null>(null);
  const apply = () => {
    if (typed === null) return;
    setTyped(null);
    const words = (upper ? typed.toUpperCase() : typed).split(/[\s,]+/).filter(Boolean);
    if (words.join(" ") !== kept) state.setFilter(name, words);
  };
  return (
    <input
      type="search"
      aria-label={label}
      placeholder={label}
      value={typed ?? kept}
      onChange={({ target }) => setTyped(target.value)}
      onBlur={apply}
      onKeyDown={(event) => event.key === "Enter" && apply()}
      className={`${LOOK} w-36`}
    />
  );
}
