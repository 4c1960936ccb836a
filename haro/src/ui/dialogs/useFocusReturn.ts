/** What lies over the page has the focus; when it is gone, the focus is where it was before. */
import { useLayoutEffect } from "react";

export function useFocusReturn(isOpen: boolean): void {
  useLayoutEffect(() => {
    if (!isOpen) return undefined;
    const before = document.activeElement;
    return () => void setTimeout(() => giveBack(before));
  }, [isOpen]);
}

/** To the page, where what had it is gone too; unless something has taken it meanwhile. */
function giveBack(before: Element | null): void {
  if (document.activeElement && document.activeElement !== document.body) return;
  const isThere = before instanceof HTMLElement && before.isConnected && before !== document.body;
  (isThere ? before : document.getElementById("main"))?.focus({ preventScroll: true });
}
