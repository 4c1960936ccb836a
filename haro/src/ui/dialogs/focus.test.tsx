import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { useState } from "react";
import { expect, it } from "vitest";

import { Button } from "~/ui/forms/Button";
import { Confirm } from "./Dialog";
import { Menu } from "./Menu";

function Asking() {
  const [isOpen, setOpen] = useState(false);
  const [isThere, setThere] = useState(true);
  return (
    <main id="main" tabIndex={-1}>
      {isThere && <Button onClick={() => setOpen(true)}>Delete run</Button>}
      <Menu trigger={<button>More</button>} items={[{ label: "Delete it", onSelect: () => setOpen(true) }]} />
      <Confirm
        open={isOpen}
        onOpenChange={setOpen}
        title="Delete it?"
        description="It goes."
        action="Delete"
        onConfirm={() => {
          setThere(false);
          return Promise.resolve();
        }}
      />
    </main>
  );
}

it("goes back to the button that a question came from", async () => {
  render(<Asking />);
  const button = screen.getByRole("button", { name: "Delete run" });
  await userEvent.click(button);
  await userEvent.click(await screen.findByRole("button", { name: "Keep as it is" }));
  await expect.poll(() => document.activeElement).toBe(button);
});

it("goes back to the button of the menu that a question came from", async () => {
  render(<Asking />);
  const more = screen.getByRole("button", { name: "More" });
  await userEvent.click(more);
  await userEvent.click(await screen.findByRole("menuitem", { name: "Delete it" }));
  await screen.findByRole("dialog");
  await userEvent.keyboard("{Escape}");
  await expect.poll(() => document.activeElement).toBe(more);
});

it("goes to the page where what had it is gone", async () => {
  render(<Asking />);
  await userEvent.click(screen.getByRole("button", { name: "Delete run" }));
  await userEvent.click(await screen.findByRole("button", { name: "Delete" }));
  await expect.poll(() => document.activeElement).toBe(screen.getByRole("main"));
});
