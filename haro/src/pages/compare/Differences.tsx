import { Link } from "react-router";

import { CURVES } from "~/charts/tokens";
import { ModeBadge } from "~/ui/values/Badge";
import { Panel } from "~/ui/pages/Panel";

import { type Compared, differences } from "./compared";

/** The head of a table with a column for each run, in the colour of its curve. */
export function Heads({ compared, first }: { compared: Compared[]; first: string }) {
  return (
    <thead>
      <tr className="border-b border-line text-left align-bottom">
        <th scope="col" className="px-4 py-2 text-label font-medium text-soft">
          {first}
        </th>
        {compared.map(({ run }, index) => (
          <th key={run.id} scope="col" className="px-4 py-2 text-right font-medium">
            <span
              aria-hidden
              className="mb-1 ml-auto block w-6 border-t-2"
              style={{ borderColor: `var(--${CURVES[index] ?? "soft"})` }}
            />
            <Link to={`/runs/${run.id}`} className="wrap-anywhere hover:underline">
              {run.name}
            </Link>{" "}
            <ModeBadge mode={run.mode} />
          </th>
        ))}
      </tr>
    </thead>
  );
}

export function Differences({ compared }: { compared: Compared[] }) {
  const found = differences(compared);
  return (
    <Panel title="What differs" flush>
      {found.length === 0 ? (
        <p className="p-4 text-soft">Nothing: the same strategy with the same settings on the same bars.</p>
      ) : (
        // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a region that scrolls has to be reached
        <div className="overflow-x-auto" role="group" aria-label="What differs" tabIndex={0}>
          <table className="w-full border-collapse text-table">
            <Heads compared={compared} first="Setting" />
            <tbody>
              {found.map(({ name, values }) => (
                <tr key={name} className="border-b border-line/60 last:border-0">
                  <th scope="row" className="px-4 py-1.5 text-left font-normal text-soft">
                    {name.replaceAll("_", " ")}
                  </th>
                  {values.map((value, index) => (
                    <td key={index} className="px-4 py-1.5 text-right tabular-nums wrap-anywhere">
                      {value}
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </Panel>
  );
}
