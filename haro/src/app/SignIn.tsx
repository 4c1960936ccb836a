/** Where a token is set, nothing is shown before it is given. */
import { useQueryClient } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";

import { api, client } from "~/api/client";
import { asProblem } from "~/api/problem";
import { Failed, Skeleton } from "~/ui/pages/Answer";
import { Button } from "~/ui/forms/Button";
import { TextField } from "~/ui/forms/Field";

/** The server says in the page itself that its browser has to sign in: nothing need be asked to be refused. */
const isTold = () => document.querySelector("meta[name=weaver-sign-in]") !== null;

export function SignedIn({ children }: { children: ReactNode }) {
  const [isStranger, setStranger] = useState(isTold);
  const session = api.useQuery("get", "/api/v1/session", undefined, { enabled: !isStranger });
  if (isStranger) return <SignIn onSignedIn={() => setStranger(false)} />;
  if (session.data) return session.data.token_needed && !session.data.signed_in ? <SignIn /> : children;
  if (session.error) {
    if (asProblem(session.error).status === 401) return <SignIn />;
    return (
      <main className="mx-auto max-w-xl p-6">
        <Failed error={session.error} again={() => void session.refetch()} />
      </main>
    );
  }
  return <Skeleton className="m-4 h-64" />;
}

function SignIn({ onSignedIn }: { onSignedIn?: () => void }) {
  const [token, setToken] = useState("");
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string>();
  const queries = useQueryClient();
  const submit = async () => {
    setBusy(true);
    setError(undefined);
    try {
      await client.POST("/api/v1/session", { body: { token } });
      onSignedIn?.();
      await queries.resetQueries();
    } catch (failure) {
      setError(asProblem(failure).message);
    } finally {
      setBusy(false);
    }
  };
  return (
    <main className="grid min-h-dvh place-items-center p-4">
      <title>Sign in · Weaver</title>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void submit();
        }}
        className="flex w-full max-w-sm flex-col gap-4 rounded-lg border border-line bg-surface p-6"
      >
        <h1 className="flex items-center gap-2 text-title font-medium">
          <img src="/icon.svg" alt="" width={24} height={24} /> Sign in to Weaver
        </h1>
        <TextField
          label="Token"
          help="What SECURITY_API_TOKEN is set to where the server runs."
          type="password"
          autoComplete="current-password"
          value={token}
          onChange={(event) => setToken(event.target.value)}
          error={error}
        />
        <Button type="submit" kind="primary" busy={busy} disabled={token === ""}>
          Sign in
        </Button>
      </form>
    </main>
  );
}
