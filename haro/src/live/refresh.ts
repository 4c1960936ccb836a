/** Bursts of events become few requests: what they make stale is gathered, and asked for again at most once a second. */
import type { Query, QueryClient } from "@tanstack/react-query";

import type { Stale } from "./table";

export const GAP_MS = 1_000;
export const MOMENT_MS = 60;

export class Refresher {
  private readonly gathered = new Map<string, Set<string> | "all">();
  private timer: ReturnType<typeof setTimeout> | undefined;
  private last = -Infinity;

  constructor(private readonly queries: QueryClient) {}

  add(stale: readonly Stale[]): void {
    for (const { path, run } of stale) {
      const known = this.gathered.get(path);
      if (run == null) this.gathered.set(path, "all");
      else if (known === undefined) this.gathered.set(path, new Set([run]));
      else if (known !== "all") known.add(run);
    }
    if (this.gathered.size > 0) this.timer ??= setTimeout(() => this.flush(), this.due());
  }

  /** Everything on the screen is asked for again. */
  all(): void {
    this.gathered.clear();
    void this.queries.invalidateQueries();
  }

  stop(): void {
    clearTimeout(this.timer);
  }

  private due(): number {
    return Math.max(MOMENT_MS, this.last + GAP_MS - performance.now());
  }

  private flush(): void {
    this.timer = undefined;
    this.last = performance.now();
    const stale = new Map(this.gathered);
    this.gathered.clear();
    void this.queries.invalidateQueries({ predicate: (query) => concerns(query, stale) }, { cancelRefetch: false });
  }
}

/** Keys are [method, path, {params: {path: {run_id}}}]; the one parameter of a path is all that tells it apart. */
function concerns(query: Query, stale: Map<string, Set<string> | "all">): boolean {
  const [, path, init] = query.queryKey as [unknown, unknown, { params?: { path?: Record<string, unknown> } }?];
  const which = typeof path === "string" ? stale.get(path) : undefined;
  if (which === undefined || which === "all") return which === "all";
  return Object.values(init?.params?.path ?? {}).some((id) => which.has(String(id)));
}
