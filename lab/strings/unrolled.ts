// The words of the view: see ../strings.ts.

export const unrolledStrings = {} as const;
