import { expect, it } from "vitest";

import { PLACES } from "./places";
import { router } from "./routes";

const children = router.routes[0]?.children ?? [];

it("has a page for each place of the rail", () => {
  const paths = children.map(({ index, path }) => (index ? "/" : `/${path}`));
  expect(paths).toEqual(expect.arrayContaining(PLACES.map(({ to }) => to)));
});

it.each(children.filter(({ lazy }) => lazy !== undefined).map((route) => [route.path ?? "/", route] as const))(
  "brings the page of %s when it is gone to",
  async (_, { lazy }) => {
    const load = lazy as () => Promise<{ Component: unknown }>;
    expect((await load()).Component).toBeTypeOf("function");
  },
);
