/** What is wrong with costs that were written, as far as their shape tells: what names there are, the server knows. */
import { wrongAmount } from "~/format/written";

const SHAPE = "Write names and numbers, as commission_bps=2,slippage_bps=1.";

export function wrongCosts(text: string): string | undefined {
  if (!text.includes("=")) return undefined; // a preset
  const names = new Set<string>();
  for (const part of text.split(",")) {
    const [name = "", amount = "", ...more] = part.split("=").map((word) => word.trim());
    if (!/^[a-z_]+$/.test(name) || amount === "" || more.length > 0) return SHAPE;
    const wrong = names.has(name) ? "It is given twice." : wrongAmount(amount, { least: "0" });
    if (wrong) return `${name}: ${wrong}`;
    names.add(name);
  }
  return undefined;
}
