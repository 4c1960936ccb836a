/** A strategy's parameters, read off their JSON Schema. */
import type { Strategy } from "~/api/types";
import { UNKNOWN } from "~/format/figures";

export const newRun = (strategy: string, mode: "backtest" | "paper"): string =>
  `/runs/new?${new URLSearchParams({ strategy, mode }).toString()}`;

export interface Parameter {
  name: string;
  type: string;
  default: string;
  bounds: string;
  description: string;
}

type Json = Record<string, unknown>;
const isObject = (value: unknown): value is Json =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const shown = (value: unknown): string =>
  value === undefined ? UNKNOWN : typeof value === "string" ? value : JSON.stringify(value);

export function parametersOf({ params_schema: schema }: Strategy): Parameter[] {
  const definitions = isObject(schema.$defs) ? schema.$defs : {};
  const properties = isObject(schema.properties) ? schema.properties : {};
  return Object.entries(properties).map(([name, given]) => {
    const field = resolved(isObject(given) ? given : {}, definitions);
    return {
      name,
      type: typeOf(field),
      default: shown(field.default),
      bounds: boundsOf(field),
      description: typeof field.description === "string" ? field.description : "",
    };
  });
}

/** What a reference names, with what stands beside it. */
function resolved(field: Json, definitions: Json): Json {
  const name = typeof field.$ref === "string" ? field.$ref.split("/").at(-1) : undefined;
  const found = name === undefined ? undefined : definitions[name];
  return isObject(found) ? { ...found, ...field } : field;
}

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
