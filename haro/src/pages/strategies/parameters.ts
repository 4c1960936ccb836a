/** A strategy's parameters, read off their JSON Schema. */
import type { Strategy } from "~/api/types";
import { UNKNOWN } from "~/format/figures";
import { isObject, type Json, propertiesOf, unwrapped } from "~/format/jsonSchema";

export const newRun = (strategy: string, mode: "backtest" | "paper"): string =>
  `/runs/new?${new URLSearchParams({ strategy, mode }).toString()}`;

export interface Parameter {
  name: string;
  type: string;
  default: string;
  bounds: string;
  description: string;
}

const shown = (value: unknown): string =>
  value === undefined ? UNKNOWN : typeof value === "string" ? value : JSON.stringify(value);

export const parametersOf = ({ params_schema: schema }: Strategy): Parameter[] =>
  propertiesOf(schema).map(([name, field]) => ({
    name,
    type: typeOf(field),
    default: shown(field.default),
    bounds: boundsOf(unwrapped(field)),
    description: typeof field.description === "string" ? field.description : "",
  }));

function typeOf({ type, enum: values, anyOf }: Json): string {
  if (Array.isArray(values)) return "choice";
  if (typeof type === "string") return type;
  const all = Array.isArray(anyOf) ? anyOf.filter(isObject).map((one) => shown(one.type)) : [];
  return all.length > 0 ? all.join(" or ") : "any";
}

function boundsOf(field: Json): string {
  if (Array.isArray(field.enum)) return field.enum.map(shown).join(", ");
  const words: [string, string][] = [
    ["minimum", "≥"],
    ["exclusiveMinimum", ">"],
    ["maximum", "≤"],
    ["exclusiveMaximum", "<"],
    ["multipleOf", "multiple of"],
  ];
  return words
    .filter(([name]) => field[name] !== undefined)
    .map(([name, word]) => `${word} ${shown(field[name])}`)
    .join(", ");
}
