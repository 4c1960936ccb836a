/** On which screens a column of a table is left out. */

/** True: on narrow ones; `very`: on all but wide ones. */
export type Wide = boolean | "very";

export const hidden = (wide: Wide | undefined): string | undefined =>
  wide === "very" ? "max-2xl:hidden" : wide ? "max-md:hidden" : undefined;
