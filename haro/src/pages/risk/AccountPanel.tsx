/** One account: its limits with their use, its halts, and the runs that trade in it. */
import { Pencil } from "lucide-react";
import { useState } from "react";
import { Link } from "react-router";

import { api } from "~/api/client";
import { ModeBadge } from "~/ui/values/Badge";
import { Button } from "~/ui/forms/Button";
import { Money } from "~/ui/values/Figure";
import { Meter } from "~/ui/values/Meter";
import { Panel } from "~/ui/pages/Panel";
import { Rows, type RowsColumn } from "~/ui/tables/Rows";

import { Halts } from "./Halts";
import { LimitForm } from "./LimitForm";
import { type AccountRisk, type Limit, limitText, toneOf, usedPart, usageText } from "./limits";

export function AccountPanel({ account, fields }: { account: AccountRisk; fields: Limit[] }) {
  const [isEditing, setEditing] = useState(false);
  return (
    <Panel
      title={
        <span className="flex flex-wrap items-center gap-2">
          {account.account} <ModeBadge mode={account.mode} />
          {!account.is_open && <span className="text-table font-normal text-soft">not connected</span>}
        </span>
      }
      actions={
        <>
          {account.equity !== null && (
            <span className="text-table text-soft">
              Equity <Money value={account.equity} />
            </span>
          )}
          {!isEditing && (
            <Button icon={<Pencil size={14} aria-hidden />} onClick={() => setEditing(true)}>
              Change limits
            </Button>
          )}
        </>
      }
      flush
    >
      <Halts account={account} />
      {isEditing ? (
        <LimitForm account={account} fields={fields} done={() => setEditing(false)} />
      ) : (
        <LimitTable of={account.account} limits={account.limits} use={account.use} fields={fields} />
      )}
      <Runs account={account} fields={fields} />
    </Panel>
  );
}

interface LimitTableProps {
  of: string;
  limits: AccountRisk["limits"];
  use: AccountRisk["use"];
  fields: Limit[];
}

function LimitTable({ of: name, limits, use, fields }: LimitTableProps) {
  const columns: RowsColumn<Limit>[] = [
    { header: "Limit", cell: ({ title }) => title },
    {
      header: "Used",
      wide: true,
      cell: (field) => {
        const part = usedPart(limits[field.name], use[field.name]);
        return part === null ? null : (
          <Meter label={`${field.title}, used`} fraction={part} tone={toneOf(part)} className="w-16 sm:w-40" />
        );
      },
    },
    { header: "Use", numeric: true, cell: (field) => usageText(field, use[field.name]) },
    { header: "At most", numeric: true, cell: (field) => limitText(field, limits[field.name]) },
    {
      header: "Past it",
      wide: true,
      cell: ({ does }) => (does === "halt" ? "trading is halted" : "the order is refused"),
    },
  ];
  return <Rows caption={`Limits of ${name}`} columns={columns} rows={fields} rowKey={(field) => field.name} />;
}

/** The limits of each run that trades, where it has some of its own, and their use. */
function Runs({ account, fields }: { account: AccountRisk; fields: Limit[] }) {
  const names = api.useQuery("get", "/api/v1/runs", {
    params: { query: { status: ["running"], mode: [account.mode], page_size: 200 } },
  }).data?.items;
  return account.runs.map((run) => (
    <details key={run.run_id} className="border-t border-line">
      <summary className="cursor-pointer px-4 py-2.5 text-table hover:bg-raised">
        <span className="font-medium">
          {names?.find(({ id }) => id === run.run_id)?.name ?? `run ${run.run_id.slice(-6)}`}
        </span>
        <span className="ml-3 text-soft">
          equity <Money value={run.equity} />
        </span>
      </summary>
      <p className="px-4 pb-2 text-table">
        <Link to={`/runs/${run.run_id}`} className="text-accent hover:underline">
          Go to the run
        </Link>
      </p>
      <LimitTable of={`run ${run.run_id}`} limits={run.limits} use={run.use} fields={fields} />
    </details>
  ));
}
