/** What is true on every page: the feed, the storage, how many runs trade; and the kill switch. */
import { OctagonX, Search } from "lucide-react";

import { api } from "~/api/client";
import { useLink } from "~/live/Live";
import { Button } from "~/ui/forms/Button";
import { cx } from "~/ui/cx";
import { Fence } from "~/ui/pages/Panel";

const LINK = {
  live: { dot: "bg-gain", text: "live" },
  connecting: { dot: "bg-warn pulse-soft", text: "connecting" },
  lost: { dot: "bg-loss", text: "disconnected" },
};

interface TopBarProps {
  onSearch: () => void;
  onKill: () => void;
}

export function TopBar({ onSearch, onKill }: TopBarProps) {
  return (
    <header className="sticky top-0 z-20 flex h-12 items-center gap-3 border-b border-line bg-surface px-4">
      <button
        type="button"
        onClick={onSearch}
        aria-keyshortcuts="Control+K Meta+K"
        className="flex h-8 min-w-0 items-center gap-2 rounded-md border border-line bg-ground px-2.5 text-soft hover:text-ink md:w-80"
      >
        <Search size={15} aria-hidden />
        <span className="truncate max-md:sr-only">Search or run a command</span>
        <kbd className="ml-auto font-sans text-label text-faint max-md:hidden">Ctrl K</kbd>
      </button>
      <div className="ml-auto flex items-center gap-4 text-table whitespace-nowrap text-soft">
        <LinkState />
        <Fence fallback={null}>
          <Trading />
        </Fence>
        <Button kind="danger" icon={<OctagonX size={15} aria-hidden />} onClick={onKill}>
          Kill
        </Button>
      </div>
    </header>
  );
}

function LinkState() {
  const { dot, text } = LINK[useLink().state];
  return (
    <span className="flex items-center gap-1.5" role="status" aria-label={`Event stream: ${text}`}>
      <span aria-hidden className={cx("size-2 rounded-full", dot)} />
      <span className="max-md:sr-only">{text}</span>
    </span>
  );
}

const STORAGE: Record<string, string> = { sqlite: "SQLite", postgresql: "PostgreSQL", memory: "memory" };

function Trading() {
  const health = api.useQuery("get", "/api/v1/healthz").data;
  const paper = useRunning("paper");
  const live = useRunning("live");
  return (
    <>
      {health && <span className="max-lg:hidden">{STORAGE[health.storage] ?? health.storage}</span>}
      {paper !== undefined && live !== undefined && (
        <span className="figure max-sm:hidden">
          <span className={cx(paper > 0 && "text-paper")}>{paper} paper</span>
          {" · "}
          <span className={cx(live > 0 && "font-bold text-live")}>{live} live</span>
        </span>
      )}
    </>
  );
}

function useRunning(mode: "paper" | "live"): number | undefined {
  return api.useQuery("get", "/api/v1/runs", {
    params: { query: { mode: [mode], status: ["running"], page_size: 1 } },
  }).data?.total;
}
