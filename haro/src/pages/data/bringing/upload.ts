/** Files go as forms. */
import { client } from "~/api/client";
import type { Schemas } from "~/api/types";

export interface ImportFields {
  symbol: string;
  timeframe: string;
  tz: string;
  asset: string;
  tick: string;
  lot: string;
  multiplier: string;
  margin: string;
  calendar: string;
  columns: string;
  date_order: string;
  decimal: string;
  empty_rows: string;
  price_scale: string;
  actions: File | null;
  replace: boolean;
}

export const NO_FIELDS: ImportFields = {
  symbol: "",
  timeframe: "",
  tz: "",
  asset: "",
  tick: "",
  lot: "",
  multiplier: "",
  margin: "",
  calendar: "",
  columns: "",
  date_order: "",
  decimal: "",
  empty_rows: "",
  price_scale: "",
  actions: null,
  replace: false,
};

/** The form that is sent: fields that are empty are left to the server. */
function form(file: File, fields: Partial<ImportFields>): FormData {
  const made = new FormData();
  for (const [name, value] of Object.entries(fields))
    if (value instanceof File) made.append(name, value, value.name);
    else if (value !== "" && value !== false && value !== null) made.append(name, String(value).trim());
  made.append("file", file, file.name);
  return made;
}

const asForm = { bodySerializer: (body: unknown) => body as FormData };

export async function preview(file: File, fields: ImportFields, signal?: AbortSignal) {
  const body = form(file, { ...fields, replace: false }) as unknown as Schemas["Body_previewData"];
  return (await client.POST("/api/v1/data/preview", { body, ...asForm, signal: signal ?? null })).data;
}

export async function startImport(file: File, fields: ImportFields) {
  const body = form(file, fields) as unknown as Schemas["Body_importData"];
  return (await client.POST("/api/v1/data/import", { body, ...asForm })).data;
}
