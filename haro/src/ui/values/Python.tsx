/** Python as text with colours, read-only, with the numbers of its lines. Loaded when it is needed. */
import hljs from "highlight.js/lib/core";
import python from "highlight.js/lib/languages/python";
import { useMemo } from "react";

hljs.registerLanguage("python", python);

/** `label`: what is read out for it. */
export default function Python({ text, label = "Text of the source" }: { text: string; label?: string }) {
  const html = useMemo(() => hljs.highlight(text, { language: "python" }).value, [text]);
  const lines = text.replace(/\n$/, "").split("\n").length;
  return (
    // A region that scrolls has to be reached with the keyboard.
    // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <div role="region" aria-label={label} tabIndex={0} className="max-h-[36rem] overflow-auto p-4">
      <div className="flex w-max min-w-full gap-4 font-mono text-table leading-5">
        <pre aria-hidden className="text-right text-faint select-none">
          {Array.from({ length: lines }, (_, at) => at + 1).join("\n")}
        </pre>
        {/* What highlight.js makes of text has that text escaped. */}
        <pre>
          <code className="python" dangerouslySetInnerHTML={{ __html: html }} />
        </pre>
      </div>
    </div>
  );
}
