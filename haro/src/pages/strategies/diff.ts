/** How two texts differ, line by line. */

export interface Line {
  kind: "same" | "added" | "removed";
  text: string;
}

/** The fewest changes, by the longest common subsequence of lines; what begins and ends alike is not compared. */
export function diff(before: string, after: string): Line[] {
  const [old, now] = [before.split("\n"), after.split("\n")];
  let head = 0;
  while (head < old.length && head < now.length && old[head] === now[head]) head += 1;
  let tail = 0;
  while (tail < old.length - head && tail < now.length - head && old.at(-1 - tail) === now.at(-1 - tail)) tail += 1;
  const same = (lines: string[]): Line[] => lines.map((text) => ({ kind: "same", text }));
  return [
    ...same(old.slice(0, head)),
    ...middle(old.slice(head, old.length - tail), now.slice(head, now.length - tail)),
    ...same(tail > 0 ? old.slice(-tail) : []),
  ];
}

function middle(old: string[], now: string[]): Line[] {
  const lengths = common(old, now);
  const found: Line[] = [];
  let [i, j] = [0, 0];
  while (i < old.length || j < now.length) {
    const [left, right] = [old[i], now[j]];
    if (left !== undefined && left === right) {
      found.push({ kind: "same", text: left });
      i += 1;
      j += 1;
    } else if (left !== undefined && (right === undefined || at(lengths, i + 1, j) >= at(lengths, i, j + 1))) {
      found.push({ kind: "removed", text: left });
      i += 1;
    } else {
      found.push({ kind: "added", text: right ?? "" });
      j += 1;
    }
  }
  return found;
}

const at = (lengths: number[][], i: number, j: number): number => lengths[i]?.[j] ?? 0;

/** How long the longest common subsequence is of what comes from each pair of lines on. */
function common(old: string[], now: string[]): number[][] {
  const lengths = Array.from({ length: old.length + 1 }, () => new Array<number>(now.length + 1).fill(0));
  for (let i = old.length - 1; i >= 0; i -= 1)
    for (let j = now.length - 1; j >= 0; j -= 1) {
      const row = lengths[i];
      if (row)
        row[j] =
          old[i] === now[j] ? at(lengths, i + 1, j + 1) + 1 : Math.max(at(lengths, i + 1, j), at(lengths, i, j + 1));
    }
  return lengths;
}

/** Only what differs, with a few lines around it; null: some were left out. */
export function around(lines: Line[], room = 3): (Line | null)[] {
  const near = lines.map((_, at) =>
    lines.slice(Math.max(0, at - room), at + room + 1).some((one) => one.kind !== "same"),
  );
  return lines.flatMap((line, at) => (near[at] ? [line] : near[at - 1] || at === 0 ? [null] : []));
}
