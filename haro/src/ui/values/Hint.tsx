/** What something means, on hover and on focus. */
import { Tooltip } from "radix-ui";
import type { ReactNode } from "react";

export function Hint({ text, children }: { text: ReactNode; children: ReactNode }) {
  return (
    <Tooltip.Root>
      <Tooltip.Trigger asChild>{children}</Tooltip.Trigger>
      <Tooltip.Portal>
        <Tooltip.Content
          sideOffset={4}
          className="z-50 max-w-72 rounded-md border border-line bg-raised px-2.5 py-1.5 text-table shadow-(--shadow)"
        >
          {text}
        </Tooltip.Content>
      </Tooltip.Portal>
    </Tooltip.Root>
  );
}
