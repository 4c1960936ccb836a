/** Version, storage, and whether everything works. */
import { CircleCheck, CircleX } from "lucide-react";

import { api } from "~/api/client";
import { Answer, Skeleton } from "~/ui/pages/Answer";
import { Facts } from "~/ui/values/Facts";
import { Panel } from "~/ui/pages/Panel";

const STORAGE: Record<string, string> = {
  sqlite: "SQLite, on this machine",
  postgresql: "PostgreSQL",
  memory: "memory: nothing is kept",
};

export function Server() {
  const health = api.useQuery("get", "/api/v1/healthz");
  return (
    <Panel title="Server">
      <Answer of={health} loading={<Skeleton className="h-20" />}>
        {({ version, storage, read_only: isReadOnly, checks }) => (
          <div className="flex flex-col gap-4">
            <Facts
              facts={[
                { name: "Weaver", value: version },
                { name: "Storage", value: STORAGE[storage] ?? storage },
                {
                  name: "Trading",
                  value: isReadOnly ? "owned by another server: read-only here" : "owned by this server",
                },
              ]}
            />
            <ul className="flex flex-wrap gap-x-5 gap-y-2 text-table">
              {Object.entries(checks).map(([name, { ok, message }]) => (
                <li key={name} className="flex items-center gap-1.5">
                  {ok ? (
                    <CircleCheck size={14} aria-hidden className="shrink-0 text-gain" />
                  ) : (
                    <CircleX size={14} aria-hidden className="shrink-0 text-loss" />
                  )}
                  {name.replace("_", " ")}{" "}
                  {ok ? (
                    name.endsWith("s") ? (
                      "work"
                    ) : (
                      "works"
                    )
                  ) : (
                    <span className="text-loss">{message ?? "does not work"}</span>
                  )}
                </li>
              ))}
            </ul>
          </div>
        )}
      </Answer>
    </Panel>
  );
}
