/** Files go as forms. */
import { client } from "~/api/client";
import type { Schemas } from "~/api/types";

export interface ImportFields {
  symbol: string;
  timeframe: string;
  tz: string;
  asset: string;
  replace: boolean;
}

export const NO_FIELDS: ImportFields = { symbol: "", timeframe: "", tz: "", asset: "", replace: false };

/** The form that is sent: fields that are empty are left to the server. */
function form(file: File, fields: Partial<ImportFields>): FormData {
  const made = new FormData();
  for (const [name, value] of Object.entries(fields))
    if (value !== "" && value !== false) made.append(name, String(value).trim());
  made.append("file", file, file.name);
  return made;
}

const asForm = { bodySerializer: (body: unknown) => body as FormData };

export async function preview(file: File, { symbol, timeframe, tz, asset }: ImportFields, signal?: AbortSignal) {
  const body = form(file, { symbol, timeframe, tz, asset }) as unknown as Schemas["Body_previewData"];
  return (await client.POST("/api/v1/data/preview", { body, ...asForm, signal: signal ?? null })).data;
}

export async function startImport(file: File, fields: ImportFields) {
  const body = form(file, fields) as unknown as Schemas["Body_importData"];
  return (await client.POST("/api/v1/data/import", { body, ...asForm })).data;
}
