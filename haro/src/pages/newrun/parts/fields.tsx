/** Fields of the form that stand in its draft by their names. */
import type { InputHTMLAttributes, ReactNode } from "react";

import { CheckField, type Option, SelectField, TextField } from "~/ui/forms/Field";

import type { Draft } from "../draft";
import type { PartProps } from "../RunForm";

/** The names of those whose values are of a kind. */
type Named<Value> = { [Name in keyof Draft]: Draft[Name] extends Value ? Name : never }[keyof Draft];

interface Of<Name> {
  part: PartProps;
  name: Name;
  /** What the API calls it, where that is another name. */
  called?: string;
  label: string;
  help?: ReactNode;
  className?: string;
}

type InputProps = Omit<InputHTMLAttributes<HTMLInputElement>, "name" | "value" | "onChange" | "part">;

export function Written({ part, name, called, ...rest }: Of<Named<string>> & InputProps) {
  return (
    <TextField
      autoComplete="off"
      spellCheck={false}
      {...rest}
      value={part.draft[name]}
      onChange={({ target }) => part.change({ [name]: target.value })}
      error={part.errorOf(called ?? name)}
    />
  );
}

export function Chosen({ part, name, called, ...rest }: Of<Named<string>> & { options: readonly Option[] }) {
  return (
    <SelectField
      {...rest}
      value={part.draft[name]}
      onChange={({ target }) => part.change({ [name]: target.value })}
      error={part.errorOf(called ?? name)}
    />
  );
}

export function Ticked({ part, name, called, ...rest }: Of<Named<boolean>>) {
  return (
    <CheckField
      {...rest}
      checked={part.draft[name]}
      onChange={({ target }) => part.change({ [name]: target.checked })}
      error={part.errorOf(called ?? name)}
    />
  );
}
