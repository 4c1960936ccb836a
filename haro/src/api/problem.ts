/** What the API answered in place of what was asked for, as a sentence that can be shown. */
import type { components } from "./schema";

export type ErrorBody = components["schemas"]["ErrorResponse"];
export type ErrorDetail = components["schemas"]["ErrorDetail"];

const UNREACHABLE = "The server does not answer. It may be restarting; this page goes on as soon as it is back.";
const UNREADABLE = "The server answered something that this page cannot read.";

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

  /** What is wrong with one field of a form, by the API's name of it (`config.fast` has the field `fast` of `config`).
   *
   * Refusals of the shape name their fields; those of the sense name them in their sentence: `qty must be above 0`. */
  of(field: string): string | undefined {
    const named = this.details.find(({ field: at }) => {
      const bare = at.replace(/^(body|query|path)\./, "");
      return bare === field || bare.startsWith(`${field}.`);
    });
    if (named) return named.message;
    const isOfSense = this.status === 400 && this.details.length === 0;
    const word = new RegExp(`(?<![\\w.])${field.replaceAll(".", "\\.")}(?!\\w)`);
    return isOfSense && word.test(this.message) ? this.message : undefined;
  }

  /** Whether one of these fields is what is wrong, so that the form says so beside it. */
  isOf(fields: readonly string[]): boolean {
    return fields.some((field) => this.of(field) !== undefined);
  }
}

/** Whatever was thrown, as a Problem. */
export function asProblem(error: unknown): Problem {
  if (error instanceof Problem) return error;
  return new Problem(0, "unexpected", error instanceof Error ? error.message : String(error), [], "");
}

/** The problem that a response tells of, whoever wrote it: the server, or something between it and us. */
export async function problemOf(response: Response): Promise<Problem> {
  const id = response.headers.get("X-Correlation-Id") ?? "";
  const body: unknown = await response
    .clone()
    .json()
    .catch(() => null);
  if (!isErrorBody(body)) return new Problem(response.status, `http_${response.status}`, UNREADABLE, [], id);
  return new Problem(response.status, body.code, body.message, body.details, body.correlation_id || id);
}

function isErrorBody(body: unknown): body is ErrorBody {
  return typeof body === "object" && body !== null && "code" in body && "message" in body && "details" in body;
}
