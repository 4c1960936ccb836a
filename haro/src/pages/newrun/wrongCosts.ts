/** What is wrong with costs that were written, as far as their shape tells: what names there are, the server knows. */
import { wrongAmount } from "~/format/written";

const SHAPE = "Write names and numbers, as commission_bps=2,slippage_bps=1.";
/** `AAPL:` ahead of a name or a preset: from there on it is about that symbol. */
const OF_SYMBOL = /^(?:(.+):)?([^:]*)$/;

export function wrongCosts(text: string): string | undefined {
  if (!text.includes("=")) return undefined; // presets
  const names = new Set<string>();
  let symbol = "";
  for (const part of text.split(",")) {
    const [place = "", ...amounts] = part.split("=").map((word) => word.trim());
    const [, own, name = ""] = OF_SYMBOL.exec(place) ?? [];
    const isFirst = names.size === 0 || own !== undefined;
    symbol = own ?? symbol;
    if (amounts.length === 0 && isFirst && name !== "") continue; // a preset, of which keys may change some
    if (!/^[a-z_]+$/.test(name) || !amounts[0]) return SHAPE;
    if (name === "funding") continue; // the server reads it
    if (amounts.length > 1) return SHAPE;
    const wrong = names.has(`${symbol}:${name}`) ? "It is given twice." : wrongAmount(amounts[0], { least: "0" });
    if (wrong) return `${name}: ${wrong}`;
    names.add(`${symbol}:${name}`);
  }
  return undefined;
}
