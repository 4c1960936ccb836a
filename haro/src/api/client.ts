/** The one client of Weaver's API: typed by its OpenAPI document, its failures are `Problem`s. */
import createClient, { type Middleware } from "openapi-fetch";
import createQueries from "openapi-react-query";

import { Problem, problemOf } from "./problem";
import type { paths } from "./schema";

const failures: Middleware = {
  async onResponse({ response }) {
    if (!response.ok) throw await problemOf(response);
  },
  onError({ error }) {
    return error instanceof Problem ? error : Problem.unreachable();
  },
};

export const client = createClient<paths>({
  baseUrl: globalThis.location.origin,
  fetch: (request) => globalThis.fetch(request), // looked up at each request: tests put another in its place
});
client.use(failures);

/** `api.useQuery("get", "/api/v1/runs", …)`: keys are [method, path, parameters], which live events refresh by path. */
export const api = createQueries(client);
