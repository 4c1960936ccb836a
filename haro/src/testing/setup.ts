import "@testing-library/jest-dom/vitest";

import { cleanup, configure } from "@testing-library/react";
import { afterAll, afterEach, beforeAll } from "vitest";

import { server } from "./server";

configure({ asyncUtilTimeout: 5_000 }); // as long as others may have the machine
beforeAll(() => server.listen({ onUnhandledRequest: "error" }));
afterEach(() => {
  cleanup();
  server.resetHandlers();
});
afterAll(() => server.close());

// What jsdom lacks, and pages ask for.
const nothing = () => undefined;
Object.assign(globalThis, {
  scrollTo: nothing,
  matchMedia: (media: string) => Object.assign(new EventTarget(), { matches: false, media }),
  ResizeObserver: class {
    observe = nothing;
    unobserve = nothing;
    disconnect = nothing;
  },
});
Object.assign(Element.prototype, { scrollIntoView: nothing, hasPointerCapture: () => false });
function read<T>(blob: Blob, how: "readAsText" | "readAsArrayBuffer"): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(reader.result as T);
    reader.onerror = () => reject(new Error("a file could not be read"));
    reader[how](blob);
  });
}
Object.assign(Blob.prototype, {
  text(this: Blob) {
    return read<string>(this, "readAsText");
  },
  arrayBuffer(this: Blob) {
    return read<ArrayBuffer>(this, "readAsArrayBuffer");
  },
});
