/** What the stand-in for the API answers, by method and path; and what it was asked. */
import { http, HttpResponse, type JsonBodyType } from "msw";

import type { ErrorDetail } from "~/api/problem";
import type { Path } from "~/api/types";

import { server } from "./server";

type Method = "get" | "post" | "put" | "patch" | "delete";

/** `path`: as in the OpenAPI document. Returns the requests that came, with their bodies. */
export function answers(method: Method, path: Path, body: unknown, status = 200): Asked[] {
  const asked: Asked[] = [];
  server.use(
    http[method](`*${path.replace(/\{(\w+)\}/g, ":$1")}`, async ({ request }) => {
      const text = request.headers.get("content-type")?.includes("json") ? await request.clone().text() : "";
      const made: Asked = { url: new URL(request.url), body: text ? (JSON.parse(text) as unknown) : undefined };
      asked.push(made);
      const said: unknown = typeof body === "function" ? (body as (asked: Asked) => unknown)(made) : body;
      return status === 204 ? new HttpResponse(null, { status }) : HttpResponse.json(said as JsonBodyType, { status });
    }),
  );
  return asked;
}

export interface Asked {
  url: URL;
  body: unknown;
}

export function refuses(method: Method, path: Path, status: number, message: string, details: ErrorDetail[] = []) {
  return answers(method, path, { code: "refused", message, details, correlation_id: "c-1" }, status);
}

/** A list with these items alone. */
export const page = <T>(...items: T[]) => ({ items, total: items.length, page: 1, page_size: 50 });
