/** The stream of events at work in the app: fresh queries, notices, and how the connection stands. */
import { useQueryClient } from "@tanstack/react-query";
import { createContext, type ReactNode, use, useEffect, useState } from "react";

import { api } from "~/api/client";
import type { Schemas } from "~/api/types";
import { useNotices } from "~/ui/pages/notices";

import { connect, type Link, type LiveEvent } from "./connection";
import { forgetProgress, noteProgress } from "./progress";
import { Refresher } from "./refresh";
import { noticeOf, staleBy } from "./table";

type Session = Schemas["SessionResponse"];

/** Asked before anything else is: from its answer on, the stream tells of what changes in all others. */
const SESSION = api.queryOptions("get", "/api/v1/session");
const LinkContext = createContext<Link>({ state: "connecting" });

/** How the stream stands. */
export const useLink = (): Link => use(LinkContext);

const listeners = new Set<(event: LiveEvent) => void>();

/** Hear each event as it happens; for what no query answers. */
export function useEvents(hear: (event: LiveEvent) => void): void {
  useEffect(() => {
    listeners.add(hear);
    return () => void listeners.delete(hear);
  }, [hear]);
}

export function Live({ children }: { children: ReactNode }) {
  const queries = useQueryClient();
  const { show } = useNotices();
  const [link, setLink] = useState<Link>({ state: "connecting" });
  useEffect(() => {
    const refresher = new Refresher(queries);
    const listener = {
      onEvent: (event: LiveEvent) => {
        refresher.add(staleBy(event.type, event.payload as never));
        const notice = noticeOf(event.type, event.payload as never);
        if (notice) show(notice);
        if (event.type === "run.Progress")
          noteProgress(event.payload.run_id, event.payload.fraction, event.payload.stage);
        if (event.type === "run.Completed" || event.type === "run.Stopped" || event.type === "run.Error")
          forgetProgress(event.payload.run_id);
        listeners.forEach((hear) => hear(event));
      },
      onLink: setLink,
      onReload: () => refresher.all(),
    };
    const end = connect(listener, queries.getQueryData<Session>(SESSION.queryKey)?.newest_seq ?? null);
    return () => {
      end();
      refresher.stop();
    };
  }, [queries, show]);
  return <LinkContext value={link}>{children}</LinkContext>;
}
