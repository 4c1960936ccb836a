import { afterEach, beforeEach, expect, it, vi } from "vitest";

const KEY = "weaver.preferences";
const media = Object.assign(new EventTarget(), { matches: false });

/** The module as a page finds it that is loaded now. */
async function loaded(kept: string | null) {
  if (kept === null) localStorage.removeItem(KEY);
  else localStorage.setItem(KEY, kept);
  vi.resetModules();
  return import("./preferences");
}

beforeEach(() => {
  media.matches = false;
  vi.stubGlobal("matchMedia", () => media);
});
afterEach(() => {
  vi.unstubAllGlobals();
  localStorage.clear();
});

it("follows the machine's theme until one is chosen", async () => {
  const { followPreferences, changePreferences, shownTheme } = await loaded(null);
  followPreferences();
  expect(document.documentElement.dataset.theme).toBe("dark");
  media.matches = true;
  media.dispatchEvent(new Event("change"));
  expect(document.documentElement.dataset.theme).toBe("light");
  changePreferences({ theme: "dark" });
  expect([shownTheme(), document.documentElement.dataset.theme]).toEqual(["dark", "dark"]);
});

it("takes what another tab chose", async () => {
  const { followPreferences, shownTheme } = await loaded('{"theme":"dark"}');
  followPreferences();
  localStorage.setItem(KEY, '{"theme":"light"}');
  dispatchEvent(new StorageEvent("storage", { key: "something else" }));
  expect(shownTheme()).toBe("dark");
  dispatchEvent(new StorageEvent("storage", { key: KEY }));
  expect(shownTheme()).toBe("light");
});

it.each(["{", "null", '"light"'])("begins with the defaults where %s is kept", async (kept) => {
  const { shownTheme } = await loaded(kept);
  expect(shownTheme()).toBe("dark");
});
