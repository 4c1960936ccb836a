/** Saves a table as CSV. */
import { Download } from "lucide-react";

import { Button } from "~/ui/forms/Button";

export function SaveButton({ what, onSave }: { what: string; onSave: () => void }) {
  return (
    <Button icon={<Download size={14} aria-hidden />} onClick={onSave} aria-label={`Save ${what} as CSV`}>
      CSV
    </Button>
  );
}
