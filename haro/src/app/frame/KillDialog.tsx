/** One click and one confirmation, from anywhere; then what was cancelled, and what is still held. */
import { useState } from "react";
import { useNavigate } from "react-router";

import { client } from "~/api/client";
import { CheckField } from "~/ui/forms/Field";
import { Confirm } from "~/ui/dialogs/Dialog";

interface KillDialogProps {
  open: boolean;
  onOpenChange: (open: boolean) => void;
}

export function KillDialog({ open, onOpenChange }: KillDialogProps) {
  const [flatten, setFlatten] = useState(false);
  const navigate = useNavigate();
  const kill = async () => {
    await client.POST("/api/v1/risk/kill-switch", { body: { flatten, reason: "by hand, in the web app" } });
    await navigate("/risk");
  };
  return (
    <Confirm
      open={open}
      onOpenChange={onOpenChange}
      title="Turn the kill switch on?"
      description="Every entry that works is cancelled, on all accounts, and none is sent until you release it. Exits that protect positions stay."
      action={flatten ? "Kill and flatten" : "Kill"}
      onConfirm={kill}
    >
      <CheckField
        label="Flatten: close every position too"
        help="Where a market is closed, the closing order waits for its open."
        checked={flatten}
        onChange={(event) => setFlatten(event.target.checked)}
      />
    </Confirm>
  );
}
