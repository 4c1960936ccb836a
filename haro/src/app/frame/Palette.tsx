/** The command palette: places, runs, strategies, and what can be done, by their names. */
import { Command } from "cmdk";
import { CodeXml, OctagonX, Play, Plus, SunMoon } from "lucide-react";
import type { ReactNode } from "react";
import { useNavigate } from "react-router";

import { api } from "~/api/client";
import { ModeBadge } from "~/ui/values/Badge";

import { PLACES } from "../places";
import { changePreferences, useShownTheme } from "../preferences";

interface PaletteProps {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  onKill: () => void;
}

export default function Palette({ open, onOpenChange, onKill }: PaletteProps) {
  const navigate = useNavigate();
  const other = useShownTheme() === "dark" ? "light" : "dark";
  const done = (act: () => unknown) => () => {
    onOpenChange(false);
    void act();
  };
  const go = (to: string) => done(() => navigate(to));
  const runs = api.useQuery("get", "/api/v1/runs", { params: { query: { page_size: 50 } } }).data?.items ?? [];
  const strategies = api.useQuery("get", "/api/v1/strategies").data?.items ?? [];
  return (
    <Command.Dialog
      open={open}
      onOpenChange={onOpenChange}
      label="Search or run a command"
      overlayClassName="fixed inset-0 z-40 bg-black/55"
      contentClassName="fixed top-[12vh] left-1/2 z-50 w-[min(36rem,calc(100vw-1.5rem))] -translate-x-1/2 overflow-hidden rounded-lg border border-line bg-surface shadow-(--shadow)"
    >
      <Command.Input
        placeholder="A page, a run, a strategy, a command"
        className="h-11 w-full border-b border-line bg-transparent px-4 outline-none placeholder:text-faint"
      />
      <Command.List className="max-h-[50vh] overflow-y-auto p-2">
        <Command.Empty className="p-4 text-soft">Nothing has that name.</Command.Empty>
        <Group heading="Commands">
          <Item icon={<Plus size={15} />} onSelect={go("/runs/new")}>
            New run
          </Item>
          <Item icon={<OctagonX size={15} />} onSelect={done(onKill)}>
            Kill switch
          </Item>
          <Item icon={<SunMoon size={15} />} onSelect={done(() => changePreferences({ theme: other }))}>
            Switch to the {other} theme
          </Item>
        </Group>
        <Group heading="Pages">
          {PLACES.map(({ label, to, icon: Icon, key }) => (
            <Item key={to} icon={<Icon size={15} />} onSelect={go(to)} hint={`g ${key}`}>
              {label}
            </Item>
          ))}
        </Group>
        <Group heading="Runs">
          {runs.map(({ id, name, mode }) => (
            <Item key={id} value={`${name} ${id}`} icon={<Play size={15} />} onSelect={go(`/runs/${id}`)}>
              <span className="truncate">{name}</span> <ModeBadge mode={mode} />
            </Item>
          ))}
        </Group>
        <Group heading="Strategies">
          {strategies.map(({ id, name }) => (
            <Item key={id} value={`${name} ${id}`} icon={<CodeXml size={15} />} onSelect={go(`/strategies/${id}`)}>
              {name}
            </Item>
          ))}
        </Group>
      </Command.List>
    </Command.Dialog>
  );
}

function Group({ heading, children }: { heading: string; children: ReactNode }) {
  return (
    <Command.Group
      heading={heading}
      className="**:[[cmdk-group-heading]]:px-2 **:[[cmdk-group-heading]]:py-1.5 **:[[cmdk-group-heading]]:text-label **:[[cmdk-group-heading]]:text-faint"
    >
      {children}
    </Command.Group>
  );
}

interface ItemProps {
  icon: ReactNode;
  value?: string;
  hint?: string;
  onSelect: () => void;
  children: ReactNode;
}

function Item({ icon, value, hint, onSelect, children }: ItemProps) {
  return (
    <Command.Item
      {...(value ? { value } : {})}
      onSelect={onSelect}
      className="flex cursor-pointer items-center gap-2 rounded px-2 py-1.5 aria-selected:bg-raised"
    >
      <span aria-hidden className="text-soft">
        {icon}
      </span>
      <span className="flex min-w-0 items-center gap-2">{children}</span>
      {hint && <kbd className="ml-auto font-sans text-label text-faint">{hint}</kbd>}
    </Command.Item>
  );
}
