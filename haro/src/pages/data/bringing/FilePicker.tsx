import { FileUp } from "lucide-react";
import { useId } from "react";

import { count } from "~/format/figures";

export function FilePicker({ file, onFile }: { file: File | null; onFile: (file: File) => void }) {
  const id = useId();
  return (
    <div className="flex flex-col items-center gap-2 rounded-md border border-dashed border-line p-6 text-center">
      <FileUp size={24} aria-hidden className="text-faint" />
      <label htmlFor={id} className="font-medium">
        {file ? `${file.name}, ${count(Math.ceil(file.size / 1024))} kB` : "Drop a file here, or choose one"}
      </label>
      <input
        id={id}
        type="file"
        accept=".csv,.txt,.tsv,.json,.gz,.bz2,.xz,.zip,.parquet,.pq,.feather,.arrow"
        onChange={({ target }) => {
          const chosen = target.files?.[0];
          if (chosen) onFile(chosen);
        }}
        className="max-w-full text-table text-soft file:mr-3 file:h-8 file:cursor-pointer file:rounded-md file:border file:border-line file:bg-surface file:px-3 file:text-ink"
      />
      <p className="text-label text-faint">
        CSV, JSON (also packed), Parquet or Feather with time, open, high, low, close, volume.
      </p>
    </div>
  );
}
