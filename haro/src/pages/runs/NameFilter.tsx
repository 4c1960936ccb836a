/** The whole name of a run, as the server compares it; it counts with Enter, or when the field is left. */
import { useState } from "react";

import type { TableState } from "~/ui/tables/tableState";

export function NameFilter({ state }: { state: Pick<TableState<"name">, "filters" | "setFilter"> }) {
  const kept = state.filters.name?.[0] ?? "";
  const [typed, setTyped] = useState<string | null>(null);
  const apply = () => {
    if (typed === null) return;
    setTyped(null);
    if (typed.trim() !== kept) state.setFilter("name", typed.trim() ? [typed.trim()] : []);
  };
  return (
    <input
      type="search"
      aria-label="Name of a run"
      placeholder="Name"
      value={typed ?? kept}
      onChange={({ target }) => setTyped(target.value)}
      onBlur={apply}
      onKeyDown={(event) => event.key === "Enter" && apply()}
      className="h-8 w-40 min-w-0 rounded-md border border-line bg-ground px-2 text-table compact:h-7"
    />
  );
}
