/** Saves a table as CSV. */
import { Download } from "lucide-react";

import type { ReactNode } from "react";

import { Button } from "~/ui/forms/Button";

interface SaveButtonProps {
  what: string;
  onSave: () => void;
  children?: ReactNode;
}

export function SaveButton({ what, onSave, children = "CSV" }: SaveButtonProps) {
  return (
    <Button icon={<Download size={14} aria-hidden />} onClick={onSave} aria-label={`Save ${what} as CSV`}>
      {children}
    </Button>
  );
}
