/** Which column of a file is what, where its names do not tell: the names in its first line are written anew. */
import type { Schemas } from "~/api/types";

type Column = Schemas["ColumnResponse"];
export type Use = NonNullable<Column["use"]>;

export const USES: Record<Use, string> = {
  time: "time",
  clock: "time of day",
  symbol: "symbol",
  open: "open",
  high: "high",
  low: "low",
  close: "close",
  volume: "volume",
};

/** By the place of a column: what it is to be; null: nothing. Those that are not named stay as they are. */
export type Mapping = Record<number, Use | null>;

/** What each column is, with what was chosen: what one was chosen to be, another is no more. */
export function usesOf(columns: Column[], mapping: Mapping): (Use | null)[] {
  const chosen = new Set(Object.values(mapping));
  return columns.map(({ use }, at) => {
    const given = mapping[at];
    if (given !== undefined) return given;
    return use && chosen.has(use) ? null : use;
  });
}

/** The names that the server reads as these uses. */
function names(columns: Column[], uses: (Use | null)[]): string[] {
  const hasClock = uses.includes("clock");
  return columns.map((_, at) => {
    const use = uses[at];
    if (!use) return `unused_${at + 1}`;
    if (use === "time") return hasClock ? "date" : "timestamp";
    return use === "clock" ? "time" : use;
  });
}

const HEAD_BYTES = 64 * 1024;
const DELIMITERS = [",", ";", "\t", "|"];

/** Whether the first line can be written anew: lines of text that are not packed. */
export const canMap = ({ name }: { name: string }): boolean =>
  !/\.(gz|bz2|xz|zip|json|parquet|pq|feather|arrow)$/i.test(name);

/** The same file under other names of columns. Throws where its first line has not these columns. */
export async function renamed(file: File, columns: Column[], mapping: Mapping): Promise<File> {
  if (Object.keys(mapping).length === 0) return file;
  const head = new Uint8Array(await file.slice(0, HEAD_BYTES).arrayBuffer());
  const end = head.findIndex((byte) => byte === 10 || byte === 13);
  const bytes = end < 0 ? head.length : end; // counted as they are: letters that are not UTF-8 decode to longer ones
  const line = new TextDecoder().decode(head.subarray(0, bytes));
  const isWide = head.subarray(0, bytes).includes(0); // UTF-16
  const delimiter = isWide ? undefined : DELIMITERS.find((one) => line.split(one).length === columns.length);
  if (delimiter === undefined)
    throw new Error("The columns of this file cannot be named here: write their names into its first line.");
  const written = names(columns, usesOf(columns, mapping)).join(delimiter);
  return new File([written, file.slice(bytes)], file.name, { type: file.type });
}
