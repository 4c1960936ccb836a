/** A question before something happens, or a form beside the page. Focus stays inside, and goes back where it was. */
import { X } from "lucide-react";
import { Dialog as Radix } from "radix-ui";
import { type ReactNode, useState } from "react";

import { Failed } from "~/ui/pages/Answer";
import { Button, IconButton, type Kind } from "~/ui/forms/Button";
import { useFocusReturn } from "./useFocusReturn";

interface DialogProps {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  title: string;
  description?: ReactNode;
  children: ReactNode;
}

export function Dialog({ open, onOpenChange, title, description, children }: DialogProps) {
  useFocusReturn(open);
  return (
    <Radix.Root open={open} onOpenChange={onOpenChange}>
      <Radix.Portal>
        <Radix.Overlay className="fixed inset-0 z-40 bg-black/55" />
        <Radix.Content
          {...(description ? {} : { "aria-describedby": undefined })}
          className="fixed top-1/2 left-1/2 z-50 max-h-[90dvh] w-[min(34rem,calc(100vw-1.5rem))] -translate-1/2 overflow-y-auto rounded-lg border border-line bg-surface p-5 shadow-(--shadow)"
        >
          <div className="mb-3 flex items-start justify-between gap-3">
            <Radix.Title className="text-title font-medium wrap-anywhere">{title}</Radix.Title>
            <Radix.Close asChild>
              <IconButton label="Close" icon={<X size={16} aria-hidden />} className="-mt-1 -mr-2" />
            </Radix.Close>
          </div>
          {description && (
            <Radix.Description asChild>
              <div className="mb-4 text-soft">{description}</div>
            </Radix.Description>
          )}
          {children}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}

interface ConfirmProps {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  title: string;
  /** What will happen, in words. */
  description: ReactNode;
  /** The verb: "Delete run". */
  action: string;
  kind?: Kind;
  /** What has to be typed before. */
  typed?: { word: string; label: string };
  children?: ReactNode;
  onConfirm: () => Promise<unknown>;
}

/** Ask before what cannot be taken back. It stays open, with the reason, where that fails. */
export function Confirm({
  open,
  onOpenChange,
  title,
  description,
  action,
  kind = "danger",
  typed,
  children,
  onConfirm,
}: ConfirmProps) {
  return (
    <Dialog open={open} onOpenChange={onOpenChange} title={title} description={description}>
      <ConfirmForm {...{ action, kind, typed, onConfirm }} done={() => onOpenChange(false)}>
        {children}
      </ConfirmForm>
    </Dialog>
  );
}

type ConfirmFormProps = Pick<ConfirmProps, "action" | "typed" | "children" | "onConfirm"> & {
  kind: Kind;
  done: () => void;
};

function ConfirmForm({ action, kind, typed, children, onConfirm, done }: ConfirmFormProps) {
  const [word, setWord] = useState("");
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const submit = async () => {
    setBusy(true);
    setError(null);
    try {
      await onConfirm();
      done();
    } catch (failure) {
      setError(failure);
    } finally {
      setBusy(false);
    }
  };
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        void submit();
      }}
      className="flex flex-col gap-4"
    >
      {children}
      {typed && (
        <label className="flex flex-col gap-1">
          <span className="text-table text-soft">{typed.label}</span>
          <input
            value={word}
            onChange={(event) => setWord(event.target.value)}
            autoComplete="off"
            spellCheck={false}
            className="h-9 rounded-md border border-line bg-ground px-2 font-mono"
          />
        </label>
      )}
      {error !== null && <Failed error={error} />}
      <div className="flex flex-wrap justify-end gap-2">
        <Button onClick={done}>Keep as it is</Button>
        <Button type="submit" kind={kind} busy={busy} disabled={typed !== undefined && word !== typed.word}>
          {action}
        </Button>
      </div>
    </form>
  );
}
