/** What trading costs: a preset, or what is written. */
import { SelectField, TextField } from "~/ui/forms/Field";

const PRESETS: [string, string][] = [
  ["alpaca-stocks", "Alpaca, stocks"],
  ["alpaca-crypto", "Alpaca, crypto"],
  ["fx", "Foreign exchange"],
  ["futures", "Futures"],
  ["none", "None"],
];
const OWN = "commission_bps=0";

interface CostsProps {
  label: string;
  /** What holds where nothing is chosen. */
  usual: string;
  value: string;
  onChange: (value: string) => void;
  error: string | undefined;
}

export function Costs({ label, usual, value, onChange, error }: CostsProps) {
  const isOwn = value !== "" && !PRESETS.some(([preset]) => preset === value);
  return (
    <>
      <SelectField
        label={label}
        value={isOwn ? "own" : value}
        onChange={({ target }) => onChange(target.value === "own" ? OWN : target.value)}
        error={isOwn ? undefined : error}
        options={[["", usual], ...PRESETS, ["own", "My own"]]}
      />
      {isOwn && (
        <TextField
          label={`${label}: my own`}
          value={value}
          spellCheck={false}
          onChange={({ target }) => onChange(target.value)}
          help="As commission_bps=2,slippage_bps=1; what is not named is 0. AAPL:… begins what is AAPL's own"
          error={error}
        />
      )}
    </>
  );
}
