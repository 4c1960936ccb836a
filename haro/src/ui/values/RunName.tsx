/** A run by its name; by its id until that is known. */
import { Link } from "react-router";

import { api } from "~/api/client";

export function RunName({ id }: { id: string }) {
  const run = api.useQuery("get", "/api/v1/runs/{run_id}", { params: { path: { run_id: id } } }).data;
  return (
    <Link to={`/runs/${id}`} className="text-accent hover:underline">
      {run?.name ?? `run ${id.slice(-6)}`}
    </Link>
  );
}
