/** What is around every page: rail, top bar, banners, palette, kill switch. */
import { lazy, Suspense, useCallback, useEffect, useRef, useState } from "react";
import { Outlet, ScrollRestoration, useMatches } from "react-router";

import { Live } from "~/live/Live";
import { Skeleton } from "~/ui/pages/Answer";
import { NoticesProvider } from "~/ui/pages/notices";
import { Fence } from "~/ui/pages/Panel";
import { useFocusReturn } from "~/ui/dialogs/useFocusReturn";

import { Banners } from "./Banners";
import { useKeys } from "./keys";
import { KillDialog } from "./KillDialog";
import { Rail } from "./Rail";
import { TopBar } from "./TopBar";

const Palette = lazy(() => import("./Palette"));

export function Frame() {
  const [isSearching, setSearching] = useState(false);
  const [isKilling, setKilling] = useState(false);
  const search = useCallback(() => setSearching(true), []);
  const kill = useCallback(() => setKilling(true), []);
  useKeys(search);
  useFocusReturn(isSearching);
  return (
    <NoticesProvider>
      <Live>
        <a href="#main" className="sr-only z-50 bg-surface p-3 focus:not-sr-only focus:fixed focus:top-2 focus:left-2">
          Skip to the page
        </a>
        <div className="flex min-h-dvh">
          <Rail />
          <div className="flex min-w-0 flex-1 flex-col">
            <TopBar onSearch={search} onKill={kill} />
            <Fence>
              <Banners />
            </Fence>
            <Main />
          </div>
        </div>
        {isSearching && (
          <Suspense>
            <Palette open onOpenChange={setSearching} onKill={kill} />
          </Suspense>
        )}
        <KillDialog open={isKilling} onOpenChange={setKilling} />
        <ScrollRestoration />
      </Live>
    </NoticesProvider>
  );
}

/**
 * Another page takes the focus, so that it is read out, and a fault of the one before goes with it. Parts of a page that
 * have addresses of their own are the same page: it stays as it is, and so does the focus.
 */
function Main() {
  const page = usePageAddress();
  const main = useRef<HTMLElement>(null);
  const before = useRef(page);
  useEffect(() => {
    if (before.current !== page) main.current?.focus({ preventScroll: true });
    before.current = page;
  }, [page]);
  return (
    <main id="main" ref={main} tabIndex={-1} className="min-w-0 flex-1 outline-none">
      <Fence key={page}>
        <Suspense fallback={<Skeleton className="m-4 h-64" />}>
          <Outlet />
        </Suspense>
      </Fence>
    </main>
  );
}

/** The address of the page in the frame, without that of a part of it. */
function usePageAddress(): string {
  const [frame, page] = useMatches();
  return (page ?? frame)?.pathname ?? "/";
}
