// The words of links, files, sessions and presets: see ../strings.ts.

export const filesStrings = {} as const;
