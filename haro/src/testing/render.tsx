/** A page as it stands in the app: with its queries, its notices and an address. */
import { QueryClientProvider } from "@tanstack/react-query";
import { render, type RenderResult } from "@testing-library/react";
import { Tooltip } from "radix-ui";
import type { ReactElement } from "react";
import { createMemoryRouter, RouterProvider } from "react-router";

import { queryClient } from "~/app/queries";
import { NoticesProvider } from "~/ui/pages/notices";

interface Shown extends RenderResult {
  /** Where the page stands now, with its query. */
  address: () => string;
}

export const renderAt = (address: string, path: string, element: ReactElement): Shown =>
  renderWithin(address, path, element);

/** `parts`: what stands in the element's outlet, by their paths. */
export function renderWithin(
  address: string,
  path: string,
  element: ReactElement,
  parts: Record<string, ReactElement> = {},
): Shown {
  const queries = queryClient();
  queries.setDefaultOptions({ queries: { retry: false } });
  const router = createMemoryRouter(
    [
      {
        path,
        element: <NoticesProvider>{element}</NoticesProvider>,
        children: Object.entries(parts).map(([part, shown]) => ({ path: part, element: shown })),
      },
      { path: "*", element: <p>another page</p> },
    ],
    { initialEntries: [address] },
  );
  const shown = render(
    <QueryClientProvider client={queries}>
      <Tooltip.Provider>
        <RouterProvider router={router} />
      </Tooltip.Provider>
    </QueryClientProvider>,
  );
  return { ...shown, address: () => router.state.location.pathname + router.state.location.search };
}
