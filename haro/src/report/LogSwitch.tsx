/** Turns a scale of powers on and off, where one can be drawn: it is on where values grow tenfold. */
import { Button } from "~/ui/forms/Button";

/** The least and the most of what is known. */
function ends(values: (number | null)[]): [number, number] {
  let [low, high] = [Infinity, -Infinity];
  for (const value of values) if (value !== null) [low, high] = [Math.min(low, value), Math.max(high, value)];
  return [low, high];
}

export function grewTenfold(values: (number | null)[]): boolean {
  const [low, high] = ends(values);
  return low > 0 && high >= 10 * low;
}

interface LogSwitchProps {
  isLog: boolean;
  setLog: (isLog: boolean) => void;
  values: (number | null)[];
}

export function LogSwitch({ isLog, setLog, values }: LogSwitchProps) {
  if (!(ends(values)[0] > 0)) return null;
  return (
    <Button aria-pressed={isLog} kind={isLog ? "primary" : "plain"} onClick={() => setLog(!isLog)}>
      Log scale
    </Button>
  );
}
