/** The head of a page, and its name in the browser's tab; each of its parts is fenced by itself. */
import { Children, type ReactNode } from "react";

import { Fence } from "./Panel";

interface PageProps {
  title: string;
  /** What stands beside the title: badges, states. */
  beside?: ReactNode;
  actions?: ReactNode;
  children: ReactNode;
}

export function Page({ title, beside, actions, children }: PageProps) {
  return (
    <div className="mx-auto flex w-full max-w-[100rem] flex-col gap-4 p-4 max-md:pb-20 compact:gap-3">
      <title>{`${title} · Weaver`}</title>
      <div className="flex flex-wrap items-center justify-between gap-x-4 gap-y-2">
        <div className="flex min-w-0 flex-wrap items-center gap-x-3 gap-y-1">
          <h1 className="text-title font-medium wrap-anywhere">{title}</h1>
          <Fence>{beside}</Fence>
        </div>
        {actions && (
          <div className="flex flex-wrap items-center gap-2 max-md:gap-1.5">
            <Fence>{actions}</Fence>
          </div>
        )}
      </div>
      {Children.map(children, (part) => (
        <Fence>{part}</Fence>
      ))}
    </div>
  );
}
