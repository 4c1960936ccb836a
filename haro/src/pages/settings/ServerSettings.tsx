/** What the server is set to; of a secret only whether it is set. */
import { api } from "~/api/client";
import type { Schemas } from "~/api/types";
import { Answer, Skeleton } from "~/ui/pages/Answer";
import { Panel } from "~/ui/pages/Panel";
import { Rows, type RowsColumn } from "~/ui/tables/Rows";

type Setting = Schemas["SettingsResponse"]["items"][number];

const COLUMNS: RowsColumn<Setting>[] = [
  { header: "Setting", cell: ({ name }) => <code className="font-mono text-label wrap-anywhere">{name}</code> },
  { header: "Value", cell: ({ value }) => <Value value={value} /> },
];

function Value({ value }: Pick<Setting, "value">) {
  if (value === null || value === "") return <span className="text-faint">not set</span>;
  if (typeof value === "boolean") return value ? "set" : <span className="text-faint">not set</span>;
  return <span className="wrap-anywhere">{value}</span>;
}

export function ServerSettings() {
  const settings = api.useQuery("get", "/api/v1/settings");
  return (
    <Panel title="What the server is set to" flush>
      <p className="px-4 pt-3 text-table text-soft">
        They come from the environment; a change holds from the next start on.
      </p>
      <Answer of={settings} loading={<Skeleton className="m-3 h-64" />}>
        {({ items }) => <Rows caption="Settings" columns={COLUMNS} rows={items} rowKey={({ name }) => name} />}
      </Answer>
    </Panel>
  );
}
