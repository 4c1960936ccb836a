/** How this browser shows things, which venues there are, what the server is set to. */
import { LogOut } from "lucide-react";

import { api, client } from "~/api/client";
import { asProblem } from "~/api/problem";
import { Button } from "~/ui/forms/Button";
import { useNotices } from "~/ui/pages/notices";
import { Page } from "~/ui/pages/Page";

import { Appearance } from "./Appearance";
import { Notifications } from "./Notifications";
import { Server } from "./Server";
import { ServerSettings } from "./ServerSettings";
import { Venues } from "./Venues";

export default function SettingsPage() {
  return (
    <Page title="Settings" actions={<SignOut />}>
      <Appearance />
      <Server />
      <Venues />
      <Notifications />
      <ServerSettings />
    </Page>
  );
}

function SignOut() {
  const session = api.useQuery("get", "/api/v1/session").data;
  const { show } = useNotices();
  if (!session?.token_needed) return null;
  const signOut = async () => {
    try {
      await client.DELETE("/api/v1/session");
      location.assign("/"); // nothing that was seen stays in memory
    } catch (failure) {
      show({ tone: "bad", title: "Could not sign out", text: asProblem(failure).message });
    }
  };
  return (
    <Button icon={<LogOut size={14} aria-hidden />} onClick={() => void signOut()}>
      Sign out
    </Button>
  );
}
