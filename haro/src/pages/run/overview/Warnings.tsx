/** Why a result may not be worth believing: before anything else. */
import { TriangleAlert } from "lucide-react";

import type { Schemas } from "~/api/types";

import { Trouble } from "../RunTrouble";

export function Warnings({ warnings }: { warnings: Schemas["WarningResponse"][] }) {
  if (warnings.length === 0) return null;
  const title = warnings.length === 1 ? "A doubt about this result" : `${warnings.length} doubts about this result`;
  return (
    <Trouble tone="warn" icon={<TriangleAlert size={16} aria-hidden />} title={title}>
      <ul className="list-disc pl-4">
        {warnings.map(({ code, message }) => (
          <li key={code + message}>{message}</li>
        ))}
      </ul>
    </Trouble>
  );
}
