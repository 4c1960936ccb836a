import { QueryClientProvider } from "@tanstack/react-query";
import { Tooltip } from "radix-ui";
import { useState } from "react";
import { RouterProvider } from "react-router/dom";

import { queryClient } from "./queries";
import { router } from "./routes";
import { SignedIn } from "./SignIn";

export function App() {
  const [queries] = useState(queryClient);
  return (
    <QueryClientProvider client={queries}>
      <Tooltip.Provider delayDuration={300}>
        <SignedIn>
          <RouterProvider router={router} />
        </SignedIn>
      </Tooltip.Provider>
    </QueryClientProvider>
  );
}
