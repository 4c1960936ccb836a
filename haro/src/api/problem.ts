/** What the API answered in place of what was asked for, as a sentence that can be shown. */
import type { components } from "./schema";

export type ErrorBody = components["schemas"]["ErrorResponse"];
export type ErrorDetail = components["schemas"]["ErrorDetail"];

const UNREACHABLE = "The server does not answer. It may be restarting; this page goes on as soon as it is back.";
const UNKNOWN = "Something went wrong in this page, and it does not say what. Reload the page.";
const UNREADABLE = "The server answered something that this page cannot read.";
const BETWEEN: Partial<Record<number, string>> = {
  401: "You are not signed in, or no longer: reload the page, and sign in.",
  403: "This server does not answer pages under this address: open it by the address that it prints when it starts.",
  413: "That is more than the server takes.",
  502: "Something between this page and the server answers in its place. The server may be down.",
  503: "The server cannot answer now. Try again in a moment.",
  504: "Something between this page and the server has waited for it in vain.",
};

/** `status` 0: no answer came. */
export class Problem extends Error implements ErrorBody {
  readonly name = "Problem";

  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly details: ErrorDetail[],
    readonly correlation_id: string,
  ) {
    super(message);
  }

  static unreachable(): Problem {
    return new Problem(0, "unreachable", UNREACHABLE, [], "");
  }

  /** What is wrong with one field of a form, by the API's name of it (`config.fast` is the field `fast` of `config`).
   *
   * Refusals of the shape name their fields in their details. Those of the sense begin their sentences with them, as
   * `qty must be above 0`, `fast=1: must be ≥ 2; slow=x: must be a number`, `risk: order_max must lie from …`. */
  of(field: string): string | undefined {
    const named = this.details.find(({ field: at }) => within(at, field));
    if (named) return named.message;
    if (this.status !== 400 || this.details.length > 0) return undefined;
    const [, parameter] = /^config\.(.+)$/.exec(field) ?? [];
    if (parameter === undefined) return begins(this.message, field) ? this.message : undefined;
    return this.message.split("; ").find((clause) => isOfParameter(clause, parameter));
  }

  /** Whether all that is wrong is said beside one of these fields. */
  isOf(fields: readonly string[]): boolean {
    if (this.details.length > 0)
      return this.details.every(({ field: at }) => fields.some((field) => within(at, field)));
    return fields.some((field) => this.of(field) !== undefined);
  }
}

/** Whether a place in a request lies in a field: `body.config.fast.0` in `config.fast`. */
const within = (place: string, field: string): boolean =>
  `${place.replace(/^(body|query|path)\./, "")}.`.startsWith(`${field}.`);

const escaped = (name: string): string => name.replaceAll(/[^\w]/g, "\\$&");

function begins(message: string, field: string): boolean {
  const limit = /^risk\.(.+)$/.exec(field)?.[1];
  return new RegExp(`^${limit ? "risk: " : ""}${escaped(limit ?? field)}(?![\\w.=-])`).test(message);
}

/** A parameter is named with its value: another field of the same name is not taken for it. */
const isOfParameter = (clause: string, name: string): boolean => new RegExp(`^${escaped(name)}(=|: )`).test(clause);

/** Whatever was thrown, as a Problem. */
export function asProblem(error: unknown): Problem {
  if (error instanceof Problem) return error;
  if (error instanceof SyntaxError) return new Problem(0, "unreadable", UNREADABLE, [], ""); // an answer that is no JSON
  const message = error instanceof Error && error.message ? error.message : typeof error === "string" ? error : UNKNOWN;
  return new Problem(0, "unexpected", message || UNKNOWN, [], "");
}

/** The problem that a response tells of, whoever wrote it: the server, or something between it and us. */
export async function problemOf(response: Response): Promise<Problem> {
  const { status } = response;
  const id = response.headers.get("X-Correlation-Id") ?? "";
  const body: unknown = await response
    .clone()
    .json()
    .catch(() => null);
  if (!isErrorBody(body)) return new Problem(status, `http_${status}`, BETWEEN[status] ?? UNREADABLE, [], id);
  return new Problem(status, body.code, body.message, body.details.filter(isDetail), body.correlation_id || id);
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null;

function isErrorBody(body: unknown): body is ErrorBody {
  return (
    isObject(body) &&
    typeof body.code === "string" &&
    typeof body.message === "string" &&
    body.message !== "" &&
    Array.isArray(body.details) &&
    (body.correlation_id === undefined || typeof body.correlation_id === "string")
  );
}

const isDetail = (one: unknown): one is ErrorDetail =>
  isObject(one) && typeof one.field === "string" && typeof one.message === "string";
