import { QueryClientProvider, useQueryClient } from "@tanstack/react-query";
import { Tooltip } from "radix-ui";
import { useEffect, useState } from "react";
import { RouterProvider } from "react-router/dom";

import { askAhead } from "~/pages/run/ahead";

import { queryClient } from "./queries";
import { router } from "./routes";
import { SignedIn } from "./SignIn";

/** The page that the address names is asked for before its scripts are here. */
function Ahead() {
  const queries = useQueryClient();
  useEffect(() => void askAhead(queries, location), [queries]);
  return null;
}

export function App() {
  const [queries] = useState(queryClient);
  return (
    <QueryClientProvider client={queries}>
      <Tooltip.Provider delayDuration={300}>
        <SignedIn>
          <Ahead />
          <RouterProvider router={router} />
        </SignedIn>
      </Tooltip.Provider>
    </QueryClientProvider>
  );
}
