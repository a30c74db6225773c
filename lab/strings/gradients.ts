// The words of the view: see ../strings.ts.

export const gradientsStrings = {} as const;
