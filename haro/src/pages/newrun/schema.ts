/** A strategy's parameters as fields, read off its JSON Schema. */
import { exact } from "~/format/figures";
import { type Json as Property, propertiesOf, unwrapped } from "~/format/jsonSchema";

export type Kind = "integer" | "number" | "boolean" | "choice" | "text" | "json";

export interface ParameterField {
  name: string;
  title: string;
  kind: Kind;
  /** As it stands in the field; false and true of a flag. */
  initial: string | boolean;
  choices: string[];
  least?: number | undefined;
  most?: number | undefined;
  /** The bounds themselves are not allowed. */
  isAbove: boolean;
  isBelow: boolean;
  about: string;
}

export type Values = Record<string, string | boolean>;

const number = (value: unknown): number | undefined => (typeof value === "number" ? value : undefined);

export function fieldsOf(schema: unknown): ParameterField[] {
  return propertiesOf(schema).map(([name, property]) => fieldOf(name, unwrapped(property)));
}

function fieldOf(name: string, property: Property): ParameterField {
  const kind = kindOf(property);
  const { exclusiveMinimum: above, exclusiveMaximum: below } = property;
  return {
    name,
    title: typeof property.title === "string" ? property.title : name,
    kind,
    initial: kind === "boolean" ? property.default === true : text(property.default),
    choices: Array.isArray(property.enum) ? property.enum.map(text) : [],
    least: number(property.minimum) ?? number(above),
    most: number(property.maximum) ?? number(below),
    isAbove: number(above) !== undefined,
    isBelow: number(below) !== undefined,
    about: typeof property.description === "string" ? property.description : "",
  };
}

function kindOf({ type, enum: choices }: Property): Kind {
  if (Array.isArray(choices)) return "choice";
  switch (type) {
    case "integer":
    case "number":
    case "boolean":
      return type;
    case "string":
      return "text";
    default:
      return "json";
  }
}

/** A value as it stands in a field. */
export const text = (value: unknown): string =>
  value === undefined || value === null ? "" : typeof value === "string" ? value : JSON.stringify(value);

/** `10, from 2 to 500`: default and range, for the help below a field. */
export function helpOf({ about, initial, kind, least, most, isAbove, isBelow }: ParameterField): string {
  const low = least === undefined ? "" : `${isAbove ? "above" : "from"} ${exact(least)}`;
  const high = most === undefined ? "" : `${isBelow ? "below" : "to"} ${exact(most)}`;
  const range = [low, high].filter(Boolean).join(" ");
  const usual = kind === "boolean" ? "" : `Default ${initial === "" ? "none" : String(initial)}`;
  return [about, [usual, range].filter(Boolean).join(", ")].filter(Boolean).join(". ");
}

const NUMBER = { integer: /^[+-]?\d+$/, number: /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i };

/** What is wrong with a value, as the server would say. */
export function wrong(field: ParameterField, value: string | boolean | undefined): string | undefined {
  if (typeof value !== "string" || value.trim() === "" || (field.kind !== "integer" && field.kind !== "number"))
    return undefined;
  if (!NUMBER[field.kind].test(value.trim()))
    return field.kind === "integer" ? "It must be a whole number." : "It must be a number.";
  const given = Number(value);
  if (!Number.isFinite(given) || (field.kind === "integer" && !Number.isSafeInteger(given)))
    return "That is more than can be sent.";
  const { least = -Infinity, most = Infinity, isAbove, isBelow } = field;
  if (given < least || (isAbove && given === least))
    return `It must be ${isAbove ? "above" : "at least"} ${exact(least)}.`;
  if (given > most || (isBelow && given === most)) return `It must be ${isBelow ? "below" : "at most"} ${exact(most)}.`;
  return undefined;
}

type Json = string | number | boolean | null | Json[] | { [key: string]: Json };

/** Those that were written, as the API takes them; an empty field leaves the default. */
export function given(fields: ParameterField[], values: Values): Record<string, Json> {
  const found = fields.flatMap((field): [string, Json][] => {
    const value = values[field.name];
    if (value === undefined || value === "") return [];
    return [[field.name, typeof value === "boolean" ? value : read(field.kind, value.trim())]];
  });
  return Object.fromEntries(found);
}

function read(kind: Kind, value: string): Json {
  if (kind === "text") return value;
  try {
    return JSON.parse(value) as Json;
  } catch {
    return value; // the server says what is wrong with it
  }
}
