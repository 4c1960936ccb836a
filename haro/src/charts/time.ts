/** Seconds since 1970, as charts count time. */
export const seconds = (time: string): number => Math.floor(Date.parse(time) / 1000);
