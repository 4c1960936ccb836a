/** The properties of a JSON Schema, as pydantic writes it. */

export type Json = Record<string, unknown>;

export const isObject = (value: unknown): value is Json =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const object = (value: unknown): Json => (isObject(value) ? value : {});

/** By name, what a reference names put in its place. */
export function propertiesOf(schema: unknown): [name: string, property: Json][] {
  const { properties, $defs } = object(schema);
  return Object.entries(object(properties)).map(([name, given]) => [name, resolved(object(given), object($defs))]);
}

/** What a reference names, with what stands beside it; within alternatives too. */
function resolved(property: Json, definitions: Json): Json {
  const name = typeof property.$ref === "string" ? property.$ref.split("/").at(-1) : undefined;
  const found = { ...object(name === undefined ? undefined : definitions[name]), ...property };
  if (!Array.isArray(found.anyOf)) return found;
  return { ...found, anyOf: found.anyOf.map((one) => resolved(object(one), definitions)) };
}

/** Of one that may be left out (`number or null`), what it is where it is there. */
export function unwrapped(property: Json): Json {
  const alternatives = Array.isArray(property.anyOf) ? property.anyOf.filter(isObject) : [];
  const [only, ...others] = alternatives.filter(({ type }) => type !== "null");
  return only && others.length === 0 ? { ...only, ...property } : property;
}
