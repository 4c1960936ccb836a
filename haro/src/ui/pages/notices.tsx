/** Short messages at the edge of the screen: what happened elsewhere, and that a click took effect. */
import { X } from "lucide-react";
import { Toast } from "radix-ui";
import { createContext, type ReactNode, use, useCallback, useMemo, useState } from "react";
import { Link } from "react-router";

import type { Notice } from "~/live/table";

import { cx } from "../cx";

const AT_ONCE = 4;
const STAYS_MS = { info: 5_000, good: 5_000, warn: 10_000, bad: 20_000 };
const EDGE = { info: "border-l-accent", good: "border-l-gain", warn: "border-l-warn", bad: "border-l-loss" };

interface Shown extends Notice {
  id: number;
  times: number;
}

interface Notices {
  show: (notice: Notice) => void;
}

const NoticesContext = createContext<Notices>({ show: () => undefined });

export const useNotices = (): Notices => use(NoticesContext);

let next = 0;

/** The newest last; what is said again is counted, and of many only the newest few are kept. */
function joined(before: Shown[], notice: Notice): Shown[] {
  const same = before.find((one) => one.title === notice.title && one.to === notice.to);
  const shown = { ...notice, id: (next += 1), times: (same?.times ?? 0) + 1 };
  return [...before.filter((one) => one !== same), shown].slice(-AT_ONCE);
}

export function NoticesProvider({ children }: { children: ReactNode }) {
  const [shown, setShown] = useState<Shown[]>([]);
  const show = useCallback((notice: Notice) => setShown((before) => joined(before, notice)), []);
  const value = useMemo(() => ({ show }), [show]);
  const drop = (id: number) => setShown((before) => before.filter((one) => one.id !== id));
  return (
    <NoticesContext value={value}>
      <Toast.Provider swipeDirection="right" label="Notice">
        {children}
        {shown.map((notice) => (
          <Toast.Root
            key={notice.id}
            type={notice.tone === "bad" ? "foreground" : "background"}
            duration={STAYS_MS[notice.tone]}
            onOpenChange={(open) => !open && drop(notice.id)}
            className={cx(
              "flex items-start gap-3 rounded-md border border-l-4 border-line bg-raised p-3 shadow-(--shadow)",
              EDGE[notice.tone],
            )}
          >
            <div className="min-w-0 flex-1">
              <Toast.Title className="font-medium wrap-anywhere">
                {notice.to ? (
                  <Link to={notice.to} className="hover:underline">
                    {notice.title}
                  </Link>
                ) : (
                  notice.title
                )}
                {notice.times > 1 && <span className="ml-2 text-label text-soft">×{notice.times}</span>}
              </Toast.Title>
              {notice.text && (
                <Toast.Description className="line-clamp-3 text-table text-soft wrap-anywhere">
                  {notice.text}
                </Toast.Description>
              )}
            </div>
            <Toast.Close aria-label="Dismiss" className="rounded p-1 text-soft hover:text-ink">
              <X size={14} aria-hidden />
            </Toast.Close>
          </Toast.Root>
        ))}
        <Toast.Viewport className="fixed right-3 bottom-16 z-50 flex w-[min(22rem,calc(100vw-1.5rem))] flex-col gap-2 md:bottom-3" />
      </Toast.Provider>
    </NoticesContext>
  );
}
