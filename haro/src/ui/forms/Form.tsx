/** A form that checks its fields itself, and stays on its page when it is sent. */
import type { ReactNode } from "react";

interface FormProps {
  label?: string;
  send: () => unknown;
  className?: string;
  children: ReactNode;
}

export function Form({ label, send, className = "flex flex-col gap-4", children }: FormProps) {
  return (
    <form
      noValidate
      aria-label={label}
      onSubmit={(event) => {
        event.preventDefault();
        void send();
      }}
      className={className}
    >
      {children}
    </form>
  );
}
