/** What is known of one thing, by name. */
import type { ReactNode } from "react";

export interface Fact {
  name: string;
  value: ReactNode;
}

/** Facts that are null are left out. */
export function Facts({ facts }: { facts: (Fact | null | false)[] }) {
  return (
    <dl className="grid grid-cols-[repeat(auto-fill,minmax(9rem,1fr))] gap-x-4 gap-y-3">
      {facts.map(
        (fact) =>
          fact && (
            <div key={fact.name} className="min-w-0">
              <dt className="text-label text-soft">{fact.name}</dt>
              <dd className="wrap-anywhere">{fact.value}</dd>
            </div>
          ),
      )}
    </dl>
  );
}
