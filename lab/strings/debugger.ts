// The words of the view: see ../strings.ts.

export const debuggerStrings = {} as const;
