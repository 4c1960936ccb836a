/** A file of bars: looked at first, mapped where need be, then stored. */
import { useState } from "react";
import { useLocation } from "react-router";

import { Page } from "~/ui/pages/Page";
import { Panel } from "~/ui/pages/Panel";

import { DropZone } from "./DropZone";
import { FilePicker } from "./FilePicker";
import { ImportForm } from "./ImportForm";

export default function ImportPage() {
  const given = useLocation().state as { file?: unknown } | null;
  const [file, setFile] = useState<File | null>(given?.file instanceof File ? given.file : null);
  return (
    <DropZone onFile={setFile}>
      <Page title="Import data">
        <Panel label="File">
          <FilePicker file={file} onFile={setFile} />
        </Panel>
        {file && <ImportForm key={`${file.name} ${file.size} ${file.lastModified}`} file={file} />}
      </Page>
    </DropZone>
  );
}
