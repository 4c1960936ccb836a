/** What is around every page: rail, top bar, banners, palette, kill switch. */
import { lazy, Suspense, useCallback, useEffect, useRef, useState } from "react";
import { Outlet, ScrollRestoration, useLocation } from "react-router";

import { Live } from "~/live/Live";
import { Skeleton } from "~/ui/Answer";
import { NoticesProvider } from "~/ui/notices";
import { Fence } from "~/ui/Panel";

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

/** Another page takes the focus, so that it is read out. A fault of one page goes with it. */
function Main() {
  const { pathname } = useLocation();
  const main = useRef<HTMLElement>(null);
  const isFirst = useRef(true);
  useEffect(() => {
    if (!isFirst.current) main.current?.focus({ preventScroll: true });
    isFirst.current = false;
  }, [pathname]);
  return (
    <main id="main" ref={main} tabIndex={-1} className="min-w-0 flex-1 outline-none">
      <Fence key={pathname}>
        <Suspense fallback={<Skeleton className="m-4 h-64" />}>
          <Outlet />
        </Suspense>
      </Fence>
    </main>
  );
}
