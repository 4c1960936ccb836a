/** Keys that work everywhere: Ctrl/⌘ K for the palette, `g` and a letter to go somewhere, `n` for a new run. */
import { useEffect } from "react";
import { useNavigate } from "react-router";

import { PLACES } from "../places";

const TOGETHER_MS = 1_000;

/** Whoever is typing means letters. */
function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName))
  );
}

export function useKeys(openPalette: () => void): void {
  const navigate = useNavigate();
  useEffect(() => {
    let went = -Infinity;
    const onKey = (event: KeyboardEvent) => {
      if (event.key.toLowerCase() === "k" && (event.ctrlKey || event.metaKey)) {
        event.preventDefault();
        openPalette();
        return;
      }
      if (
        event.ctrlKey ||
        event.metaKey ||
        event.altKey ||
        isTyping(event.target) ||
        document.querySelector("[role=dialog]")
      )
        return;
      const place = event.timeStamp - went < TOGETHER_MS ? PLACES.find(({ key }) => key === event.key) : undefined;
      went = event.key === "g" ? event.timeStamp : -Infinity;
      if (place) void navigate(place.to);
      else if (event.key === "n") void navigate("/runs/new");
    };
    addEventListener("keydown", onKey);
    return () => removeEventListener("keydown", onKey);
  }, [navigate, openPalette]);
}
