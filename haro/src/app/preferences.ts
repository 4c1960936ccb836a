/** What a user chose for this browser: theme, density, colours of gain and loss, time zone. public/theme.js reads it too. */
import { createContext, use, useSyncExternalStore } from "react";

export interface Preferences {
  theme: "dark" | "light" | "system";
  density: "comfortable" | "compact";
  gains: "green" | "blue";
  /** An IANA name; null: this machine's. */
  zone: string | null;
}

const KEY = "weaver.preferences";
const DEFAULTS: Preferences = { theme: "system", density: "comfortable", gains: "green", zone: null };
const listeners = new Set<() => void>();
let current = read();

function read(): Preferences {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(KEY) ?? "{}");
    return typeof kept === "object" && kept !== null ? { ...DEFAULTS, ...kept } : DEFAULTS;
  } catch {
    return DEFAULTS; // storage that is closed to us, or text that is not ours
  }
}

const prefersLight = () => matchMedia("(prefers-color-scheme: light)").matches;

/** Which of the two is shown now. */
export function shownTheme({ theme }: Preferences = current): "dark" | "light" {
  return theme === "system" ? (prefersLight() ? "light" : "dark") : theme;
}

function apply(): void {
  const { dataset } = document.documentElement;
  dataset.theme = shownTheme();
  dataset.density = current.density;
  dataset.gains = current.gains;
  listeners.forEach((listener) => listener());
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Follow the machine's theme and the other tabs' changes, for as long as the page lives. */
export function followPreferences(): void {
  matchMedia("(prefers-color-scheme: light)").addEventListener("change", apply);
  addEventListener("storage", ({ key }) => {
    if (key !== KEY) return;
    current = read();
    apply();
  });
  apply();
}

export function changePreferences(change: Partial<Preferences>): void {
  current = { ...current, ...change };
  try {
    localStorage.setItem(KEY, JSON.stringify(current));
  } catch {
    // They hold until the page is closed.
  }
  apply();
}

export const usePreferences = (): Preferences => useSyncExternalStore(subscribe, () => current);
export const useShownTheme = (): "dark" | "light" => useSyncExternalStore(subscribe, () => shownTheme());

/** The zone of a page whose times are those of a place, whoever reads it; null: the reader's. */
export const ZoneContext = createContext<string | null>(null);

export function useZone(): string {
  const [given, { zone }] = [use(ZoneContext), usePreferences()];
  return given ?? zone ?? Intl.DateTimeFormat().resolvedOptions().timeZone;
}
