/** Several symbols: typed or picked from the catalogue, each taken away by itself. */
import { X } from "lucide-react";
import { useId, useState } from "react";

import { TextField } from "~/ui/forms/Field";

interface SymbolsFieldProps {
  symbols: string[];
  known: string[];
  onChange: (symbols: string[]) => void;
  error: string | undefined;
}

export function SymbolsField({ symbols, known, onChange, error }: SymbolsFieldProps) {
  const [typed, setTyped] = useState("");
  const list = useId();
  const add = (text: string) => {
    const words = text
      .toUpperCase()
      .split(/[\s,]+/)
      .filter(Boolean);
    setTyped("");
    if (words.length > 0) onChange([...new Set([...symbols, ...words])]);
  };
  return (
    <div className="flex flex-col gap-2">
      <TextField
        label="Symbols"
        list={list}
        autoComplete="off"
        spellCheck={false}
        placeholder={symbols.length > 0 ? "Add another" : "As AAPL"}
        value={typed}
        onChange={({ target }) => (known.includes(target.value) ? add(target.value) : setTyped(target.value))}
        onBlur={() => add(typed)}
        onKeyDown={(event) => {
          if (event.key !== "Enter" || typed.trim() === "") return;
          event.preventDefault(); // it adds a symbol, and starts nothing
          add(typed);
        }}
        error={error}
      />
      <datalist id={list}>
        {known
          .filter((one) => !symbols.includes(one))
          .map((one) => (
            <option key={one} value={one} />
          ))}
      </datalist>
      <ul aria-label="Chosen symbols" className="flex flex-wrap gap-1.5">
        {symbols.map((one) => (
          <li key={one} className="flex items-center gap-1 rounded border border-line bg-raised pl-2 text-table">
            {one}
            <button
              type="button"
              aria-label={`Take ${one} away`}
              onClick={() => onChange(symbols.filter((other) => other !== one))}
              className="rounded p-1 text-soft hover:text-ink"
            >
              <X size={13} aria-hidden />
            </button>
          </li>
        ))}
      </ul>
    </div>
  );
}
