/** A menu behind a button. */
import { DropdownMenu } from "radix-ui";
import { type ReactNode, useRef } from "react";

import { cx } from "../cx";

export interface MenuItem {
  label: string;
  icon?: ReactNode;
  onSelect: () => void;
  disabled?: boolean;
  danger?: boolean;
}

/** What is chosen happens when the menu is gone and its button has the focus again, so that it can be given back there. */
export function Menu({ trigger, items }: { trigger: ReactNode; items: MenuItem[] }) {
  const chosen = useRef<() => void>(undefined);
  const act = () => {
    if (chosen.current) setTimeout(chosen.current);
    chosen.current = undefined;
  };
  return (
    <DropdownMenu.Root modal={false}>
      <DropdownMenu.Trigger asChild>{trigger}</DropdownMenu.Trigger>
      <DropdownMenu.Portal container={document.getElementById("main")}>
        <DropdownMenu.Content
          align="end"
          sideOffset={4}
          onCloseAutoFocus={act}
          className="z-50 min-w-40 rounded-md border border-line bg-raised p-1 shadow-(--shadow)"
        >
          {items.map(({ label, icon, onSelect, disabled = false, danger = false }) => (
            <DropdownMenu.Item
              key={label}
              disabled={disabled}
              onSelect={() => {
                chosen.current = onSelect;
              }}
              className={cx(
                "flex cursor-pointer items-center gap-2 rounded px-2 py-1.5 outline-none data-disabled:cursor-default data-disabled:opacity-50 data-highlighted:bg-line",
                danger && "text-loss",
              )}
            >
              {icon}
              {label}
            </DropdownMenu.Item>
          ))}
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}
